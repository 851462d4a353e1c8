"""A cutout's scores against the ground truth, and those of many photographs together."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bench import measures
from bench.colours import composited_error
from bench.dataset import Truth
from bench.masks import CACHE
from cutaway.values import Bytes, Floats
from tools.files import written

#: Metrics of every photograph: of regions and their outlines.
REGIONS = ("mae", "iou", "max_f", "s", "weighted_f", "boundary", "failures")
#: Metrics of photographs whose truth is alpha.
SOFT = ("sad", "mse", "gradient", "band", "composited", "photo_colours")
#: Of these less is better.
LESS = ("mae", "failures", *SOFT)
#: A cutout with less IoU is of no use to anybody.
FAILURE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Of one cutout: metrics by name, and F over thresholds (see ``measures.f_curve``).

    ``failures`` is 1 or 0; ``photo_colours`` is the composited error with the photo's own colours
    instead of the cutout's. What has no meaning for a photograph is not a number.
    """

    values: dict[str, float]
    curve: Floats


def score(rgba: Bytes, pixels: Bytes, truth: Truth, colours: Bytes | None) -> Scores:
    """Scores of a cutout.

    Parameters
    ----------
    rgba : uint8 array, shape (height, width, 4)
    pixels : uint8 array, shape (height, width, 3)
        The photo.
    colours : uint8 array, shape (height, width, 3), or None
        ``colours.reference``, where the truth is alpha.
    """
    alpha = np.ascontiguousarray(rgba[..., 3])
    three = (alpha, truth.alpha, truth.counts)
    overlap, curve = measures.iou(*three), measures.f_curve(*three)
    values = {
        "mae": measures.mae(*three),
        "iou": overlap,
        "max_f": float(curve.max()),
        "s": measures.s_measure(*three),
        "weighted_f": measures.weighted_f(*three),
        "boundary": measures.boundary_iou(*three),
        "failures": float(overlap < FAILURE),
    }
    if colours is None:
        return Scores(values | dict.fromkeys(SOFT, float("nan")), curve)
    plain = np.dstack([pixels, alpha])
    soft = {
        "sad": measures.sad(*three),
        "mse": measures.mse(*three),
        "gradient": measures.gradient_error(*three),
        "band": measures.band_error(*three),
        "composited": composited_error(rgba, truth.alpha, colours, truth.counts),
        "photo_colours": composited_error(plain, truth.alpha, colours, truth.counts),
    }
    return Scores(values | soft, curve)


def kept_score(
    rgba: Bytes, pixels: Bytes, truth: Truth, colours: Bytes | None, folder: Path = CACHE / "scores"
) -> Scores:
    """``score``, from a file where the same cutout was scored before by the same code."""
    hashed = hashlib.sha256(_code())
    for array in (rgba, pixels, truth.alpha, truth.counts, colours):
        hashed.update(b"none" if array is None else array.tobytes())
    path = folder / f"{hashed.hexdigest()}.json"
    try:
        known = json.loads(path.read_text())
    except (OSError, ValueError):
        found = score(rgba, pixels, truth, colours)
        with written(path) as part:
            part.write_text(json.dumps([found.values, found.curve.tolist()]))
        return found
    return Scores(known[0], np.asarray(known[1], np.float32))


@cache
def _code() -> bytes:
    """What scores depend on beside the pictures: another line there, and all are made again."""
    names = ("measures.py", "colours.py", "scores.py")
    return b"".join(Path(__file__).with_name(name).read_bytes() for name in names)


def together(many: Iterable[Scores]) -> dict[str, float]:
    """The mean of every metric over the photographs it has a meaning for.

    max-F is the largest value of the mean curve, as is customary: one threshold for all.
    """
    listed = list(many)
    means = {name: _mean(one.values[name] for one in listed) for name in (*REGIONS, *SOFT)}
    if listed:
        means["max_f"] = float(np.mean([one.curve for one in listed], axis=0).max())
    return means


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
