"""read: the bytes of a file → a ``Photo``.

Whatever the bytes are, what comes out is a ``Photo`` or a ``CutawayError``, nothing else.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile

from cutaway.errors import CutawayError
from cutaway.pillow import array_of, bands, opened
from cutaway.sniff import format_of
from cutaway.values import Bytes, Photo

#: A photo of this many pixels takes 480 MB, and the whole road fits into WebAssembly's 4 GB.
MAX_PIXELS = 120_000_000
MAX_SIDE = 65_535

#: EXIF orientation → how to turn the picture upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

#: Modes with more than 8 bits a pixel in their one channel.
_DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
#: Modes that Pillow takes to RGBA only by way of another.
_BY_WAY_OF = {"RGBX": "RGB", "CMYK": "RGB", "YCbCr": "RGB", "HSV": "RGB", "La": "LA"}


def read(data: bytes) -> Photo:
    """Decodes a photo: upright, in RGB, with the transparency and ICC profile it had.

    Of an animation the first frame is taken. Sixteen bits become eight. CMYK becomes RGB without
    its profile, which describes inks.

    Parameters
    ----------
    data : bytes
        A JPEG, PNG, WebP, GIF, TIFF or BMP file.

    Raises
    ------
    CutawayError
        ``"empty-file"``, ``"not-an-image"``, ``"unsupported-format"``, ``"truncated"``,
        ``"too-large"`` or ``"broken"``, each with what to do about it.
    """
    format = format_of(data)
    try:
        if format == "WEBP":
            _limit(*_webp_size(data))  # Pillow takes memory for the canvas as soon as it opens one
        with opened(data, format) as image:
            _limit(*image.size)
            return _photo(image, format, len(data))
    except CutawayError:
        raise
    except (Image.DecompressionBombError, MemoryError):
        raise _too_large("more pixels than fit into memory") from None
    except (
        Exception
    ) as error:  # Pillow's decoders raise nearly everything: OSError, SyntaxError, struct.error …
        raise _explained(error, data, format) from error


def _photo(image: ImageFile.ImageFile, format: str, size: int) -> Photo:
    turn = _UPRIGHT.get(_orientation(image))
    image.load()
    icc = _profile(image)
    picture: Image.Image = image if turn is None else image.transpose(turn)
    rgba = _rgba(picture)
    return Photo(rgba, not _transparent(picture) or _alpha_is_full(rgba), icc, format, size)


def _limit(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _too_large(f"{width:,} × {height:,} pixels")
    if max(width, height) > MAX_SIDE:
        raise _too_large(f"a side of {max(width, height):,} pixels")


def _too_large(what: str) -> CutawayError:
    return CutawayError(
        "too-large",
        f"This picture is too large ({what}): up to {MAX_PIXELS // 1_000_000} megapixels and "
        f"{MAX_SIDE:,} pixels a side can be cut out. Make it smaller and try again.",
    )


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height from a WebP header, without Pillow; (0, 0) where they cannot be told."""
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        packed = int.from_bytes(body[1:5], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def _orientation(image: ImageFile.ImageFile) -> int:
    """The EXIF orientation, 1 to 8.

    Only a true EXIF block counts, as in browsers: Pillow's ``getexif`` would also believe XMP and
    ImageMagick's text chunks. TIFF has no such block; Pillow turns it by its own tag when it loads.
    """
    block = image.info.get("exif")
    if not isinstance(block, bytes):
        return 1
    exif = Image.Exif()
    try:
        exif.load(block)
        value = exif.get(ExifTags.Base.Orientation, 1)
    except Exception:  # a damaged block says nothing about the pixels, which may be fine
        return 1
    return value if isinstance(value, int) else 1


def _profile(image: Image.Image) -> bytes | None:
    """The ICC profile if it is one for RGB and the pixels were not converted from inks."""
    icc = image.info.get("icc_profile")
    if not isinstance(icc, bytes) or len(icc) < 128 or image.mode == "CMYK":
        return None
    return icc if icc[16:20] == b"RGB " and icc[36:40] == b"acsp" else None


def _rgba(picture: Image.Image) -> Bytes:
    """The pixels as RGBA, converted band by band so that only one full copy is made."""
    width, height = picture.size
    rgba = np.empty((height, width, 4), np.uint8)
    tone = _tone(picture) if picture.mode in _DEEP else None
    for top, bottom in bands(height, width * 4):
        band = picture.crop((0, top, width, bottom))
        if tone is None:
            rgba[top:bottom] = array_of(_converted(band))
        else:
            rgba[top:bottom, :, :3] = _eight_bits(np.asarray(band), *tone)[..., None]
            rgba[top:bottom, :, 3] = 255
    return rgba


def _converted(band: Image.Image) -> Image.Image:
    if band.mode == "LAB":
        raise CutawayError(
            "unsupported-format",
            "This picture is in Lab colours, which cannot be read here. Save it in RGB instead.",
        )
    key = band.info.get("transparency")
    if isinstance(key, tuple) and max(key) > 255:
        del band.info[
            "transparency"
        ]  # a 16-bit colour key: it names no colour once 8 bits are left
    if band.mode in _BY_WAY_OF:
        band = band.convert(_BY_WAY_OF[band.mode])
    return band.convert("RGBA")


def _tone(picture: Image.Image) -> tuple[float, float]:
    """The values of a deep grey picture that become 0 and 255."""
    if picture.mode.startswith("I;16"):
        return 0.0, 65535.0
    low, high = (float(value) for value in picture.getextrema())  # type: ignore[arg-type]
    full = 1.0 if picture.mode == "F" else 65535.0
    if np.isfinite([low, high]).all() and (low < 0 or high > full):
        return low, max(high, low + 1)  # numbers without a customary range: their own
    return 0.0, full


def _eight_bits(values: NDArray[np.generic], low: float, high: float) -> Bytes:
    scaled = np.nan_to_num(values.astype(np.float32), posinf=high, neginf=low)
    scaled -= np.float32(low)
    scaled *= np.float32(255.0 / (high - low))
    return np.rint(scaled).clip(0, 255).astype(np.uint8)


def _transparent(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info


def _alpha_is_full(rgba: Bytes) -> bool:
    return all(
        (rgba[top:bottom, :, 3] == 255).all() for top, bottom in bands(len(rgba), rgba.shape[1] * 4)
    )


#: What a whole file of a format ends with.
_ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND", "GIF": b";"}


def _explained(error: Exception, data: bytes, format: str) -> CutawayError:
    if "truncated" in str(error).lower() or _cut_short(data, format):
        return CutawayError(
            "truncated",
            f"This {format} file is incomplete: its end is missing. Download or copy it again.",
        )
    return CutawayError(
        "broken",
        f"This {format} file is damaged and cannot be read. Get another copy, or open it in an "
        "image editor and save it anew.",
    )


def _cut_short(data: bytes, format: str) -> bool:
    if format == "WEBP":
        return len(data) < 8 + int.from_bytes(data[4:8], "little")
    if format == "BMP":
        return len(data) < int.from_bytes(data[2:6], "little")
    end = _ENDS.get(format)
    return end is not None and end not in data[-64:]
