"""view: a part of the picture as it would become, at the size of a screen and quick as a control.

Where a pixel of the screen shows more than one of the photo, everything is done at that size. From
there on the part alone is worked on at full size, and its pixels are those of the picture.
"""

from collections.abc import Mapping, Sequence
from math import ceil, floor, inf, isfinite, nan
from typing import Any

import numpy as np
from PIL import Image

from cutaway.compose import Arrangement
from cutaway.composing.frame import SUPPORT, Part, Window, placed
from cutaway.composing.scene import Scene
from cutaway.errors import CutawayError
from cutaway.finish import arranged
from cutaway.foreground import TILE, box_of, mixture, recolour
from cutaway.hand.edits import Edit
from cutaway.pillow import Tile, array_of, tiles
from cutaway.refining.adjust import Refinement, adjusted, reach
from cutaway.result import Result
from cutaway.sources import Sources
from cutaway.values import Bytes, Photo
from cutaway.viewing.drawn import Drawn, drawn
from cutaway.viewing.screen import View
from cutaway.viewing.small import Small, on_photo

KINDS = ("cutout", "photo", "mask", "uncertainty")
#: Pixels of the longer side, at most.
MOST = 4096


def view(
    result: Result,
    refinement: Refinement,
    scene: Scene,
    what: str = "cutout",
    region: Part | None = None,
    side: int = 1000,
    image: Photo | None = None,
    edits: Sequence[Edit] = (),
) -> View:
    """A part of the picture by edits, a refinement and a scene, whatever the result was made by.

    Parameters
    ----------
    result : Result
    refinement, scene : Refinement, Scene
        Lengths are of the full size.
    what : str
        ``"cutout"``: the picture itself. ``"photo"``, ``"mask"`` and ``"uncertainty"`` are laid
        into the same frame; the latter two are grey.
    region : (left, top, right, bottom) or None
        A part of the whole picture in its pixels; None is all of it.
    side : int
        Pixels of the view's longer side, 1 to ``MOST``; no pixel is ever shown larger.
    image : Photo or None
        What the scene has as its background, by ``image_of``.
    edits : sequence of Edit
        Brush strokes that end it are drawn at the size of the view.

    Raises
    ------
    CutawayError
        ``"bad-option"``, or as from ``arrange``.
    """
    if what not in KINDS:
        raise _bad(f"“what” takes one of {', '.join(KINDS)}, not {what!r}.")
    if not 1 <= side <= MOST:
        raise _bad(f"“side” takes pixels from 1 to {MOST}, not {side!r}.")
    edited = drawn(result.hand, edits, scene)
    arrangement = arranged(edited.sources, refinement, scene, image)
    whole = arrangement.window
    part = _within(region, whole)
    seen = whole.part(part, _fitting(part, side))
    if what == "uncertainty":
        shown = _grey(_uncertainty(result, seen))
    elif seen.scale < 1:
        shown = _small(edited, refinement, arrangement, what, part, seen)
    elif what == "photo":
        shown = placed(result.photo.rgba, seen)
    else:
        cutout = _made(result, edits, refinement)
        rgba, offset = (cutout, (0, 0)) if cutout is not None else _cut(edited, refinement, seen)
        rgba = placed(rgba, seen, offset)
        shown = _grey(rgba[..., 3]) if what == "mask" else arrangement.around(rgba, part)
    coloured = what in ("cutout", "photo")
    icc = arrangement.icc if what == "cutout" else result.photo.icc
    return View(shown, whole.columns, whole.rows, icc if coloured else None)


def part_of(region: Mapping[str, Any]) -> Part:
    """A region given as ``{"x", "y", "width", "height"}``, to the whole pixels that it touches."""
    numbers = [region.get(name) for name in ("x", "y", "width", "height")]
    x, y, width, height = (each if isinstance(each, (int, float)) else nan for each in numbers)
    if not (isfinite(x + y) and 0 < width < inf and 0 < height < inf):
        raise _bad("“region” takes x, y, width and height, in pixels of the picture.")
    return floor(x), floor(y), ceil(x + width), ceil(y + height)


def _within(region: Part | None, whole: Window) -> Part:
    """The region as far as the picture goes."""
    if region is None:
        return 0, 0, whole.columns, whole.rows
    left, top = max(0, region[0]), max(0, region[1])
    right, bottom = min(whole.columns, region[2]), min(whole.rows, region[3])
    if left >= right or top >= bottom:
        raise _bad(f"The region lies outside the picture of {whole.columns} × {whole.rows} pixels.")
    return left, top, right, bottom


