"""look: a first look at a cutout, while models that may know better are still asked."""

import numpy as np

from cutaway.refine import enlarged
from cutaway.refining.adjust import Refinement, adjusted
from cutaway.sources import shrunk
from cutaway.values import Mask, Photo
from cutaway.viewing.screen import View

#: Pixels of the longer side, at most.
SIDE = 1000


def first_look(mask: Mask, photo: Photo, refinement: Refinement) -> View:
    """The cutout that a mask alone would give, at the size of a screen.

    Neither the edge nor the colours are worked on: that would cost more than it shows.
    """
    small = shrunk(photo, SIDE)
    alpha = adjusted(enlarged(mask, small), refinement.scaled(small.width / photo.width))
    rgba = small.rgba.copy()
    rgba[..., 3] = alpha if photo.opaque else np.minimum(alpha, rgba[..., 3])
    rgba.view(np.uint32)[..., 0][rgba[..., 3] == 0] = 0
    return View(rgba, photo.width, photo.height, photo.icc)
