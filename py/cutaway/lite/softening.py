"""The hard outline of a cut, made soft where the picture is."""

import numpy as np

from cutaway.values import Floats

#: Pixels to each side of a window.
RADIUS = 3
#: Variance of colour, in squares of 100 units of Lab, below which a window counts as flat.
FLAT = np.float32(1e-3)
#: Places of the six different values in a symmetric matrix of 3 × 3.
_ROW, _COLUMN = (0, 0, 0, 1, 1, 2), (0, 1, 2, 1, 2, 2)


def softened(mask: Floats, lab: Floats) -> Floats:
    """The mask as a linear function of colour in small windows (guided filter, He et al. 2013).

    Of nine photographs with true alpha whose subject was found, the mean error where alpha is soft
    fell from .24 to .16.

    Parameters
    ----------
    mask : float32 array, shape (rows, columns)
        0..1.
    lab : float32 array, shape (rows, columns, 3)
        The picture.

    Returns
    -------
    float32 array, shape (rows, columns)
        0..1.
    """
    # About 0 the products below lose least to rounding.
    guide = np.moveaxis(lab - lab.mean((0, 1)), -1, 0) / np.float32(100)
    products = guide[list(_ROW)] * guide[list(_COLUMN)]
    means = _means(np.concatenate([guide, mask[None], guide * mask, products]))
    centre, level = means[:3], means[3]
    together = means[4:7] - centre * level
    spread = [
        value - centre[row] * centre[column] + (FLAT if row == column else 0)
        for value, row, column in zip(means[7:], _ROW, _COLUMN, strict=True)
    ]
    slope = _solved(spread, together)
    offset = level - (slope * centre).sum(0)
    smooth = _means(np.concatenate([slope, offset[None]]))
    return np.asarray(np.clip((smooth[:3] * guide).sum(0) + smooth[3], 0, 1))


def _solved(matrix: list[Floats], right: Floats) -> Floats:
    """The solution of a symmetric system of three equations, for every pixel at once."""
    a, b, c, d, e, f = matrix
    inverse = (
        d * f - e * e,
        c * e - b * f,
        b * e - c * d,
        a * f - c * c,
        b * c - a * e,
        a * d - b * b,
    )
    determinant = a * inverse[0] + b * inverse[1] + c * inverse[2]
    solution = np.zeros_like(right)
    for value, row, column in zip(inverse, _ROW, _COLUMN, strict=True):
        solution[row] += value * right[column]
        if row != column:
            solution[column] += value * right[row]
    return np.asarray(solution / determinant)


def _means(planes: Floats) -> Floats:
    """Means over the window around each pixel; beyond the border the last one is repeated."""
    for axis in (1, 2):
        size = planes.shape[axis]
        margins = [(0, 0)] * 3
        margins[axis] = (RADIUS + 1, RADIUS)
        sums = np.cumsum(np.pad(planes, margins, "edge"), axis, dtype=np.float64)
        upper, lower = np.arange(size) + 2 * RADIUS + 1, np.arange(size)
        total = sums.take(upper, axis) - sums.take(lower, axis)
        planes = (total / (2 * RADIUS + 1)).astype(np.float32)
    return planes
