"""matting: alpha where a mask is uncertain, from the photo's colours.

Closed-form matting (Levin, Lischinski, Weiss 2008): within every small window alpha is taken to be
a linear function of colour, ``α = a·I + b``. What is left over, summed over all windows, is a
quadratic form in alpha, the matting Laplacian; known pixels fix the rest. The system is solved for
the uncertain pixels alone, by conjugate gradients that start from the answer at half the size.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cutaway.values import Floats

Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]

#: Side of the windows, in pixels; a pixel shares windows with those up to REACH away.
WINDOW, REACH = 3, 2
#: How far colours within a window must differ to count, as a variance of 0..1.
NOISE = np.float32(1e-5)
#: How strongly the mask itself holds against the colours.
PRIOR = np.float32(3e-3)
#: Steps of conjugate gradients at half the size and at full size.
COARSE, FINE = 80, 30
#: A residual this small against the first ends them sooner.
ENOUGH = 1e-4
#: A picture with a side below this has no half.
SMALLEST = 16


def solve(colours: Floats, alpha: Floats, unknown: Flags) -> Floats:
    """Alpha as the colours suggest it where it is unknown.

    Parameters
    ----------
    colours : float32 array, shape (height, width, 3)
        0 to 1.
    alpha : float32 array, shape (height, width)
        0 to 1; exact where it is known, and where it is not a first guess that keeps some weight.
    unknown : bool array, shape (height, width)

    Returns
    -------
    float32 array, shape (height, width)
        0 to 1; ``alpha`` where it is known.
    """
    start = alpha
    if min(unknown.shape) >= SMALLEST:
        half = _halved(colours, alpha, unknown)
        coarse = _solved(*half, half[1], COARSE)
        start = np.where(unknown, _resized(coarse, unknown.shape), alpha)
    return _solved(colours, alpha, unknown, start, FINE)


@dataclass(frozen=True, slots=True)
class _System:
    """The rows of the Laplacian that belong to the unknown pixels of a padded picture.

    Attributes
    ----------
    pixels : int array, shape (n,)
        Where the unknown pixels are.
    neighbours : int array, shape (n, 25)
        Where the pixels are that share a window with each.
    weights : float32 array, shape (n, 25)
        The entries of the Laplacian for them.
    """

    pixels: Indices
    neighbours: Indices
    weights: Floats

    def times(self, values: Floats) -> Floats:
        """The Laplacian times all pixels, at the unknown ones."""
        product: Floats = np.einsum("ij,ij->i", self.weights, values[self.neighbours])
        return product


def _solved(colours: Floats, alpha: Floats, unknown: Flags, start: Floats, steps: int) -> Floats:
    """Conjugate gradients, preconditioned by the diagonal."""
    if min(unknown.shape) < WINDOW or not unknown.any():
        return alpha
    padded = [_padded(values) for values in (alpha, start)]
    system = _system(_padded(colours), np.pad(unknown, REACH))
    here = system.pixels
    known = padded[0].ravel().copy()
    guess = known[here]
    known[here] = 0
    field = np.zeros_like(known)
    diagonal = system.weights[:, system.weights.shape[1] // 2] + PRIOR

    def applied(values: Floats) -> Floats:
        field[here] = values
        return system.times(field) + PRIOR * values

    answer: Floats = padded[1].ravel()[here]
    residual: Floats = PRIOR * guess - system.times(known) - applied(answer)
    scaled: Floats = residual / diagonal
    direction, size = scaled, float(residual @ scaled)
    enough = ENOUGH**2 * size
    for _ in range(steps):
        if size <= enough:
            break
        moved = applied(direction)
        step = np.float32(size / float(direction @ moved))
        answer = answer + direction * step
        residual = residual - moved * step
        scaled = residual / diagonal
        size, before = float(residual @ scaled), size
        direction = scaled + direction * np.float32(size / before)
    known = padded[0].ravel().copy()
    known[here] = np.clip(answer, 0, 1)
    return known.reshape(padded[0].shape)[REACH:-REACH, REACH:-REACH]


def _system(colours: Floats, unknown: Flags) -> _System:
    """The Laplacian of all windows that hold an unknown pixel."""
    width = unknown.shape[1]
    places = _offsets(WINDOW, width)
    windows = np.flatnonzero(_near(unknown))[:, None] + places
    inside = _of_windows(colours.reshape(-1, 3)[windows])
    pixels = np.flatnonzero(unknown)
    row = np.full(unknown.size, -1, np.intp)
    row[pixels] = np.arange(len(pixels))
    rows = row[windows]
    across = 2 * REACH + 1
    weights = np.zeros((len(pixels), across**2), np.float32)
    for one in range(WINDOW**2):
        # A pixel is the first of one window, the second of another, …: no row comes twice.
        mine = rows[:, one] >= 0
        to = rows[mine, one]
        for other in range(WINDOW**2):
            down, right = other // WINDOW - one // WINDOW, other % WINDOW - one % WINDOW
            column = (down + REACH) * across + right + REACH
            weights[to, column] += inside[mine, one, other]
    return _System(pixels, pixels[:, None] + _offsets(across, width), weights)


def _of_windows(colours: Floats) -> Floats:
    """Each window's part of the Laplacian: shape (n, 9, 3) → (n, 9, 9)."""
    count = np.float32(WINDOW**2)
    centred = colours - colours.mean(1, keepdims=True)
    spread = np.einsum("nki,nkj->nij", centred, centred) / count
    spread[:, [0, 1, 2], [0, 1, 2]] += NOISE / count
    parts: Floats = centred @ inverted(spread) @ centred.transpose(0, 2, 1)
    parts += 1
    parts /= -count
    parts[:, range(WINDOW**2), range(WINDOW**2)] += 1
    return parts


