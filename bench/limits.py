"""How good a cutout's colours could be at most, with the alpha that it has."""

import numpy as np

from bench.colours import PLAIN, blotches, composited_error
from bench.measures import Flags
from cutaway.values import Bytes


def least_error(alpha: Bytes, truth: Bytes, colours: Bytes, counts: Flags) -> float:
    """``composited_error`` of this alpha with the colours that suit it best.

    They are worked out from the truth, pixel by pixel, by least squares over the backgrounds:
    ``αF + (1 − α)B`` nearest to the true cutout on all of them. No estimate of colours that has
    but the photo and this alpha can be expected to come close.

    Parameters
    ----------
    alpha, truth : uint8 arrays, shape (height, width)
        The cutout's alpha, and the true one.
    colours : uint8 array, shape (height, width, 3)
        ``colours.reference``.
    counts : bool array, shape (height, width)
    """
    plain = np.sum(list(PLAIN.values()), axis=0, dtype=np.float32)
    ground = (plain + blotches(*alpha.shape)) / np.float32(len(PLAIN) + 1)
    own, true = (each[..., None] / np.float32(255) for each in (alpha, truth))
    wanted = true * colours + (own - true) * ground
    best = np.clip(wanted / np.maximum(own, 1e-3) + np.float32(0.5), 0, 255).astype(np.uint8)
    return composited_error(np.dstack([best, alpha]), truth, colours, counts)
