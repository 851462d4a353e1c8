"""edits: what is done to a matte by hand, as it is said, checked before anything is done.

Lengths and places are in pixels of the upright photo at its full size, x to the right and y down;
the centre of the first pixel lies at (.5, .5). Edits are values: whoever has the photo and the
edits has the picture.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from cutaway.errors import CutawayError

Doubles = NDArray[np.float64]

STROKES = ("keep", "remove", "restore")
SCRIBBLES = ("keep", "remove")
COMBINING = ("union", "subtract", "replace")
#: What each kind of edit is told with, beside its kind.
NAMES = {
    "stroke": ("what", "size", "hardness", "smart", "points"),
    "scribble": ("what", "size", "points"),
    "select": ("points", "box", "candidate", "combine"),
    "drop": ("x", "y"),
}
#: The most of each: edits, points of one, pixels across a brush, pixels to a place.
EDITS, POINTS, SIZE, PLACE = 10_000, 100_000, 20_000.0, 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Where a pointer went.

    Attributes
    ----------
    points : float64 array, shape (n, 3), n at least 1
        x, y and pressure, 0 to 1.
    """

    points: Doubles

    def __len__(self) -> int:
        return len(self.points)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Path) and np.array_equal(self.points, other.points)

    def __hash__(self) -> int:
        return hash(self.points.tobytes())

    def goes_on(self, other: "Path") -> bool:
        """Whether it begins with all of another."""
        return np.array_equal(self.points[: len(other)], other.points)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A brush drawn along a path.

    Attributes
    ----------
    what : str
        ``"keep"``, ``"remove"``, or ``"restore"``: back to what the automatic matte has.
    size : float
        Diameter in pixels at full pressure, above 0; pressure makes it less.
    hardness : float
        0 (soft from the middle on) to 1 (an edge of one pixel).
    smart : bool
        Whether its outline follows the edge that the photo has there.
    path : Path
    """

    what: str
    size: float
    hardness: float
    smart: bool
    path: Path


@dataclass(frozen=True, slots=True)
class Scribble:
    """A sign for the classical segmenter, ``"keep"`` or ``"remove"``; size as of a stroke."""

    what: str
    size: float
    path: Path


@dataclass(frozen=True, slots=True)
class Click:
    """A place that the subject has (``add``) or has not."""

    x: float
    y: float
    add: bool


@dataclass(frozen=True, slots=True)
class Select:
    """A selection by a model.

    Attributes
    ----------
    points : tuple of Click
    box : (left, top, right, bottom) or None
        There is at least one point or a box.
    candidate : int or None
        0, 1 or 2 of the model's three answers; None is the one that it thinks best of.
    combine : str
        ``"union"``, ``"subtract"`` or ``"replace"``: what becomes of the matte so far.
    """

    points: tuple[Click, ...]
    box: tuple[float, float, float, float] | None = None
    candidate: int | None = None
    combine: str = "union"


@dataclass(frozen=True, slots=True)
class Drop:
    """The connected subject at a place is taken away."""

    x: float
    y: float


Edit = Stroke | Scribble | Select | Drop


def edits_of(given: Any) -> tuple[Edit, ...]:
    """Edits from a list of mappings, each with its ``kind`` and the ``NAMES`` of that.

    A path is a list of ``[x, y, pressure]`` (pressure 1 where it is missing), or all of that one
    after the other as float64 in a buffer.

    Raises
    ------
    CutawayError
        ``"bad-option"``.
    """
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise _bad("The option “edits” takes a list, in the order in which they were done.")
    if len(given) > EDITS:
        raise _bad(f"There are {len(given):,} edits, and {EDITS:,} are possible.")
    return tuple(_edit(each) for each in given)


def _edit(given: Any) -> Edit:
    kind = given.get("kind") if isinstance(given, Mapping) else None
    if not isinstance(kind, str) or kind not in NAMES:
        raise _bad(f"The kinds of edits are {', '.join(NAMES)}, not {kind!r}.")
    for name in given:
        if name != "kind" and name not in NAMES[kind]:
            raise _bad(f"An edit of the kind {kind} has no “{name}”.")
    match kind:
        case "stroke":
            return Stroke(
                _one_of(given, "what", STROKES),
                _size(given),
                _number(given, "hardness", 0, 1, 1),
                _flag(given, "smart", False),
                _path(given.get("points")),
            )
        case "scribble":
            return Scribble(
                _one_of(given, "what", SCRIBBLES), _size(given), _path(given.get("points"))
            )
        case "select":
            return _select(given)
        case _:
            return Drop(*(_number(given, name, -PLACE, PLACE) for name in "xy"))


def _select(given: Mapping[str, Any]) -> Select:
    listed = given.get("points") or ()
    if not isinstance(listed, Sequence) or not all(isinstance(each, Mapping) for each in listed):
        raise _bad("“points” of a selection takes a list of x, y and add.")
    points = tuple(
        Click(
            _number(each, "x", -PLACE, PLACE),
            _number(each, "y", -PLACE, PLACE),
            _flag(each, "add", True),
        )
        for each in listed
    )
    box = given.get("box")
    if box is not None:
        if not isinstance(box, Mapping):
            raise _bad("“box” takes x, y, width and height, in pixels of the photo.")
        left, top = (_number(box, name, -PLACE, PLACE) for name in "xy")
        width, height = (_number(box, name, 1e-3, PLACE) for name in ("width", "height"))
        box = (left, top, left + width, top + height)
    if not points and box is None:
        raise _bad("A selection needs a point or a box.")
    candidate = given.get("candidate")
    if candidate is not None and (isinstance(candidate, bool) or candidate not in (0, 1, 2)):
        raise _bad(f"“candidate” takes 0, 1, 2 or nothing, not {candidate!r}.")
    combine = given.get("combine")
    combine = "union" if combine is None else _one_of(given, "combine", COMBINING)
    return Select(points, box, None if candidate is None else int(candidate), combine)


def _path(given: Any) -> Path:
    points = np.array(list(_triples(given)), np.float64).reshape(-1, 3)
    if not 1 <= len(points) <= POINTS:
        raise _bad(f"A path has 1 to {POINTS:,} points, not {len(points):,}.")
    pressure = points[:, 2]
    if not (np.isfinite(points).all() and np.abs(points[:, :2]).max() <= PLACE):
        raise _bad("A path's points are places in pixels of the photo: x, y and the pressure.")
    if pressure.min() < 0 or pressure.max() > 1:
        raise _bad("The pressure of a point is 0 to 1.")
    points.setflags(write=False)
    return Path(points)


def _triples(given: Any) -> Any:
    """The numbers of a path, in threes."""
    if isinstance(given, memoryview | bytes | bytearray):
        numbers = np.frombuffer(given, np.float64)
        if numbers.size % 3:
            raise _bad("A path in a buffer holds x, y and pressure of each point.")
        return numbers.reshape(-1, 3)
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise _bad("“points” takes a list of [x, y, pressure].")
    return _listed(given)


def _listed(given: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    for point in given:
        numbers = tuple(point) if isinstance(point, Sequence) and not isinstance(point, str) else ()
        if len(numbers) not in (2, 3) or not all(_is_number(each) for each in numbers):
            raise _bad(f"A point of a path is [x, y, pressure], not {point!r}.")
        yield (*numbers, 1)[:3]


def _size(given: Mapping[str, Any]) -> float:
    size = given.get("size")
    if not _is_number(size) or not 0 < size <= SIZE:
        raise _bad(f"“size” takes pixels above 0, {SIZE:,.0f} at most, not {size!r}.")
    return float(size)


def _number(
    given: Mapping[str, Any], name: str, least: float, most: float, default: float | None = None
) -> float:
    value = default if given.get(name) is None else given[name]
    if not _is_number(value) or not least <= value <= most:
        raise _bad(f"“{name}” of an edit takes a number from {least:g} to {most:g}, not {value!r}.")
    return float(value)


def _is_number(value: Any) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 2**53 and isfinite(value)


def _flag(given: Mapping[str, Any], name: str, default: bool) -> bool:
    value = default if given.get(name) is None else given[name]
    if not isinstance(value, bool):
        raise _bad(f"“{name}” of an edit takes true or false, not {value!r}.")
    return value


def _one_of(given: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = given.get(name)
    if not isinstance(value, str) or value not in allowed:
        raise _bad(f"“{name}” of an edit takes one of {', '.join(allowed)}, not {value!r}.")
    return value


def _bad(sentence: str) -> CutawayError:
    return CutawayError("bad-option", sentence)
