"""The pixels of a picture that Pillow has decoded, whatever its mode, as upright RGBA."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cutaway.errors import CutawayError
from cutaway.pillow import array_of, bands
from cutaway.reading.upright import Pixels, blank, packed
from cutaway.values import Bytes

#: Modes with more than 8 bits a pixel in their one channel.
DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
#: Modes without colour.
GREY = ("1", "L", "LA", "La", *DEEP)
#: Modes that Pillow takes to RGBA only by way of another.
_BY_WAY_OF = {"RGBX": "RGB", "CMYK": "RGB", "YCbCr": "RGB", "HSV": "RGB", "La": "LA"}


def unpacked(picture: Image.Image, orientation: int) -> tuple[Bytes, Pixels]:
    """RGBA, upright, and a view of it as it is stored; see ``upright.blank``.

    Converted band by band, so that only one full copy is made.
    """
    width, height = picture.size
    rgba, stored = blank(width, height, orientation)
    tone = _tone(picture) if picture.mode in DEEP else None
    for top, bottom in bands(height, width * 4):
        band = picture.crop((0, top, width, bottom))
        pixels = array_of(_converted(band)) if tone is None else _from_deep(band, tone)
        stored[top:bottom] = packed(pixels)
    return rgba, stored


def has_alpha(picture: Image.Image) -> bool:
    """Whether a picture may hold clear pixels."""
    return picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info


def is_opaque(rgba: Bytes) -> bool:
    """Whether no pixel is clear at all."""
    return all(
        (rgba[top:bottom, :, 3] == 255).all() for top, bottom in bands(len(rgba), rgba.shape[1] * 4)
    )


def _converted(band: Image.Image) -> Image.Image:
    if band.mode == "LAB":
        raise CutawayError(
            "unsupported-format",
            "This picture is in Lab colours, which cannot be read here. Save it in RGB instead.",
        )
    key = band.info.get("transparency")
    if isinstance(key, tuple) and max(key) > 255:
        # A 16-bit colour key: it names no colour once 8 bits are left.
        del band.info["transparency"]
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


def _from_deep(band: Image.Image, tone: tuple[float, float]) -> Bytes:
    pixels = np.full((band.height, band.width, 4), 255, np.uint8)
    pixels[..., :3] = _eight_bits(np.asarray(band), *tone)[..., None]
    return pixels


def _eight_bits(values: NDArray[np.generic], low: float, high: float) -> Bytes:
    scaled = np.nan_to_num(values.astype(np.float32), posinf=high, neginf=low)
    scaled -= np.float32(low)
    scaled *= np.float32(255.0 / (high - low))
    return np.rint(scaled).clip(0, 255).astype(np.uint8)
