"""Photos that Pillow cannot read, or not in their colours: the host decodes, this makes a photo.

The pixels arrive part by part and are turned on the way, so that they lie in memory once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from cutaway.errors import CutawayError
from cutaway.host.engine import Decoded, Engine
from cutaway.icc import profile_of
from cutaway.pillow import tiles
from cutaway.reading import heif, sniff
from cutaway.reading.found import Found
from cutaway.reading.headers import jpeg2000_size, jpeg_xl_size
from cutaway.reading.limits import check_size
from cutaway.reading.metadata import orientation_of
from cutaway.reading.tone import tone_curve
from cutaway.reading.upright import Pixels, blank, packed
from cutaway.values import Bytes, Photo

MIME = {
    "AVIF": "image/avif",
    "HEIC": "image/heic",
    "JPEG 2000": "image/jp2",
    "JPEG XL": "image/jxl",
    "JPEG": "image/jpeg",
    "TIFF": "image/tiff",
}
#: Rows and columns that are taken at once: 4 MB.
_PART = (256, 4096)
#: What primaries and a transfer curve of ITU-T H.273 are called.
_P3 = 12
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}

INKS = (
    "The photo's inks (CMYK) were converted to sRGB through their profile: colours beyond sRGB "
    "became the nearest it has."
)
HDR = "This HDR photo was brought to the range of ordinary screens: its highlights are compressed."
DISPLAY_P3 = "This {} was decoded by the browser, in the colours of Display P3."


async def avif(data: bytes, engine: Engine) -> Photo:
    """An AVIF: its colours as they are stored, with their own profile, and straight alpha.

    Raises
    ------
    CutawayError
        ``"broken"``, ``"too-large"`` or ``"unsupported-format"``.
    """
    with _explained("AVIF"):
        still = heif.opened(data)
    check_size(still.width, still.height)
    rgba, stored = blank(still.width, still.height, still.orientation)
    curve = tone_curve(still.transfer)
    await _fill(stored, still.colour, "AVIF", "raw", engine, _coloured(curve))
    if still.alpha is not None:
        await _fill(stored, still.alpha, "AVIF", "raw", engine, _with_alpha(still.premultiplied))
    found = Found(
        format="AVIF",
        size=len(data),
        icc=still.icc or _profile(still.primaries, still.transfer),
        grey=still.channels == 1,
        deep=still.bits > 8,
        frames=still.frames,
        exif=still.exif,
        xmp=still.xmp,
        notices=() if curve is None else (HDR,),
    )
    return found.photo(rgba, still.alpha is not None)


async def shown(data: bytes, format: str, engine: Engine) -> Photo:
    """A picture as the browser shows it, in Display P3: HEIC, JPEG 2000 or JPEG XL.

    Soft alpha has been through a canvas: where it is low its colours are rounded.

    Raises
    ------
    CutawayError
        ``"broken"``, ``"too-large"`` or ``"unsupported-format"``.
    """
    exif = xmp = None
    if format == "HEIC":
        with _explained(format):
            still = heif.opened(data)
        check_size(still.width, still.height)
        exif, xmp = still.exif, still.xmp
    else:
        check_size(*(jpeg_xl_size if format == "JPEG XL" else jpeg2000_size)(data))
    decoded = await _decoded(data, format, "display-p3", engine)
    try:
        check_size(decoded.width, decoded.height)
        rgba, stored = blank(decoded.width, decoded.height, 1)
        _copy(stored, decoded, lambda part, _: packed(part))
    finally:
        decoded.close()
    found = Found(
        format=format,
        size=len(data),
        icc=profile_of(_P3),
        exif=exif,
        xmp=xmp,
        notices=(DISPLAY_P3.format(format),),
    )
    return found.photo(rgba, transparent=True)


async def inks(data: bytes, size: tuple[int, int], found: Found, engine: Engine) -> Photo:
    """A CMYK picture of ``size`` (width, height), converted through its profile by the host.

    Raises
    ------
    CutawayError
        ``"unsupported-format"`` where the host cannot.
    """
    rgba, stored = blank(*size, orientation_of(found.exif))
    # Turned here, and nowhere else: the host must not see how.
    unturned = data.replace(b"Exif\0\0", b"exif\0\0", 1)
    await _fill(stored, unturned, found.format, "srgb", engine, _coloured(None))
    return found.photo(rgba, transparent=False)


#: What becomes of a part that was decoded, given what lies there already.
_Change = Callable[[Bytes, Pixels], Pixels]


async def _fill(
    stored: Pixels, data: bytes, format: str, space: str, engine: Engine, change: _Change
) -> None:
    """Decodes an opaque picture into ``stored``."""
    decoded = await _decoded(data, format, space, engine)
    try:
        if (decoded.height, decoded.width) != stored.shape:
            raise broken(format)
        _copy(stored, decoded, change)
    finally:
        decoded.close()


def _copy(stored: Pixels, decoded: Decoded, change: _Change) -> None:
    for rows, columns in tiles(stored.shape, *_PART):
        width, height = columns.stop - columns.start, rows.stop - rows.start
        part = decoded.part(columns.start, rows.start, width, height)
        stored[rows, columns] = change(part, stored[rows, columns])


def _coloured(curve: Bytes | None) -> _Change:
    def change(part: Bytes, _: Pixels) -> Pixels:
        if part[..., 3].min() < 255:  # a browser out of memory gives nothing, and does not say so
            raise broken("picture")
        if curve is not None:
            part = np.dstack([curve[part[..., :3]], part[..., 3]])
        return packed(part)

    return change


def _with_alpha(premultiplied: bool) -> _Change:
    def change(part: Bytes, there: Pixels) -> Pixels:
        pixels = np.ascontiguousarray(there).view(np.uint8).reshape(*there.shape, 4)
        alpha = part[..., 0]
        if premultiplied:
            scaled = pixels[..., :3] * np.float32(255) / np.maximum(alpha, 1)[..., None]
            pixels[..., :3] = np.rint(scaled).clip(0, 255)
        pixels[..., 3] = alpha
        return packed(pixels)

    return change


async def _decoded(data: bytes, format: str, space: str, engine: Engine) -> Decoded:
    try:
        return await engine.decode(data, MIME[format], space)
    except CutawayError as error:
        if error.code != "not-decoded":
            raise
        raise sniff.not_decoded(format) from error


def _profile(primaries: int, transfer: int) -> bytes | None:
    """A profile for colours that are told by numbers alone; None for sRGB and for the unknown."""
    gamma = _GAMMAS.get(transfer)
    if primaries in (9, _P3) or (primaries == 1 and gamma is not None):
        return profile_of(primaries, gamma)
    return None


@contextmanager
def _explained(format: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, IndexError, KeyError) as error:
        raise broken(format) from error


def broken(format: str) -> CutawayError:
    """``"broken"``, for a file that is damaged or whose end is missing."""
    return CutawayError(
        "broken",
        f"This {format} is damaged or incomplete and cannot be read. Download or copy it again, or "
        "open it in an image editor and save it anew.",
    )
