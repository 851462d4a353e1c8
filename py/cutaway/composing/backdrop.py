"""backdrop: what stands behind the subject, as a layer that gives any part of it at any size.

Colours and images come in sRGB or with a profile of their own and are brought into the photo's.
"""

from math import cos, floor, log2, radians, sin
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from cutaway.colour import converted, from_srgb
from cutaway.composing.frame import Part, Window
from cutaway.composing.scene import Colour, Gradient, Rgb
from cutaway.pillow import array_of, picture_of
from cutaway.sources import Sources, halvings
from cutaway.values import Bytes, Floats, Photo

#: Whole pixels of four bytes: red, green, blue, 255.
Pixels = NDArray[np.uint32]

#: Steps of a gradient: more than 8 bits can show.
STEPS = 4096
#: A blurred background is worked on at a size where it is blurred by SIGMA pixels at least, and of
#: PIXELS at most: a smaller radius than that size shows is as sharp as the size is.
SIGMA = 4
PIXELS = 1 << 22
#: The subject's place is filled at a size of so many pixels a side, at most.
FILLING = 256
#: How far around the matte the photo's colours are still taken for the subject's there.
AROUND = 2
#: Below this alpha they are not.
HAZE = 8


class Backdrop(Protocol):
    """Something opaque that covers a whole picture."""

    def at(self, part: Part, size: tuple[int, int]) -> Pixels:
        """A part of it at ``size`` (columns, rows): shape (rows, columns)."""


class PlainBackdrop:
    """One colour everywhere."""

    def __init__(self, colour: Colour, icc: bytes | None) -> None:
        self._pixel = _packed(np.array([[from_srgb(colour.rgb, icc)]], np.uint8))

    def at(self, part: Part, size: tuple[int, int]) -> Pixels:
        return np.broadcast_to(self._pixel, size[::-1])


class GradientBackdrop:
    """From one colour to another along an angle, from one outermost corner to the other."""

    def __init__(self, gradient: Gradient, window: Window, icc: bytes | None) -> None:
        self._colours = _packed(converted(_steps(gradient.start, gradient.end), None, icc))
        turn = radians(gradient.angle)
        self._middle = window.columns / 2, window.rows / 2
        x, y = sin(turn), -cos(turn)
        length = abs(x) * window.columns + abs(y) * window.rows
        self._slope = x / length, y / length

    def at(self, part: Part, size: tuple[int, int]) -> Pixels:
        across, down = (
            (_centres(part[axis], part[axis + 2], size[axis]) - self._middle[axis])
            * self._slope[axis]
            for axis in (0, 1)
        )
        # As whole numbers, so that a strip is added up and looked up, and never is a float picture.
        place = (across * STEPS).astype(np.int32) + ((down + 0.5) * STEPS).astype(np.int32)[:, None]
        colours: Pixels = self._colours[0][place.clip(0, STEPS - 1, out=place)]
        return colours


class ImageBackdrop:
    """A picture scaled to cover, its middle in the middle; where it is clear there is white."""

    def __init__(self, image: Photo, window: Window, icc: bytes | None) -> None:
        self._profiles = image.icc, icc
        self._halves = {0: picture_of(image.rgba, "RGBX" if image.opaque else "RGBA")}
        self._scale = min(image.width / window.columns, image.height / window.rows)
        self._left = (image.width - window.columns * self._scale) / 2
        self._top = (image.height - window.rows * self._scale) / 2

    def at(self, part: Part, size: tuple[int, int]) -> Pixels:
        shown = (part[2] - part[0]) * self._scale / size[0]
        times = floor(log2(max(1, shown)))
        picture, half = self._halved(times), 0.5**times
        box = (
            max(0.0, (self._left + part[0] * self._scale) * half),
            max(0.0, (self._top + part[1] * self._scale) * half),
            min(float(picture.width), (self._left + part[2] * self._scale) * half),
            min(float(picture.height), (self._top + part[3] * self._scale) * half),
        )
        seen = picture.resize(size, Image.Resampling.BICUBIC, box)
        if seen.mode == "RGBA":
            seen = Image.alpha_composite(Image.new("RGBA", size, (255,) * 4), seen)
        return _packed(converted(array_of(seen)[..., :3], *self._profiles))

    def _halved(self, times: int) -> Image.Image:
        if times not in self._halves:
            self._halves[times] = self._halves[0].reduce(1 << times)
        return self._halves[times]


