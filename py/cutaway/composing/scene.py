"""What stands around the subject: a background, a shadow, a frame; checked before anything is done.

Colours are sRGB as ``"#rrggbb"``. Angles are degrees, 0 upwards, clockwise.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from cutaway.errors import CutawayError

#: Red, green and blue, 0 to 255.
Rgb = tuple[int, int, int]

#: The most pixels a side of a picture may have, and all of it.
MAX_SIDE = 20_000
MAX_PIXELS = 120_000_000


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour everywhere."""

    rgb: Rgb


@dataclass(frozen=True, slots=True)
class Gradient:
    """Even steps from one colour to another, from edge to edge of the picture along ``angle``."""

    start: Rgb
    end: Rgb
    angle: float


@dataclass(frozen=True, slots=True)
class OwnImage:
    """A picture of its own, by its file's bytes, scaled to cover."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Blur:
    """The photo's own background, blurred; ``radius`` in pixels of the photo, 0 to 200."""

    radius: float


Background = Colour | Gradient | OwnImage | Blur


@dataclass(frozen=True, slots=True)
class Shadow:
    """A shadow of the subject.

    Attributes
    ----------
    kind : str
        ``"drop"``: of the whole subject, as on a wall behind it. ``"contact"``: of its foot, as on
        the ground it stands on.
    angle : float
        Where it falls to.
    distance, blur : float
        0 to 50 % of the subject's longer side: how far it falls, and how soft it is.
    opacity : float
        0 to 1.
    colour : Rgb
    """

    kind: str
    angle: float
    distance: float
    blur: float
    opacity: float
    colour: Rgb


