"""How much old background a cutout carries onto a new one.

No set here tells the true colours of a soft pixel. They are estimated from the true alpha, slowly
and at full resolution, by PyMatting's multilevel method (Germer et al. 2020): what a perfect matte
and a careful estimator would give. A cutout laid on a background is compared with that.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from bench.masks import CACHE, keep_picture
from bench.measures import Flags, soft_band
from cutaway.values import Bytes, Floats

#: Pixels around the soft band that are looked at: where a matte that is too wide shows a rim.
AROUND = 5
PLAIN = {"black": (0, 0, 0), "white": (255, 255, 255), "grey": (128, 128, 128)}
PLAIN |= {"green": (0, 177, 64)}


def reference(pixels: Bytes, truth: Bytes, folder: Path = CACHE / "foreground") -> Bytes:
    """The colours that stand for the truth; uint8, shape (height, width, 3)."""
    path = folder / f"{hashlib.sha256(pixels.tobytes() + truth.tobytes()).hexdigest()}.png"
    if path.exists():
        with Image.open(path) as picture:
            return np.asarray(picture, np.uint8)
    from pymatting import estimate_foreground_ml

    colours = estimate_foreground_ml(pixels / 255.0, truth / 255.0)
    found: Bytes = np.rint(np.clip(colours, 0, 1) * 255).astype(np.uint8)
    keep_picture(path, found)
    return found


def composited_error(rgba: Bytes, truth: Bytes, colours: Bytes, counts: Flags) -> float:
    """Mean absolute difference after laying both on five backgrounds, 0 to 1.

    Black, white, mid-grey, green, and blotches of many sizes and colours; inside the true soft band
    and 5 pixels around it. Not a number where there is no such band.

    Parameters
    ----------
    rgba : uint8 array, shape (height, width, 4)
        The cutout, straight alpha.
    truth, colours : uint8 arrays
        True alpha, and ``reference``'s colours.
    """
    band = soft_band(truth, counts, AROUND)
    if not band.any():
        return float("nan")
    ours = rgba[band].astype(np.float32)
    true = np.column_stack([colours[band], truth[band]]).astype(np.float32)
    errors = [
        np.abs(_laid_on(ours, ground) - _laid_on(true, ground)).mean()
        for ground in _backgrounds(band)
    ]
    return float(np.mean(errors)) / 255


def _laid_on(rgba: Floats, ground: Floats) -> Floats:
    """Pixels, shape (n, 4), on a background, shape (3,) or (n, 3); all 0 to 255."""
    alpha = rgba[:, 3:] / np.float32(255)
    return alpha * rgba[:, :3] + (1 - alpha) * ground


def _backgrounds(band: Flags) -> Iterator[Floats]:
    for colour in PLAIN.values():
        yield np.asarray(colour, np.float32)
    yield blotches(*band.shape)[band]


@cache
def blotches(height: int, width: int) -> Floats:
    """A made-up picture with detail of every size, as photographs have; float32, 0 to 255."""
    random = np.random.default_rng(5)
    total = np.zeros((height, width, 3), np.float32)
    for cells in (4, 16, 64, 256):
        seed = random.integers(0, 256, (cells, cells, 3)).astype(np.uint8)
        grown = Image.fromarray(seed).resize((width, height), Image.Resampling.BICUBIC)
        total += np.asarray(grown, np.float32)
    return total / np.float32(4)
