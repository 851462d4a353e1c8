"""AVIF natively, by Pillow's libavif."""

from io import BytesIO

import numpy as np
from PIL import features

from cutaway.errors import CutawayError
from cutaway.pillow import picture_of
from cutaway.values import Bytes, Words


def encode(pixels: Bytes | Words, quality: int, speed: int) -> bytes:
    """As ``Engine.encode_avif``; Pillow knows neither 10 bits nor lossless colour."""
    narrow = np.asarray(pixels, np.uint8) if pixels.dtype == np.uint8 else None
    if narrow is None or quality == 100 or not features.check("avif"):
        raise CutawayError(
            "avif-failed",
            "Without a browser an AVIF has 8 bits and lossy colour. Choose that, or a lossless "
            "WebP or a PNG.",
        )
    data = BytesIO()
    picture_of(narrow, "RGBA").save(
        data,
        "AVIF",
        quality=quality,
        speed=speed,
        subsampling="4:4:4",
        advanced={"alpha:lossless": "1"},
    )
    return data.getvalue()
