"""What a first visit costs: every file that Chromium fetches for one cutout by the small model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tools.generate import Flavour
from tools.problems import Problem
from tools.progress import Progress
from tools.stage import File, Part, Stage

#: Bytes of everything a first visit fetches.
FIRST_VISIT_LIMIT = 16_000_000
#: Bytes of the page itself before it can be used: its HTML, and the CSS and JavaScript it names.
PAGE_LIMIT = 90_000
MODEL = "u2netp"
FLAVOUR = "jspi"
#: The words of the page, a file for each language: a visit fetches one of them.
LANGUAGE = re.compile(r"words/[a-z]{2,3}\.js$")


def files(
    stage: Stage,
    *,
    page: str,
    root: Sequence[File],
    workers: Sequence[File],
    pyodide: Sequence[File],
    library: File,
    packages: Sequence[tuple[str, File]],
    runtime: Flavour,
    model: Part | None,
) -> dict[str, list[File]]:
    """Return what is fetched, by kind.

    ``page`` is the address of the page's folder, ``root`` what lies at the site's root; ``library``
    is one of the files of ``pyodide``.
    """
    bundle, wasm = runtime
    html = (stage.root / "index.html").read_text("utf-8")
    named = [file for file in stage.below(page) if f'"{file.url}"' in html]
    first = [stage.files["index.html"]]
    first += [file for file in named if file.url.endswith((".css", ".js"))]
    languages = [file for file in stage.below(page) if LANGUAGE.search(file.url)]
    first += sorted(languages, key=lambda file: file.bytes)[-1:]
    rest = [file for file in (*root, *stage.below(page)) if file not in (*first, *languages)]
    return {
        "page": first,
        "page, later": rest,
        "workers": list(workers),
        "Pyodide": [file for file in pyodide if file != library],
        "Python's standard library": [library],
        **{f"Python: {id}": [file] for id, file in packages},
        "ONNX Runtime": [bundle, *wasm.pieces],
        **({f"model {MODEL}": list(model.pieces)} if model else {}),
    }


def report(kinds: dict[str, list[File]], compressed: dict[str, int], say: Progress) -> None:
    """Print what each kind costs; ``compressed`` has bytes by address where a file shrinks.

    Raises ``Problem`` where the page or all of it is larger than it may be.
    """
    total_raw = total = 0
    say.say(f"{'First visit':30}{'bytes':>12}{'transferred':>14}")
    for kind, kept in kinds.items():
        raw = sum(file.bytes for file in kept)
        sent = sum(compressed.get(file.url, file.bytes) for file in kept)
        say.say(f"{kind:30}{raw:12,}{sent:14,}")
        if kind == "page" and sent > PAGE_LIMIT:
            raise Problem(f"The page takes {sent:,} bytes; {PAGE_LIMIT:,} are allowed.")
        total_raw, total = total_raw + raw, total + sent
    say.say(f"{'Total':30}{total_raw:12,}{total:14,}")
    if total > FIRST_VISIT_LIMIT:
        raise Problem(f"A first visit fetches {total:,} bytes; {FIRST_VISIT_LIMIT:,} are allowed.")
