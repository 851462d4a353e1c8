"""frame: what of the photo a picture shows, and how large; the pixels brought there.

A window may reach beyond the photo: there is nothing there, neither subject nor photo. Where the
photo's own border cuts the subject off, the picture's border lies on it, so that the cut never
shows inside the picture.
"""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from PIL import Image

from cutaway.composing.scene import MAX_PIXELS, Frame
from cutaway.errors import CutawayError
from cutaway.pillow import array_of, bands, picture_of
from cutaway.values import Bytes

#: From this alpha on a pixel counts as subject when it is framed: hair and glass do, haze does not.
SEEN = 32
#: Pixels a side that any format could hold.
MAX_SIDE = 65_535
#: Cubic, because its weights beside the middle are below 0 only: nothing is drawn around an edge.
RESAMPLING = Image.Resampling.BICUBIC
#: What is no part of a pixel but an error of arithmetic.
TINY = 1e-6
#: How far that looks, in pixels of the larger scale.
SUPPORT = 2


#: Left, top, right and bottom of a part of a picture, in its pixels.
Part = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """Whole pixels, the last ones not included."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def longer(self) -> int:
        return max(self.right - self.left, self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the photo's plane, in the photo's pixels, and the size it is shown at.

    Beyond the photo ``ground`` tells how far there is nothing that counts as clear: at its end the
    last pixels share their weight with nobody.
    """

    left: float
    top: float
    width: float
    height: float
    columns: int
    rows: int
    ground: Box

    @property
    def scale(self) -> float:
        """Pixels of the picture to one of the photo."""
        return max(self.columns / self.width, self.rows / self.height)

    @property
    def plain(self) -> bool:
        """Whether it shows whole pixels of the photo, as they are."""
        whole = self.left == round(self.left) and self.top == round(self.top)
        return whole and (self.columns, self.rows) == (self.width, self.height)

    def part(self, part: Part, size: tuple[int, int]) -> "Window":
        """A part of the picture as a window of its own, shown at ``size`` (columns, rows)."""
        left, top, right, bottom = part
        across, down = self.width / self.columns, self.height / self.rows
        return Window(
            self.left + left * across,
            self.top + top * down,
            (right - left) * across,
            (bottom - top) * down,
            *size,
            self.ground,
        )


def subject_box(alpha: Bytes) -> Box | None:
    """Where alpha is ``SEEN`` or more; None where it is nowhere."""
    rows, columns = (np.flatnonzero(alpha.max(axis=axis) >= SEEN) for axis in (1, 0))
    if not rows.size:
        return None
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def window_of(size: tuple[int, int], subject: Box | None, frame: Frame | None) -> Window:
    """What a frame shows of a photo of ``size`` (width, height).

    Parameters
    ----------
    size : (int, int)
    subject : Box or None
        None where there is none: then it is framed as if it filled the photo.
    frame : Frame or None

    Raises
    ------
    CutawayError
        ``"too-large"``.
    """
    if frame is None:
        return Window(0, 0, *size, *size, Box(0, 0, *size))
    if frame.width and frame.height:
        aspect = frame.width / frame.height
    elif frame.aspect:
        aspect = frame.aspect[0] / frame.aspect[1]
    else:
        aspect = size[0] / size[1]
    box = subject or Box(0, 0, *size)
    across, down = (box.left, box.right, size[0]), (box.top, box.bottom, size[1])
    place = _around if frame.crop == "subject" else _within
    left, top, width, height = place(across, down, aspect, frame.margin)
    columns, rows = _pixels(frame, width, height)
    if not (frame.width or frame.height):  # the photo's own pixels
        left, top, width, height = round(left), round(top), columns, rows
    if max(columns, rows) > MAX_SIDE or columns * rows > MAX_PIXELS:
        raise CutawayError(
            "too-large",
            f"This frame makes a picture of {columns:,} × {rows:,} pixels, which is too large. "
            "Name a smaller width or height, or another aspect.",
        )
    ends = ceil(left + width - TINY), ceil(top + height - TINY)
    starts = floor(left + TINY), floor(top + TINY)
    ground = Box(min(0, starts[0]), min(0, starts[1]), max(size[0], ends[0]), max(size[1], ends[1]))
    return Window(left, top, width, height, columns, rows, ground)


#: Where a subject begins and ends along one side of the photo, and the photo's length.
_Reach = tuple[int, int, int]
#: Left, top, width and height.
_Place = tuple[float, float, float, float]