def _fitting(part: Part, side: int) -> tuple[int, int]:
    width, height = part[2] - part[0], part[3] - part[1]
    factor = min(1.0, side / max(width, height))
    return max(1, round(width * factor)), max(1, round(height * factor))


def _small(
    edited: Drawn,
    refinement: Refinement,
    arrangement: Arrangement,
    what: str,
    part: Part,
    seen: Window,
) -> Bytes:
    """A view that has fewer pixels than the photo there."""
    small = edited.small(seen)
    if what == "photo":
        return small.laid_out(small.rgba)
    if what == "mask":
        return _grey(small.laid_out(small.adjusted(refinement)))
    cutout = _small_cutout(edited.sources, small, refinement)
    return arrangement.around(small.laid_out(cutout), part)


def _made(result: Result, edits: Sequence[Edit], refinement: Refinement) -> Bytes | None:
    """The whole cutout, where it is at hand."""
    finished = result.finished
    if finished.cutout is None or finished.options.refine != refinement:
        return None
    return finished.cutout.rgba if finished.options.edits == tuple(edits) else None


def _cut(edited: Drawn, refinement: Refinement, seen: Window) -> tuple[Bytes, tuple[int, int]]:
    """The cutout's own pixels wherever a window asks for them, and where they begin."""
    sources = edited.sources
    photo = sources.photo
    part = (
        _whole_tiles(seen.top, seen.height, seen.rows, photo.height, TILE[0]),
        _whole_tiles(seen.left, seen.width, seen.columns, photo.width, TILE[1]),
    )
    matte, within = edited.part(part, reach(refinement))
    alpha, shares = adjusted(matte.alpha, refinement, within), matte.share[within]
    if photo.alpha is not None:
        alpha = np.minimum(alpha, photo.alpha[part])
    rgba = photo.rgba[part].copy()
    rows, columns = part
    for piece in tiles(alpha.shape, *TILE):
        place = _moved(piece, rows.start, columns.start)
        share = shares[piece]
        if not photo.opaque:
            share = mixture(share, photo.rgba[place][..., 3])
        box = box_of(place)
        strength = refinement.decontaminate
        recolour(rgba[piece], share, alpha[piece], sources.estimate, box, strength)
    return _with_alpha(rgba, alpha), (columns.start, rows.start)


def _whole_tiles(start: float, length: float, pixels: int, end: int, tile: int) -> slice:
    """The pixels along a side that a window asks for, rounded to whole tiles of the photo.

    Colours are brought to full size tile by tile: so a part has the very pixels of the whole.
    """
    support = ceil(SUPPORT * max(1, length / pixels)) + 2
    first = min(max(0, floor(start) - support), end - 1) // tile * tile
    last = max(first + 1, min(end, ceil(start + length) + support))
    return slice(first, min(end, -(-last // tile) * tile))


def _moved(piece: Tile, down: int, across: int) -> Tile:
    rows, columns = piece
    return (
        slice(rows.start + down, rows.stop + down),
        slice(columns.start + across, columns.stop + across),
    )


def _small_cutout(sources: Sources, small: Small, refinement: Refinement) -> Bytes:
    alpha, share, rgba = small.adjusted(refinement), small.share, small.rgba.copy()
    if not sources.photo.opaque:
        share = mixture(share, small.rgba[..., 3])
    strength = refinement.decontaminate
    recolour(rgba, share, alpha, sources.estimate, small.box, strength)
    return _with_alpha(rgba, alpha)


def _with_alpha(rgba: Bytes, alpha: Bytes) -> Bytes:
    """Colours and their alpha, in place; where it is 0 the colour goes too."""
    rgba[..., 3] = alpha
    rgba.view(np.uint32)[..., 0][alpha == 0] = 0
    return rgba


def _uncertainty(result: Result, seen: Window) -> Bytes:
    photo = result.photo
    columns, left, right = on_photo(seen.left, seen.width, seen.columns, photo.width)
    rows, top, bottom = on_photo(seen.top, seen.height, seen.rows, photo.height)
    picture = Image.fromarray(result.uncertainty.map)
    across, down = picture.width / photo.width, picture.height / photo.height
    box = (left * across, top * down, right * across, bottom * down)
    size = (columns.stop - columns.start, rows.stop - rows.start)
    levels = np.zeros((seen.rows, seen.columns), np.uint8)
    levels[rows, columns] = array_of(picture.resize(size, Image.Resampling.BILINEAR, box))
    return levels


def _grey(levels: Bytes) -> Bytes:
    rgba = np.full((*levels.shape, 4), 255, np.uint8)
    rgba[..., :3] = levels[..., None]
    return rgba


def _bad(sentence: str) -> CutawayError:
    return CutawayError("bad-option", sentence)
