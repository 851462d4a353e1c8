"""encode: a ``Picture`` → a ``File``, written from raw pixels.

A canvas would store colour multiplied by alpha and lose it where alpha is low. One module a format;
``fit`` says what a format can hold, and ``spread`` is for those that lose something.
"""

from cutaway.encode.avif import avif
from cutaway.encode.fit import fit
from cutaway.encode.jpeg import jpeg
from cutaway.encode.png import mask_png, png
from cutaway.encode.webp import webp
from cutaway.host.engine import Engine
from cutaway.output import PNG, Output
from cutaway.values import Bytes, File, Picture


async def encode(picture: Picture, output: Output, engine: Engine) -> File:
    """The picture as a file that carries its ICC profile, and its metadata where it has any.

    Alpha is straight, and in every format exactly the picture's.

    Raises
    ------
    CutawayError
        ``"too-large"`` where the format has no room for the picture's size, ``"not-opaque"`` for a
        JPEG of a picture that is not, ``"avif-failed"``, or ``"cancelled"``.
    """
    fitted, notices = fit(picture, output)
    match output.format:
        case "image/webp":
            data = webp(fitted, output)
        case "image/jpeg":
            data = jpeg(fitted, output)
        case "image/avif":
            data = await avif(fitted, output, engine)
        case _:
            data = png(fitted, output)
    return File(data, output.format, picture.width, picture.height, notices)


def encode_mask(alpha: Bytes) -> File:
    """A matte, shape (height, width), as an 8-bit grey PNG."""
    height, width = alpha.shape
    return File(mask_png(alpha), PNG, width, height)
