"""painting: what a brush does to a matte, at the photo's size or at that of a view.

A matte that was worked on by hand says two things of a pixel, which are one until then: how opaque
it shall be, and how much of its colour is the subject's. A brush that removes changes the first
alone. One that keeps lets the photo's own colour stand: all of it is the subject's then.
"""

from dataclasses import dataclass, replace

import numpy as np

from cutaway.hand.edits import Stroke
from cutaway.hand.strokes import Plane, coverage, draw, hardness, reach, spans, tolerance
from cutaway.pillow import Tile, bands
from cutaway.values import Bytes

#: States of a view that are kept for undo.
STATES = 8


@dataclass(frozen=True, slots=True, eq=False)
class Paint:
    """A matte, or a part of one, that is worked on by hand.

    Attributes
    ----------
    alpha : uint8 array, shape (rows, columns)
        How opaque it shall be.
    share : uint8 array, shape (rows, columns)
        How much of the colour is the subject's; it may be the same array.
    """

    alpha: Bytes
    share: Bytes

    @property
    def plain(self) -> bool:
        """Whether both are one."""
        return self.share is self.alpha

    def copy(self) -> "Paint":
        alpha = self.alpha.copy()
        return Paint(alpha, alpha if self.plain else self.share.copy())

    def parted(self) -> "Paint":
        """The same with two arrays, so that one can change alone."""
        return replace(self, share=self.share.copy()) if self.plain else self

    def part(self, tile: Tile) -> "Paint":
        """A view of a part."""
        alpha = self.alpha[tile]
        return Paint(alpha, alpha if self.plain else self.share[tile])


def brushed(
    paint: Paint, automatic: Bytes, clear: Bytes | None, strokes: tuple[Stroke, ...], plane: Plane
) -> Paint:
    """A matte after some strokes, drawn one after the other; a new one.

    Parameters
    ----------
    paint : Paint
    automatic : uint8 array, shape (rows, columns)
        The automatic matte there, for what is restored.
    clear : uint8 array, shape (rows, columns), or None
        The photo's own transparency, which nothing is kept against.
    strokes : tuple of Stroke
    plane : Plane
        Where the pixels lie. At full size they are worked through in bands of rows.
    """
    paint = paint.copy().parted()
    for stroke in strokes:
        tile = reach(stroke, plane)
        if tile is None:
            continue
        rows, columns = tile
        for top, bottom in bands(rows.stop - rows.start, columns.stop - columns.start, 1 << 22):
            band = slice(rows.start + top, rows.start + bottom), columns
            drawn = coverage(stroke, plane.part(band))
            if drawn is None:
                continue
            covered, inner = drawn
            place = _moved(inner, band)
            mix(paint.part(place), stroke.what, covered, automatic[place], _at(clear, place))
    return paint


def mix(paint: Paint, what: str, covered: Bytes, automatic: Bytes, clear: Bytes | None) -> None:
    """What a stroke does where it covers, in place; all arrays have one shape."""
    alpha, share = paint.alpha, paint.share
    if what == "restore":
        share[:] = toward(share, automatic, covered)
        alpha[:] = toward(alpha, automatic, covered)
    elif what == "remove":
        alpha[:] = toward(alpha, np.uint8(0), covered)
    else:
        share[(covered > 0) & (covered >= share)] = 255
        alpha[:] = toward(alpha, np.uint8(255) if clear is None else clear, covered)


def toward(values: Bytes, goal: Bytes | np.uint8, covered: Bytes) -> Bytes:
    """Values on their way to a goal, as far as they are covered; rounded."""
    mixed = values * (255 - covered.astype(np.uint16))
    mixed += goal * covered.astype(np.uint16)
    mixed += 128
    mixed += mixed >> 8
    mixed >>= 8
    return mixed.astype(np.uint8)


class Easel:
    """Strokes over one part of a photo, each drawn once while others are added.

    Of the last stroke, which may be under the pointer still, only what it has grown by is drawn.

    Parameters
    ----------
    paint, automatic, clear, plane
        As for ``brushed``: what there is before any of the strokes.
    """

    def __init__(self, paint: Paint, automatic: Bytes, clear: Bytes | None, plane: Plane) -> None:
        self._automatic, self._clear, self._plane = automatic, clear, plane
        #: What there is after so many of the strokes, in the order of their numbers.
        self._states: list[tuple[tuple[Stroke, ...], Paint]] = [((), paint.parted())]
        self._wet = _Wet(plane)

    def painted(self, strokes: tuple[Stroke, ...]) -> Paint:
        """The matte after these strokes; the arrays are not to be written to."""
        if not strokes:
            return self._states[0][1]
        return self._over(self._settled(strokes[:-1]), strokes[-1])

    def _settled(self, strokes: tuple[Stroke, ...]) -> Paint:
        while len(self._states) > 1 and strokes[: len(self._states[-1][0])] != self._states[-1][0]:
            self._states.pop()
        known, paint = self._states[-1]
        for stroke in strokes[len(known) :]:
            paint = self._over(paint, stroke)
        if len(strokes) > len(known):
            self._states.append((strokes, paint))
            if len(self._states) > STATES:
                del self._states[1]
        return paint

    def _over(self, paint: Paint, stroke: Stroke) -> Paint:
        tile = reach(stroke, self._plane)
        if tile is None:
            return paint
        covered = self._wet.covered(stroke)[tile]
        paint = paint.copy()
        clear = _at(self._clear, tile)
        mix(paint.part(tile), stroke.what, covered, self._automatic[tile], clear)
        return paint


class _Wet:
    """The coverage of one stroke, kept while it grows."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        self._stroke: Stroke | None = None
        self._drawn = np.zeros((plane.rows, plane.columns), np.uint8)
        self._spans = 0

    def covered(self, stroke: Stroke) -> Bytes:
        """uint8, the plane's shape."""
        last = self._stroke
        if last is None or not _grown(stroke, last):
            self._drawn[:] = 0
            self._spans = 0
        self._stroke = stroke
        pieces = spans(stroke.path, stroke.size, tolerance(self._plane))
        draw(self._drawn, self._plane, pieces.settled[self._spans :], hardness(stroke))
        self._spans = len(pieces.settled)
        # The last piece may yet turn out otherwise: it leaves nothing behind.
        covered = self._drawn.copy()
        draw(covered, self._plane, pieces.last, hardness(stroke))
        return covered


def _grown(stroke: Stroke, last: Stroke) -> bool:
    """Whether a stroke is another one that has gone on."""
    return replace(stroke, path=last.path) == last and stroke.path.goes_on(last.path)


def _moved(inner: Tile, outer: Tile) -> Tile:
    rows, columns = (
        slice(one.start + other.start, one.stop + other.start)
        for one, other in zip(inner, outer, strict=True)
    )
    return rows, columns


def _at(values: Bytes | None, tile: Tile) -> Bytes | None:
    return None if values is None else values[tile]
