"""HDR to the range of ordinary screens.

What HDR means by white stays white up to half of its light; above that highlights are compressed
more and more, and none is cut off.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cutaway.values import Bytes

#: Transfer curves of ITU-T H.273: perceptual quantizer and hybrid log-gamma.
PQ, HLG = 16, 18
#: The light of white in HDR, in cd/m² (ITU-R BT.2408), and as HLG's own share.
_WHITE = 203.0
_HLG_WHITE = 0.265
#: Above this share of white highlights are compressed.
_KNEE = 0.5


@lru_cache(maxsize=2)
def tone_curve(transfer: int) -> Bytes | None:
    """Values of an HDR picture → values of an sRGB curve: uint8, shape (256,); None if not HDR."""
    values = np.linspace(0, 1, 256)
    if transfer == PQ:
        light = _from_pq(values) / _WHITE
    elif transfer == HLG:
        light = _from_hlg(values) / _HLG_WHITE
    else:
        return None
    above = np.maximum(light - _KNEE, 0) / (1 - _KNEE)
    seen = np.where(light > _KNEE, 1 - (1 - _KNEE) * np.exp(-above), light)
    encoded = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    curve: Bytes = np.rint(255 * encoded).astype(np.uint8)
    return curve


def _from_pq(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084: values, 0 to 1, to cd/m²."""
    root = values ** (32 / 2523)
    light = np.maximum(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)
    return np.asarray(10_000 * light ** (8192 / 1305))


def _from_hlg(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """ITU-R BT.2100: values, 0 to 1, to the light of the scene, 0 to 1."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)
