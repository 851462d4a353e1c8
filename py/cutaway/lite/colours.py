"""Colours in Lab, and mixtures of Gaussians that describe them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutaway.values import Bytes, Floats

Doubles = NDArray[np.float64]
Indices = NDArray[np.intp]

#: Side of a palette's cells, in units of Lab; 2 to 3 can just be told apart by eye.
CELL = 3.0
#: Added to the variance along every axis, in squared units of Lab, so that no Gaussian is flat.
GRAIN = 1.0

_LINEAR = np.array([((v + 0.055) / 1.055) ** 2.4 if v > 0.04045 else v / 12.92
                    for v in np.arange(256) / 255], np.float32)  # fmt: skip
#: Linear sRGB → XYZ, each divided by the white of D65.
_TO_XYZ = np.array(
    [
        [0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883],
    ],
    np.float32,
)


def lab_of(pixels: Bytes) -> Floats:
    """RGB, taken for sRGB, uint8, shape (rows, columns, 3) → CIE Lab, float32, same shape."""
    xyz = _LINEAR[pixels] @ _TO_XYZ.T
    bent = np.where(xyz > 216 / 24389, np.cbrt(xyz), xyz * (24389 / 27 / 116) + 16 / 116)
    x, y, z = bent[..., 0], bent[..., 1], bent[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """The colours of a picture, gathered in cells: what is said of colours is said of these few.

    Attributes
    ----------
    colours : float64 array, shape (cells, 3)
        Mean Lab of the pixels in each cell.
    cell : integer array, shape (pixels,)
        Which cell each pixel lies in, row by row.
    """

    colours: Doubles
    cell: Indices

    @classmethod
    def of(cls, lab: Floats) -> "Palette":
        pixels = lab.reshape(-1, 3)
        place = np.floor(pixels / CELL).astype(np.int64) + 128
        keys = (place[:, 0] * 256 + place[:, 1]) * 256 + place[:, 2]
        _, cell = np.unique(keys, return_inverse=True)
        count = np.bincount(cell)
        means = [np.bincount(cell, pixels[:, axis]) / count for axis in range(3)]
        return cls(np.stack(means, -1), cell)

    def weigh(self, shares: Floats) -> Doubles:
        """How much of each colour there is, when pixels count with ``shares`` (any shape)."""
        return np.bincount(self.cell, shares.ravel(), len(self.colours)).astype(np.float64)

    def likelihood(self, weights: Doubles, count: int) -> Doubles:
        """Log-density of every pixel's colour, shape (pixels,), in the mixture for ``weights``."""
        return mixture(self.colours, weights, count)[self.cell]


def mixture(colours: Doubles, weights: Doubles, count: int) -> Doubles:
    """Log-densities of colours in a mixture of Gaussians that is fitted to them.

    The Gaussians, each with its full covariance, are those of ``count`` clusters, found by
    splitting in two the cluster of the largest variance along its principal axis (Orchard and
    Bouman, "Color quantization of images", 1991), as GrabCut does it (Rother et al. 2004).

    Parameters
    ----------
    colours : float64 array, shape (n, 3)
    weights : float64 array, shape (n,)
        How much of each colour there is, at least 0; not all 0.
    count : int
        How many Gaussians, at most.
    """
    densities = []
    for members in _clusters(colours, weights, count):
        part = weights[members]
        share = part.sum() / weights.sum()
        if share <= 1e-6:
            continue
        mean, covariance = _moments(colours[members], part)
        root = np.linalg.inv(np.linalg.cholesky(covariance + np.eye(3) * GRAIN))
        distance = (colours - mean) @ root.T
        density = np.log(share) + np.log(np.diag(root)).sum() - (distance**2).sum(1) / 2
        densities.append(density)
    return np.asarray(np.logaddexp.reduce(densities, 0))


def _clusters(colours: Doubles, weights: Doubles, count: int) -> list[Indices]:
    clusters: list[Indices] = [np.flatnonzero(weights > 0)]
    spreads = [_principal(colours, weights, clusters[0])]
    while len(clusters) < count:
        widest = max(range(len(spreads)), key=lambda index: spreads[index][0])
        variance, axis, mean = spreads[widest]
        if variance <= 1e-6:
            break
        members = clusters[widest]
        beyond = (colours[members] - mean) @ axis > 0
        clusters[widest : widest + 1] = [members[~beyond], members[beyond]]
        halves = clusters[widest : widest + 2]
        spreads[widest : widest + 1] = [_principal(colours, weights, half) for half in halves]
    return clusters


def _principal(
    colours: Doubles, weights: Doubles, members: Indices
) -> tuple[float, Doubles, Doubles]:
    """Variance along the principal axis times weight, that axis, and the mean of a cluster."""
    mean, covariance = _moments(colours[members], weights[members])
    variances, axes = np.linalg.eigh(covariance)
    return float(variances[-1] * weights[members].sum()), axes[:, -1], mean


def _moments(colours: Doubles, weights: Doubles) -> tuple[Doubles, Doubles]:
    total = max(float(weights.sum()), 1e-12)
    mean = weights @ colours / total
    away = colours - mean
    return mean, (away * weights[:, None]).T @ away / total
