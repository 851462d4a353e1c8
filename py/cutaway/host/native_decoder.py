"""What a browser would decode, decoded natively: AVIF by libavif, inks by littlecms."""

from io import BytesIO

from PIL import Image, features

from cutaway.errors import CutawayError
from cutaway.icc import profile_of
from cutaway.pillow import array_of
from cutaway.values import Bytes

_MODULES = {"image/avif": "avif", "image/jpeg": "littlecms2", "image/tiff": "littlecms2"}


class PillowDecoded:
    """A picture decoded by Pillow."""

    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture
        self.width, self.height = picture.size

    def part(self, left: int, top: int, width: int, height: int) -> Bytes:
        box = (left, top, left + width, top + height)
        return array_of(self._picture.crop(box).convert("RGBA"))

    def close(self) -> None:
        self._picture.close()


def decode(data: bytes, mime: str, space: str) -> PillowDecoded:
    """As ``Engine.decode``, for AVIF as it is stored and for inks with a profile."""
    try:
        if mime not in _MODULES or not features.check(_MODULES[mime]):
            raise ValueError(f"no decoder for {mime}")
        picture = Image.open(BytesIO(data))
        picture.load()
        return PillowDecoded(picture if space == "raw" else _converted(picture, space))
    except Exception as error:  # Pillow's decoders raise nearly everything
        raise CutawayError("not-decoded", "This picture could not be decoded.") from error


def _converted(picture: Image.Image, space: str) -> Image.Image:
    from PIL import ImageCms

    source = ImageCms.ImageCmsProfile(BytesIO(picture.info["icc_profile"]))
    target = ImageCms.ImageCmsProfile(BytesIO(profile_of(12 if space == "display-p3" else 1)))
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC  # nearest to what Chromium makes of inks
    converted = ImageCms.profileToProfile(picture, source, target, intent, "RGB")
    assert converted is not None  # only a conversion in place gives nothing
    return converted
