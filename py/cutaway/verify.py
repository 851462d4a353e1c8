"""verify: a ``File`` → a ``Verification``, by decoding what was written and comparing it.

The file is read back by Pillow, which had no part in writing it.
"""

from PIL import Image

from cutaway.errors import CutawayError
from cutaway.pillow import array_of, bands, opened
from cutaway.values import Bytes, Cutout, File, Verification


def verify(file: File, cutout: Cutout) -> Verification:
    """Compares a written PNG with the cutout it was made from.

    Raises
    ------
    CutawayError
        ``"verification-failed"`` when size, alpha, colour (wherever alpha > 0) or profile differ.
    """
    height, width = cutout.rgba.shape[:2]
    try:
        with opened(file.data, "PNG") as picture:
            picture.verify()  # every checksum, and that the file has its end
        with opened(file.data, "PNG") as picture:
            if picture.mode != "RGBA" or picture.size != (width, height):
                raise _failed(f"it is {picture.mode} {picture.size[0]} × {picture.size[1]}")
            picture.load()
            if picture.info.get("icc_profile") != cutout.icc:
                raise _failed("its colour profile differs")
            _compare(picture, cutout.rgba)
    except CutawayError:
        raise
    except Exception as error:  # as in read: a decoder may raise nearly everything
        raise _failed("it cannot be read") from error
    return Verification(alpha="exact", colour="exact", size=True)


def _compare(picture: Image.Image, rgba: Bytes) -> None:
    height, width = rgba.shape[:2]
    for top, bottom in bands(height, width * 4):
        band = picture.crop((0, top, width, bottom))
        if (
            band.tobytes() != rgba[top:bottom].tobytes()
        ):  # nearly always equal, and this is the quickest look
            _compare_closely(array_of(band), rgba[top:bottom])


def _compare_closely(found: Bytes, wanted: Bytes) -> None:
    if (found[..., 3] != wanted[..., 3]).any():
        raise _failed("its transparency differs")
    seen = wanted[..., 3] > 0
    if (found[seen] != wanted[seen]).any():
        raise _failed("its colours differ")


def _failed(how: str) -> CutawayError:
    return CutawayError(
        "verification-failed",
        f"The file that was written does not match the cutout: {how}. It was thrown away. Try "
        "again; if it happens again, please report it.",
    )
