"""parting: which of several solid parts of a picture each of its pixels is nearest to.

The solid parts are given small; how far they are is worked out there and brought to full size
without steps, tile by tile.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from math import floor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cutaway.composing.frame import Box
from cutaway.pillow import Tile, tiles
from cutaway.refining.regions import Flags
from cutaway.values import Bytes, Floats

#: Sides of the pieces in which the full size is worked through.
TILE = 256

#: The number of a subject, or of one for each pixel.
Owner = int | NDArray[np.intp]


class Parting:
    """Which subject each pixel of a matte belongs to: the one whose solid part is nearest.

    Numbers are places in ``cores``.

    Parameters
    ----------
    cores : bool array, shape (n, rows, columns), n at least 1
        The solid part of each subject in the small picture.
    occupied : bool array, shape (rows, columns)
        Where there is anything of the matte: only there the answer has to hold.
    cell : int
        Pixels of the photo along the side of one of the small picture.
    shape : (height, width)
        Of the photo.
    """

    def __init__(self, cores: Flags, occupied: Flags, cell: int, shape: tuple[int, ...]) -> None:
        self.cores = cores
        self._occupied = occupied
        self.cell = cell
        self.shape = shape

    def __len__(self) -> int:
        return len(self.cores)

    def among(self, chosen: Sequence[int], alpha: Bytes | None = None) -> "Parting":
        """The same with these subjects alone, in this order; for another matte of the same size."""
        seen = self._occupied if alpha is None else occupied(alpha, self.cell)
        return Parting(self.cores[list(chosen)], seen, self.cell, self.shape)

    def owner(self, tile: Tile) -> Owner:
        """The number of the subject that a tile's pixels belong to, or of each pixel's."""
        rows, columns = tile
        near = self._nearest[self._cells(rows), self._cells(columns)]
        candidates = np.flatnonzero(np.bincount(near.ravel(), minlength=len(self)))
        if len(candidates) == 1:
            return int(candidates[0])
        box = tuple(end / self.cell for end in (columns.start, rows.start, columns.stop, rows.stop))
        size = (columns.stop - columns.start, rows.stop - rows.start)
        owners = np.full(size[::-1], candidates[0])
        least: Floats | None = None
        for each in candidates:
            away = self._pictures[each].resize(size, Image.Resampling.BILINEAR, box)
            found: Floats = np.asarray(away)
            if least is not None:
                owners[found < least] = each
            least = found if least is None else np.minimum(least, found)
        return owners

    def pieces(self, box: Box | None = None) -> Iterator[tuple[Tile, Owner]]:
        """Pieces of the photo, or of a box of it, and whose their pixels are.

        They are cut from the same tiles, whatever the box: so a pixel has the same owner in all.
        """
        for rows, columns in tiles(self.shape, TILE, TILE):
            if box is None:
                yield (rows, columns), self.owner((rows, columns))
                continue
            down = slice(max(rows.start, box.top), min(rows.stop, box.bottom))
            across = slice(max(columns.start, box.left), min(columns.stop, box.right))
            if down.start < down.stop and across.start < across.stop:
                owner = self.owner((rows, columns))
                if not isinstance(owner, int):
                    owner = owner[_moved(down, rows.start), _moved(across, columns.start)]
                yield (down, across), owner

    def at(self, x: float, y: float) -> int | None:
        """The number of the subject that a place of the photo belongs to; None outside of it."""
        row, column = floor(y), floor(x)
        for _, owner in self.pieces(Box(column, row, column + 1, row + 1)):
            return owner if isinstance(owner, int) else int(owner[0, 0])
        return None

    @cached_property
    def _distances(self) -> Floats:
        if len(self) == 1:
            return np.zeros(self.cores.shape, np.float32)
        return distances(self.cores, self._occupied)

    @cached_property
    def _nearest(self) -> NDArray[np.intp]:
        nearest: NDArray[np.intp] = np.argmin(self._distances, axis=0)
        return nearest

    @cached_property
    def _pictures(self) -> list[Image.Image]:
        return [Image.fromarray(plane) for plane in self._distances]

    def _cells(self, pixels: slice) -> slice:
        """The small picture's pixels that these of the photo lie among."""
        return slice(max(0, pixels.start // self.cell - 1), (pixels.stop - 1) // self.cell + 2)


def occupied(alpha: Bytes, cell: int) -> Flags:
    """Which pixels of the small picture have anything of the matte, however little."""
    return _brightest(_brightest(alpha, cell).T, cell).T > 0


def _brightest(values: Bytes, cell: int) -> Bytes:
    """The brightest of every so many rows."""
    result = np.zeros((-(-len(values) // cell), values.shape[1]), np.uint8)
    for row in range(min(cell, len(values))):
        rows = values[row::cell]
        np.maximum(result[: len(rows)], rows, out=result[: len(rows)])
    return result


def distances(flags: Flags, within: Flags) -> Floats:
    """How far it is to the nearest pixel whose flag is set, by straight lines.

    Along columns it is counted, along rows the best of all columns is taken (as Felzenszwalb and
    Huttenlocher 2012, "Distance Transforms of Sampled Functions", but trying nearer columns first
    and no more than needed).

    Parameters
    ----------
    flags : bool array, shape (n, rows, columns)
        Each of n pictures has at least one set.
    within : bool array, shape (rows, columns)
        Where the nearest of the n is to be told rightly, and so its distance, and one about as far.

    Returns
    -------
    float32 array, shape (n, rows, columns)
        Elsewhere, and of those further away, numbers that are too large.
    """
    _, rows, columns = flags.shape
    far, row = rows + columns, np.arange(rows)[:, None]
    above = row - np.maximum.accumulate(np.where(flags, row, -far), axis=1)
    below = np.minimum.accumulate(np.where(flags, row, far)[:, ::-1], axis=1)[:, ::-1] - row
    down = np.minimum(np.minimum(above, below), far).astype(np.float32) ** 2
    squares = down.copy()
    for step in range(1, columns):
        if step % 8 == 1 and squares.min(axis=0)[within].max(initial=0) < max(0, step - 3) ** 2:
            break
        across = np.float32(step * step)
        left, right = squares[..., step:], squares[..., :-step]
        np.minimum(left, down[..., :-step] + across, out=left)
        np.minimum(right, down[..., step:] + across, out=right)
    roots: Floats = np.sqrt(squares)
    return roots


def _moved(pixels: slice, by: int) -> slice:
    return slice(pixels.start - by, pixels.stop - by)
