"""read: the bytes of a file → a ``Photo``.

Whatever the bytes are, what comes out is a ``Photo`` or a ``CutawayError``, nothing else.
"""

from dataclasses import replace

from PIL import Image, ImageFile

from cutaway.errors import CutawayError
from cutaway.host.engine import Engine
from cutaway.icc import kind_of
from cutaway.pillow import READABLE, load, opened
from cutaway.reading import decoding
from cutaway.reading.found import Found
from cutaway.reading.headers import gif_frames, tiff_pages, webp_size
from cutaway.reading.limits import check_bytes, check_size, too_large
from cutaway.reading.metadata import exif_of_tiff, orientation_of
from cutaway.reading.salvage import can_salvage, clear_missing
from cutaway.reading.sniff import format_of, not_decoded
from cutaway.reading.unpack import DEEP, GREY, has_alpha, unpacked
from cutaway.values import Photo

PLAIN_INKS = (
    "The photo's inks (CMYK) were converted to sRGB by a plain formula, without a profile: its "
    "colours are about right."
)


async def read_any(data: bytes, engine: Engine, salvage: bool = False) -> Photo:
    """Decodes a photo: upright, with the transparency and ICC profile it had.

    What Pillow cannot read the engine's host decodes. Of an animation the first frame is taken.
    Sixteen bits become eight. CMYK becomes sRGB, through its profile where it has one.

    Parameters
    ----------
    data : bytes
        A picture's file.
    engine : Engine
        Whose host decodes what Pillow cannot.
    salvage : bool
        Take what there is of a file whose end is missing; the rest of the photo is clear.

    Raises
    ------
    CutawayError
        ``"empty-file"``, ``"not-an-image"``, ``"unsupported-format"``, ``"truncated"`` (with
        ``salvage`` a part may be had), ``"too-large"`` or ``"broken"``, each with what to do.
    """
    check_bytes(len(data))
    format = format_of(data)
    if format == "AVIF":
        return await decoding.avif(data, engine)
    if format not in READABLE:
        return await decoding.shown(data, format, engine)
    if format in decoding.MIME and (photo := await _inks(data, format, engine)):
        return photo
    return read(data, salvage)


def read(data: bytes, salvage: bool = False) -> Photo:
    """As ``read_any``, of what Pillow reads alone; of CMYK the profile is not used."""
    check_bytes(len(data))
    format = format_of(data)
    if format not in READABLE:
        raise not_decoded(format)
    try:
        return _read(data, format)
    except CutawayError as error:
        if error.code != "truncated" or not salvage:
            raise
    return _read(data, format, salvage=True)


def _read(data: bytes, format: str, salvage: bool = False) -> Photo:
    begun = False
    try:
        if format == "WEBP":
            check_size(*webp_size(data))  # Pillow takes memory as soon as it opens one
        with opened(data, format) as image:
            check_size(*image.size)
            begun = can_salvage(data, format) and not salvage
            deep = _is_deep(image, data, format)
            load(image, salvage)
            found = _found(image, data, format, deep)
            rgba, stored = unpacked(image, orientation_of(image.info.get("exif")))
            transparent, inks = has_alpha(image), image.mode == "CMYK"
    except CutawayError:
        raise
    except (Image.DecompressionBombError, MemoryError):
        raise too_large("more pixels than fit into memory") from None
    except Exception as error:  # Pillow's decoders raise nearly everything
        raise _explained(error, data, format, begun) from error
    if not salvage:
        return found.photo(rgba, transparent)
    if not clear_missing(stored, "CMYK" if inks else format):
        raise decoding.broken(format)
    return replace(found, salvaged=True).photo(rgba, transparent=True)


async def _inks(data: bytes, format: str, engine: Engine) -> Photo | None:
    """A CMYK picture through its profile; None for any other, and where the host cannot."""
    try:
        with opened(data, format) as image:
            inks = image.mode == "CMYK" and kind_of(image.info.get("icc_profile")) == b"CMYK"
            if not inks or _cut_short(data, format):
                return None
            check_size(*image.size)
            size = image.size
            found = _found(image, data, format, deep=False, converted=decoding.INKS)
        return await decoding.inks(data, size, found, engine)
    except CutawayError as error:
        if error.code == "too-large":
            raise
    except Exception:  # whatever is wrong, reading it the plain way says it better
        pass
    return None


def _found(
    image: ImageFile.ImageFile, data: bytes, format: str, deep: bool, converted: str = PLAIN_INKS
) -> Found:
    info, inks = image.info, image.mode == "CMYK"
    frames = {"GIF": gif_frames, "TIFF": tiff_pages}.get(format)
    return Found(
        format=format,
        size=len(data),
        icc=None if inks else info.get("icc_profile"),
        grey=image.mode in GREY,
        deep=deep,
        frames=frames(data) if frames else _frames(image, format),
        exif=exif_of_tiff(image) if format == "TIFF" else info.get("exif"),
        xmp=_xmp(info),
        notices=(converted,) if inks else (),
    )


def _frames(image: ImageFile.ImageFile, format: str) -> int:
    """Frames of an animated PNG or WebP; a JPEG's second picture is no frame."""
    return int(getattr(image, "n_frames", 1)) if format in ("PNG", "WEBP") else 1


def _xmp(info: dict[str | tuple[int, int], object]) -> object:
    """XMP as each of Pillow's formats gives it."""
    text = info.get("XML:com.adobe.xmp")
    return text.encode() if isinstance(text, str) else info.get("xmp")


def _is_deep(image: ImageFile.ImageFile, data: bytes, format: str) -> bool:
    """Whether a channel has more than 8 bits; Pillow's mode tells it of grey alone."""
    if format == "PNG":
        return data[24] == 16
    if format == "TIFF":
        bits = image.tag_v2.get(258, (8,))  # type: ignore[attr-defined]
        return any(each > 8 for each in (bits if isinstance(bits, tuple) else (bits,)))
    return image.mode in DEEP


#: What a whole file of a format ends with.
_ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND", "GIF": b";"}


def _explained(error: Exception, data: bytes, format: str, begun: bool) -> CutawayError:
    """``begun`` tells whether a part may be had of a file whose end is missing."""
    if begun and ("truncated" in str(error).lower() or _cut_short(data, format)):
        return CutawayError(
            "truncated",
            f"This {format} file is incomplete: its end is missing. Download or copy it again, or "
            "use what is there.",
        )
    return decoding.broken(format)


def _cut_short(data: bytes, format: str) -> bool:
    if format == "BMP":
        return len(data) < int.from_bytes(data[2:6], "little")
    end = _ENDS.get(format)
    return end is not None and end not in data[-64:]
