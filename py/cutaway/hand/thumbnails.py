"""thumbnails: each subject of a photo as a small picture on nothing, to tell them apart by."""

from math import floor, log2

import numpy as np
from PIL import Image

from cutaway.composing.frame import Box
from cutaway.hand.parting import Parting
from cutaway.pillow import array_of, picture_of
from cutaway.sources import Sources
from cutaway.values import Bytes
from cutaway.viewing.screen import View

#: Pixels of a thumbnail's longer side, at most.
SIDE = 160
#: How much more than the solid part it shows, in pixels of the parting's small picture.
RIM = 4


def thumbnail(sources: Sources, parting: Parting, number: int) -> View:
    """The subject of this number in the photo's own colours, as large as it fits.

    Parameters
    ----------
    sources : Sources
        The photo and the matte that was parted.
    parting : Parting
    number : int
        Of the parting.
    """
    photo = sources.photo
    box = _around(parting, number)
    halvings = max(0, floor(log2(box.longer / SIDE)))
    step = 1 << halvings
    place = (box.left // step, box.top // step, -(-box.right // step), -(-box.bottom // step))
    whole = Box(
        place[0] * step,
        place[1] * step,
        min(place[2] * step, photo.width),
        min(place[3] * step, photo.height),
    )
    alpha = picture_of(_own(sources.matte.alpha, parting, number, whole), "L").reduce(step)
    seen = sources.colours(halvings).crop(place).convert("RGBA")
    seen.putalpha(alpha)
    factor = min(1.0, SIDE / max(seen.size))
    size = (max(1, round(seen.width * factor)), max(1, round(seen.height * factor)))
    rgba = array_of(seen.resize(size, Image.Resampling.BOX))
    return View(rgba, photo.width, photo.height, photo.icc)


def _own(alpha: Bytes, parting: Parting, number: int, box: Box) -> Bytes:
    """What of a matte is one subject's, within a box: uint8 of the box's shape."""
    result = np.zeros((box.bottom - box.top, box.right - box.left), np.uint8)
    for (rows, columns), owner in parting.pieces(box):
        here = result[rows.start - box.top :, columns.start - box.left :]
        here = here[: rows.stop - rows.start, : columns.stop - columns.start]
        np.copyto(here, alpha[rows, columns], where=owner == number)
    return result


def _around(parting: Parting, number: int) -> Box:
    """The solid part and a little more: what is soft far off would make the picture small."""
    core, cell = parting.cores[number], parting.cell
    rows, columns = np.flatnonzero(core.any(axis=1)), np.flatnonzero(core.any(axis=0))
    height, width = parting.shape
    return Box(
        max(0, int(columns[0]) - RIM) * cell,
        max(0, int(rows[0]) - RIM) * cell,
        min(width, (int(columns[-1]) + 1 + RIM) * cell),
        min(height, (int(rows[-1]) + 1 + RIM) * cell),
    )
