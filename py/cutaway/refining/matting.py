"""matting: alpha where a mask is uncertain, from the photo's colours.

Closed-form matting (Levin, Lischinski, Weiss 2008): within every small window alpha is taken to be
a linear function of colour, ``α = a·I + b``. What is left over, summed over all windows, is a
quadratic form in alpha, the matting Laplacian; known pixels fix the rest. The system is solved for
the uncertain pixels alone, by conjugate gradients that start from the answer at half the size.
"""

from dataclasses import dataclass
from typing import Literal

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
#: How strongly the mask itself holds against the colours: everywhere, and where it is sure as well.
PRIOR, SURE = np.float32(3e-3), np.float32(1e-2)
#: Steps of conjugate gradients at half the size and at full size.
COARSE, FINE = 80, 30
#: A residual this small against the first ends them sooner.
ENOUGH = 1e-4
#: A picture with a side below this has no half.
SMALLEST = 16
#: All indices are within bounds; NumPy's mode that does not ask takes half the time in WASM.
UNCHECKED: Literal["clip"] = "clip"


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
    neighbours : int array, shape (25, n)
        Where the pixels are that share a window with each.
    weights : float32 array, shape (25, n)
        The entries of the Laplacian for them.
    """

    pixels: Indices
    neighbours: Indices
    weights: Floats

    def times(self, values: Floats) -> Floats:
        """The Laplacian times all pixels, at the unknown ones."""
        product: Floats = np.einsum(
            "ij,ij->j", self.weights, values.take(self.neighbours, mode=UNCHECKED)
        )
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
    prior = PRIOR + SURE * (2 * guess - 1) ** 4
    diagonal = system.weights[len(system.weights) // 2] + prior

    def applied(values: Floats) -> Floats:
        field[here] = values
        return system.times(field) + prior * values

    answer: Floats = padded[1].ravel()[here]
    residual: Floats = prior * guess - system.times(known) - applied(answer)
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
    centres = np.flatnonzero(_near(unknown))
    windows = centres + places[:, None]
    planes = np.ascontiguousarray(np.moveaxis(colours, -1, 0)).reshape(3, -1)
    inside = _of_windows(planes.take(windows, axis=1, mode=UNCHECKED))
    pixels = np.flatnonzero(unknown)
    # The last window is none: it has no part in any pixel.
    number = np.full(unknown.size, len(centres), np.intp)
    number[centres] = np.arange(len(centres))
    across = 2 * REACH + 1
    weights = np.zeros((across, across, len(pixels)), np.float32)
    for one, place in enumerate(places):
        # A pixel is the first of one window, the second of another, …
        part = inside[one].take(number[pixels - place], axis=1, mode=UNCHECKED)
        down, right = REACH - one // WINDOW, REACH - one % WINDOW
        part = part.reshape(WINDOW, WINDOW, -1)
        weights[down : down + WINDOW, right : right + WINDOW] += part
    around = pixels + _offsets(across, width)[:, None]
    return _System(pixels, around, weights.reshape(across**2, -1))


def _of_windows(colours: Floats) -> Floats:
    """Each window's part of the Laplacian: shape (3, 9, n) → (9, 9, n + 1), 0 for the last."""
    count = np.float32(WINDOW**2)
    centred = colours - colours.mean(1, keepdims=True)
    spread = np.einsum("ikn,jkn->ijn", centred, centred) / count
    spread[[0, 1, 2], [0, 1, 2]] += NOISE / count
    turned = np.einsum("ijn,jkn->ikn", inverted(spread), centred)
    parts = np.zeros((WINDOW**2, WINDOW**2, colours.shape[2] + 1), np.float32)
    for one in range(WINDOW**2):
        for other in range(one + 1):
            both = np.einsum("in,in->n", centred[:, one], turned[:, other])
            both += 1
            both /= -count
            parts[one, other, :-1] = parts[other, one, :-1] = both
        parts[one, one, :-1] += 1
    return parts


def inverted(matrices: Floats) -> Floats:
    """The inverses of symmetric matrices, shape (3, 3, n); LAPACK, one by one, takes longer."""
    corners = (0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)
    a, b, c, d, e, f = (matrices[corner].astype(np.float64) for corner in corners)
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    rest = (a * f - c * c, b * c - a * e, a * d - b * b)
    determinant = a * first + b * second + c * third
    inverses = np.empty(matrices.shape, np.float32)
    for (row, column), value in zip(corners, (first, second, third, *rest), strict=True):
        inverses[row, column] = inverses[column, row] = value / determinant
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