@dataclass(frozen=True, slots=True)
class Frame:
    """What of the photo the picture shows, and how large.

    Attributes
    ----------
    crop : str
        ``"photo"`` or ``"subject"``.
    aspect : (float, float) or None
        Width and height in proportion; None is the photo's.
    margin : float
        0 to 0.45: the share of the picture's side that stays free at each side of the subject.
    width, height : int or None
        Pixels of the picture. One alone gives the other by the aspect; both give the aspect.
    """

    crop: str = "photo"
    aspect: tuple[float, float] | None = None
    margin: float = 0.0
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands around the subject; nothing by default."""

    background: Background | None = None
    shadow: Shadow | None = None
    frame: Frame | None = None

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "Scene":
        """From a mapping of ``background``, ``shadow`` and ``frame``; None or missing is none.

        Raises
        ------
        CutawayError
            ``"bad-option"``.
        """
        _only(mapping, [field.name for field in fields(cls)], "scene")
        background, shadow, frame = (
            mapping.get(name) for name in ("background", "shadow", "frame")
        )
        return cls(
            None if background is None else _background(background),
            None if shadow is None else _shadow(shadow),
            None if frame is None else _frame(frame),
        )

    def to_dict(self) -> dict[str, Any]:
        """As callers give it; the bytes of an image are told as their number."""
        return {
            "background": _told_background(self.background),
            "shadow": _told_shadow(self.shadow),
            "frame": _told_frame(self.frame),
        }


def rgb_of(value: Any, name: str) -> Rgb:
    """Red, green and blue of ``"#rrggbb"``; ``CutawayError`` ``"bad-option"``."""
    if not (isinstance(value, str) and re.fullmatch("#[0-9a-fA-F]{6}", value)):
        raise _bad(f"“{name}” takes a colour such as “#ffffff”, not {value!r}.")
    red, green, blue = bytes.fromhex(value[1:])
    return red, green, blue


def _background(given: Any) -> Background:
    if isinstance(given, str):
        return Colour(rgb_of(given, "background"))
    if isinstance(given, bytes):
        return OwnImage(given)
    kinds = {
        "colour": ("colour",),
        "gradient": ("from", "to", "angle"),
        "image": ("image",),
        "blur": ("radius",),
    }
    kind = _kind(given, "background", kinds)
    if kind == "colour":
        return Colour(rgb_of(given.get("colour"), "colour"))
    if kind == "gradient":
        start, end = (rgb_of(given.get(name), name) for name in ("from", "to"))
        return Gradient(start, end, _number(given, "angle", 180, -360, 360))
    if kind == "blur":
        return Blur(_number(given, "radius", 20, 0, 200))
    if not isinstance(given.get("image"), bytes):
        raise _bad("A background of the kind “image” needs an image file.")
    return OwnImage(given["image"])


#: Where no more is said: a drop shadow down to the right, a contact shadow right below.
_SHADOWS: dict[str, dict[str, float]] = {
    "drop": {"angle": 135, "distance": 3, "blur": 3, "opacity": 0.35},
    "contact": {"angle": 180, "distance": 0, "blur": 2, "opacity": 0.45},
}


def _shadow(given: Any) -> Shadow:
    names = ("angle", "distance", "blur", "opacity", "colour")
    kind = _kind(given, "shadow", dict.fromkeys(_SHADOWS, names))
    usual = _SHADOWS[kind]
    return Shadow(
        kind,
        _number(given, "angle", usual["angle"], -360, 360),
        _number(given, "distance", usual["distance"], 0, 50),
        _number(given, "blur", usual["blur"], 0, 50),
        _number(given, "opacity", usual["opacity"], 0, 1),
        rgb_of(given["colour"], "colour") if given.get("colour") is not None else (0, 0, 0),
    )


def _frame(given: Any) -> Frame:
    if not isinstance(given, Mapping):
        raise _bad("The option “frame” takes names with values, such as “crop: subject”.")
    _only(given, [field.name for field in fields(Frame)], "frame")
    crop = given.get("crop") or "photo"
    if crop not in ("photo", "subject"):
        raise _bad(f"“crop” takes “photo” or “subject”, not {crop!r}.")
    width, height = (_pixels(given.get(name), name) for name in ("width", "height"))
    if width and height and width * height > MAX_PIXELS:
        raise _bad(f"A picture has at most {MAX_PIXELS // 1_000_000} megapixels.")
    return Frame(crop, _aspect(given), _number(given, "margin", 0, 0, 0.45), width, height)


def _aspect(given: Mapping[str, Any]) -> tuple[float, float] | None:
    value = given.get("aspect") or "photo"
    if value == "photo":
        return None
    found = re.fullmatch(r"(\d{1,5}(?:\.\d{1,4})?):(\d{1,5}(?:\.\d{1,4})?)", str(value))
    width, height = (float(part) for part in found.groups()) if found else (0.0, 0.0)
    if not (width and height and 1 / 100 <= width / height <= 100):
        raise _bad(f"“aspect” takes “photo” or width and height such as “4:5”, not {value!r}.")
    return width, height


def _pixels(value: Any, name: str) -> int | None:
    if value is None:
        return None
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (number and 1 <= value <= MAX_SIDE and value == int(value)):
        raise _bad(f"“{name}” takes whole pixels from 1 to {MAX_SIDE:,}, not {value!r}.")
    return int(value)


def _number(
    given: Mapping[str, Any], name: str, default: float, least: float, most: float
) -> float:
    value = given.get(name)
    if value is None:
        return default
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (number and least <= value <= most):
        raise _bad(f"“{name}” takes a number from {least} to {most}, not {value!r}.")
    return float(value)


def _kind(given: Any, what: str, kinds: Mapping[str, tuple[str, ...]]) -> str:
    kind = str(given.get("kind")) if isinstance(given, Mapping) else ""
    if kind not in kinds:
        raise _bad(f"The kinds of “{what}” are {', '.join(kinds)}, not {kind!r}.")
    _only(given, ["kind", *kinds[kind]], f"{what} of the kind {kind}")
    return kind


def _only(given: Mapping[str, Any], known: list[str], what: str) -> None:
    for name in given:
        if name not in known:
            raise _bad(f"A {what} has no “{name}”. It has {', '.join(known)}.")


def _bad(sentence: str) -> CutawayError:
    return CutawayError("bad-option", sentence)


def hex_of(rgb: Rgb) -> str:
    """``"#rrggbb"``."""
    return "#" + bytes(rgb).hex()


def _told_background(background: Background | None) -> dict[str, Any] | None:
    match background:
        case Colour(rgb):
            return {"kind": "colour", "colour": hex_of(rgb)}
        case Gradient(start, end, angle):
            ends = {"from": hex_of(start), "to": hex_of(end)}
            return {"kind": "gradient", **ends, "angle": angle}
        case OwnImage(data):
            return {"kind": "image", "bytes": len(data)}
        case Blur(radius):
            return {"kind": "blur", "radius": radius}
    return None


def _told_shadow(shadow: Shadow | None) -> dict[str, Any] | None:
    if shadow is None:
        return None
    told = {name: getattr(shadow, name) for name in ("kind", "angle", "distance", "blur")}
    return told | {"opacity": shadow.opacity, "colour": hex_of(shadow.colour)}


def _told_frame(frame: Frame | None) -> dict[str, Any] | None:
    if frame is None:
        return None
    aspect = "photo" if frame.aspect is None else ":".join(f"{side:g}" for side in frame.aspect)
    told = {name: getattr(frame, name) for name in ("crop", "margin", "width", "height")}
    return told | {"aspect": aspect}
