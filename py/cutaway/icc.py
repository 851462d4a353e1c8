"""ICC profiles: what a matrix profile says of its colours, and profiles made from chromaticities.

Only profiles with a matrix and tone curves, and grey ones with a tone curve, are understood
(ICC.1:2022, sections 8.3 and 8.4); one that holds nothing but tables is not.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cutaway.values import Floats

Matrix = NDArray[np.float64]

#: Samples of a tone curve.
SAMPLES = 4096
#: The white that profiles are adapted to.
D50 = np.array([0.9642, 1.0, 0.8249])

#: Primaries of ITU-T H.273 that photographs use, with white D65: x and y of red, green, blue.
PRIMARIES = {
    1: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
_D65 = (0.3127, 0.3290)
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
#: The tone curve of sRGB as ICC writes it: gamma, a, b, c, d.
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
#: How many of the parameters each type of a parametric curve has.
_PARAMETERS = (1, 3, 4, 5, 7)


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """A colour space of three channels.

    Attributes
    ----------
    curves : float32 array, shape (3, SAMPLES)
        Light, 0 to 1, by value, 0 to 1; rising.
    matrix : float64 array, shape (3, 3)
        Takes light to CIE XYZ under D50.
    grey : bool
        True where the profile knows grey alone; the three channels are then one.
    """

    curves: Floats
    matrix: Matrix
    grey: bool = False

    @property
    def is_srgb(self) -> bool:
        """Whether nobody could tell it from sRGB."""
        return not self.grey and bool(
            np.abs(self.matrix - SRGB.matrix).max() < 0.002
            and np.abs(self.curves - SRGB.curves).max() < 0.004
        )


def kind_of(icc: object) -> bytes:
    """What a profile is for: ``b"RGB "``, ``b"GRAY"``, ``b"CMYK"``, …; ``b""`` for no profile."""
    if not isinstance(icc, bytes) or len(icc) < 128 or icc[36:40] != b"acsp":
        return b""
    return icc[16:20]


@lru_cache(maxsize=16)
def space_of(icc: bytes) -> Space | None:
    """What a profile says; None when it is damaged, or made of tables alone."""
    try:
        return _grey(icc) if kind_of(icc) == b"GRAY" else _coloured(icc)
    except (ValueError, struct.error, KeyError, np.linalg.LinAlgError, OverflowError):
        return None


@lru_cache(maxsize=8)
def profile_of(primaries: int, gamma: float | None = None) -> bytes:
    """A profile for primaries of ITU-T H.273, with the curve of sRGB or a plain gamma."""
    curve = (3, *_SRGB_CURVE) if gamma is None else (0, gamma)
    parameters = curve[1:]
    trc = struct.pack(f">4s4xHxx{len(parameters)}i", b"para", curve[0], *map(_fixed, parameters))
    matrix = _adapted(PRIMARIES[primaries])
    name = {1: "sRGB", 9: "Rec. 2020", 12: "Display P3"}[primaries]
    tags = {
        b"desc": _text(name if gamma is None else f"{name}, gamma {gamma:g}"),
        b"cprt": _text("No copyright"),
        b"wtpt": _xyz(D50),
        b"chad": struct.pack(">4s4x9i", b"sf32", *map(_fixed, _adaptation().ravel())),
        **{
            name: _xyz(column)
            for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), matrix.T, strict=True)
        },
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), trc),
    }
    return _assembled(tags)


def _coloured(icc: bytes) -> Space:
    tags = _tags(icc)
    columns = [_read_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    matrix = np.array(columns).T
    if abs(np.linalg.det(matrix)) < 1e-4:
        raise ValueError("the primaries lie on a line")
    curves = np.stack([_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC")])
    return Space(curves, matrix)


def _grey(icc: bytes) -> Space:
    curve = _curve(_tags(icc)[b"kTRC"])
    return Space(np.stack([curve] * 3), SRGB.matrix, grey=True)


def _tags(icc: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", icc, 128)
    if count > 256:
        raise ValueError("too many tags")
    entries = [struct.unpack_from(">4sII", icc, 132 + 12 * number) for number in range(count)]
    return {name: icc[start : start + length] for name, start, length in entries}


def _read_xyz(tag: bytes) -> tuple[float, ...]:
    kind, *values = struct.unpack_from(">4s4x3i", tag)
    if kind != b"XYZ ":
        raise ValueError("not a colour")
    return tuple(value / 65536 for value in values)


def _curve(tag: bytes) -> Floats:
    values = np.linspace(0, 1, SAMPLES)
    if tag[:4] == b"para":
        (kind,) = struct.unpack_from(">H", tag, 8)
        count = _PARAMETERS[kind] if kind < len(_PARAMETERS) else 0
        light = _parametric([each / 65536 for each in struct.unpack_from(f">{count}i", tag, 12)])
    elif tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count > 65536:
            raise ValueError("a curve that long is none")
        table = np.frombuffer(tag, ">u2", count, 12).astype(float)
        if count == 0:
            light = values
        elif count == 1:
            light = values ** (table[0] / 256)
        else:
            light = np.interp(values, np.linspace(0, 1, count), table / 65535)
    else:
        raise ValueError("not a curve")
    rising = np.maximum.accumulate(np.nan_to_num(light).clip(0, 1))
    if rising[-1] - rising[0] < 0.1:
        raise ValueError("a curve that does not rise")
    return rising.astype(np.float32)


def _parametric(given: list[float]) -> NDArray[np.float64]:
    """Types 0 to 4: what a type leaves out is 0."""
    values = np.linspace(0, 1, SAMPLES)
    gamma, a, b, c, d, e, f = (given + [0.0] * 7)[:7]
    if len(given) == 1:
        return values**gamma
    if len(given) < 5:  # the line is level, up to where the curve begins
        e, f, c, d = c, c, 0.0, (-b / a if a else 0.0)
    base = (a * values + b).clip(0)
    return np.where(values >= d, base**gamma + e, c * values + f)


def _adapted(primaries: tuple[tuple[float, float], ...]) -> Matrix:
    """From light to XYZ under D50, by Bradford's adaptation from D65."""
    columns = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]).T
    x, y = _D65
    scale = np.linalg.solve(columns, (x / y, 1.0, (1 - x - y) / y))
    return np.asarray(_adaptation() @ (columns * scale))


