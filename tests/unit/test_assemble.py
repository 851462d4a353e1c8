"""The built site: complete, cut to size, the same each time, and never half-made."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
from PIL import Image

from tools import assemble as module
from tools import bytecode, first_visit, headers, nodejs, samples, stage
from tools.assemble import assemble
from tools.problems import Problem
from tools.progress import Progress

ROOT = Path(__file__).parents[2]
#: Small pieces and a low limit, so that a test needs no large parts.
PIECE = 1000
LIMIT = 50_000
SMALL, LARGE = b"small weights" * 10, bytes(range(256)) * 10


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in miniature; Pyodide's own work is left out."""
    root = tmp_path / "project"
    texts = {
        "pyproject.toml": '[project]\nversion = "1.2.3"\n'
        '[tool.cutaway]\nmodels = ["u2netp", "large"]\n',
        "py/cutaway/__init__.py": "",
        "site/index.html": '<script type="module" src="{{site}}/page.js"></script>' + " " * 90,
        "site/site.webmanifest": '{"icons": [{"src": "{{site}}/icon.svg"}]}',
        "site/service-worker.js": "self.build = BUILD;\n",
        "site/page.js": "// page\n" * 20,
        "site/cutaway.js": 'export { build } from "./build.js";\n',
        "site/icons/icon.svg": "<svg/>",
        "site/.hidden": "not for the site",
        "worker/python.js": "// python\n",
        "worker/inference.js": "// inference\n",
        "worker/avif.js": "// avif\n",
        "worker/fetcher.js": "// fetcher\n",
        "worker/calls.js": "export class Callee {}\n",
        "worker/messages.js": 'export const PYTHON = { start: "start" };\n',
        "worker/timeline.js": "export const spans = () => [];\n",
        ".cache/parts/pyodide/pyodide.mjs": "// pyodide",
        ".cache/parts/avif/avif_enc.js": "// one thread" * 20,
        ".cache/parts/avif/avif_enc_mt.js": "// threads" * 20,
        ".cache/parts/client-zip/index.js": "export const makeZip = 1;",
        ".cache/parts/client-zip/LICENSE.txt": "Free.\n",
        ".cache/parts/pyodide/python_stdlib.zip": "as shipped",
        ".cache/parts/pyodide/pyodide-lock.json": '{"info": {}, "packages": {"numpy": {}}}',
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    registry = [
        {"id": "u2netp", "bytes": len(SMALL), "sha256": sha256(SMALL)},
        {"id": "large", "bytes": len(LARGE), "sha256": sha256(LARGE)},
    ]
    (root / "py/cutaway/models").mkdir()
    (root / "py/cutaway/models/registry.json").write_text(json.dumps({"models": registry}))
    parts = root / ".cache" / "parts"
    (parts / "photos").mkdir()
    for name in samples.NAMES:
        Image.new("RGB", (300, 200), "teal").save(parts / "photos" / f"{name}.png")
    for folder in ("models", "ort"):
        (parts / folder).mkdir()
    (parts / "models" / "u2netp.onnx").write_bytes(SMALL)
    (parts / "models" / "large.onnx").write_bytes(LARGE)
    for bundle, wasm in module.ORT.values():
        (parts / "ort" / bundle).write_text("// bundle " + bundle)
        (parts / "ort" / wasm).write_bytes(wasm.encode() * (40 if "asyncify" in wasm else 4))
    (root / "tools").mkdir()
    for name in ("_headers", "tools/generate.py"):
        shutil.copyfile(ROOT / name, root / name)

    def packed(name: str) -> Callable[..., Path]:
        def pack(*given: Path | str) -> Path:
            target = root / ".cache" / f"{name}.zip"
            folder = root / "py" / "cutaway"
            target.write_bytes(name.encode() + b"".join(map(Path.read_bytes, folder.glob("*.py"))))
            return target

        return pack

    for name in ("standard_library", "packages", "cutaway"):
        monkeypatch.setattr(bytecode, name, packed(name))
    monkeypatch.setattr(stage, "PIECE", PIECE)
    monkeypatch.setattr(module, "LARGEST_WASM", PIECE)
    return root


def build(project: Path, **options: Any) -> Path:
    return assemble(project / "dist", Progress(io.StringIO()), root=project, **options)


def listing(dist: Path) -> dict[str, Any]:
    return json.loads((dist / "build.json").read_text())  # type: ignore[no-any-return]


def contents(dist: Path) -> dict[str, bytes]:
    files = sorted(path for path in dist.rglob("*") if path.is_file())
    return {path.relative_to(dist).as_posix(): path.read_bytes() for path in files}


def worker_manifest(dist: Path) -> dict[str, Any]:
    text = (dist / "service-worker.js").read_text()
    found = re.match(r"const BUILD = (\{.*?\n\});\n", text, re.DOTALL)
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_every_file_is_listed_with_its_hash(project: Path) -> None:
    dist = build(project)
    files = contents(dist)
    listed = listing(dist)["files"]
    copies = {f"{url}.br" for url, entry in listed.items() if "br" in entry}
    assert set(files) == set(listed) | copies | {"build.json", "_headers"}
    for url, entry in listed.items():
        assert (entry["bytes"], entry["sha256"]) == (len(files[url]), sha256(files[url]))
        assert entry.get("br") == (len(files[f"{url}.br"]) if "br" in entry else None)


def test_folders_are_named_after_their_content(project: Path) -> None:
    dist = build(project)
    for place in ("site", "worker", "fetcher", "runtime/pyodide", "runtime/ort", "runtime/avif"):
        folder = next(path for path in (dist / place).iterdir() if path.is_dir())
        inside = {name: body for name, body in contents(folder).items() if name[-3:] != ".br"}
        assert folder.name == stage.folder_hash(inside)
        assert re.fullmatch("[0-9a-f]{12}", folder.name)


def test_modules_of_others_have_their_licence_in_front(project: Path) -> None:
    (module,) = build(project).glob("site/*/vendor/client-zip.js")
    assert module.read_text() == "/*\nFree.\n*/\nexport const makeZip = 1;"


def test_the_fetcher_lies_apart_from_the_workers_that_hold_photos(project: Path) -> None:
    dist = build(project)
    assert set(listing(dist)["worker"]) == {"python", "inference", "avif", "fetcher"}
    assert {path.name for path in dist.glob("fetcher/*/*.js")} == {
        "fetcher.js",
        "calls.js",
        "messages.js",
    }
    assert not list(dist.glob("worker/*/fetcher.js"))


def test_pages_point_at_files_that_exist(project: Path) -> None:
    dist = build(project)
    page = (dist / "index.html").read_text()
    [script] = re.findall('src="([^"]+)"', page)
    assert (dist / script).is_file()
    assert "{{" not in page + (dist / "site.webmanifest").read_text()
    [target] = re.findall('from "(.+)"', (dist / "cutaway.js").read_text())
    assert (dist / target).is_file()
    assert not (dist / script).with_name("index.html").exists()
    assert ".hidden" not in "".join(contents(dist))


def test_build_js_is_the_listing_and_shares_the_messages(project: Path) -> None:
    dist = build(project)
    module_file = next(dist.glob("site/*/build.js"))
    script = (
        f'import {{ build, Callee, PYTHON }} from "{module_file.as_uri()}";'
        "console.log(JSON.stringify([build, typeof Callee, PYTHON.start]));"
    )
    command = [str(nodejs.find().node), "--input-type=module", "-e", script]
    (dist / "package.json").write_text('{"type": "module"}')
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    made, callee, start = json.loads(done.stdout)
    whole = listing(dist)
    assert made == {name: whole[name] for name in made}
    assert (callee, start, made["version"]) == ("function", "start", "1.2.3")
    for url in (*made["worker"].values(), *made["avif"].values()):
        assert (dist / url).is_file()
    assert (dist / made["pyodide"]["url"] / "pyodide.mjs").is_file()


@pytest.mark.parametrize(("id", "weights", "count"), [("u2netp", SMALL, 1), ("large", LARGE, 3)])
def test_weights_come_in_pieces(project: Path, id: str, weights: bytes, count: int) -> None:
    dist = build(project)
    part = listing(dist)["models"][id]
    pieces = [(dist / piece["url"]).read_bytes() for piece in part["pieces"]]
    assert b"".join(pieces) == weights
    assert len(pieces) == count
    assert max(map(len, pieces)) <= PIECE
    for number, (piece, content) in enumerate(zip(part["pieces"], pieces, strict=True), start=1):
        digest = sha256(content)
        assert piece["url"] == f"models/{id}.{number}of{count}.{digest[:12]}.bin"
        assert (piece["sha256"], piece["bytes"]) == (digest, len(content))


def test_a_model_of_two_graphs_is_one_part_and_two(project: Path) -> None:
    both = LARGE + SMALL
    pair = {
        "id": "pair",
        "bytes": len(both),
        "sha256": sha256(both),
        "encoder": {"bytes": len(LARGE), "sha256": sha256(LARGE)},
        "decoder": {"bytes": len(SMALL), "sha256": sha256(SMALL)},
    }
    registry = project / "py/cutaway/models/registry.json"
    known = json.loads(registry.read_text())["models"]
    registry.write_text(json.dumps({"models": [*known, pair]}))
    for name, content in (("encoder", LARGE), ("decoder", SMALL)):
        (project / f".cache/parts/models/pair-{name}.onnx").write_bytes(content)
    dist = build(project, models=["u2netp", "pair"])
    made = listing(dist)
    assert list(made["models"]) == ["u2netp", "pair"]
    assert list(made["networks"]) == ["pair-encoder", "pair-decoder"]
    parts = [made["models"]["pair"], *made["networks"].values()]
    for part, wanted in zip(parts, (both, LARGE, SMALL), strict=True):
        content = b"".join((dist / piece["url"]).read_bytes() for piece in part["pieces"])
        assert content == wanted
        assert (part["bytes"], part["sha256"]) == (len(wanted), sha256(wanted))
    # What is fetched for one is not fetched for the other again.
    assert parts[0]["pieces"] == parts[1]["pieces"] + parts[2]["pieces"]

    registry.write_text(json.dumps({"models": [*known, pair | {"sha256": sha256(SMALL)}]}))
    with pytest.raises(Problem, match="weights of pair are not the ones"):
        build(project, models=["pair"])


def test_wasm_that_fits_keeps_its_own_file(project: Path) -> None:
    dist = build(project)
    ort = listing(dist)["ort"]
    folder = Path(ort["jspi"]["bundle"]).parent
    [piece] = ort["jspi"]["wasm"]["pieces"]
    assert piece["url"] == f"{folder.as_posix()}/ort-wasm-simd-threaded.jspi.wasm"
    in_pieces = ort["asyncify"]["wasm"]
    assert len(in_pieces["pieces"]) > 1
    joined = b"".join((dist / piece["url"]).read_bytes() for piece in in_pieces["pieces"])
    source = project / ".cache/parts/ort" / module.ORT["asyncify"][1]
    assert joined == source.read_bytes()
    assert in_pieces["sha256"] == sha256(joined)


def test_pyodide_knows_no_package_to_ask_for(project: Path) -> None:
    dist = build(project)
    [lock] = dist.glob("runtime/pyodide/*/pyodide-lock.json")
    assert json.loads(lock.read_text()) == {"info": {}, "packages": {}}
    assert lock.with_name("python_stdlib.zip.wasm").read_bytes().startswith(b"standard_library")


def test_the_service_worker_keeps_all_that_a_start_needs(project: Path) -> None:
    dist = build(project)
    whole, manifest = listing(dist), worker_manifest(dist)
    assert manifest["id"] == whole["id"]
    kept = {entry["url"]: entry for entry in manifest["shell"]}
    assert [entry["url"] for entry in manifest["shell"]] == ["./", *whole["shell"][1:]]
    files = set(whole["files"]) - {"index.html", "service-worker.js"}
    lazy = ("models/", "runtime/ort/", "runtime/avif/")
    needed = {url for url in files if not url.startswith(lazy)}
    assert set(kept) == needed | {"./"}
    for url, entry in kept.items():
        content = (dist / ("index.html" if url == "./" else url)).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(content), sha256(content))
    jspi, asyncify = manifest["flavours"]["jspi"], manifest["flavours"]["asyncify"]
    assert [entry["url"] for entry in jspi] == [
        whole["ort"]["jspi"]["bundle"],
        whole["ort"]["jspi"]["wasm"]["pieces"][0]["url"],
    ]
    assert not any("store" in entry for entry in jspi)
    assert [entry.get("store", False) for entry in asyncify] == [False, True, True]


