"""How good a matte is: the metrics, each a function of two pictures.

Throughout, ``alpha`` is a matte and ``truth`` the ground truth: uint8, the same shape (height,
width), 0 to 255. ``counts`` is bool, of that shape: False where the truth is not known. What is
"subject" for a metric of regions is what lies above half.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cutaway.values import Bytes, Floats

Flags = NDArray[np.bool_]

#: Above this a pixel is subject.
HALF = 127
#: Weight of precision in F, as everybody's since Achanta et al. 2009.
BETA = 0.3
#: Width of the boundary, as a share of the picture's diagonal: the paper's choice for finely drawn
#: ground truth (Cheng et al. 2021; 2 % for coarse outlines).
BOUNDARY = 0.005
#: Of the Gaussian whose derivative measures gradients (Rhemann et al. 2009).
SIGMA = 1.4
#: True alpha strictly between these is soft. A camera's noise on a solid subject is not: it moves
#: alpha by a few levels all over it.
SOFT = (5, 250)
#: Pixels by which the soft band is widened, so that a matte too wide or too narrow is seen.
WIDER = 2


def mae(alpha: Bytes, truth: Bytes, counts: Flags) -> float:
    """Mean absolute error, 0 to 1."""
    return float(_error(alpha, truth)[counts].mean())


def iou(alpha: Bytes, truth: Bytes, counts: Flags) -> float:
    """Intersection over union of the regions above half; 1 when both are empty."""
    return _overlap((alpha > HALF) & counts, (truth > HALF) & counts)


def f_curve(alpha: Bytes, truth: Bytes, counts: Flags) -> Floats:
    """F (β² = 0.3) of ``alpha >= threshold`` for the thresholds 0 to 255; float32, shape (256,).

    max-F of a set is the largest value of its photographs' mean curve.
    """
    subject = truth > HALF
    inside = np.bincount(alpha[subject & counts], minlength=256)
    outside = np.bincount(alpha[~subject & counts], minlength=256)
    hits = inside[::-1].cumsum()[::-1].astype(np.float64)
    taken = hits + outside[::-1].cumsum()[::-1]
    precision = hits / np.maximum(taken, 1)
    recall = hits / max(1, inside.sum())
    below = BETA * precision + recall
    curve = np.where(below > 0, (1 + BETA) * precision * recall / np.maximum(below, 1e-12), 0)
    return curve.astype(np.float32)


def s_measure(alpha: Bytes, truth: Bytes, counts: Flags) -> float:
    """Structure measure (Fan et al. 2017), by PySODMetrics; pixels that do not count are right."""
    from py_sod_metrics import Smeasure

    return float(Smeasure().cal_sm(*_forgiven(alpha, truth, counts)))


def weighted_f(alpha: Bytes, truth: Bytes, counts: Flags) -> float:
    """Weighted F (Margolin et al. 2014), by PySODMetrics; pixels that do not count are right."""
    from py_sod_metrics import WeightedFmeasure

    seen, subject = _forgiven(alpha, truth, counts)
    if not subject.any():
        return float(not (seen > 0.5).any())
    return float(WeightedFmeasure().cal_wfm(seen, subject))


def boundary_iou(alpha: Bytes, truth: Bytes, counts: Flags) -> float:
    """Intersection over union of what lies within the boundary's width inside either outline.

    Boundary IoU of Cheng et al. 2021; the picture's own edge is part of an outline, as there. Not a
    number where most of the true outline borders on what is undecided: it is not an outline then.
    """
    height, width = truth.shape
    reach = max(1, round(BOUNDARY * float(np.hypot(height, width))))
    subject = truth > HALF
    outline = _rim(subject, 1)
    if 2 * np.count_nonzero(outline & dilated(~counts, 1)) > np.count_nonzero(outline):
        return float("nan")
    return _overlap(_rim(alpha > HALF, reach) & counts, _rim(subject, reach) & counts)


def sad(alpha: Bytes, truth: Bytes, counts: Flags) -> float:
    """Sum of absolute differences of alpha, in thousands of pixels."""
    return float(_error(alpha, truth)[counts].sum(dtype=np.float64) / 1000)


def mse(alpha: Bytes, truth: Bytes, counts: Flags) -> float:
    """Mean squared difference of alpha, 0 to 1."""
    return float(np.square(_error(alpha, truth)[counts]).mean(dtype=np.float64))


def gradient_error(alpha: Bytes, truth: Bytes, counts: Flags) -> float:
    """Sum of squared differences of the gradients' lengths, in thousands (Rhemann et al. 2009)."""
    difference = _steepness(alpha) - _steepness(truth)
    return float(np.square(difference[counts]).sum(dtype=np.float64) / 1000)