def _adaptation() -> Matrix:
    x, y = _D65
    cones = (_BRADFORD @ D50) / (_BRADFORD @ np.array([x / y, 1.0, (1 - x - y) / y]))
    return np.asarray(np.linalg.inv(_BRADFORD) @ np.diag(cones) @ _BRADFORD)


def _fixed(value: float) -> int:
    return round(value * 65536)


def _xyz(values: NDArray[np.float64]) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *map(_fixed, values))


def _text(text: str) -> bytes:
    """Text in one language, English."""
    encoded = text.encode("utf-16-be")
    return struct.pack(">4s4xII2s2sII", b"mluc", 1, 12, b"en", b"US", len(encoded), 28) + encoded


def _assembled(tags: dict[bytes, bytes]) -> bytes:
    """Version 4.3, for displays; equal contents are stored once."""
    body, table, places = b"", b"", dict[bytes, int]()
    start = 132 + 12 * len(tags)
    for name, content in tags.items():
        if content not in places:
            places[content] = start + len(body)
            body += content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, places[content], len(content))
    white = struct.pack(">3i", *map(_fixed, D50))
    kind = (b"mntr", b"RGB ", b"XYZ ")
    date = (2026, 1, 1, 0, 0, 0)
    header = struct.pack(
        ">I4xI4s4s4s6H4s28x12s48x", start + len(body), 0x04300000, *kind, *date, b"acsp", white
    )
    return header + struct.pack(">I", len(tags)) + table + body


SRGB = Space(
    np.stack([_parametric(list(_SRGB_CURVE)).astype(np.float32)] * 3), _adapted(PRIMARIES[1])
)
