"""strokes: brushes drawn along paths, as coverage at any size.

A brush is a disc; along a path its size follows the pressure, in a straight line between two
points. So a stroke is the union of all discs along it, and how far a pixel lies within that is
known exactly. At hardness 1 its edge is one pixel wide, of whatever picture it is drawn in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import asin, atan2, ceil, floor, hypot, pi, sqrt

import numpy as np

from cutaway.hand.edits import Path, Scribble, Stroke
from cutaway.pillow import Tile
from cutaway.values import Bytes, Floats

#: Points that lie this near to a straight line between others are not needed, in pixels of the
#: picture that is drawn in.
NEAR = 0.1
#: Rows and columns of the pieces in which a stroke is drawn: many are wholly inside or outside.
PIECE = 64
#: Radius in pixels that a pen may have at least; a thinner one leaves less of itself instead.
THINNEST = 0.5
#: A full turn's half, when directions are compared.
_TURN = 2 * pi


@dataclass(frozen=True, slots=True)
class Plane:
    """Where in the photo the pixels of a picture lie.

    Attributes
    ----------
    left, top : float
        Its first corner, in pixels of the photo.
    across, down : float
        Pixels of the photo to one of its own.
    columns, rows : int
    """

    left: float
    top: float
    across: float
    down: float
    columns: int
    rows: int

    @property
    def pixel(self) -> float:
        """The side of one of its pixels, in pixels of the photo."""
        return max(self.across, self.down)

    def reached(self, left: float, top: float, right: float, bottom: float) -> Tile | None:
        """Its pixels that a box of the photo touches; None where there are none."""
        first = max(0, floor((left - self.left) / self.across))
        last = min(self.columns, ceil((right - self.left) / self.across))
        upper = max(0, floor((top - self.top) / self.down))
        lower = min(self.rows, ceil((bottom - self.top) / self.down))
        if first >= last or upper >= lower:
            return None
        return slice(upper, lower), slice(first, last)

    def part(self, tile: Tile) -> "Plane":
        """A part of it as a plane of its own."""
        rows, columns = tile
        return Plane(
            self.left + columns.start * self.across,
            self.top + rows.start * self.down,
            self.across,
            self.down,
            columns.stop - columns.start,
            rows.stop - rows.start,
        )


@dataclass(frozen=True, slots=True)
class Span:
    """A straight piece of a stroke: from one disc to another, all in pixels of the photo."""

    x: float
    y: float
    radius: float
    to_x: float
    to_y: float
    to_radius: float

    @property
    def widest(self) -> float:
        return max(self.radius, self.to_radius)

    def box(self, more: float) -> tuple[float, float, float, float]:
        """Around it, and so much farther."""
        reach = self.widest + more
        return (
            min(self.x, self.to_x) - reach,
            min(self.y, self.to_y) - reach,
            max(self.x, self.to_x) + reach,
            max(self.y, self.to_y) + reach,
        )


@dataclass(frozen=True, slots=True)
class Spans:
    """A path as straight pieces; ``last`` is the one that may change while the path grows."""

    settled: tuple[Span, ...]
    last: tuple[Span, ...]

    def __iter__(self) -> Iterator[Span]:
        yield from self.settled
        yield from self.last


def coverage(stroke: Stroke | Scribble, plane: Plane) -> tuple[Bytes, Tile] | None:
    """How much of each pixel a stroke covers, and where in the plane: None where it is nowhere.

    Returns
    -------
    uint8 array, shape (rows, columns)
        0 to 255, for the smallest box that holds it.
    Tile
        Where that box lies.
    """
    tile = reach(stroke, plane)
    if tile is None:
        return None
    rows, columns = tile
    part = plane.part(tile)
    drawn = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    draw(drawn, part, spans(stroke.path, stroke.size, tolerance(plane)), hardness(stroke))
    return drawn, tile


def reach(stroke: Stroke | Scribble, plane: Plane) -> Tile | None:
    """The box in a plane that holds a stroke; None where it lies outside, or has no pressure."""
    x, y, pressure = stroke.path.points.T
    radius = pressure * stroke.size / 2
    if not radius.any():
        return None
    # Where the pressure is 0 a path is a line without width, but leads to where it is not.
    more = plane.pixel
    return plane.reached(
        float((x - radius).min()) - more,
        float((y - radius).min()) - more,
        float((x + radius).max()) + more,
        float((y + radius).max()) + more,
    )


def hardness(stroke: Stroke | Scribble) -> float:
    """A scribble is always hard."""
    return stroke.hardness if isinstance(stroke, Stroke) else 1.0


def tolerance(plane: Plane) -> float:
    """How far a stroke may be drawn beside where it is, in pixels of the photo."""
    return NEAR * plane.pixel


@lru_cache(maxsize=256)
def spans(path: Path, size: float, near: float) -> Spans:
    """A path as few straight pieces, none farther than ``near`` from the path.

    The pieces are found from the first point on, each as long as all points that it passes lie
    near it: so all but the last are the same however the path goes on.
    """
    points = [(x, y, pressure * size / 2) for x, y, pressure in path.points.tolist()]
    found: list[Span] = []
    anchor, last = points[0], points[0]
    sleeve = _Sleeve(anchor, near)
    for point in points[1:]:
        if not sleeve.holds(point):
            found.append(Span(*anchor, *last))
            anchor = last
            sleeve = _Sleeve(anchor, near)
            if not sleeve.holds(point):  # in its place the size alone changed
                found.append(Span(*anchor, *point))
                anchor = point
                sleeve = _Sleeve(anchor, near)
        last = point
    return Spans(_shown(found), _shown([Span(*anchor, *last)]))


def _shown(found: list[Span]) -> tuple[Span, ...]:
    return tuple(span for span in found if span.widest > 0)


class _Sleeve:
    """The directions from a point in which all points so far lie near a straight line."""

    def __init__(self, anchor: tuple[float, float, float], near: float) -> None:
        self._anchor, self._near = anchor, near
        self._far = 0.0
        self._middle = 0.0
        self._turns: tuple[float, float] | None = None
        self._slopes = (-float("inf"), float("inf"))

    def holds(self, point: tuple[float, float, float]) -> bool:
        """Whether a straight line to this point does; then it is one of them."""
        x, y, radius = self._anchor
        across, down, wider = point[0] - x, point[1] - y, point[2] - radius
        far = hypot(across, down)
        if far <= self._near:
            return self._far <= self._near and abs(wider) <= self._near
        slope, by = wider / far, self._near / far
        turn, free = atan2(down, across), asin(by)
        if self._turns is None:
            self._middle = turn
            self._turns = -free, free
        else:
            away = (turn - self._middle + pi) % _TURN - pi
            least, most = self._turns
            if far < self._far or not least <= away <= most:
                return False
            self._turns = max(least, away - free), min(most, away + free)
        least, most = self._slopes
        if not least <= slope <= most:
            return False
        self._slopes = max(least, slope - by), min(most, slope + by)
        self._far = far
        return True


def draw(drawn: Bytes, plane: Plane, pieces: Iterable[Span], hard: float) -> None:
    """Draws pieces of a stroke into coverage, in place; where two meet the larger one stays.

    What lies wholly within one of them is filled first, so that nothing else is drawn there.
    """
    full = np.zeros((-(-plane.rows // PIECE), -(-plane.columns // PIECE)), bool)
    partly = []
    for span in pieces:
        box = plane.reached(*span.box(plane.pixel))
        if box is None:
            continue
        rows, columns = (slice(each.start // PIECE, -(-each.stop // PIECE)) for each in box)
        depth, half = _depth_of_pieces(span, plane, rows, columns)
        within = depth - half > plane.pixel + _ramp(span.widest, hard, plane.pixel)
        full[rows, columns] |= within
        partly.append((span, box, np.argwhere(~within & (depth + half > -plane.pixel))))
    for row, column in np.argwhere(full):
        drawn[_piece(row), _piece(column)] = 255
    for span, box, places in partly:
        first, second = box[0].start // PIECE, box[1].start // PIECE
        for row, column in np.add(places, (first, second)):
            if not full[row, column]:
                tile = _common(_piece(row), box[0]), _common(_piece(column), box[1])
                here = drawn[tile]
                np.maximum(here, _covered(span, plane.part(tile), hard, plane.pixel), out=here)


def _depth_of_pieces(span: Span, plane: Plane, rows: slice, columns: slice) -> tuple[Floats, float]:
    """How deep the middles of pieces of a plane lie in a stroke, and how far their corners are."""
    side = np.float32(PIECE / 2)
    x = plane.left + (np.arange(columns.start, columns.stop) * PIECE + side) * plane.across
    y = plane.top + (np.arange(rows.start, rows.stop) * PIECE + side) * plane.down
    depth, _ = _depth(span, x.astype(np.float32)[None, :], y.astype(np.float32)[:, None])
    return depth, hypot(plane.across, plane.down) * PIECE / 2


def _piece(number: int) -> slice:
    return slice(int(number) * PIECE, int(number + 1) * PIECE)


def _common(one: slice, other: slice) -> slice:
    return slice(max(one.start, other.start), min(one.stop, other.stop))


def _covered(span: Span, plane: Plane, hard: float, pixel: float) -> Bytes:
    """How much of each pixel a piece covers."""
    x = _centres(plane.left, plane.across, plane.columns)[None, :]
    y = _centres(plane.top, plane.down, plane.rows)[:, None]
    depth, radius = _depth(span, x, y)
    thinnest = np.float32(THINNEST * pixel)
    share: Floats | np.float32 = np.float32(1)
    if min(span.radius, span.to_radius) < thinnest:
        share = np.minimum(radius / thinnest, np.float32(1))
        depth = depth + np.maximum(thinnest - radius, 0)
    depth = depth + np.float32(pixel / 2)
    depth /= _ramp(radius, hard, pixel)
    np.clip(depth, 0, 1, out=depth)
    if hard < 1:
        depth *= depth * (3 - 2 * depth)
    depth *= np.float32(255) * share
    depth += np.float32(0.5)
    covered: Bytes = depth.astype(np.uint8)
    return covered


def _ramp(radius: Floats | np.float32 | float, hard: float, pixel: float) -> Floats | np.float32:
    """Over how many pixels of the photo coverage rises from 0 to 1."""
    return np.float32(pixel) + np.float32(1 - hard) * radius


def _centres(start: float, step: float, count: int) -> Floats:
    """Where the pixels of a row lie in the photo."""
    places: Floats = (start + (np.arange(count) + 0.5) * step).astype(np.float32)
    return places


def _depth(span: Span, x: Floats, y: Floats) -> tuple[Floats, Floats | np.float32]:
    """How far within a piece places lie (below 0: outside), and the radius of the disc nearest.

    Of all discs along the piece that one counts in which the place lies deepest.
    """
    ax, ay, ra = np.float32(span.x), np.float32(span.y), np.float32(span.radius)
    dx, dy = x - ax, y - ay
    length = hypot(span.to_x - span.x, span.to_y - span.y)
    narrows = span.radius - span.to_radius
    if length <= abs(narrows) or length == 0:  # one disc lies within the other
        if narrows < 0:
            dx, dy = x - np.float32(span.to_x), y - np.float32(span.to_y)
            ra = np.float32(span.to_radius)
        return ra - np.sqrt(dx * dx + dy * dy), ra
    ux = np.float32((span.to_x - span.x) / length)
    uy = np.float32((span.to_y - span.y) / length)
    along = dx * ux + dy * uy
    aside = np.abs(dx * uy - dy * ux)
    nearest = along
    radius: Floats | np.float32 = ra
    if narrows:
        slope = narrows / length
        nearest = along - aside * np.float32(slope / sqrt(1 - slope * slope))
    nearest = np.clip(nearest, 0, np.float32(length))
    if narrows:
        radius = ra - np.float32(narrows / length) * nearest
    along = along - nearest
    return radius - np.sqrt(along * along + aside * aside), radius
