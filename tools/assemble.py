"""Puts a site together: what lies in ``.cache/parts`` and in the tree becomes ``dist``.

A folder whose files never change is named after its content, so that everything in it may be kept
for ever; a large part is cut into pieces; what the browser needs to know of all this stands in
``build.js``, ``build.json`` and in front of the service worker.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tools import bytecode, first_visit, generate, headers, nodejs, third_party
from tools.compress import compress
from tools.problems import Problem, explain
from tools.progress import Progress
from tools.samples import samples
from tools.sources import weights_of
from tools.stage import (
    LARGEST_FILE,
    LARGEST_WASM,
    File,
    Part,
    Stage,
    read_folder,
    replace_folder,
    sha256,
)

ROOT = Path(__file__).resolve().parent.parent
#: Hosts compress what ends in .wasm and leave zips alone; these zips hold nothing packed.
ARCHIVE = ".zip.wasm"
LIBRARY = f"python_stdlib{ARCHIVE}"
#: The encoder of AVIF with threads and without; its wasm and its threads' script lie beside it.
AVIF = {"threads": "avif_enc_mt.js", "plain": "avif_enc.js"}
#: The fetcher and what it imports lie in a folder of their own, which has a policy of its own.
FETCHER = "fetcher.js"
OF_THE_FETCHER = frozenset({FETCHER, "calls.js", "intake.js", "messages.js", "store.js"})
#: What of ``site/`` lies at the root of the built site, under names that never change.
AT_ROOT = frozenset({"index.html", "service-worker.js", "site.webmanifest"})
#: ONNX Runtime by what a browser can do: its JavaScript and its wasm.
ORT = {
    "jspi": ("ort.jspi.bundle.min.mjs", "ort-wasm-simd-threaded.jspi.wasm"),
    "asyncify": ("ort.webgpu.bundle.min.mjs", "ort-wasm-simd-threaded.asyncify.wasm"),
    "wasm": ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"),
}


@dataclass(frozen=True)
class Made:
    """What a build consists of; folders are addresses that end in a slash."""

    version: str
    worker: str
    fetcher: str
    pyodide: str
    packages: tuple[tuple[str, File], ...]
    ort: dict[str, generate.Flavour]
    avif: str
    models: dict[str, Part]
    networks: dict[str, Part]
    id: str = ""
    site: str = ""


def assemble(
    out: Path,
    report: Progress,
    *,
    models: Sequence[str] | None = None,
    notices: str | None = None,
    root: Path = ROOT,
    parts: Path | None = None,
) -> Path:
    """Build the site into ``out``, which is replaced as a whole once everything is there.

    Parameters
    ----------
    models
        Ids of the models to carry; those of ``[tool.cutaway]`` in pyproject.toml when not given.
    notices
        What others made of it (``third_party.text``), to be put at the root.
    root, parts
        The project, and the folder that holds the fetched parts.

    Raises
    ------
    Problem
        A part is missing or not the pinned one, a file or the first visit is too large, ``out``
        is something else's folder, or the disk is full. ``out`` is as it was before.
    """
    out = out.absolute()
    parts = parts or root / ".cache" / "parts"
    _refuse_foreign(out)
    staged = out.with_name(f".{out.name}.new")
    try:
        with _alone(root / ".cache"):
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir(parents=True)
            stage = Stage(staged)
            if notices is not None:
                stage.put(third_party.NAME, notices.encode())
            made = _lay_out(stage, root, parts, models)
            compressed = compress(staged, stage.files.values(), root / ".cache" / "brotli", report)
            _finish(stage, made, compressed, root)
            first_visit.report(_first_visit(stage, made), compressed, report)
            replace_folder(staged, out)
    except OSError as error:
        raise explain(error, f"assembling {out.name}") from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    report.say(f"Build {made.id}: {len(stage.files)} files in {out}")
    return out


def _lay_out(stage: Stage, root: Path, parts: Path, models: Sequence[str] | None) -> Made:
    """Write everything but what lists the other files."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    workers = read_folder(root / "worker")
    fetcher = {name: content for name, content in workers.items() if name in OF_THE_FETCHER}
    laid, networks = _models(stage, root, parts, models or project["tool"]["cutaway"]["models"])
    made = Made(
        version=project["project"]["version"],
        worker=stage.put_folder("worker", {n: c for n, c in workers.items() if n != FETCHER}),
        fetcher=stage.put_folder("fetcher", fetcher),
        pyodide=stage.put_folder("runtime/pyodide", _pyodide(parts / "pyodide", root)),
        packages=tuple(_packages(stage, root, parts)),
        ort=_ort(stage, parts / "ort"),
        avif=stage.put_folder("runtime/avif", read_folder(parts / "avif")),
        models=laid,
        networks=networks,
    )
    pages = read_folder(root / "site") | _vendored(parts) | samples(parts / "photos")
    made = replace(made, id=_build_id(stage, pages, root))
    modules = {name: content for name, content in pages.items() if name not in AT_ROOT}
    modules["build.js"] = generate.build_module(_build(stage, made), made.worker)
    made = replace(made, site=stage.put_folder("site", modules))
    stage.put("cutaway.js", generate.entry_module(made.site))
    for name in ("index.html", "site.webmanifest"):
        stage.put(name, generate.fill(pages[name], made.site, made.worker))
    rules = headers.read(root / "_headers")
    manifest = generate.service_worker_manifest(
        made.id, _shell(stage, made), made.ort, stage.below(made.avif), rules
    )
    worker = generate.service_worker(pages["service-worker.js"], manifest)
    stage.put("service-worker.js", worker)
    return made


