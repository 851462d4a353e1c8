"""likeness: how like a picture a lossy file of it is, and whether that is as it should be.

Looked at are all pixels that are neither clear nor opaque (the whole edge) and one in 64 of the
opaque ones, strip by strip, each weighed by its alpha. Three things are asked of every strip:

- **Error.** The mean error may be what the quality makes it, and more where neighbouring pixels
  differ, because that is what these formats give up: ``allowance``.
- **Bias.** Errors of a photograph are about as often above as below. Colours must not be shifted to
  one side; only where there are more edges than in photographs, as in drawings of thin lines, is
  that what these formats do.
- **Fringe.** If colours had been multiplied by alpha, the error of a soft pixel would be the share
  ``1 - alpha`` of its colour. The share that fits the errors best (least squares) is 0 for straight
  and 1 for multiplied colours, and between them where an edge has become dark.

The limits are about twice the worst that was measured over the evaluation's photographs at each
quality (docs/files.md).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutaway.values import Bytes, Floats

#: Every so many rows and columns one pixel is looked at.
GRID = 8
#: Activity, the sum of all channels' differences to the right and below, that a photograph has.
PHOTOGRAPHIC = 60
#: Soft pixels that a strip needs before they are judged.
ENOUGH = 64
#: Share of the compared values that the told figure covers.
SHARE = 0.99


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a quality, 1 to 100, may cost: levels of 255, and for ``fringe`` a share."""

    error: float
    for_activity: float
    bias: float
    fringe: float

    @classmethod
    def of(cls, quality: int) -> "Allowance":
        lost = 100 - quality
        return cls(4 + lost / 8, 0.2, 4 + lost / 12 + 20 / quality, 0.15 + 0.003 * lost)


class Likeness:
    """Compares strip by strip; ``trouble`` says what is wrong with a strip, or nothing."""

    def __init__(self, wanted: Bytes, quality: int) -> None:
        self._wanted = wanted
        self._allowance = Allowance.of(quality)
        self._counts = np.zeros(256, np.int64)

    @property
    def within(self) -> int:
        """Levels by which 99 of 100 compared values differ at most."""
        total = self._counts.sum()
        return int(np.searchsorted(np.cumsum(self._counts), SHARE * total)) if total else 0

    def trouble(self, found: Bytes, top: int) -> str:
        """Looks at a strip that begins at row ``top``; empty where it is as it should be."""
        rows, columns = self._sample(top, len(found))
        if not len(rows):
            return ""
        wanted = self._wanted[rows + top, columns].astype(np.float32)
        weight = wanted[:, 3:] / 255
        error = found[rows, columns, :3] - wanted[:, :3]
        activity = self._activity(rows + top, columns, wanted[:, :3])
        size = np.abs(error) * weight
        self._counts += np.bincount(np.rint(size).astype(np.uint8).ravel(), minlength=256)
        allowed = self._allowance
        mean = size.sum() / (3 * weight.sum())
        if mean > allowed.error + allowed.for_activity * activity.mean():
            return f"its colours differ by {mean:.0f} of 255"
        bias = np.abs((error * weight).sum(0) / weight.sum()).max()
        if bias > allowed.bias + max(0, activity.mean() - PHOTOGRAPHIC) / 2:
            return f"its colours are shifted by {bias:.0f} of 255"
        soft = (wanted[:, 3] > 0) & (wanted[:, 3] < 255)
        if soft.sum() >= ENOUGH:
            share = _fringe(wanted[soft], error[soft])
            if share > allowed.fringe + activity[soft].mean() / 1200:
                return "its soft edge is dark, as if its colours had been multiplied by alpha"
        return ""

    def _sample(self, top: int, height: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows within the strip and columns of what is looked at."""
        alpha = self._wanted[top : top + height, :, 3]
        chosen = (alpha > 0) & (alpha < 255)
        chosen[::GRID, ::GRID] |= alpha[::GRID, ::GRID] == 255
        rows, columns = np.nonzero(chosen)
        return rows, columns

    def _activity(
        self, rows: NDArray[np.intp], columns: NDArray[np.intp], colours: Floats
    ) -> Floats:
        """How much each pixel differs from those to its right and below, over all channels."""
        height, width = self._wanted.shape[:2]
        right = self._wanted[rows, np.minimum(columns + 1, width - 1), :3]
        below = self._wanted[np.minimum(rows + 1, height - 1), columns, :3]
        activity: Floats = (np.abs(right - colours) + np.abs(below - colours)).sum(1)
        return activity


def _fringe(wanted: Floats, error: Floats) -> float:
    """The share of multiplying by alpha that is in the errors, less three standard errors."""
    lack = wanted[:, :3] * (1 - wanted[:, 3:] / 255)
    total = float((lack * lack).sum())
    if total == 0:  # black stays black
        return 0.0
    share = -float((error * lack).sum()) / total
    rest = error + share * lack
    return share - 3 * float(np.sqrt((rest * rest).mean() / total))