def inverted(matrices: Floats) -> Floats:
    """The inverses of symmetric matrices, shape (n, 3, 3); LAPACK, one by one, takes longer."""
    a, b, c, d, e, f = (
        matrices[:, row, column].astype(np.float64)
        for row, column in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    )
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    rest = (a * f - c * c, b * c - a * e, a * d - b * b)
    determinant = a * first + b * second + c * third
    inverses = np.empty(matrices.shape, np.float32)
    for (row, column), value in zip(
        ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)), (first, second, third, *rest), strict=True
    ):
        inverses[:, row, column] = inverses[:, column, row] = value / determinant
    return inverses


def _near(unknown: Flags) -> Flags:
    """The centres of windows that hold an unknown pixel and lie within the picture itself."""
    height, width = unknown.shape
    near = np.zeros_like(unknown)
    inner = unknown[1:-1, 1:-1]
    for down in range(WINDOW):
        for right in range(WINDOW):
            near[down : height - 2 + down, right : width - 2 + right] |= inner
    rim = REACH + 1
    within = np.zeros_like(near)
    within[rim:-rim, rim:-rim] = near[rim:-rim, rim:-rim]
    return within


def _offsets(side: int, width: int) -> Indices:
    """Steps from the middle of a square to each of its pixels, in a picture of this width."""
    reach = np.arange(side) - side // 2
    return (reach[:, None] * width + reach).ravel()


def _padded(values: Floats) -> Floats:
    rest = ((0, 0),) * (values.ndim - 2)
    return np.pad(values, ((REACH, REACH), (REACH, REACH), *rest), "edge")


def _halved(colours: Floats, alpha: Floats, unknown: Flags) -> tuple[Floats, Floats, Flags]:
    height, width = unknown.shape
    shape = height // 2, width // 2
    planes = [_resized(np.ascontiguousarray(colours[..., i]), shape) for i in range(3)]
    seen = Image.fromarray(unknown).resize(shape[::-1], Image.Resampling.NEAREST)
    return np.dstack(planes), _resized(alpha, shape), np.asarray(seen)


def _resized(values: Floats, shape: tuple[int, ...]) -> Floats:
    size = shape[1], shape[0]
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BILINEAR))
