"""fuse: masks of one photo by several models → one ``Mask``.

Models err in different places: on 196 photographs with ground truth the plain mean of ISNet at 768
and U²-Netp had an IoU of .895, where alone they had .879 and .871.
"""

import numpy as np
from PIL import Image

from cutaway.values import Mask


def fuse(masks: tuple[Mask, ...]) -> Mask:
    """The mean of the masks, at the size of the largest one.

    Smaller masks are enlarged as floats with half-pixel centres, as in ``refine``.
    """
    if len(masks) == 1:
        return masks[0]
    rows, columns = max((mask.values.shape for mask in masks), key=lambda shape: shape[0])
    total = np.zeros((rows, columns), np.float32)
    for mask in masks:
        picture = Image.fromarray(mask.values)
        total += np.asarray(picture.resize((columns, rows), Image.Resampling.BICUBIC))
    total /= np.float32(len(masks))
    np.clip(total, 0, 1, out=total)
    return Mask(total)
