"""WebP, by Pillow's libwebp.

Of its methods 0 is the quickest; 1 takes twice as long for a lossy file that is a fifth smaller,
and whose alpha costs what a sample of it foretells.
Without loss 1 costs little more time and saves a third. Alpha is always lossless.
``exact`` keeps libwebp from changing the colour of transparent pixels: ``spread`` has done what is
useful there.
"""

from io import BytesIO

from cutaway.encode.pixels import spread
from cutaway.output import Output
from cutaway.pillow import picture_of
from cutaway.values import Picture

#: libwebp's method by effort.
METHODS = {"quick": 1, "small": 4}
LOSSLESS_METHODS = {"quick": 1, "small": 4}
#: In a lossless file the quality is how hard libwebp tries.
LOSSLESS_EFFORT = {"quick": 20, "small": 75}


def webp(picture: Picture, output: Output) -> bytes:
    """The picture as a WebP."""
    from PIL import WebPImagePlugin  # noqa: F401  (only where one is wanted: each takes time)

    rgba = picture.rgba if output.exact else spread(picture.rgba)
    data = BytesIO()
    picture_of(rgba, "RGBA").save(
        data,
        "WEBP",
        lossless=output.exact,
        quality=LOSSLESS_EFFORT[output.effort] if output.exact else output.level,
        method=(LOSSLESS_METHODS if output.exact else METHODS)[output.effort],
        exact=True,
        icc_profile=picture.icc or b"",
        exif=picture.exif or b"",
        xmp=picture.xmp or b"",
    )
    return data.getvalue()
