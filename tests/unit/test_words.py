"""The words of the page: each language has all of them, and there are none outside their files."""

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cutaway.composing import presets
from cutaway.models import families, registry, tiers
from tools import nodejs

ROOT = Path(__file__).parents[2]
SITE = ROOT / "site"
WORDS = SITE / "words"
LANGUAGES = sorted(file.stem for file in WORDS.glob("??.js"))
#: Every value by its path: text, a list, or how many arguments a function takes.
TELL = """
const [file] = process.argv.slice(-1);
const { default: words } = await import(file);
const told = {};
(function walk(value, path) {
  if (typeof value === "function") told[path] = { arguments: value.length };
  else if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value)) walk(inner, path ? `${path}.${name}` : name);
  } else told[path] = value;
})(words, "");
console.log(JSON.stringify(told));
"""
#: What stands in index.html and is a name, not a word of a language.
NAMES = {"Cutaway", "100 %", "255", "Content-Security-Policy"}
#: Modules whose sentences are not the page's own: the API for other people's pages, whose errors
#: have codes, and the service worker, which says nothing.
OF_THE_API = {"cutaway.js", "python-worker.js", "bring.js", "service-worker.js"}
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL)
#: For developers, and names that look like words.
NO_SENTENCE = re.compile(
    r"console\.\w+\(.*|className: \"[^\"]*\"|import .*|"
    r"[\"`](?:Arrow\w*|AltGraph|Escape|Enter|Home|End|Delete|Backspace|Content-(?:Type|Security-Policy)|X-Name|Files|\w+Error|\w+Panel|Control|Meta|Shift|Alt|AltGraph|Tab|"
    r"PNG|WebP|AVIF|JPEG|PageUp|PageDown|Space)[\"`]"
)
#: A capital with small letters after it, or two words with a space between them.
SENTENCE = re.compile(r"^[A-Z][a-zäöü’]+|[a-z]{2,} [a-z]{2,}.* [a-z]{2,}|[a-z][.!?]$")


def told(language: str) -> dict[str, Any]:
    command = [str(nodejs.find().node), "--input-type=module", "-e", TELL, "--"]
    file = (WORDS / f"{language}.js").as_uri()
    run = subprocess.run([*command, file], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.fixture(scope="module")
def english() -> dict[str, Any]:
    return told("en")


def kind(value: Any) -> Any:
    return value if isinstance(value, dict) else (type(value), bool(value))


def own(words: dict[str, Any]) -> dict[str, Any]:
    """Without what translates Python: English leaves that as Python says it."""
    return {path: kind(value) for path, value in words.items() if not path.startswith("python.")}


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_a_language_has_the_words_of_english(language: str, english: dict[str, Any]) -> None:
    assert own(told(language)) == own(english)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_what_is_said_for_python_is_still_said_by_it(language: str) -> None:
    words = [path.removeprefix("python.") for path in told(language) if path.startswith("python.")]
    sources = [
        *(ROOT / "py").rglob("*.py"),
        *(ROOT / "py").rglob("*.json"),
        *SITE.glob("*.js"),
        *(ROOT / "worker").glob("*.js"),
    ]
    code = "".join(file.read_text("utf-8") for file in sources)
    # A long sentence goes over several lines.
    code = re.sub(r'"\s*\n\s*f?"', "", code)
    known = {
        "models": {one.id for one in registry.entries()},
        "speeds": set(tiers.SPEEDS),
        "tiers": set(tiers.TIERS),
        "presets": {one.id for one in presets.presets()},
        "families": {one.id for one in families.FAMILIES},
    }
    for path in words:
        group, _, name = path.partition(".")
        if group in known:
            id = next((id for id in known[group] if name == id or name.startswith(f"{id}.")), None)
            assert id, f"there is no longer a {path}"
        elif group in ("errors", "sentences"):
            assert f'"{name}"' in code, f"nobody says any longer: {name}"


def test_the_page_knows_its_languages() -> None:
    early = (SITE / "early.js").read_text("utf-8")
    found = re.search(r"LANGUAGES = (\[.*?\]);", early)
    assert found
    assert sorted(json.loads(found[1])) == LANGUAGES


class Page(HTMLParser):
    """What index.html says, by the path of each word; ``bare`` has no path."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []
        self.bare: list[str] = []
        self._path: str | None = None
        self._quiet = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self._path = known.get("data-words")
        self._quiet = tag in ("noscript", "script", "style") or (self._quiet and tag == "p")
        pairs = dict(pair.split("=") for pair in known.get("data-words-for", "").split())
        self.said += [(path, known[name]) for name, path in pairs.items()]
        for name in ("aria-label", "title", "alt"):
            if known.get(name) and name not in pairs:
                self.bare.append(known[name])

    def handle_endtag(self, tag: str) -> None:
        self._path = None
        self._quiet = self._quiet and tag != "noscript"

    def handle_data(self, data: str) -> None:
        if self._path:
            self.said.append((self._path, data))
        elif data.strip() and not self._quiet:
            self.bare.append(data.strip())


def test_what_stands_in_the_page_are_the_words_of_english(english: dict[str, Any]) -> None:
    page = Page()
    page.feed((SITE / "index.html").read_text("utf-8"))
    assert len(page.said) > 100
    assert [(path, text) for path, text in page.said if english.get(path) != text] == []
    assert set(page.bare) <= NAMES
    said = {path for path, _ in page.said}
    assert {path for path in english if path.startswith("page.")} == said, "words without a place"


def sentences(script: str) -> list[str]:
    """What of a module people would read."""
    code = NO_SENTENCE.sub("", COMMENT.sub("", script))
    texts = [plain or template for plain, template in STRING.findall(code)]
    return [text for text in texts if SENTENCE.search(re.sub(r"\$\{.*?\}", "", text).strip())]


def modules() -> list[Path]:
    kept = WORDS.glob("??.js")
    return sorted(set(SITE.rglob("*.js")) - set(kept) - {SITE / name for name in OF_THE_API})


def test_modules_have_no_words_of_their_own() -> None:
    found = {
        str(file.relative_to(SITE)): said
        for file in modules()
        if (said := sentences(file.read_text("utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        'button.textContent = "Undo";',
        "say(place, `Fetching ${title}`);",
        'x.ariaLabel = "nothing was found here";',
        'const text = "Photo " + name;',
        'throw new CutawayError("not-loaded", "The album could not be loaded.");',
    ],
)
def test_a_word_in_a_module_is_found(line: str) -> None:
    assert sentences(line)


@pytest.mark.parametrize(
    "line",
    [
        'import { Work } from "./work.js";',
        'if (key === "Escape") return;',
        '// "Undo" it',
        'console.warn("Not kept");',
        'byId("own-try-photo").hidden = true;',
        'make("p", { className: "facts lines-of" })',
    ],
)
def test_what_is_no_word_is_left_alone(line: str) -> None:
    assert not sentences(line)


def used() -> set[str]:
    """Paths that modules take words from, as far as they are written out."""
    paths = set()
    for file in modules():
        paths |= set(re.findall(r"\bwords\.([a-z]\w*(?:\.\w+)+)", file.read_text("utf-8")))
    return {path for path in paths if not path.startswith("python.")}


def test_modules_take_only_words_that_are_there(english: dict[str, Any]) -> None:
    groups = {path[: match.start()] for path in english for match in re.finditer(r"\.|$", path)}
    # A text or a list has methods and a length of its own.
    known = groups | {path for path in used() if path.rpartition(".")[0] in english}
    assert used() - known == set()
