"""The first estimate: how likely each region is to be of the subject, before any cut."""

import numpy as np

from cutaway.lite.colours import Doubles, Palette
from cutaway.lite.regions import Flags, Regions
from cutaway.values import Floats

#: How far colours may drift, in Lab, along a way that still counts as one surface.
DRIFT = 7.0
#: Regions nearer than this share of the side count as near, when contrast is looked for.
NEAR = 0.25
#: Colours that differ less than this, in Lab, pull their regions to the same side.
ALIKE = 10.0
#: How much regions pull each other that are not alike at all.
ANYHOW = 0.1
#: How firmly regions that no stroke touches stay undecided.
HELD = 2.0
#: How firmly what is connected to the frame stays background.
FIRMNESS = 5.0
#: Width of the frame whose colours are taken for the background's, as a share of the long side.
FRAME = 0.06
#: How much further apart than this, in nats, two likelihoods lie makes no difference.
UNLIKELY = -25.0

#: What each cue adds, in nats, and the constant: a logistic regression on 44 photographs with
#: ground truth (``bench/lite.py --fit``).
WEIGHTS = np.array([-0.25, 2.7, -7.0, -5.1, 0.54, 0.5])
CONSTANT = -1.1


def estimate(regions: Regions, lab: Floats, palette: Palette, sharpness: Floats) -> Floats:
    """Log-odds of subject against background, shape (rows, columns).

    Parameters
    ----------
    regions, lab, palette
        Of the same picture; ``lab`` has shape (rows, columns, 3).
    sharpness : float32 array, shape (rows, columns)
        Log of how much fine detail there is around each pixel.
    """
    odds = cues(regions, lab, palette, sharpness) @ WEIGHTS + CONSTANT
    return np.asarray(odds[regions.label], np.float32)


def cues(regions: Regions, lab: Floats, palette: Palette, sharpness: Floats) -> Doubles:
    """What speaks for and against each region, shape (n, 6).

    Boundary connectivity and the optimised contrast of Zhu et al., "Saliency optimization from
    robust background detection" (2014); squared distance from the middle across and down; how
    much better the colours of the photo than those of its frame explain the region; sharpness.
    The lower side counts as no frame throughout: subjects often stand on it.
    """
    frame = np.zeros(len(regions.count), bool)
    for side in (regions.label[0], regions.label[:, 0], regions.label[:, -1]):
        frame[side] = True
    between = np.sqrt(((regions.colour[:, None] - regions.colour) ** 2).sum(-1))
    linked = regions.touching | (frame[:, None] & frame)
    np.fill_diagonal(linked, False)
    connectivity = _connectivity(between, linked, frame)
    contrast = _contrast(regions, between, linked, connectivity)
    aside = (regions.place - 0.5) ** 2
    foreign = regions.mean(_foreign(lab, palette))
    sharp = regions.mean(sharpness)
    return np.stack(
        [
            np.log(connectivity + 0.02),
            _stretched(contrast),
            aside[:, 1],
            aside[:, 0],
            (foreign - foreign.mean()) / (foreign.std() + 1e-9),
            sharp - sharp.mean(),
        ],
        -1,
    )


def _connectivity(between: Doubles, linked: Flags, frame: Flags) -> Doubles:
    """How much of each region's surface lies along the frame, against the root of its area.

    Ways lead from region to linked region and cost what their colours differ beyond what
    neighbours usually do; the shortest are found by Floyd and Warshall's algorithm.
    """
    nearest = np.where(linked, between, np.inf).min(1)
    usual = nearest[np.isfinite(nearest)].mean() if np.isfinite(nearest).any() else 0.0
    way = np.where(linked, np.maximum(0, between - usual), np.inf).astype(np.float32)
    np.fill_diagonal(way, 0)
    for over in range(len(way)):
        np.minimum(way, way[:, over, None] + way[over], out=way)
    same = np.exp(-(way**2) / (2 * DRIFT**2), dtype=np.float64)
    return np.asarray(same[:, frame].sum(1) / np.sqrt(same.sum(1)))


def _contrast(regions: Regions, between: Doubles, linked: Flags, connectivity: Doubles) -> Doubles:
    """Contrast to the background near by, evened out over regions of like colours."""
    background = 1 - np.exp(-(connectivity**2) / 2)
    apart = ((regions.place[:, None] - regions.place) ** 2).sum(-1)
    pull = np.exp(-apart / (2 * NEAR**2)) * background
    contrast = _stretched((between * pull).sum(1) / np.maximum(pull.sum(1), 1e-9))
    affinity = _affinity(between, linked)
    affinity[affinity > 0] += ANYHOW
    system = np.diag(affinity.sum(1) + FIRMNESS * background + contrast + 1e-6) - affinity
    return np.asarray(np.linalg.solve(system, contrast))


def _affinity(between: Doubles, linked: Flags) -> Doubles:
    """How strongly regions pull each other, 0..1: those linked, and those linked to the same."""
    steps = linked.astype(np.float32)
    around = linked | (steps @ steps > 0)
    np.fill_diagonal(around, False)
    return np.where(around, np.exp(-(between**2) / (2 * ALIKE**2)), 0)


def _foreign(lab: Floats, palette: Palette) -> Floats:
    """Log-likelihood of each pixel's colour in the whole photo less that in its frame."""
    rows, columns = lab.shape[:2]
    width = max(2, round(FRAME * max(rows, columns)))
    y, x = np.ogrid[:rows, :columns]
    frame = (y < width) | (((x < width) | (x >= columns - width)) & (y < rows * 0.85))
    everywhere = palette.likelihood(palette.weigh(np.ones((rows, columns), np.float32)), 8)
    there = palette.likelihood(palette.weigh(frame.astype(np.float32)), 5)
    foreign = everywhere - np.maximum(there, UNLIKELY)
    return foreign.reshape(rows, columns).astype(np.float32)


def spread(regions: Regions, strokes: Floats) -> Floats:
    """The user's strokes, -1 to 1, spread over regions that are like those they touch.

    Both the strokes and what is returned have the shape (rows, columns).
    """
    touched = regions.mean((strokes != 0).astype(np.float32)) > 0
    if not touched.any():
        return np.zeros_like(strokes)
    wanted = np.sign(regions.mean(strokes))
    between = np.sqrt(((regions.colour[:, None] - regions.colour) ** 2).sum(-1))
    affinity = _affinity(between, regions.touching)
    held = np.where(touched, 1000.0, HELD)
    system = np.diag(affinity.sum(1) + held) - affinity
    wish = np.linalg.solve(system, held * wanted)
    return np.asarray(wish[regions.label], np.float32)


def _stretched(values: Doubles) -> Doubles:
    low, high = values.min(), values.max()
    return np.asarray((values - low) / max(float(high - low), 1e-6))
