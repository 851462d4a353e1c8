"""The command line beside rembg: the same model over 20 photos, one process each.

    .venv/bin/python -m bench.native [--data FOLDER] [--photos 20] [--rounds 5] [--write]

rembg is installed into an environment of its own below ``.cache/peers``, with our onnxruntime; both
get the same ONNX file, read files and write files. A round runs every model by both, one after the
other, each once over one photo and once over all: the difference tells what a further photo costs
once the model is loaded. Told are medians over the rounds, and how good the written cutouts are.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from bench import documents
from bench.dataset import DATA, Entry, entries, truth_of
from bench.measures import band_error, boundary_iou, iou, mae
from bench.peers.tables import table
from tools.environment import PIP_SETTINGS, Environment
from tools.programs import run

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache" / "peers"
REMBG = "rembg==2.0.86"
#: Our model and rembg's name for it.
MODELS = {"u2netp": "u2netp", "isnet": "isnet-general-use"}
MAKERS = ("cutaway", "rembg")
HOME = {"U2NET_HOME": str(CACHE / "rembg" / "models")}


@dataclass(frozen=True, slots=True)
class Ran:
    """Seconds: of a process for one photo, and of each further one."""

    one: float
    further: float


def main() -> None:
    arguments = _arguments()
    chosen = _spread(entries(arguments.data), arguments.photos)
    photos = [entry.image for entry in chosen]
    python = _rembg()
    ran: dict[tuple[str, str], list[Ran]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(arguments.rounds):
            for model in MODELS:
                for maker in MAKERS[:: -1 if turn % 2 else 1]:
                    target = Path(folder, maker, model)
                    target.mkdir(parents=True, exist_ok=True)
                    command = _ours if maker == "cutaway" else partial(_theirs, python)
                    done = _ran(partial(command, model, target), photos)
                    ran.setdefault((maker, model), []).append(done)
                    print(f"round {turn + 1}  {maker} {model}: {done.further:.3f} s a photo, "
                          f"one alone {done.one:.2f}", file=sys.stderr, flush=True)  # fmt: skip
        told = _told(ran, chosen, Path(folder))
    print(told)
    if arguments.write:
        documents.put(documents.BENCHMARKS, "bench.native", told)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with a manifest.json")
    parser.add_argument("--photos", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md, too")
    given = parser.parse_args()
    if not (given.data / "manifest.json").is_file():
        sys.exit(f"No photographs: there is no {given.data / 'manifest.json'}. Name a folder.")
    return given


def _spread(found: Sequence[Entry], count: int) -> list[Entry]:
    """So many entries, from all over the list."""
    places = np.linspace(0, len(found) - 1, min(count, len(found)))
    return [found[round(place)] for place in places]


def _rembg() -> Path:
    """The interpreter of the environment that holds rembg, and its models in place."""
    folder = CACHE / "rembg"
    python = folder / "bin" / "python"
    pins = [REMBG, *Environment(ROOT).pins("native")]
    stamp = folder / "pins"
    fresh = not stamp.is_file() or stamp.read_text() != " ".join(pins)
    if fresh:
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=True).create(folder)
        run([python, "-m", "pip", "install", "--quiet", *pins], "installing rembg",
            environment=PIP_SETTINGS)  # fmt: skip
    for ours, theirs in MODELS.items():
        place = folder / "models" / f"{theirs}.onnx"
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        os.link(ROOT / ".cache" / "parts" / "models" / f"{ours}.onnx", place)
    if fresh:
        # What it imports is compiled the first time, which takes a minute and is kept.
        _seconds([python, ROOT / "bench/peers/with_rembg.py", "u2netp", folder])
        stamp.write_text(" ".join(pins))
    return python


def _ran(command: Callable[[Sequence[Path]], list[str | Path]], photos: Sequence[Path]) -> Ran:
    one, every = _seconds(command(photos[:1])), _seconds(command(photos))
    return Ran(one, (every - one) / (len(photos) - 1))


def _ours(model: str, target: Path, photos: Sequence[Path]) -> list[str | Path]:
    return [sys.executable, "-m", "cutaway", *photos, "-o", f"{target}/", "--model", model]


def _theirs(python: Path, model: str, target: Path, photos: Sequence[Path]) -> list[str | Path]:
    return [python, ROOT / "bench/peers/with_rembg.py", MODELS[model], target, *photos]


def _seconds(command: Sequence[str | Path]) -> float:
    begun = time.perf_counter()
    words = [str(word) for word in command]
    done = subprocess.run(words, env=os.environ | HOME, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{words[:3]} failed: {done.stderr.strip()[-500:]}")
    return time.perf_counter() - begun


def _told(ran: dict[tuple[str, str], list[Ran]], chosen: Sequence[Entry], folder: Path) -> str:
    heads = ["", "s a further photo", "s for one alone", "ratio", "by round", "IoU",
             "boundary IoU", "MAE", "soft band"]  # fmt: skip
    rows = [heads]
    for (maker, model), runs in ran.items():
        peer = ran["rembg", model]
        ratios = [one.further / other.further for one, other in zip(runs, peer, strict=True)]
        middle = _median(one.further for one in runs)
        ours = maker == "cutaway"
        rows.append([
            f"{maker}, {model}", f"{middle:.3f}", f"{_median(one.one for one in runs):.2f}",
            f"{middle / _median(one.further for one in peer):.2f}" if ours else "",
            f"{min(ratios):.2f} to {max(ratios):.2f}" if ours else "",
            *_quality(folder / maker / model, chosen, "-cutout" if ours else ""),
        ])  # fmt: skip
    rounds = len(next(iter(ran.values())))
    return f"{len(chosen)} photos, {rounds} rounds; {REMBG}\n\n{table(rows)}"


def _quality(folder: Path, chosen: Sequence[Entry], ending: str) -> list[str]:
    """Means over the photographs: IoU, boundary IoU, mean absolute error, the soft band's error."""
    found = []
    for entry in chosen:
        truth = truth_of(entry)
        with Image.open(folder / f"{entry.image.stem}{ending}.png") as picture:
            alpha = np.ascontiguousarray(np.asarray(picture.convert("RGBA"))[..., 3])
        known = (alpha, truth.alpha, truth.counts)
        band = band_error(*known) if truth.soft else float("nan")
        found.append((iou(*known), boundary_iou(*known), mae(*known), band))
    return [f"{value:.3f}" for value in np.nanmean(np.array(found), axis=0)]


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    main()
