"""AVIF: pixels by the engine's encoder, everything around them by ``isobmff``.

In the browser libavif runs in a worker of its own, natively Pillow has it.
"""

import numpy as np

from cutaway.encode.isobmff import extended
from cutaway.encode.pixels import spread
from cutaway.host.engine import Engine
from cutaway.output import Output
from cutaway.values import Bytes, Picture, Words

#: libavif's speed by effort, 0 to 10. At 12 megapixels 9 takes two thirds of the time of 8 and
#: makes files 8 % larger; 6 takes four times as long as 9 and makes them 14 % smaller.
SPEEDS = {"quick": 9, "small": 7}


async def avif(picture: Picture, output: Output, engine: Engine) -> bytes:
    """The picture as an AVIF with colour at full resolution (4:4:4) and lossless alpha."""
    data = await engine.encode_avif(
        _pixels(picture.rgba, output), _quality(output), SPEEDS[output.effort]
    )
    return extended(data, picture.icc, picture.exif, picture.xmp)


def _pixels(rgba: Bytes, output: Output) -> Bytes | Words:
    if output.exact:
        return rgba
    return _ten_bits(spread(rgba)) if output.depth == 10 else spread(rgba)


def _quality(output: Output) -> int:
    """To the encoder 100 means lossless, with another kind of colour."""
    return 100 if output.exact else min(output.level, 99)


def _ten_bits(rgba: Bytes) -> Words:
    """The same values in 0 to 1023."""
    wide = rgba.astype(np.uint16)
    wide <<= 2
    wide |= rgba >> 6
    return wide
