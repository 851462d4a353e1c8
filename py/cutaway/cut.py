"""cut: a ``Photo`` and its ``Matte`` → a ``Cutout``."""

import numpy as np

from cutaway.foreground import foreground
from cutaway.values import Cutout, Matte, Photo


def cut(photo: Photo, matte: Matte, decontaminate: float = 1.0) -> Cutout:
    """Puts the matte beside the subject's colours; where it is 0 the colour goes too.

    Where the matte is 255 the colour is the photo's, bit for bit; where it is soft it is the
    subject's as ``foreground`` estimates it, or the photo's with ``decontaminate`` 0. What was
    transparent in the photo never becomes less so. The photo is not changed.
    """
    if photo.alpha is not None:
        matte = Matte(np.minimum(matte.alpha, photo.alpha))
    rgba = foreground(photo, matte, decontaminate)
    rgba[..., 3] = matte.alpha
    whole = rgba.view(np.uint32)[..., 0]
    whole[matte.alpha == 0] = 0
    return Cutout(rgba, photo.icc)
