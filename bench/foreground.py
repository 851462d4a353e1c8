"""Colour error of cutouts on five backgrounds, over photographs with true alpha.

    .venv/bin/python -m bench.foreground FOLDER [--models u2netp,isnet-768]

FOLDER holds a manifest.json and the files it names. The reference colour is PyMatting's multilevel
estimate at full size from the true alpha; an error is the root mean square over the soft pixels and
the backgrounds, 0 to 255. For a model's matte: ``colour`` has the same matte on both sides, ``full
size`` compares with PyMatting's estimate from that very matte, and ``cutout`` with the true cutout,
wherever either is seen, so that it holds the error of the matte as well.
"""

import argparse
import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pymatting import estimate_foreground_ml

from cutaway.foreground import foreground
from cutaway.host.native import NativeEngine
from cutaway.models import registry
from cutaway.read import read
from cutaway.refine import refine
from cutaway.segment import prepare, segment
from cutaway.values import Attempt, Bytes, Floats, Matte, Photo

#: Kinds of ground truth that hold alpha.
ALPHA = ("alpha", "pseudo-alpha")
#: Colour of a photo's subject by a matte, uint8, shape (height, width, 3).
Way = Callable[[Photo, Matte], Bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A photo, its true alpha, and its colour by that alpha."""

    name: str
    photo: Photo
    alpha: Matte
    colour: Floats


def main() -> None:
    arguments = _arguments()
    models = arguments.models.split(",")
    rows: dict[str, list[list[float]]] = {}
    for subject in _subjects(arguments.folder):
        mattes = {"true": subject.alpha} | {id: _matte(subject.photo, id) for id in models}
        for name, matte in mattes.items():
            for way, errors in _errors(subject, matte, name == "true").items():
                rows.setdefault(f"{name} {way}", []).append(errors)
        print(subject.name, flush=True)
    _print(rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="holds manifest.json")
    parser.add_argument("--models", default="u2netp,isnet-768", help="ids of the registry")
    return parser.parse_args()


def _subjects(folder: Path) -> Iterator[Subject]:
    entries: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text("utf-8"))
    for entry in entries:
        if entry["gt_kind"] in ALPHA:
            photo = read((folder / entry["image"]).read_bytes())
            alpha = Matte(np.asarray(Image.open(folder / entry["gt"]).convert("L")))
            yield Subject(entry["id"], photo, alpha, _reference(photo, alpha))


def _reference(photo: Photo, matte: Matte) -> Floats:
    colour = estimate_foreground_ml(photo.pixels / 255, matte.alpha / 255)
    return np.asarray(colour * 255, np.float32)


def _matte(photo: Photo, id: str) -> Matte:
    async def matte() -> Matte:
        engine, model, attempt = NativeEngine(), registry.find(id), Attempt("cpu", 2, "")
        await engine.load(model, attempt, lambda done, total: None)
        mask, _ = await segment(prepare(photo, model.contract), model, attempt, engine)
        return refine(mask, photo)

    return asyncio.run(matte())


def _photo_as_it_is(photo: Photo, matte: Matte) -> Bytes:
    return photo.pixels


def _multilevel(photo: Photo, matte: Matte) -> Bytes:
    return foreground(photo, matte)[..., :3]


def _blur_fusion(photo: Photo, matte: Matte) -> Bytes:
    """Forte 2021, "Approximate Fast Foreground Colour Estimation", twice, at a quarter's size."""
    size = (-(-photo.width // 4), -(-photo.height // 4))
    small = np.asarray(Image.fromarray(photo.pixels).resize(size, Image.Resampling.BOX)) / 255
    a = np.asarray(Image.fromarray(matte.alpha).resize(size, Image.Resampling.BOX))[..., None] / 255
    subject = background = small
    for radius in (22, 2):
        mean = _blurred(subject * a, radius) / (_blurred(a, radius) + 1e-5)
        background = _blurred(background * (1 - a), radius) / (_blurred(1 - a, radius) + 1e-5)
        subject = np.clip(mean + a * (small - a * mean - (1 - a) * background), 0, 1)
    f, b = (_large(part, photo) for part in (subject, background))
    alpha, seen = matte.alpha[..., None] / 255, photo.pixels / 255
    colour = np.clip(f + alpha * (seen - alpha * f - (1 - alpha) * b), 0, 1)
    return np.where(alpha == 1, photo.pixels, np.rint(colour * 255)).astype(np.uint8)


def _blurred(values: NDArray[np.float64], radius: int) -> NDArray[np.float64]:
    """Sums over squares that end at the picture's edge."""
    for axis in (0, 1):
        length = values.shape[axis]
        sums = np.insert(np.cumsum(values, axis), 0, 0, axis)
        place = np.arange(length)
        last, first = np.minimum(place + radius + 1, length), np.maximum(place - radius, 0)
        values = np.take(sums, last, axis) - np.take(sums, first, axis)
    return values


def _large(colour: NDArray[np.float64], photo: Photo) -> NDArray[np.float64]:
    pixels = Image.fromarray(np.rint(colour * 255).astype(np.uint8))
    return np.asarray(pixels.resize((photo.width, photo.height), Image.Resampling.BILINEAR)) / 255


WAYS: dict[str, Way] = {
    "photo": _photo_as_it_is,
    "blur-fusion": _blur_fusion,
    "multilevel": _multilevel,
}


def _errors(subject: Subject, matte: Matte, true: bool) -> dict[str, list[float]]:
    """For each measure the error of each way."""
    soft = (matte.alpha > 0) & (matte.alpha < 255)
    seen = (matte.alpha > 0) | (subject.alpha.alpha > 0)
    wanted = {"colour": (subject.colour, matte.alpha, soft)}
    if not true:
        wanted["full size"] = (_reference(subject.photo, matte), matte.alpha, soft)
        wanted["cutout"] = (subject.colour, subject.alpha.alpha, seen)
    colours = [way(subject.photo, matte).astype(np.float32) for way in WAYS.values()]
    return {
        measure: [_error(colour, matte.alpha, *rest) for colour in colours]
        for measure, rest in wanted.items()
    }


def _error(
    colour: Floats, alpha: Bytes, true_colour: Floats, true_alpha: Bytes, where: NDArray[np.bool_]
) -> float:
    a, true_a = (each[where, None] / np.float32(255) for each in (alpha, true_alpha))
    squares = [
        np.mean(
            (a * colour[where] + (1 - a) * b - true_a * true_colour[where] - (1 - true_a) * b) ** 2
        )
        for b in (background[where] for background in _backgrounds(*alpha.shape))
    ]
    return float(np.sqrt(np.mean(squares)))


def _backgrounds(height: int, width: int) -> Iterator[Floats]:
    """Black, white, grey, green, and a busy one."""
    for colour in ((0, 0, 0), (255, 255, 255), (128, 128, 128), (0, 255, 0)):
        yield np.broadcast_to(np.float32(colour), (height, width, 3))
    y, x = np.mgrid[0:height, 0:width]
    yield np.stack([(x // 8 + y // 8) % 2, x // 13 % 2, y // 11 % 2], -1).astype(np.float32) * 255


def _print(rows: dict[str, list[list[float]]]) -> None:
    print(f"{'':24}" + "".join(f"{way:>14}" for way in WAYS) + "   lower by")
    for name, errors in rows.items():
        photo, *others = means = np.mean(errors, axis=0)
        lower = "".join(f"{1 - error / photo:8.0%}" for error in others)
        print(f"{name:24}" + "".join(f"{mean:14.2f}" for mean in means) + lower)


if __name__ == "__main__":
    main()
