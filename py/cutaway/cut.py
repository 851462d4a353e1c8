"""cut: a ``Photo`` and its ``Matte`` → a ``Cutout``."""

import numpy as np

from cutaway.values import Cutout, Matte, Photo


def cut(photo: Photo, matte: Matte) -> Cutout:
    """Puts the matte beside the photo's colours; where it is 0 the colour goes too.

    The photo is not changed.
    """
    rgba = photo.rgba.copy()
    rgba[..., 3] = matte.alpha
    whole = rgba.view(np.uint32)[..., 0]
    whole[matte.alpha == 0] = 0
    return Cutout(rgba, photo.icc)
