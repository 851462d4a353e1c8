"""shadow: the subject's shadow, as a layer that gives any part of it at any size.

It is made from the matte at a small size, where a blur is quick, and never is sharper than that.
"""

from math import ceil, cos, floor, radians, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from cutaway.colour import from_srgb
from cutaway.composing.frame import Box, Part, Window
from cutaway.composing.scene import Shadow
from cutaway.pillow import array_of
from cutaway.refining.adjust import Refinement, adjust
from cutaway.sources import Sources, halvings
from cutaway.values import Bytes, Matte

#: It is made at a size of so many pixels a side at most, and where it is blurred by no more than
#: twice SIGMA pixels.
SIDE = 1024
SIGMA = 3
#: A contact shadow falls from what stands no higher above the ground than this share of the
#: subject's longer side. It reaches down by THICK of that, and by what it is blurred.
FOOT = 0.12
THICK = 0.01
#: From this alpha on the subject stands on the ground.
SOLID = 128


class ShadowLayer:
    """A shadow over a whole picture, whatever stands before it.

    ``rgb`` is its colour by the picture's profile ``icc``.
    """

    def __init__(
        self,
        shadow: Shadow,
        sources: Sources,
        refinement: Refinement,
        window: Window,
        icc: bytes | None,
    ) -> None:
        self.rgb = from_srgb(shadow.colour, icc)
        box = sources.subject or Box(0, 0, 0, 0)
        self._window = window
        turn, far = radians(shadow.angle), shadow.distance / 100 * box.longer
        offset = far * sin(turn), -far * cos(turn)
        sigma = shadow.blur / 200 * box.longer
        times = halvings(max(sources.photo.width, sources.photo.height) ** 2, SIDE**2)
        while sigma >= 2 * SIGMA << times:
            times += 1
        self._scale = 0.5**times
        small = Matte(array_of(sources.alpha(times)))
        alpha = adjust(small, refinement.scaled(self._scale)).alpha
        columns, rows = _spans(window, offset, sigma, self._scale)
        self._origin = columns[0] / self._scale + offset[0], rows[0] / self._scale + offset[1]
        cast = _laid_out(alpha, columns, rows, window, sources)
        blur = (sigma * self._scale,) * 2
        if shadow.kind == "contact":
            blur = blur[0], blur[1] / 2
            thickness = THICK * box.longer * self._scale + blur[1]
            cast = _footprint(cast, FOOT * box.longer * self._scale, thickness)
        soft = Image.fromarray(cast).filter(ImageFilter.GaussianBlur(blur))
        opacity = shadow.opacity
        self._strengths = soft.point([round(level * opacity) for level in range(256)])

    def at(self, part: Part, size: tuple[int, int]) -> Bytes:
        """A part of it at ``size`` (columns, rows): uint8, shape (rows, columns)."""
        seen = self._window.part(part, size)
        left, top = seen.left - self._origin[0], seen.top - self._origin[1]
        right, bottom = left + seen.width, top + seen.height
        box = (left * self._scale, top * self._scale, right * self._scale, bottom * self._scale)
        return array_of(self._strengths.resize(size, Image.Resampling.BILINEAR, box))


#: First and last + 1 along a side, in pixels of the small size.
_Span = tuple[int, int]


def _spans(
    window: Window, offset: tuple[float, float], sigma: float, scale: float
) -> tuple[_Span, _Span]:
    """What of the subject's plane may throw a shadow into the window."""
    reach = 3 * sigma + 2 / scale
    spans = [
        (
            floor((start - offset[axis] - reach) * scale),
            ceil((start + length - offset[axis] + reach) * scale),
        )
        for axis, (start, length) in enumerate(
            ((window.left, window.width), (window.top, window.height))
        )
    ]
    return spans[0], spans[1]


def _laid_out(alpha: Bytes, columns: _Span, rows: _Span, window: Window, sources: Sources) -> Bytes:
    """Alpha over other spans. Beyond the photo there is nothing, or, where the picture ends with
    the photo, what the photo ends with.
    """
    ground, photo = window.ground, sources.photo
    ends = (
        (rows, alpha.shape[0], ground.top == 0, ground.bottom == photo.height),
        (columns, alpha.shape[1], ground.left == 0, ground.right == photo.width),
    )
    places = [np.arange(*span) for span, *_ in ends]
    laid: Bytes = alpha[
        places[0].clip(0, alpha.shape[0] - 1)[:, None], places[1].clip(0, alpha.shape[1] - 1)
    ]
    for axis, (_, length, goes_on_before, goes_on_after) in enumerate(ends):
        bare = _bare(places[axis], length, goes_on_before, goes_on_after)
        laid[(bare, slice(None)) if axis == 0 else (slice(None), bare)] = 0
    return laid


def _bare(
    places: NDArray[np.intp], length: int, goes_on_before: bool, goes_on_after: bool
) -> NDArray[np.bool_]:
    before, after = places < 0, places >= length
    bare: NDArray[np.bool_] = (before & (not goes_on_before)) | (after & (not goes_on_after))
    return bare


def _footprint(alpha: Bytes, foot: float, thickness: float) -> Bytes:
    """A line along the lower end of each column that ends no more than ``foot`` above the lowest,
    the fainter and thinner the higher it ends.
    """
    solid = alpha >= SOLID
    if not solid.any():
        return np.zeros_like(alpha)
    height = len(alpha)
    ends = np.where(solid.any(axis=0), height - solid[::-1].argmax(axis=0), -2 * height)
    strength = (1 - (ends.max() - ends) / max(1.0, foot)).clip(0, 1)
    near = np.abs(np.arange(height)[:, None] + 0.5 - ends) <= np.maximum(0.5, thickness * strength)
    marks: Bytes = (near * (strength * 255)).astype(np.uint8)
    return marks
