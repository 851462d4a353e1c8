"""Colours from one ICC profile to another, for what is looked at or laid beside a photo.

The photo's own pixels are never converted: they keep their values and their profile.
"""

from functools import lru_cache

import numpy as np

from cutaway.icc import SAMPLES, SRGB, Space, space_of
from cutaway.pillow import bands
from cutaway.values import Bytes, Floats

Rgb = tuple[int, int, int]

#: Entries of the table from light to values. It is entered by the root of the light, which lies
#: about as densely as the values do.
_STEPS = 4096


def understood(icc: bytes | None) -> bool:
    """Whether the colours of a profile can be converted; None is sRGB, which can."""
    return icc is None or space_of(icc) is not None


def to_srgb(pixels: Bytes, icc: bytes | None) -> Bytes:
    """RGB in a profile's colours → sRGB; what sRGB cannot hold becomes the nearest it can.

    ``pixels`` is uint8 of shape (height, width, 3) and comes back as it is where the profile is
    missing, sRGB, or not understood.
    """
    return converted(pixels, icc, None)


def from_srgb(colour: Rgb, icc: bytes | None) -> Rgb:
    """An sRGB colour, each 0 to 255, in a profile's colours; grey where the profile is for grey."""
    red, green, blue = converted(np.array([[colour]], np.uint8), None, icc)[0, 0].tolist()
    return red, green, blue


def converted(pixels: Bytes, source: bytes | None, target: bytes | None) -> Bytes:
    """RGB, uint8 of shape (height, width, 3), from one profile's colours into another's.

    A profile that is None or not understood counts as sRGB. Relative colorimetric, by matrices;
    what the target cannot hold is clipped. Worked through in bands.
    """
    one, other = _space(source), _space(target)
    if source == target or (one.is_srgb and other.is_srgb):
        return pixels
    light = one.curves[:, np.rint(np.linspace(0, SAMPLES - 1, 256)).astype(int)]
    matrix = (np.linalg.inv(other.matrix) @ one.matrix).astype(np.float32)
    if other.grey:  # only how light it is
        matrix = np.tile((SRGB.matrix @ matrix)[1].astype(np.float32), (3, 1))
    values = _values(target)
    result = np.empty(pixels.shape, np.uint8)
    for top, bottom in bands(len(pixels), pixels.shape[1] * 12):
        result[top:bottom] = _band(pixels[top:bottom], light, matrix, values)
    return result


def _band(pixels: Bytes, light: Floats, matrix: Floats, values: Bytes) -> Bytes:
    linear = np.stack([light[channel][pixels[..., channel]] for channel in range(3)], -1)
    seen = linear @ matrix.T
    np.sqrt(seen.clip(0, 1, out=seen), out=seen)
    seen *= np.float32(_STEPS - 1)
    seen += np.float32(0.5)
    places = seen.astype(np.uint16)
    return np.stack([values[channel][places[..., channel]] for channel in range(3)], -1)


def _space(icc: bytes | None) -> Space:
    return SRGB if icc is None else space_of(icc) or SRGB


@lru_cache(maxsize=8)
def _values(icc: bytes | None) -> Bytes:
    """Values, 0 to 255, by the root of the light: shape (3, _STEPS)."""
    light = np.linspace(0, 1, _STEPS) ** 2
    return np.stack(
        [
            np.rint(255 * np.interp(light, curve, np.linspace(0, 1, SAMPLES))).astype(np.uint8)
            for curve in _space(icc).curves
        ]
    )