def _vendored(parts: Path) -> dict[str, bytes]:
    """Return modules of others that the page uses, each with its licence in front."""
    folder = parts / "client-zip"
    licence = (folder / "LICENSE.txt").read_bytes().strip()
    return {
        "vendor/client-zip.js": b"/*\n%b\n*/\n%b" % (licence, (folder / "index.js").read_bytes())
    }


def _pyodide(folder: Path, root: Path) -> dict[str, bytes]:
    """Return Pyodide's core: its standard library compiled, its list of packages emptied.

    With an empty list there is nothing that Pyodide could ask its own servers for.
    """
    files = read_folder(folder)
    lock = json.loads(files["pyodide-lock.json"])
    files["pyodide-lock.json"] = json.dumps(lock | {"packages": {}}).encode()
    library = bytecode.standard_library(folder, root / ".cache" / "bytecode", _node())
    del files["python_stdlib.zip"]
    files[LIBRARY] = library.read_bytes()
    return files


def _packages(stage: Stage, root: Path, parts: Path) -> Iterator[tuple[str, File]]:
    pyodide, cache = parts / "pyodide", root / ".cache" / "bytecode"
    for name, archive in (
        ("packages", bytecode.packages(parts / "wheels", pyodide, cache, _node())),
        ("cutaway", bytecode.cutaway(root / "py" / "cutaway", pyodide, cache, _node())),
    ):
        content = archive.read_bytes()
        yield name, stage.put(f"runtime/packages/{name}.{sha256(content)[:12]}{ARCHIVE}", content)


def _ort(stage: Stage, folder: Path) -> dict[str, generate.Flavour]:
    """Lay out ONNX Runtime; wasm that fits keeps its own file, which compiles as it streams in."""
    files = {name: (folder / name).read_bytes() for pair in ORT.values() for name in pair}
    whole = {name: content for name, content in files.items() if len(content) <= LARGEST_WASM}
    place = stage.put_folder("runtime/ort", whole)
    flavours = {}
    for flavour, (bundle, wasm) in ORT.items():
        if wasm in whole:
            part = stage.whole(f"ort-{flavour}", place + wasm)
        else:
            # Hosts compress what ends in .wasm, which saves four fifths of these pieces.
            pattern = f"runtime/ort/{wasm.removesuffix('.wasm')}.{{n}}of{{of}}.{{hash}}.wasm"
            part = stage.put_part(f"ort-{flavour}", files[wasm], pattern)
        flavours[flavour] = (stage.files[place + bundle], part)
    return flavours


def _models(
    stage: Stage, root: Path, parts: Path, wanted: Sequence[str]
) -> tuple[dict[str, Part], dict[str, Part]]:
    """Return the wanted models, and by their own names the graphs of those that have two."""
    registry = json.loads((root / "py" / "cutaway" / "models" / "registry.json").read_text("utf-8"))
    known = {entry["id"]: entry for entry in registry["models"]}
    laid: dict[str, Part] = {}
    networks: dict[str, Part] = {}
    for id in wanted:
        if id not in known:
            raise Problem(f"There is no model {id!r}: registry.json has {', '.join(known)}.")
        names = weights_of(known[id])
        contents = [_weights(parts, name, entry) for name, entry in names.items()]
        own = [
            stage.put_part(name, content, f"models/{name}.{{n}}of{{of}}.{{hash}}.bin")
            for name, content in zip(names, contents, strict=True)
        ]
        whole = b"".join(contents)
        _hold(id, whole, known[id])
        pieces = tuple(piece for part in own for piece in part.pieces)
        laid[id] = Part(id, len(whole), sha256(whole), pieces)
        networks |= {part.id: part for part in own if part.id != id}
    return laid, networks


