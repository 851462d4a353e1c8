"""What can be had of a file whose end is missing.

Decoders fill what they lack with one colour. There the photo becomes clear, since nothing is known
about it, and a clear place stays clear in the cutout.
"""

import numpy as np

from cutaway.pillow import bands
from cutaway.reading.headers import gif_is_interlaced
from cutaway.reading.upright import Pixels

#: What libjpeg leaves where it got nothing: grey in the middle, as a pixel of four bytes.
_MID_GREY = 0xFF808080


def can_salvage(data: bytes, format: str) -> bool:
    """Whether the rows of such a file come one after the other, so that the first can be had.

    Interlaced ones do not, and a WebP is decoded as a whole or not at all.
    """
    if format == "PNG":
        return data[28:29] == b"\0"
    if format == "GIF":
        return not gif_is_interlaced(data)
    return format in ("JPEG", "TIFF", "BMP")


def clear_missing(stored: Pixels, format: str) -> bool:
    """Clears what a decoder has filled in; whether anything of the photo is left.

    ``stored`` is the picture as it is stored: what is missing lies at its end. ``format`` is
    ``"CMYK"`` for a JPEG of inks, which is filled with another colour. From there upwards
    each column is clear for as long as it holds nothing but the filling.
    """
    rows = stored[::-1] if format != "BMP" else stored  # a BMP begins with its last row
    filling = _MID_GREY if format == "JPEG" else int(rows[0, -1])
    missing = np.ones(rows.shape[1], bool)
    for top, bottom in bands(len(rows), rows.shape[1] * 4):
        band = rows[top:bottom]
        filled = np.logical_and.accumulate(band == filling, axis=0) & missing
        band[filled] = 0
        missing = filled[-1]
        if not missing.any():
            return True
    return not missing.all()
