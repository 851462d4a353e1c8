"""edge: where a mask is uncertain, and what the photo's colours say about it there.

Masks are soft about the outline because models are unsure of it, not because the subject is soft
there. So what lies near the outline counts as unknown and is solved from the colours (``matting``).
Colours help where subject and background differ; where they do not, the answer is softer than the
mask was, or moves the outline far: then the mask is the better one. The two are mixed by how much
the colours can be trusted, for each photo.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from cutaway.pillow import picture_of
from cutaway.refining import matting
from cutaway.refining.regions import Flags, grown
from cutaway.values import Floats, Mask, Photo

#: Long side of the picture in which the edge is solved, in pixels. On six photographs with true
#: alpha the soft band's error with U²-Netp is .119 with 384 and .120 with 448.
SIDE = 384
#: Mask values outside these, of 255, are certain, unless an uncertain one is within REACH of the
#: long side. With a REACH of .008, .010 and .012 the soft band's error is .122, .120 and .119 with
#: U²-Netp, but .070, .071 and .073 with "best", whose masks need less.
CERTAIN = (12, 243)
REACH = 0.01
#: How many times as soft as the mask the answer may be: below the first it is trusted wholly, above
#: the second not at all. On 44 photographs the ratio tells best (correlation −.6 with the gain in
#: boundary IoU) whether colours help; contrast between the two sides tells nothing (.0 to .16).
SOFTER = (1.35, 2.05)
#: How much of the subject's region may change, in the same way.
MOVED = (0.02, 0.14)
#: An answer this near to 0 or 1 is fog, a trace of the smoothness that is asked of it, and goes.
FOG = np.float32(0.03)
#: Variance below which a window of the guided filter counts as flat.
FLAT = np.float32(1e-4)


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """Alpha near the outline as a linear function of colour, ``α = slope · I + offset``.

    Attributes
    ----------
    slope : float32 array, shape (3, rows, columns), or None
        For colours of 0..1; None where the photo is no larger than this and ``offset`` is alpha.
    offset : float32 array, shape (rows, columns)
        The sum may lie a little outside 0 to 1, which means 0 or 1.
    unknown : bool array, shape (rows, columns)
        Where it holds.
    trust : float
        0 to 1: how much of it to take.
    """

    slope: Floats | None
    offset: Floats
    unknown: Flags
    trust: float


def edge_of(mask: Mask, photo: Photo) -> Edge | None:
    """What the colours say; None where there is no edge or they tell nothing."""
    size = _reduced(photo.width, photo.height)
    if min(size) < matting.WINDOW:
        return None
    guess = np.clip(_resized(mask.values, size), 0, 1)
    alpha, unknown = trimap(guess)
    if not unknown.any() or unknown.all():
        return None
    view = picture_of(photo.rgba, "RGBX")
    if size != (photo.width, photo.height):
        view = view.resize(size, Image.Resampling.BOX)
    colours = np.asarray(view.convert("RGB")) * np.float32(1 / 255)
    solved = matting.solve(colours, alpha, unknown)
    trust = trust_in(solved, guess, unknown)
    if trust == 0:
        return None
    solved = (solved - FOG) / (1 - 2 * FOG)
    if size == (photo.width, photo.height):
        return Edge(None, solved, unknown, trust)
    return Edge(*_linear(colours, solved, grown(unknown, 2)), unknown, trust)


def trimap(guess: Floats) -> tuple[Floats, Flags]:
    """What is certain, and what is not.

    Parameters
    ----------
    guess : float32 array, shape (rows, columns)
        The mask, 0 to 1.

    Returns
    -------
    alpha : float32 array, shape (rows, columns)
        0 or 1 where it is certain, else the guess.
    unknown : bool array, shape (rows, columns)
    """
    low, high = CERTAIN
    levels = (guess * 255).astype(np.uint8)
    reach = max(1, round(REACH * max(guess.shape)))
    subject, background = ~grown(levels < high, reach), ~grown(levels > low, reach)
    alpha = np.where(subject, np.float32(1), np.where(background, np.float32(0), guess))
    return alpha, ~(subject | background)


def trust_in(solved: Floats, guess: Floats, unknown: Flags) -> float:
    """How much better than the guess the answer is likely to be, 0 to 1."""
    return trust_by(*signs(solved, guess, unknown))


def trust_by(softer: float, moved: float) -> float:
    """The same by ``signs``."""
    return _falling(softer, *SOFTER) * _falling(moved, *MOVED)


def signs(solved: Floats, guess: Floats, unknown: Flags) -> tuple[float, float]:
    """How many times as soft as the guess the answer is, and the share of the region it changes."""
    softer = _softness(solved[unknown]) / max(_softness(guess[unknown]), 1e-6)
    one, other = solved > 0.5, guess > 0.5
    return softer, float((one ^ other).sum() / max(1, (one | other).sum()))


def _softness(alpha: Floats) -> float:
    return float((alpha * (1 - alpha)).mean())


def _falling(value: float, from_: float, to: float) -> float:
    """1 up to ``from_``, 0 beyond ``to``, straight between them."""
    return min(1.0, max(0.0, (to - value) / (to - from_)))


def _reduced(width: int, height: int) -> tuple[int, int]:
    factor = min(1.0, SIDE / max(width, height))
    return max(1, round(width * factor)), max(1, round(height * factor))


def _resized(values: Floats, size: tuple[int, int]) -> Floats:
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BICUBIC))


def _linear(colours: Floats, alpha: Floats, where: Flags) -> tuple[Floats, Floats]:
    """Slope and offset of alpha over colour around each pixel (guided filter, He et al. 2013).

    They are worked out where they are asked for, and 0 elsewhere; a mean over neighbours follows.
    """
    planes = np.ascontiguousarray(np.moveaxis(colours, -1, 0))
    centre, level = np.stack([_mean(plane) for plane in planes]), _mean(alpha)
    together = np.stack([_mean(plane * alpha) for plane in planes]) - centre * level
    spread = np.empty((3, 3, np.count_nonzero(where)), np.float32)
    for i in range(3):
        for j in range(i, 3):
            product = _mean(planes[i] * planes[j]) - centre[i] * centre[j]
            spread[i, j] = spread[j, i] = product[where]
        spread[i, i] += FLAT
    slope, offset = np.zeros_like(planes), np.zeros_like(alpha)
    slope[:, where] = np.einsum("ijn,jn->in", matting.inverted(spread), together[:, where])
    offset[where] = level[where] - (slope[:, where] * centre[:, where]).sum(0)
    return np.stack([_mean(plane) for plane in slope]), _mean(offset)


def _mean(values: Floats) -> Floats:
    """Means over 3 × 3 pixels; beyond the border the last one is repeated."""
    padded = np.pad(values, 1, "edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    total: Floats = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    total *= np.float32(1 / 9)
    return total