def soft_band(truth: Bytes, counts: Flags, wider: int = WIDER) -> Flags:
    """Where true alpha is soft, and ``wider`` pixels around."""
    low, high = SOFT
    return dilated((truth > low) & (truth < high), wider) & counts


def band_error(alpha: Bytes, truth: Bytes, counts: Flags) -> float:
    """Mean absolute error inside the true soft band, 0 to 1; not a number without one."""
    band = soft_band(truth, counts)
    return float(_error(alpha, truth)[band].mean()) if band.any() else float("nan")


def auroc(scores: Sequence[float], bad: Sequence[bool]) -> float:
    """How often a bad one has a higher score than a good one; ties count half.

    0.5 is chance, 1 a perfect order; not a number when all are good or all are bad. The scores are
    those of doubt: the higher, the worse the cutout should be.
    """
    values, worse = np.asarray(scores, np.float64), np.asarray(bad, bool)
    if worse.all() or not worse.any():
        return float("nan")
    against = values[worse][:, None] - values[~worse][None, :]
    return float((against > 0).mean() + 0.5 * (against == 0).mean())


def dilated(region: Flags, reach: int) -> Flags:
    """Grown by ``reach`` pixels in each direction, corners included."""
    return _covered(region, reach) > 0


def _error(alpha: Bytes, truth: Bytes) -> Floats:
    levels = np.subtract(alpha, truth, dtype=np.int16)
    return np.abs(levels).astype(np.float32) / np.float32(255)


def _overlap(one: Flags, other: Flags) -> float:
    union = int(np.count_nonzero(one | other))
    return int(np.count_nonzero(one & other)) / union if union else 1.0


def _forgiven(alpha: Bytes, truth: Bytes, counts: Flags) -> tuple[NDArray[np.float64], Flags]:
    subject = truth > HALF
    seen = np.where(counts, alpha / 255, subject)
    return seen, subject


def _rim(region: Flags, reach: int) -> Flags:
    """What of a region lies within ``reach`` pixels of its outside."""
    return region & (_covered(region, reach) < (2 * reach + 1) ** 2)


def _covered(region: Flags, reach: int) -> NDArray[np.int32]:
    """How many pixels of a region lie in the square around each; beyond the picture none do."""
    sums = np.pad(region, ((reach + 1, reach), (reach + 1, reach))).astype(np.int32)
    np.cumsum(sums, axis=0, out=sums)
    np.cumsum(sums, axis=1, out=sums)
    side = 2 * reach + 1
    return sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]


def _steepness(alpha: Bytes) -> Floats:
    """Length of the gradient of alpha (0 to 1), by derivatives of a Gaussian."""
    reach = int(np.ceil(SIGMA * np.sqrt(-2 * np.log(np.sqrt(2 * np.pi) * SIGMA * 0.01))))
    at = np.arange(-reach, reach + 1, dtype=np.float64)
    bell = np.exp(-(at**2) / (2 * SIGMA**2)) / (SIGMA * np.sqrt(2 * np.pi))
    slope = -at * bell / SIGMA**2
    # As in the paper's own code, the two-dimensional kernel has length 1.
    scale = np.linalg.norm(np.outer(bell, slope))
    values = alpha.astype(np.float32) / np.float32(255)
    across = _filtered(_filtered(values, bell, 0), slope / scale, 1)
    down = _filtered(_filtered(values, slope / scale, 0), bell, 1)
    return np.hypot(across, down)


def _filtered(values: Floats, kernel: NDArray[np.float64], axis: int) -> Floats:
    """Convolved along an axis; beyond the picture its outermost pixels go on."""
    reach = len(kernel) // 2
    padding = [(0, 0), (0, 0)]
    padding[axis] = (reach, reach)
    padded = np.pad(values, padding, mode="edge")
    total = np.zeros_like(values)
    length = values.shape[axis]
    for place, weight in enumerate(kernel[::-1]):
        total += np.float32(weight) * np.take(padded, range(place, place + length), axis)
    return total
