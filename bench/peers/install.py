"""Brings the peers into ``.cache/peers`` and lays out the two sites that are compared.

The peers come from npm through the ordinary client, held to ``package-lock.json``; nothing of them
is shipped or copied. Each site lies there twice: as it is, and with a brotli copy beside each file
that shrinks, as a good host serves it.
"""

import hashlib
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import brotli

from cutaway.models.registry import find
from tools import nodejs
from tools.files import alone
from tools.programs import run

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "peers"
MODULES = CACHE / "npm" / "node_modules"
HERE = Path(__file__).parent
#: imgly's names for its weights, and the keys of its data package.
WEIGHTS = {"/models/isnet_fp16": "/models/medium", "/models/isnet_quint8": "/models/small"}
#: imgly's uint8 weights in one file.
JOINED = "isnet-uint8.onnx"
CHUNK = 4 * 1024 * 1024
#: Brotli's level: 11 takes minutes for weights and saves some percent.
LEVEL = 9
WORTHWHILE = 0.97
KEPT = "public, max-age=31536000, immutable"
HEADERS = f"""\
/*
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Embedder-Policy: require-corp
  Cross-Origin-Resource-Policy: same-origin
/imgly/*
  Cache-Control: {KEPT}
/imgly-data/*
  Cache-Control: {KEPT}
/ort/*
  Cache-Control: {KEPT}
/transformers/*
  Cache-Control: {KEPT}
/models/*
  Cache-Control: {KEPT}
"""


@dataclass(frozen=True, slots=True)
class Sites:
    """Folders to serve, by what they are called: ``"ours"`` and ``"peers"``."""

    plain: dict[str, Path]
    brotli: dict[str, Path]


def install() -> None:
    """npm's packages, where they are not there already."""
    lock = HERE / "package-lock.json"
    stamp = CACHE / "npm" / "installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    with alone(CACHE / "lock"):
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        folder = stamp.parent
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder / name)
        command = [*nodejs.find().npm, "ci", "--ignore-scripts", "--omit=optional", "--no-audit",
                   "--no-fund", "--loglevel=error"]  # fmt: skip
        run(command, "installing the peers", folder=folder)
        stamp.write_text(wanted)


def versions() -> dict[str, str]:
    """What is compared, by package."""
    names = ["@imgly/background-removal", "@imgly/background-removal-data", "onnxruntime-web",
             "@huggingface/transformers",
             "@huggingface/transformers/node_modules/onnxruntime-web"]  # fmt: skip
    return {
        name.rpartition("node_modules/")[2] + " of transformers.js" * ("node_modules" in name):
        json.loads((MODULES / name / "package.json").read_text())["version"]
        for name in names
    }  # fmt: skip


def sites() -> Sites:
    """Lays both sites out; the peers' only when something has changed."""
    plain = {"ours": CACHE / "ours", "peers": CACHE / "peers"}
    small = {name: folder.with_name(f"{name}-brotli") for name, folder in plain.items()}
    _peers(plain["peers"])
    _ours(plain["ours"], small["ours"])
    _compressed(plain["peers"], small["peers"])
    return Sites(plain, small)


def _ours(plain: Path, small: Path) -> None:
    for target, left_out in ((small, ()), (plain, ("*.br",))):
        shutil.rmtree(target, ignore_errors=True)
        ignore = shutil.ignore_patterns(*left_out)
        shutil.copytree(ROOT / "dist", target, copy_function=os.link, ignore=ignore)
        _pages(target / "bench")
        # imgly's own uint8 weights, for us to run as a model of one's own
        os.link(CACHE / JOINED, target / "bench" / JOINED)


