"""A site for experiments: tiny models beside the real ones, and inference workers that fail.

The tiny models run on a software GPU in a fraction of a second, where real ones take minutes.
"""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from cutaway.models import known_answer
from cutaway.models.registry import Contract
from tests.browser.conftest import BENCH_PAGE, ROOT
from tools import audit_site, convert
from tools.assemble import assemble
from tools.progress import Progress

SIDE = 64
#: Bytes that a tiny model is said to take.
MEMORY = 300_000_000
CONTRACT = Contract(SIDE, "255", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), "input", "output", "none")
ISNET = Contract(SIDE, "255", (0.5, 0.5, 0.5), (1.0, 1.0, 1.0), "input", "output", "none")


def build(folder: Path) -> Path:
    """A built site with the models ``tiny``, ``tiny-f16``, ``tiny-liar``, ``isnet-64``, ``u2netp``
    and ``isnet-768``; the bench page is on it."""
    parts = folder / "parts"
    models = parts / "models"
    models.mkdir(parents=True)
    cached = ROOT / ".cache" / "parts"
    for name in ("pyodide", "wheels", "ort", "avif", "client-zip", "photos"):
        (parts / name).symlink_to(cached / name)
    for name in ("u2netp", "isnet-768"):
        (models / f"{name}.onnx").symlink_to(cached / "models" / f"{name}.onnx")
    entries = [*_tiny_entries(models), _entry("isnet-64", _isnet(models / "isnet-64.onnx"), ISNET)]
    names: list[str] = []

    def offer(document: dict[str, Any]) -> None:
        """The entries of the lab beside two real ones, each passed off as audited."""
        real = document["audit"]
        known = [entry for entry in document["models"] if entry["id"] in ("u2netp", "isnet-768")]
        document["models"] = [*known, *entries]
        audit_site.offer_all(document, MEMORY)
        document["audit"] |= {entry["id"]: real[entry["id"]] for entry in known}
        names.extend(entry["id"] for entry in document["models"])

    root = audit_site.copy_project(folder / "project", offer)
    site = assemble(folder / "dist", Progress(), models=names, root=root, parts=parts)
    (site / "bench.html").write_text(BENCH_PAGE)
    return site


def with_faults(site: Path, scripts: dict[str, str], target: Path) -> Path:
    """A copy of a site where each of these workers runs its script first."""
    shutil.copytree(site, target, copy_function=os.link)
    for name, script in scripts.items():
        (worker,) = target.glob(f"worker/*/{name}")
        source = worker.read_text("utf-8")
        worker.unlink()  # a link to the original
        worker.with_name(f"{name}.br").unlink(missing_ok=True)
        worker.write_text(f"{script}\n{source}", "utf-8")
    return target


def _tiny_entries(models: Path) -> list[dict[str, Any]]:
    tiny = models / "tiny.onnx"
    onnx.save(_tiny_graph(), tiny)
    for name in ("tiny-f16", "tiny-liar"):
        shutil.copy(tiny, models / f"{name}.onnx")
    liar = _entry("tiny-liar", tiny, CONTRACT)
    liar["answer"] = bytes(255 - value for value in bytes.fromhex(liar["answer"])).hex()
    return [
        _entry("tiny", tiny, CONTRACT),
        _entry("tiny-f16", tiny, CONTRACT) | {"needs": ["shader-f16"]},
        liar,
    ]


def _tiny_graph() -> onnx.ModelProto:
    """Three convolutions that find what is more red than blue."""
    random = np.random.default_rng(5)
    shapes = [(8, 3, 3, 3), (8, 8, 3, 3), (1, 8, 3, 3)]
    weights = [random.normal(0, 0.01, shape).astype(np.float32) for shape in shapes]
    weights[0][0, 0], weights[0][0, 2] = 4 / 9, -4 / 9
    weights[1][0, 0, 1, 1] = 1
    weights[2][0, 0, 1, 1] = 4
    names = ["first", "second", "third"]
    initializers = [numpy_helper.from_array(w, n) for w, n in zip(weights, names, strict=True)]
    initializers.append(numpy_helper.from_array(np.array([-4], np.float32), "bias"))
    pads = {"pads": [1, 1, 1, 1]}
    nodes = [
        helper.make_node("Conv", ["input", "first"], ["a"], **pads),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "second"], ["c"], **pads),
        helper.make_node("Relu", ["c"], ["d"]),
        helper.make_node("Conv", ["d", "third", "bias"], ["e"], **pads),
        helper.make_node("Sigmoid", ["e"], ["output"]),
    ]
    float_ = TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("input", float_, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("output", float_, [1, 1, SIDE, SIDE])],
        initializers,
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8)


def _isnet(target: Path) -> Path:
    """The real ISNet, rebuilt for 64 pixels."""
    model = onnx.load(ROOT / ".cache" / "parts" / "models" / "isnet-w8.onnx")
    convert.rebuild(model, SIDE)
    onnx.save(model, target)
    return target


def _entry(id: str, weights: Path, contract: Contract) -> dict[str, Any]:
    session = onnxruntime.InferenceSession(weights)
    outputs = session.run([contract.output], known_answer.question(contract))
    answer = known_answer.answer({contract.output: outputs[0]}, contract)
    return {
        "id": id,
        "title": id,
        "kind": "neural",
        "tier": "pro",
        "bytes": weights.stat().st_size,
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "licence": "Apache-2.0",
        "commercial": "yes",
        "note": "For tests.",
        "contract": {
            "size": contract.size,
            "scale": contract.scale,
            "mean": list(contract.mean),
            "std": list(contract.std),
            "input": contract.input,
            "output": contract.output,
            "activation": contract.activation,
            "fit": contract.fit,
            "multiple": contract.multiple,
        },
        "needs": [],
        "buffer": 8 * SIDE * SIDE * 4,
        "answer": answer.tobytes().hex(),
    }
