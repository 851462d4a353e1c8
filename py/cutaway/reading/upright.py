"""Turning a picture upright while its pixels arrive, so that it never lies in memory twice."""

import numpy as np
from numpy.typing import NDArray

from cutaway.values import Bytes

#: Whole pixels of four bytes.
Pixels = NDArray[np.uint32]

#: EXIF orientation → whether rows become columns, then which way rows and columns run.
_WAYS = {
    1: (False, 1, 1),
    2: (False, 1, -1),
    3: (False, -1, -1),
    4: (False, -1, 1),
    5: (True, 1, 1),
    6: (True, -1, 1),
    7: (True, -1, -1),
    8: (True, 1, -1),
}


def blank(width: int, height: int, orientation: int) -> tuple[Bytes, Pixels]:
    """An upright picture, and a view of it as it is stored, to be written to.

    ``width`` and ``height`` are as stored. The picture is uint8, shape (rows, columns, 4); the view
    has the shape (height, width), a whole pixel a value.
    """
    swapped, down, across = _WAYS[orientation]
    shape = (width, height) if swapped else (height, width)
    rgba = np.empty((*shape, 4), np.uint8)
    pixels = rgba.view(np.uint32)[..., 0]
    if swapped:
        pixels = pixels.T
    return rgba, pixels[::down, ::across]


def packed(rgba: Bytes) -> Pixels:
    """RGBA, C-contiguous, as whole pixels."""
    return np.ascontiguousarray(rgba).view(np.uint32)[..., 0]
