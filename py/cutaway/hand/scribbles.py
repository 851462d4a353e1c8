"""scribbles: rough signs for the classical segmenter → a ``Mask``; nothing is downloaded for it."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from cutaway import lite
from cutaway.hand.edits import Scribble
from cutaway.hand.strokes import Plane, coverage
from cutaway.lite.segmenter import NOTHING, Hints
from cutaway.values import Mask, Matte, Photo

#: Long side, in pixels, of the map that scribbles are drawn into.
SIDE = 576
BOX = Image.Resampling.BOX
#: From here on a matte has subject.
HALF = 0.5


def scribbled(photo: Photo, scribbles: Sequence[Scribble], matte: Matte) -> Mask:
    """The mask that scribbles lead to.

    Parameters
    ----------
    photo : Photo
    scribbles : sequence of Scribble
        All there are; where two meet the later one counts.
    matte : Matte
        What there is so far: it is mended. Where it has no subject, or nothing else, it tells
        nothing, and the photo is looked at afresh.

    Raises
    ------
    CutawayError
        ``"no-subject"`` where the photo is looked at afresh and shows next to no difference in
        colour.
    """
    hints = hints_of(scribbles, photo.width, photo.height)
    seen = Image.fromarray(matte.alpha).resize((hints.shape[1], hints.shape[0]), BOX)
    before = np.asarray(seen) * np.float32(1 / 255)
    subject = float((before > HALF).mean())
    if not NOTHING < subject < 1 - NOTHING:
        return lite.segment(photo, hints)
    return lite.mended(photo, hints, before)


def hints_of(scribbles: Sequence[Scribble], width: int, height: int) -> Hints:
    """Scribbles as a small map of a photo: int8, 1 subject, -1 background, 0 elsewhere."""
    factor = min(1.0, SIDE / max(width, height))
    columns, rows = max(1, round(width * factor)), max(1, round(height * factor))
    plane = Plane(0, 0, width / columns, height / rows, columns, rows)
    hints = np.zeros((rows, columns), np.int8)
    for scribble in scribbles:
        drawn = coverage(scribble, plane)
        if drawn is not None:
            covered, tile = drawn
            # A thin scribble covers half of no pixel.
            hints[tile][covered >= max(1, min(128, int(covered.max())))] = (
                1 if scribble.what == "keep" else -1
            )
    return hints