def _weights(parts: Path, name: str, entry: dict[str, Any]) -> bytes:
    file = parts / "models" / f"{name}.onnx"
    if not file.is_file():
        raise Problem(f"The weights of {name} are missing: run python3 build.py dist again.")
    content = file.read_bytes()
    _hold(name, content, entry)
    return content


def _hold(name: str, content: bytes, entry: dict[str, Any]) -> None:
    if sha256(content) != entry["sha256"] or len(content) != entry["bytes"]:
        raise Problem(f"The weights of {name} are not the ones that registry.json names.")


def _build_id(stage: Stage, pages: dict[str, bytes], root: Path) -> str:
    """Return 12 hex digits over everything a build is made from."""
    facts = {file.url: file.sha256 for file in stage.files.values()}
    facts |= {f"page {name}": sha256(content) for name, content in pages.items()}
    for name in ("_headers", "tools/generate.py"):
        facts[name] = sha256((root / name).read_bytes())
    return sha256(json.dumps(facts, sort_keys=True).encode())[:12]


def _build(stage: Stage, made: Made) -> dict[str, Any]:
    """Return the constant in ``build.js``; addresses are relative to the site's root."""
    return {
        "version": made.version,
        "id": made.id,
        "worker": {
            "python": f"{made.worker}python.js",
            "inference": f"{made.worker}inference.js",
            "avif": f"{made.worker}avif.js",
            "fetcher": f"{made.fetcher}{FETCHER}",
        },
        "pyodide": {
            "url": made.pyodide,
            "library": asdict(stage.files[made.pyodide + LIBRARY]),
            "files": [asdict(file) for file in stage.below(made.pyodide)],
        },
        "packages": [{"id": id, **asdict(file)} for id, file in made.packages],
        "ort": {
            flavour: {"bundle": bundle.url, "wasm": wasm.to_json()}
            for flavour, (bundle, wasm) in made.ort.items()
        },
        "avif": {kind: made.avif + name for kind, name in AVIF.items()},
        "models": {id: part.to_json() for id, part in made.models.items()},
        "networks": {id: part.to_json() for id, part in made.networks.items()},
    }


def _shell(stage: Stage, made: Made) -> list[File]:
    """Return what every browser needs to start offline; the page is known as ``./``."""
    folders = [made.site, made.worker, made.fetcher, made.pyodide]
    return [
        replace(stage.files["index.html"], url="./"),
        stage.files["cutaway.js"],
        stage.files["site.webmanifest"],
        *(file for folder in folders for file in stage.below(folder)),
        *(file for _, file in made.packages),
    ]


def _finish(stage: Stage, made: Made, compressed: dict[str, int], root: Path) -> None:
    """Write what lists all files, and hold them to the limits of static hosts."""
    files = {}
    for url, file in sorted(stage.files.items()):
        files[url] = {"bytes": file.bytes, "sha256": file.sha256}
        if url in compressed:
            files[url]["br"] = compressed[url]
        if file.bytes > LARGEST_FILE:
            raise Problem(f"{url} has {file.bytes:,} bytes; static hosts refuse over 25 MiB.")
    rules = headers.read(root / "_headers")
    listing = {
        **_build(stage, made),
        "files": files,
        "shell": [file.url for file in _shell(stage, made)],
        "headers": generate.header_rules(rules),
    }
    stage.put("build.json", generate.compact(listing).encode())
    shutil.copyfile(root / "_headers", stage.root / "_headers")


def _first_visit(stage: Stage, made: Made) -> dict[str, list[File]]:
    return first_visit.files(
        stage,
        page=made.site,
        root=[stage.files[name] for name in (*sorted(AT_ROOT), "cutaway.js")],
        workers=[*stage.below(made.worker), *stage.below(made.fetcher)],
        pyodide=stage.below(made.pyodide),
        library=stage.files[made.pyodide + LIBRARY],
        packages=made.packages,
        runtime=made.ort[first_visit.FLAVOUR],
        model=made.models.get(first_visit.MODEL),
    )


def _refuse_foreign(out: Path) -> None:
    """Replace nothing that a build did not make."""
    if out.is_dir() and any(out.iterdir()) and not (out / "build.json").is_file():
        raise Problem(f"{out} is not a built site and not empty: choose another folder with --out.")
    if out.exists() and not out.is_dir():
        raise Problem(f"{out} is a file: choose another folder with --out.")


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Let one build run at a time; another waits."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "assemble.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _node() -> str:
    return str(nodejs.find().node)
