"""subjects: the separate subjects of a matte, and which of them each of its pixels belongs to.

What hangs together is found in a small picture of the matte, among pixels that are mostly opaque:
so subjects that touch by a soft border alone are apart. Every pixel of the full size then belongs
to the subject that is nearest; the parts together are the matte, and nothing is in two of them.
"""

from dataclasses import dataclass
from math import floor

import numpy as np

from cutaway.composing.frame import Box
from cutaway.hand.parting import Parting, distances, occupied
from cutaway.pillow import array_of, picture_of
from cutaway.refining.regions import Flags, labelled
from cutaway.values import Bytes

#: Side of the small picture, in pixels, at most: subjects closer than two of them may be taken for
#: one.
SIDE = 384
#: From here on a pixel of the small picture holds subjects together.
SOLID = 128
#: Pieces with less than this share of the photo are no subjects of their own. Of the photo and not
#: of the largest piece: what is a speck must not become a subject once another one was dropped.
SPECK = 0.001
#: Subjects, at most: the heaviest. What is left belongs to the nearest of them.
MOST = 64


@dataclass(frozen=True, slots=True)
class Subject:
    """One of the subjects of a matte.

    Attributes
    ----------
    x, y : float
        The middle of a pixel well inside, in pixels of the photo.
    box : Box
        Where it lies, with all of its soft border.
    share : float
        Of the photo's area that it covers, 0 to 1; soft pixels count in part.
    """

    x: float
    y: float
    box: Box
    share: float


def subjects(alpha: Bytes) -> list[Subject]:
    """The separate subjects of a matte, uint8 of shape (height, width): largest first."""
    return listed(alpha)[1]


def listed(alpha: Bytes) -> tuple[Parting | None, list[Subject]]:
    """As ``subjects``, with the parting that has them in this order; None where there are none."""
    parting = parted(alpha)
    if parting is None:
        return None, []
    found = _measured(parting, alpha)
    order = sorted(range(len(found)), key=lambda each: -found[each].share)
    parting = parting if order == sorted(order) else parting.among(order)
    return parting, [found[each] for each in order]


def parted(alpha: Bytes) -> Parting | None:
    """The parting of a matte; None where it is clear throughout."""
    cell = -(-max(alpha.shape) // SIDE)
    anything = occupied(alpha, cell)
    if not anything.any():
        return None
    seen = array_of(picture_of(np.ascontiguousarray(alpha), "L").reduce(cell))
    solid = seen >= SOLID
    # What is translucent throughout, such as glass, holds together as it is.
    labels, count = labelled(solid if solid.any() else anything)
    weights = np.bincount(labels.ravel(), seen.ravel(), count + 1)[1:]
    heaviest = np.argsort(-weights, kind="stable")[:MOST]
    meant = [each for each in heaviest if weights[each] >= SPECK * 255 * seen.size]
    cores = np.stack([labels == each + 1 for each in meant or heaviest[:1]])
    return Parting(cores, anything, cell, alpha.shape)


def extents(parting: Parting, alpha: Bytes) -> list[tuple[Box | None, float]]:
    """Where the subjects of a parting lie in a matte, and their shares of the photo's area.

    In the parting's order; the box is None of one that has nothing there.
    """
    height, width = alpha.shape
    weights = [0] * len(parting)
    down = np.zeros((len(parting), height), bool)
    across = np.zeros((len(parting), width), bool)
    for tile, owner in parting.pieces():
        seen = alpha[tile]
        for each in [owner] if isinstance(owner, int) else np.unique(owner).tolist():
            own = seen if isinstance(owner, int) else np.where(owner == each, seen, np.uint8(0))
            weights[each] += int(own.sum(dtype=np.int64))
            down[each, tile[0]] |= own.max(axis=1) > 0
            across[each, tile[1]] |= own.max(axis=0) > 0
    shares = [weight / (255 * height * width) for weight in weights]
    return [(_box(*lines), share) for *lines, share in zip(down, across, shares, strict=True)]


def without(alpha: Bytes, x: float, y: float) -> Bytes:
    """The matte without the subject at a place, its soft border included.

    Parameters
    ----------
    alpha : uint8 array, shape (height, width)
    x, y : float
        In pixels of the photo. Where nothing is there, the very same array comes back.
    """
    return _chosen(alpha, x, y, dropped=True)


def only(alpha: Bytes, x: float, y: float) -> Bytes:
    """The matte of the subject at a place alone; clear throughout where nothing is there."""
    return _chosen(alpha, x, y, dropped=False)


def _chosen(alpha: Bytes, x: float, y: float, dropped: bool) -> Bytes:
    parting = parted(alpha)
    meant = None if parting is None else parting.at(x, y)
    if parting is None or meant is None or alpha[floor(y), floor(x)] == 0:
        return alpha if dropped else np.zeros_like(alpha)
    result = np.zeros_like(alpha)
    for tile, owner in parting.pieces():
        here = (owner == meant) != dropped
        np.copyto(result[tile], alpha[tile], where=here)
    return result


def _measured(parting: Parting, alpha: Bytes) -> list[Subject]:
    """What the parting's subjects are, in its order."""
    found = []
    for core, (box, share) in zip(parting.cores, extents(parting, alpha), strict=True):
        assert box is not None  # a core is at least half opaque
        x, y = _inside(core, alpha, parting.cell)
        found.append(Subject(x, y, box, share))
    return found


def _box(down: Flags, across: Flags) -> Box | None:
    rows, columns = np.flatnonzero(down), np.flatnonzero(across)
    if not rows.size:
        return None
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _inside(core: Flags, alpha: Bytes, cell: int) -> tuple[float, float]:
    """The middle of an opaque pixel as far inside as there is one: (x, y)."""
    rows, columns = np.flatnonzero(core.any(axis=1)), np.flatnonzero(core.any(axis=0))
    own = np.pad(core[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 1)
    depth = distances(~own[None], own)[0]
    row, column = np.unravel_index(int(np.argmax(depth * own)), own.shape)
    top, left = int(row - 1 + rows[0]) * cell, int(column - 1 + columns[0]) * cell
    block = alpha[top : top + cell, left : left + cell]
    down, across = len(block) // 2, block.shape[1] // 2
    if block[down, across] < block.max():
        down, across = divmod(int(np.argmax(block)), block.shape[1])
    return left + across + 0.5, top + down + 0.5
