"""cut: a ``Photo`` and its ``Matte`` → a ``Cutout``."""

import numpy as np

from cutaway.foreground import Estimate, foreground
from cutaway.values import Cutout, Matte, Photo


def cut(
    photo: Photo,
    matte: Matte,
    decontaminate: float = 1.0,
    adjusted: Matte | None = None,
    estimate: Estimate | None = None,
) -> Cutout:
    """Puts the matte beside the subject's colours; where it is 0 the colour goes too.

    Where the matte is 255 the colour is the photo's, bit for bit; where it is soft it is the
    subject's as ``foreground`` estimates it, or the photo's with ``decontaminate`` 0. What was
    transparent in the photo never becomes less so. The photo is not changed.

    ``adjusted`` is the matte with the controls of the edge: it becomes the cutout's, while the
    colours go by the one before them, which tells how they are mixed. ``estimate`` is of these two,
    where there is one already.
    """
    alpha = matte.alpha if adjusted is None else adjusted.alpha
    if photo.alpha is not None:
        alpha = np.minimum(alpha, photo.alpha)
    rgba = foreground(photo, matte, decontaminate, alpha, estimate)
    rgba[..., 3] = alpha
    whole = rgba.view(np.uint32)[..., 0]
    whole[alpha == 0] = 0
    return Cutout(rgba, photo.icc)