def test_the_encoder_of_avif_is_kept_only_once_it_was_asked_for(project: Path) -> None:
    dist = build(project)
    whole, manifest = listing(dist), worker_manifest(dist)
    later = [entry["url"] for entry in manifest["later"]]
    assert sorted(whole["avif"].values()) == sorted(later)
    assert not {*later} & {entry["url"] for entry in manifest["shell"]}
    for entry in manifest["later"]:
        assert entry["sha256"] == sha256((dist / entry["url"]).read_bytes())


def test_the_service_worker_knows_the_headers_of_every_path(project: Path) -> None:
    rules = dict(worker_manifest(build(project))["headers"])
    assert rules["*"]["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert "wasm-unsafe-eval" in rules["runtime/*"]["Content-Security-Policy"]
    assert "script-src 'self'" in rules[""]["Content-Security-Policy"]
    assert not any("Cache-Control" in fields for fields in rules.values())


def test_no_path_of_the_site_gets_two_values_of_one_name(project: Path) -> None:
    dist = build(project)
    rules = headers.read(dist / "_headers")
    for url in ["", *contents(dist)]:
        count = Counter(name.lower() for name, _ in rules.headers_for(f"/{url}"))
        assert [name for name, times in count.items() if times > 1] == [], url
        if not url.endswith(".br") and url != "_headers":
            assert count["content-security-policy"] == 1, url
            assert count["cache-control"] == 1, url


def test_compressed_copies_are_the_same_file_and_worth_it(project: Path) -> None:
    files = contents(build(project))
    copies = [url for url in files if url.endswith(".br")]
    assert any(url.endswith("page.js.br") for url in copies)
    assert not any(url.startswith("models/") for url in copies)
    for url in copies:
        original = files[url.removesuffix(".br")]
        assert brotli.decompress(files[url]) == original
        assert len(files[url]) <= 0.97 * len(original)


def test_the_same_input_gives_the_same_site(project: Path) -> None:
    first = contents(build(project))
    for path in project.rglob("*.js"):
        path.touch()
    assert contents(build(project)) == first


def test_nothing_is_compressed_twice(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = contents(build(project))

    def compress(*given: object, **options: object) -> bytes:
        raise AssertionError("compressed again")

    monkeypatch.setattr(brotli, "compress", compress)
    assert contents(build(project)) == first


@pytest.mark.parametrize(
    "changed",
    ["site/page.js", "site/index.html", "site/service-worker.js", "worker/python.js",
     "py/cutaway/__init__.py", "_headers", ".cache/parts/pyodide/pyodide.mjs"],
)  # fmt: skip
def test_any_change_is_another_build(project: Path, changed: str) -> None:
    before = listing(build(project))["id"]
    with (project / changed).open("a") as file:
        file.write("\n# changed\n" if changed == "_headers" else " ")
    assert listing(build(project))["id"] != before


def test_one_change_leaves_the_other_folders_alone(project: Path) -> None:
    before = set(contents(build(project)))
    (project / "site/page.js").write_text("// other")
    after = set(contents(build(project)))
    renamed = {url.split("/")[0] for url in before ^ after}
    assert renamed == {"site"}


def test_the_models_can_be_chosen(project: Path) -> None:
    dist = build(project, models=["u2netp"])
    assert list(listing(dist)["models"]) == ["u2netp"]
    assert not any("large" in url for url in contents(dist))


def test_the_first_visit_is_added_up(project: Path) -> None:
    said = io.StringIO()
    dist = assemble(project / "dist", Progress(said), root=project)
    table = dict(re.findall(r"^(\S.*?) +([\d,]+ +[\d,]+)$", said.getvalue(), re.MULTILINE))
    rows = {name: [int(n.replace(",", "")) for n in row.split()] for name, row in table.items()}
    total = rows.pop("Total")
    assert [sum(column) for column in zip(*rows.values(), strict=True)] == total
    assert rows["model u2netp"] == [len(SMALL)] * 2
    whole = listing(dist)
    shell = [*whole["shell"], "service-worker.js", whole["ort"]["jspi"]["bundle"]]
    shell += [whole["ort"]["jspi"]["wasm"]["pieces"][0]["url"]]
    shell += [whole["models"]["u2netp"]["pieces"][0]["url"]]
    entries = [whole["files"]["index.html" if url == "./" else url] for url in shell]
    assert total == [
        sum(entry["bytes"] for entry in entries),
        sum(entry.get("br", entry["bytes"]) for entry in entries),
    ]


def spoil_weights(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / ".cache/parts/models/u2netp.onnx").write_bytes(SMALL[:-1] + b"!")


def lose_weights(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / ".cache/parts/models/large.onnx").unlink()


def ask_for_a_stranger(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "pyproject.toml").write_text(
        '[project]\nversion = "1"\n[tool.cutaway]\nmodels = ["stranger"]\n'
    )


def outgrow_the_first_visit(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_visit, "FIRST_VISIT_LIMIT", 500)


def outgrow_the_page(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_visit, "PAGE_LIMIT", 50)


def write_words(project: Path, **sizes: int) -> None:
    """Words that no compression makes smaller."""
    (project / "site/words").mkdir(exist_ok=True)
    for language, size in sizes.items():
        words = random.Random(size).randbytes(size)
        (project / f"site/words/{language}.js").write_bytes(words)


def outgrow_the_page_in_one_language(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_visit, "PAGE_LIMIT", 3000)
    write_words(project, aa=100, bb=3100)


def outgrow_a_host(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", LIMIT)
    (project / "site/page.js").write_text("x" * (LIMIT + 1))


def fill_the_disk(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def put(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stage.Stage, "put", put)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (spoil_weights, "not the ones that registry.json names"),
        (lose_weights, "weights of large are missing"),
        (ask_for_a_stranger, "no model 'stranger'"),
        (outgrow_the_first_visit, "A first visit fetches"),
        (outgrow_the_page, "The page takes"),
        (outgrow_the_page_in_one_language, "The page takes"),
        (outgrow_a_host, r"page\.js has 50,001 bytes"),
        (fill_the_disk, "disk is full"),
    ],
)
def test_a_build_that_fails_changes_nothing(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path, pytest.MonkeyPatch], None],
    sentence: str,
) -> None:
    before = contents(build(project))
    spoil(project, monkeypatch)
    with pytest.raises(Problem, match=sentence):
        build(project)
    assert contents(project / "dist") == before
    assert not [path.name for path in project.iterdir() if path.name.startswith(".dist")]


def test_of_all_languages_a_page_takes_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_visit, "PAGE_LIMIT", 3000)
    write_words(project, aa=2000, bb=2000, cc=2000)
    assert build(project).is_dir()


def test_a_folder_of_someone_else_is_not_replaced(project: Path) -> None:
    (project / "dist").mkdir()
    (project / "dist" / "thesis.txt").write_text("years of work")
    with pytest.raises(Problem, match="not a built site"):
        build(project)
    assert (project / "dist" / "thesis.txt").read_text() == "years of work"


def test_a_file_in_the_way_is_not_replaced(project: Path) -> None:
    (project / "dist").write_text("a file")
    with pytest.raises(Problem, match="is a file"):
        build(project)
