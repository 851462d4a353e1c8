"""The cutouts that are compared: the package's own, and what peers make of the same weights."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from bench import ways
from bench.masks import CACHE, keep_picture
from cutaway.errors import CutawayError
from cutaway.host.engine import Engine
from cutaway.models.registry import find
from cutaway.options import SPEEDS, Options
from cutaway.read import read
from cutaway.road import Result, remove_background
from cutaway.values import Bytes

OURS = "cutaway"
#: rembg's matting is closed-form over the whole picture: above this it takes minutes a photo.
MATTING_PIXELS = 1_500_000


@dataclass(frozen=True, slots=True)
class System:
    """Who cuts out, and with what: ``weights`` is a model's id, or one of the package's speeds."""

    maker: str
    weights: str

    def __str__(self) -> str:
        return f"{self.maker} {self.weights}"


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A system's cutout, uint8, shape (height, width, 4), as the system writes it.

    ``uncertain`` is the figure of the receipt, not a number where a system tells none.
    """

    rgba: Bytes
    uncertain: float = float("nan")


def answer(system: System, data: bytes, engine: Engine) -> Answer | None:
    """A system's cutout of a photo's file; None where it leaves the photo out.

    Raises
    ------
    CutawayError
        When the package cannot read the photo or run the model.
    """
    if system.maker == OURS:
        return _ours(system.weights, data, engine)
    pixels = np.ascontiguousarray(read(data).pixels)
    if system.maker == ways.MATTING:
        if pixels.shape[0] * pixels.shape[1] > MATTING_PIXELS:
            return None
        return Answer(_kept_matting(pixels, _rembg_mask(pixels, system.weights, engine)))
    return Answer(ways.answer(system.maker, pixels, find(system.weights), engine))


def pace(weights: str, photos: Sequence[bytes], engine: Engine) -> tuple[float, float]:
    """Seconds from mask to cutout for these photos together: ours, and rembg's matting.

    Each is the better of two, one after the other on the same machine; nothing kept is used but
    inference.
    """
    ours = theirs = 0.0
    for data in photos:
        pixels = np.ascontiguousarray(read(data).pixels)
        mask = _rembg_mask(pixels, weights, engine)
        theirs += min(ways.matted(pixels, mask)[1] for _ in range(2))
        ours += min(_refining(weights, data, engine) for _ in range(2))
    return ours, theirs


def _ours(weights: str, data: bytes, engine: Engine) -> Answer:
    """By the package's whole road, as its command line takes it."""
    try:
        result = _road(weights, data, engine)
    except CutawayError as error:
        if error.code != "inference-failed":
            raise
        # No mask at all is an answer too: nothing is subject.
        photo = read(data)
        return Answer(np.zeros((photo.height, photo.width, 4), np.uint8), 1.0)
    with Image.open(BytesIO(result.file.data)) as picture:
        rgba = np.asarray(picture.convert("RGBA"), np.uint8)
    return Answer(rgba, result.receipt.uncertainty.figure)


def _refining(weights: str, data: bytes, engine: Engine) -> float:
    spent = _road(weights, data, engine).receipt.milliseconds
    return (spent.refine + spent.cut) / 1000


def _road(weights: str, data: bytes, engine: Engine) -> Result:
    options = Options(speed=weights) if weights in SPEEDS else Options(model=weights)
    return asyncio.run(remove_background(data, options, engine, _quiet))


def _quiet(stage: str, done: int, total: int, unit: str, model: str) -> None:
    """The table is progress enough."""


def _rembg_mask(pixels: Bytes, weights: str, engine: Engine) -> Bytes:
    return np.ascontiguousarray(ways.answer("rembg", pixels, find(weights), engine)[..., 3])


def _kept_matting(pixels: Bytes, mask: Bytes, folder: Path = CACHE / ways.MATTING) -> Bytes:
    """rembg's matting, which takes seconds a photo, kept as a picture."""
    path = folder / f"{hashlib.sha256(pixels.tobytes() + mask.tobytes()).hexdigest()}.png"
    if path.exists():
        with Image.open(path) as picture:
            return np.asarray(picture, np.uint8)
    cutout, _ = ways.matted(pixels, mask)
    keep_picture(path, cutout)
    return cutout