class BlurBackdrop:
    """The photo's own background, blurred; beyond the photo it is mirrored.

    It is made at the size at which it is shown, if that is smaller than the one that it needs.
    """

    def __init__(self, radius: float, sources: Sources, window: Window) -> None:
        self._window, self._radius, self._sources = window, radius, sources
        self._times = halvings(sources.matte.alpha.size, PIXELS)
        while radius >= 2 * SIGMA << self._times:
            self._times += 1

    def at(self, part: Part, size: tuple[int, int]) -> Pixels:
        seen = self._window.part(part, size)
        times = max(self._times, floor(log2(max(1, 1 / seen.scale))))
        scale = 0.5**times
        ground = self._window.ground
        blurred = self._blurred(times)
        left = (seen.left + _beyond(ground.left, times)) * scale
        top = (seen.top + _beyond(ground.top, times)) * scale
        right, bottom = left + seen.width * scale, top + seen.height * scale
        box = (
            max(0.0, left),
            max(0.0, top),
            min(blurred.width, right),
            min(blurred.height, bottom),
        )
        # What is blurred enough needs no curves between its pixels.
        smooth = self._radius * scale >= SIGMA / 2
        way = Image.Resampling.BILINEAR if smooth else Image.Resampling.BICUBIC
        return _packed(array_of(blurred.resize(size, way, box)))

    def _blurred(self, times: int) -> Image.Image:
        sources, ground = self._sources, self._window.ground
        photo = sources.photo

        def made() -> Image.Image:
            filled = sources.made(f"filled {times}", None, lambda: _filled(sources, times))
            before = _beyond(ground.left, times) >> times, _beyond(ground.top, times) >> times
            after = (
                _beyond(photo.width - ground.right, times) >> times,
                _beyond(photo.height - ground.bottom, times) >> times,
            )
            blur = ImageFilter.GaussianBlur(self._radius * 0.5**times)
            return _mirrored(filled, before, after).filter(blur)

        return sources.made(f"blurred {times}", (self._radius, ground), made)


def _beyond(start: int, times: int) -> int:
    """How far there is more before the photo, which begins at 0: whole pixels of a small size."""
    return -(start >> times << times)


def _mirrored(picture: Image.Image, before: tuple[int, int], after: tuple[int, int]) -> Image.Image:
    """An RGBX picture with so much more (across, down) before and after it, as in a mirror."""
    if not (any(before) or any(after)):
        return picture
    beyond = ((before[1], after[1]), (before[0], after[0]), (0, 0))
    return picture_of(np.pad(array_of(picture), beyond, "symmetric"), "RGBX")


def _filled(sources: Sources, times: int) -> Image.Image:
    """The photo, halved so often, with what lies around the subject in its place."""
    colours = sources.colours(times)
    more = max(0, halvings(max(colours.size) ** 2, FILLING**2))
    small, alpha = sources.colours(times + more), sources.alpha(times + more)
    taken = array_of(alpha.filter(ImageFilter.MaxFilter(2 * AROUND + 1)))
    known = (taken < HAZE).astype(np.float32)
    pixels = array_of(small)
    if small.mode == "RGBA":
        known *= pixels[..., 3] / np.float32(255)
    filling = picture_of(_opaque(_spread(pixels[..., :3].astype(np.float32), known)), "RGBX")
    place = Image.fromarray(np.where(known > 0, 0, 255).astype(np.uint8))
    place = place.filter(ImageFilter.BoxBlur(1))
    if more:
        place, filling = (
            each.resize(colours.size, Image.Resampling.BILINEAR) for each in (place, filling)
        )
    seen = colours if colours.mode == "RGBX" else picture_of(array_of(colours), "RGBX")
    return Image.composite(filling, seen, place)


def _spread(colours: Floats, known: Floats) -> Floats:
    """Colours everywhere, where they are known only in part: shape (height, width, 3).

    A pyramid of means, each weighed by how much of it is known; what a level does not know it takes
    from the next (Gortler et al. 1996, "The Lumigraph": push and pull).
    """
    height, width = known.shape
    if not known.any():
        return np.broadcast_to(colours.mean(axis=(0, 1), dtype=np.float32), colours.shape)
    if known.all():
        return colours
    colours = colours.astype(np.float32, copy=False)
    even = ((0, height % 2), (0, width % 2))
    weight = np.pad(known, even).reshape((height + 1) // 2, 2, (width + 1) // 2, 2)
    weighed = np.pad(colours * known[..., None], (*even, (0, 0)))
    total = weight.sum(axis=(1, 3))
    mean = weighed.reshape(*weight.shape, 3).sum(axis=(1, 3))
    mean /= np.maximum(total, np.float32(1e-6))[..., None]
    below = _spread(mean, np.minimum(total, 1))
    planes = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(below[..., channel])).resize(
                (width, height),
                Image.Resampling.BILINEAR,
                (0, 0, width / 2, height / 2),
            )
        )
        for channel in range(3)
    ]
    spread: Floats = np.stack(planes, -1).astype(np.float32)
    spread += known[..., None] * (colours - spread)
    return spread


def _opaque(colours: Floats) -> Bytes:
    pixels = np.full((*colours.shape[:2], 4), 255, np.uint8)
    pixels[..., :3] = (colours + np.float32(0.5)).clip(0, 255)
    return pixels


def _steps(start: Rgb, end: Rgb) -> Bytes:
    """From one colour to another: uint8, shape (1, STEPS, 3)."""
    steps = np.linspace(start, end, STEPS)
    return np.rint(steps).astype(np.uint8)[None]


def _centres(start: float, end: float, pixels: int) -> NDArray[np.float64]:
    steps: NDArray[np.float64] = (np.arange(pixels) + 0.5) / pixels
    return steps * (end - start) + start


def _packed(colours: Bytes) -> Pixels:
    """Red, green and blue of any shape (…, 3 or 4) as opaque pixels of four bytes."""
    pixels = np.full((*colours.shape[:-1], 4), 255, np.uint8)
    pixels[..., :3] = colours[..., :3]
    return pixels.view(np.uint32)[..., 0]
