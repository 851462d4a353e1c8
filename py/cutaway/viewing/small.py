"""small: what a window shows of a photo and its matte, where a pixel of it shows more of theirs."""

from dataclasses import dataclass
from math import ceil, floor, log2

import numpy as np
from PIL import Image

from cutaway.composing.frame import Window
from cutaway.pillow import Tile, array_of
from cutaway.refining.adjust import Refinement, adjusted
from cutaway.sources import Sources
from cutaway.values import Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Small:
    """Straight pixels and alpha before any control, as far as the window lies on the photo.

    ``share`` is how much of the colour is the subject's. ``place`` is where in the view the pixels
    lie, ``box`` where in the photo; ``factor`` is how many of the view's pixels make one of the
    photo's.
    """

    rgba: Bytes
    alpha: Bytes
    share: Bytes
    place: Tile
    shape: tuple[int, int]
    box: tuple[float, float, float, float]
    factor: float

    def adjusted(self, refinement: Refinement) -> Bytes:
        """Alpha with the controls of the edge, whose lengths are of the full size."""
        alpha = adjusted(self.alpha, refinement.scaled(self.factor))
        return np.minimum(alpha, self.rgba[..., 3])

    def laid_out(self, pixels: Bytes) -> Bytes:
        """The pixels, and nothing where the view reaches beyond the photo."""
        if pixels.shape[:2] == self.shape:
            return pixels
        whole = np.zeros((*self.shape, *pixels.shape[2:]), np.uint8)
        whole[self.place] = pixels
        return whole


def small_of(sources: Sources, seen: Window) -> Small:
    """What a window shows that has fewer pixels than the photo there."""
    photo = sources.photo
    columns, left, right = on_photo(seen.left, seen.width, seen.columns, photo.width)
    rows, top, bottom = on_photo(seen.top, seen.height, seen.rows, photo.height)
    factor = seen.scale
    times = max(0, floor(log2(1 / factor)))
    size = (columns.stop - columns.start, rows.stop - rows.start)
    half = 0.5**times

    def brought(picture: Image.Image) -> Bytes:
        box = (
            left * half,
            top * half,
            min(right * half, picture.width),
            min(bottom * half, picture.height),
        )
        return array_of(picture.resize(size, Image.Resampling.BOX, box))

    rgba, alpha = brought(sources.colours(times)), brought(sources.alpha(times))
    share = alpha if sources.plain else brought(sources.shares(times))
    box = (left, top, right, bottom)
    return Small(rgba, alpha, share, (rows, columns), (seen.rows, seen.columns), box, factor)


def on_photo(start: float, length: float, pixels: int, end: int) -> tuple[slice, float, float]:
    """The pixels of a view, along a side, that lie on the photo, at least one; and where there."""
    step = length / pixels
    first = min(pixels - 1, max(0, ceil(-start / step - 1e-6)))
    last = max(first + 1, min(pixels, floor((end - start) / step + 1e-6)))
    left = min(max(0.0, start + first * step), end - min(step, end))
    right = min(float(end), max(left + step, start + last * step))
    return slice(first, last), left, right
