"""JPEG, by Pillow's libjpeg."""

from io import BytesIO

from cutaway.encode.pixels import channels
from cutaway.output import Output
from cutaway.pillow import picture_of
from cutaway.values import Picture

#: From this quality on colour has the resolution of brightness (4:4:4), below half of it (4:2:0).
FULL_COLOUR = 90


def jpeg(picture: Picture, output: Output) -> bytes:
    """An opaque picture as a JPEG, grey where it is; small ones are progressive."""
    from PIL import JpegImagePlugin  # noqa: F401  (only where one is wanted: each takes time)

    mode = "L" if picture.grey else "RGB"
    small = output.effort == "small"
    data = BytesIO()
    picture_of(channels(picture.rgba, mode), mode).save(
        data,
        "JPEG",
        quality=output.level,
        subsampling="4:4:4" if output.level >= FULL_COLOUR else "4:2:0",
        optimize=small,
        progressive=small,
        icc_profile=picture.icc or b"",
        exif=b"Exif\0\0" + picture.exif if picture.exif else b"",
        xmp=picture.xmp or b"",
    )
    return data.getvalue()