def _pages(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for page in (HERE / "pages").iterdir():
        shutil.copy(page, target / page.name)


def _peers(target: Path) -> None:
    transformers = MODULES / "@huggingface" / "transformers"
    (target / "_headers").parent.mkdir(parents=True, exist_ok=True)
    (target / "_headers").write_text(HEADERS)
    _pages(target)
    _link(MODULES / "@imgly/background-removal/dist/index.mjs", target / "imgly/index.mjs")
    _link(MODULES / "onnxruntime-web/dist/ort.bundle.min.mjs", target / "ort/ort.bundle.min.mjs")
    _link(transformers / "dist/transformers.min.js", target / "transformers/transformers.min.js")
    for ending in ("mjs", "wasm"):
        name = f"ort-wasm-simd-threaded.asyncify.{ending}"
        runtime = transformers / "node_modules/onnxruntime-web/dist" / name
        _link(runtime, target / "transformers" / name)
    _imgly_data(target / "imgly-data")
    _model(target / "models" / "u2netp", ROOT / ".cache/parts/models/u2netp.onnx", "u2netp")
    joined = CACHE / JOINED
    if not joined.is_file():
        data = MODULES / "@imgly/background-removal-data/dist"
        chunks = _resources()["/models/isnet_quint8"]["chunks"]
        ordered = sorted(chunks, key=lambda chunk: chunk["offsets"][0])
        joined.write_bytes(b"".join((data / chunk["name"]).read_bytes() for chunk in ordered))
    _model(target / "models" / "isnet-uint8", joined, "isnet")


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.link(source, target)


def _resources() -> dict:
    """imgly's list of files, under the names that its version 1.7.0 asks for."""
    told = json.loads((MODULES / "@imgly/background-removal-data/dist/resources.json").read_text())
    named = {}
    for new, old in WEIGHTS.items():
        chunks = [chunk | {"name": chunk["hash"]} for chunk in told[old]["chunks"]]
        named[new] = told[old] | {"chunks": chunks}
    return named


def _imgly_data(target: Path) -> None:
    """The data package's weights, and the runtime that 1.7.0 asks for, in chunks."""
    target.mkdir(parents=True, exist_ok=True)
    named = _resources()
    for entry in named.values():
        for chunk in entry["chunks"]:
            name = chunk["name"]
            _link(MODULES / "@imgly/background-removal-data/dist" / name, target / name)
    for ending, mime in (("wasm", "application/wasm"), ("mjs", "text/javascript")):
        name = f"ort-wasm-simd-threaded.{ending}"
        content = (MODULES / "onnxruntime-web/dist" / name).read_bytes()
        chunks = []
        for start in range(0, len(content), CHUNK):
            piece = content[start : start + CHUNK]
            chunks.append({"name": f"{name}.{start}", "offsets": [start, start + len(piece)]})
            (target / f"{name}.{start}").write_bytes(piece)
        named[f"/onnxruntime-web/{name}"] = {"chunks": chunks, "size": len(content), "mime": mime}
    (target / "resources.json").write_text(json.dumps(named))


def _model(target: Path, weights: Path, ours: str) -> None:
    """A model as transformers.js takes it, by the contract that we have for it."""
    contract = find(ours).contract
    processor = {
        "feature_extractor_type": "ImageFeatureExtractor",
        "do_normalize": True,
        "do_pad": False,
        "do_rescale": True,
        "do_resize": True,
        "image_mean": contract.mean,
        "image_std": contract.std,
        "resample": 2,
        "rescale_factor": 1 / 255,
        "size": {"width": contract.size, "height": contract.size},
    }
    _link(weights, target / "onnx" / "model.onnx")
    (target / "config.json").write_text(json.dumps({"model_type": "isnet"}))
    (target / "preprocessor_config.json").write_text(json.dumps(processor))


def _compressed(plain: Path, target: Path) -> None:
    """The same files and brotli copies of them; those are made once for each content."""
    kept = CACHE / "brotli"
    kept.mkdir(exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(plain, target, copy_function=os.link)
    files = [path for path in target.rglob("*") if path.is_file() and path.name != "_headers"]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda file: _brotli(file, kept), files))


def _brotli(file: Path, kept: Path) -> None:
    content = file.read_bytes()
    copy = kept / hashlib.sha256(content).hexdigest()
    if not copy.is_file():
        part = copy.with_suffix(".part")
        part.write_bytes(brotli.compress(content, quality=LEVEL, lgwin=24))
        part.replace(copy)
    if copy.stat().st_size < WORTHWHILE * len(content):
        os.link(copy, file.with_name(file.name + ".br"))
