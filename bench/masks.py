"""What models say to photographs, kept so that nothing is inferred twice.

    .venv/bin/python -m bench.masks [--data FOLDER] [--models ids]

``KeptRuns`` is an engine: the package's road takes it instead of its own and does not notice. A run
lies in ``.cache/quality/runs/<model>/`` under the SHA-256 of the weights and of all that the model
was fed, so whatever changes before inference is seen, and what comes after it costs no inference.

For trying things out, this module as a program also writes each photo's mask as the package reads
it, ``.cache/quality/<model>/<photo>.npy``: float32, at the model's size, 0 to 1. Beside it, in
``<photo>.json``, stands what it was made from.
"""

import argparse
import asyncio
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL import Image

from bench.dataset import DATA, entries, sha256_of
from cutaway.host.engine import Engine, Loaded, Ran, Report
from cutaway.host.native import NativeEngine
from cutaway.models.registry import Model, find
from cutaway.read import read
from cutaway.segment import interpret, prepare
from cutaway.values import Attempt, Bytes, Floats, Mask, Photo
from tools.files import written

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache" / "quality"
MODELS = ("u2netp", "isnet-768", "isnet", "u2net", "silueta", "modnet")
CPU = Attempt("cpu", os.cpu_count() or 1, "benchmark")


class KeptRuns(NativeEngine):
    """The native engine, but what it has once answered it reads from a file.

    ``inferred`` counts the runs that were none of these.
    """

    def __init__(self, folder: Path = CACHE / "runs", weights: Path | None = None) -> None:
        super().__init__(weights)
        self._kept = folder
        self.inferred = 0

    async def load(self, model: Model, attempt: Attempt, report: Report) -> Loaded:
        """Nothing: a session is made when it is needed."""
        return Loaded(0, 0, 0.0)

    async def run(self, model: Model, attempt: Attempt, feeds: Mapping[str, Floats]) -> Ran:
        path = self._kept / model.id / f"{_key(model, feeds)}.npy"
        started = perf_counter()
        if path.exists():
            values = np.load(path)
            return Ran({model.contract.output: values}, (perf_counter() - started) * 1000)
        await super().load(model, attempt, lambda done, total: None)
        ran = await super().run(model, attempt, feeds)
        self.inferred += 1
        keep(path, ran.outputs[model.contract.output])
        return ran


def outputs(engine: Engine, model: Model, feeds: Mapping[str, Floats]) -> Mapping[str, Floats]:
    """One run outside the road."""

    async def ran() -> Ran:
        await engine.load(model, CPU, lambda done, total: None)
        return await engine.run(model, CPU, feeds)

    return asyncio.run(ran()).outputs


def mask_of(engine: Engine, photo: Photo, model: Model) -> Mask:
    """A model's mask of a photo, by the package's own steps."""
    return interpret(outputs(engine, model, prepare(photo, model.contract)), model.contract)


def keep(path: Path, values: Floats) -> None:
    """Writes an array as .npy."""
    with written(path) as part, part.open("wb") as file:
        np.save(file, values)


def keep_picture(path: Path, pixels: Bytes) -> None:
    """Writes an array of 8 bits as a PNG."""
    with written(path) as part:
        Image.fromarray(pixels).save(part, "PNG", compress_level=1)


def _key(model: Model, feeds: Mapping[str, Floats]) -> str:
    hashed = hashlib.sha256(model.sha256.encode())
    for name in sorted(feeds):
        hashed.update(f"{name} {feeds[name].shape} {feeds[name].dtype}".encode())
        hashed.update(np.ascontiguousarray(feeds[name]).data)
    return hashed.hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--models", default=",".join(MODELS), help="ids, comma between them")
    arguments = parser.parse_args()
    engine = KeptRuns()
    for id in arguments.models.split(","):
        model = find(id)
        for entry in entries(arguments.data):
            mask = mask_of(engine, read(entry.image.read_bytes()), model)
            path = CACHE / id / f"{entry.id}.npy"
            made_from = {
                "weights": model.sha256,
                "photo": sha256_of(entry.image),
                "contract": asdict(model.contract),
            }
            keep(path, mask.values)
            path.with_suffix(".json").write_text(json.dumps(made_from, indent=1))
        print(f"{id:10} {engine.inferred} runs", flush=True)


if __name__ == "__main__":
    main()