def _around(across: _Reach, down: _Reach, aspect: float, margin: float) -> _Place:
    """The smallest window that keeps the margin free where the subject is not cut off."""
    width, height = (
        (end - start) / (1 - margin * ((start > 0) + (end < length)))
        for start, end, length in (across, down)
    )
    width, height = max(width, height * aspect), max(height, width / aspect)
    return _beside(across, width), _beside(down, height), width, height


def _within(across: _Reach, down: _Reach, aspect: float, margin: float) -> _Place:
    """The largest window within the photo; beyond it only as far as the subject asks."""
    width = min(across[2], down[2] * aspect)
    height = width / aspect
    grown = max(1, (across[1] - across[0]) / width, (down[1] - down[0]) / height)
    width, height = width * grown, height * grown
    return _inside(across, width), _inside(down, height), width, height


def _inside(reach: _Reach, size: float) -> float:
    """Where a side begins that has the subject in its middle as far as the photo goes."""
    start, end, length = reach
    if size > length:
        return _beside(reach, size)
    return min(max((start + end - size) / 2, 0), length - size)


def _beside(reach: _Reach, size: float) -> float:
    """Where a side begins that has the subject in its middle, or at its end where it is cut off."""
    start, end, length = reach
    if (start > 0) == (end < length):
        return (start + end - size) / 2
    return 0 if start <= 0 else length - size


def _pixels(frame: Frame, width: float, height: float) -> tuple[int, int]:
    if frame.width and frame.height:
        return frame.width, frame.height
    if frame.width:
        return frame.width, max(1, round(frame.width * height / width))
    if frame.height:
        return max(1, round(frame.height * width / height)), frame.height
    return max(1, round(width)), max(1, round(height))


def placed(rgba: Bytes, window: Window, offset: tuple[int, int] = (0, 0)) -> Bytes:
    """What a window shows of straight RGBA pixels: uint8, shape (rows, columns, 4).

    The same array where that is all of it, unchanged. ``offset`` (left, top) is where in the photo
    the pixels lie. They are resampled by colour times alpha, so that what is clear has no weight,
    and are straight again afterwards.
    """
    height, width = rgba.shape[:2]
    left, top = window.left - offset[0], window.top - offset[1]
    if (left, top, window.columns, window.rows) == (0, 0, width, height) and window.plain:
        return rgba
    shown = np.empty((window.rows, window.columns, 4), np.uint8)
    if window.plain:
        _copied(rgba, shown, round(left), round(top))
        return shown
    down = window.height / window.rows
    for first, last in bands(window.rows, max(window.columns, width) * 4):
        rows = (window.top + first * down, window.top + last * down)
        box = (window.left, rows[0], window.left + window.width, rows[1])
        size = (window.columns, last - first)
        shown[first:last] = _resampled(rgba, offset, box, size, window.ground)
    return shown


def _copied(rgba: Bytes, shown: Bytes, left: int, top: int) -> None:
    """The pixels from (left, top) on; nothing where there are none."""
    height, width = rgba.shape[:2]
    rows, columns = shown.shape[:2]
    y, x = max(0, top), max(0, left)
    y_end, x_end = min(height, top + rows), min(width, left + columns)
    shown[:] = 0
    if y < y_end and x < x_end:
        shown[y - top : y_end - top, x - left : x_end - left] = rgba[y:y_end, x:x_end]


def _resampled(
    rgba: Bytes,
    offset: tuple[int, int],
    box: tuple[float, float, float, float],
    size: tuple[int, int],
    ground: Box,
) -> Bytes:
    """A box of the photo's plane at a size, of pixels that begin at an offset."""
    across = _span(box[0], box[2], size[0], ground.left, ground.right)
    down = _span(box[1], box[3], size[1], ground.top, ground.bottom)
    piece = np.empty((down[1] - down[0], across[1] - across[0], 4), np.uint8)
    _copied(rgba, piece, across[0] - offset[0], down[0] - offset[1])
    part = (
        max(0.0, box[0] - across[0]),
        max(0.0, box[1] - down[0]),
        min(float(piece.shape[1]), box[2] - across[0]),
        min(float(piece.shape[0]), box[3] - down[0]),
    )
    weighed = picture_of(piece, "RGBA").convert("RGBa").resize(size, RESAMPLING, part)
    straight = array_of(weighed.convert("RGBA")).copy()
    straight.view(np.uint32)[straight[..., 3:] == 0] = 0
    return straight


def _span(start: float, end: float, pixels: int, least: int, most: int) -> tuple[int, int]:
    """The pixels along a side that a box asks for, with those that its first and last weigh."""
    support = ceil(SUPPORT * max(1, (end - start) / pixels)) + 1
    return max(least, floor(start) - support), min(most, ceil(end) + support)
