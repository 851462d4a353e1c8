"""Superpixels: a picture as a few hundred regions of one colour each, and which of them touch."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from cutaway.lite.colours import Doubles, Indices
from cutaway.values import Floats

Flags = NDArray[np.bool_]

COUNT = 300
#: How much places count against colours: the side of a grid cell is worth this much Lab.
COMPACTNESS = 12.0
ROUNDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """The regions of a picture.

    Attributes
    ----------
    label : integer array, shape (rows, columns)
        The region of each pixel, 0 to n - 1.
    count : integer array, shape (n,)
        Pixels of each region, at least 1.
    colour : float64 array, shape (n, 3)
        Mean Lab.
    place : float64 array, shape (n, 2)
        Mean (y, x), as shares of height and width.
    touching : boolean array, shape (n, n)
        Whether two regions have neighbouring pixels (of eight).
    """

    label: Indices
    count: Indices
    colour: Doubles
    place: Doubles
    touching: Flags

    def mean(self, values: NDArray[np.floating]) -> Doubles:
        """The mean of ``values``, shape (rows, columns), in each region."""
        return np.bincount(self.label.ravel(), values.ravel(), len(self.count)) / self.count


def regions_of(lab: Floats) -> Regions:
    """Regions of a picture in Lab, shape (rows, columns, 3), by SLIC (Achanta et al. 2012).

    Without its last step: pieces apart from their region stay with it.
    """
    label = _slic(lab)
    count = np.bincount(label.ravel())
    y, x = np.indices(label.shape)
    rows, columns = label.shape
    bare = Regions(label, count, np.empty((0, 3)), np.empty((0, 2)), np.empty((0, 0), bool))
    colour = np.stack([bare.mean(lab[..., axis]) for axis in range(3)], -1)
    place = np.stack([bare.mean((y + 0.5) / rows), bare.mean((x + 0.5) / columns)], -1)
    return Regions(label, count, colour, place, _touching(label, len(count)))


def _slic(lab: Floats) -> Indices:
    """The region of each pixel. Each chooses, in turns, among the nine cells around its own."""
    rows, columns = lab.shape[:2]
    step = max(1.0, np.sqrt(rows * columns / COUNT))
    across, down = max(1, round(columns / step)), max(1, round(rows / step))
    y, x = np.indices((rows, columns), np.float32) * np.float32(COMPACTNESS / step)
    features = np.concatenate([lab, y[..., None], x[..., None]], -1).reshape(-1, 5)
    cell_y, cell_x = np.arange(rows) * down // rows, np.arange(columns) * across // columns
    near = [
        np.add.outer(
            np.clip(cell_y + dy, 0, down - 1) * across, np.clip(cell_x + dx, 0, across - 1)
        ).ravel()
        for dy, dx in product((0, -1, 1), repeat=2)
    ]
    label = near[0]
    for _ in range(ROUNDS):
        centres = _centres(features, label, across * down)
        nearest = np.full(len(features), np.inf, np.float32)
        label = near[0].copy()
        for candidate in near:
            away = features - centres[candidate]
            distance = np.einsum("ij,ij->i", away, away)
            closer = distance < nearest
            nearest[closer] = distance[closer]
            label[closer] = candidate[closer]
    _, dense = np.unique(label, return_inverse=True)
    return dense.reshape(rows, columns)


def _centres(features: Floats, label: Indices, cells: int) -> Floats:
    """Mean features of each cell; far off all pixels where a cell has none."""
    count = np.bincount(label, minlength=cells)
    sums = [np.bincount(label, features[:, axis], cells) for axis in range(5)]
    means = np.stack(sums, -1) / np.maximum(count, 1)[:, None]
    means[count == 0] = 1e6
    return means.astype(np.float32)


def _touching(label: Indices, count: int) -> Flags:
    touching = np.zeros((count, count), bool)
    for one, other in (
        (label[1:], label[:-1]),
        (label[:, 1:], label[:, :-1]),
        (label[1:, 1:], label[:-1, :-1]),
        (label[1:, :-1], label[:-1, 1:]),
    ):
        touching[one, other] = touching[other, one] = True
    np.fill_diagonal(touching, False)
    return touching
