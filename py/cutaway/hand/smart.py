"""smart: a rough stroke → a clean outline, where the photo has an edge near the stroke's own.

The core of the stroke is certain, and so is what lies well beside it. Between the two the photo
decides: colours on either side, and where they change, by the minimal cut that the classical
segmenter is made of (``lite``), brought to full size by ``refine``. All of that happens around the
stroke alone.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cutaway.hand.edits import Stroke
from cutaway.hand.strokes import Plane, coverage, reach
from cutaway.lite.colours import lab_of
from cutaway.lite.cutting import Scene, divided
from cutaway.lite.segmenter import reduced
from cutaway.pillow import Tile
from cutaway.refine import refine
from cutaway.segment import view
from cutaway.values import Bytes, Floats, Mask, Photo

Flags = NDArray[np.bool_]

#: How large the brush of a stroke's core is against its own, and the one that reaches beyond it.
CORE, BEYOND = 0.5, 1.5
#: How far around that colours are looked at, in sizes of the brush.
AROUND = 1.0
#: Long side of the picture in which the cut is made, in pixels.
SIDE = 160
#: What the stroke itself says of a pixel between its core and what lies beside it, in nats.
BELIEF = np.float32(3.0)
#: Rounds of colour models and cuts.
ROUNDS = 3
#: Pixels around a stroke, at most: around a larger one there is no memory, and it stays plain.
MOST = 25_000_000
#: Alpha from here on, or up to here, is what a stroke would make of it already.
KEPT, REMOVED = 243, 12


@dataclass(frozen=True, slots=True, eq=False)
class Snapped:
    """What a smart stroke covers.

    Attributes
    ----------
    tile : Tile
        Where in the photo.
    covered : uint8 array, shape (rows, columns)
        What the matte has at least, where the stroke keeps; or is clear of, where it removes.
    """

    tile: Tile
    covered: Bytes


def snapped(photo: Photo, alpha: Bytes, stroke: Stroke) -> Snapped | None:
    """What a stroke that keeps or removes covers once its outline follows the photo's edges.

    Parameters
    ----------
    photo : Photo
    alpha : uint8 array, shape (height, width)
        The matte that the stroke is drawn over.
    stroke : Stroke

    Returns
    -------
    Snapped or None
        None where the stroke lies outside the photo.
    """
    whole = Plane(0, 0, 1, 1, photo.width, photo.height)
    own = reach(stroke, whole)
    tile = reach(replace(stroke, size=stroke.size * (BEYOND + 2 * AROUND)), whole)
    if own is None or tile is None:
        return None
    rows, columns = tile
    if (rows.stop - rows.start) * (columns.stop - columns.start) > MOST:
        return Snapped(own, _within(photo, own, stroke, _drawn(stroke, whole.part(own))))
    around, here = _cropped(photo, tile), alpha[tile]
    plane = whole.part(tile)
    beyond = _drawn(replace(stroke, size=stroke.size * BEYOND, hardness=1), plane) > 0
    size = reduced(around.width, around.height, SIDE)
    mask = _cut(around, here, stroke, plane, size)
    solved = refine(Mask(mask), around).alpha
    covered = solved if stroke.what == "keep" else 255 - solved
    covered = np.where(beyond, covered, np.uint8(0))
    core = _drawn(replace(stroke, size=stroke.size * CORE, hardness=1), plane)
    return Snapped(tile, _within(photo, tile, stroke, np.maximum(covered, core)))


def _within(photo: Photo, tile: Tile, stroke: Stroke, covered: Bytes) -> Bytes:
    """Nothing is kept against the photo's own transparency."""
    if stroke.what == "keep" and photo.alpha is not None:
        return np.minimum(covered, photo.alpha[tile])
    return covered


def _cut(
    around: Photo, alpha: Bytes, stroke: Stroke, plane: Plane, size: tuple[int, int]
) -> Floats:
    """The mask of what is subject around a stroke, by a minimal cut: float32, of this size."""
    columns, rows = size
    small = Plane(
        plane.left,
        plane.top,
        plane.across * plane.columns / columns,
        plane.down * plane.rows / rows,
        columns,
        rows,
    )
    keeps = stroke.what == "keep"
    core, own, beyond = (
        _drawn(replace(stroke, size=stroke.size * times, hardness=1), small)
        for times in (CORE, 1, BEYOND)
    )
    seen = np.asarray(Image.fromarray(alpha).resize(size, Image.Resampling.BOX))
    certain = (core > 127) | ((seen >= KEPT) if keeps else (seen <= REMOVED))
    guess = np.maximum(seen, own) if keeps else np.minimum(seen, 255 - own)
    start = np.where(certain, np.float32(keeps), guess * np.float32(1 / 255))
    unknown = (beyond > 0) & ~certain
    known = np.where(unknown, 0, np.where(start > 0.5, 1, -1)).astype(np.float32)
    scene = Scene.of(lab_of(np.asarray(view(around, size))), known)
    odds = BELIEF * (2 * start - 1)
    work = divided(scene, start, odds, ROUNDS)
    while True:
        try:
            next(work)
        except StopIteration as end:
            mask: Floats = end.value
            return np.where(unknown, mask, start).astype(np.float32)


def _drawn(stroke: Stroke, plane: Plane) -> Bytes:
    whole = np.zeros((plane.rows, plane.columns), np.uint8)
    found = coverage(stroke, plane)
    if found is not None:
        whole[found[1]] = found[0]
    return whole


def _cropped(photo: Photo, tile: Tile) -> Photo:
    rgba = np.ascontiguousarray(photo.rgba[tile])
    return replace(photo, rgba=rgba, opaque=photo.opaque)
