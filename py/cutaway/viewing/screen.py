"""screen: a part of a picture as it is shown, not written."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import ImageFilter

from cutaway.colour import converted
from cutaway.pillow import array_of, picture_of
from cutaway.values import Bytes

#: Steps of each colour in the table for screens.
GRID = 33


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A part of a picture.

    Attributes
    ----------
    rgba : uint8 array, shape (rows, columns, 4), C-contiguous
        Straight alpha.
    width, height : int
        Of the whole picture at full size.
    icc : bytes or None
        The profile of the colours.
    """

    rgba: Bytes
    width: int
    height: int
    icc: bytes | None

    def in_srgb(self) -> Bytes:
        """The pixels for a screen; colours of another profile are looked up in a coarse table."""
        table = None if self.icc is None else _table(self.icc)
        if table is None:
            return self.rgba
        return array_of(picture_of(self.rgba, "RGBA").filter(table))


@lru_cache(maxsize=2)
def _table(icc: bytes) -> ImageFilter.Color3DLUT | None:
    """From a profile's colours to sRGB; None where they are sRGB's."""
    steps = np.rint(np.linspace(0, 255, GRID)).astype(np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij")[::-1], -1)
    plain = grid.reshape(GRID, -1, 3)
    found = converted(plain, icc, None)
    if np.array_equal(found, plain):
        return None
    return ImageFilter.Color3DLUT(GRID, found.reshape(-1).astype(np.float32) / 255)
