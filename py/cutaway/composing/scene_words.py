"""scene_words: a scene as the command line says it, in a few words."""

from pathlib import Path
from typing import Any

from cutaway.composing.presets import presets
from cutaway.errors import CutawayError

HELP = {
    "background": "a colour such as #ffffff, blur, blur:RADIUS, or an image file",
    "shadow": "drop or contact",
    "frame": "photo or subject, then as needed an aspect, a margin and a size: "
    "subject,1:1,0.1,2000x2000",
    "preset": f"{', '.join(one.id for one in presets())}: sets background, frame and format",
}


def background_of(words: str | None) -> Any:
    """The option ``background`` that is meant; ``CutawayError`` ``"bad-option"``."""
    if words is None or words.startswith("#"):
        return words
    kind, _, radius = words.partition(":")
    if kind == "blur":
        return {"kind": "blur"} | ({"radius": _number(radius)} if radius else {})
    try:
        return Path(words).read_bytes()
    except OSError as error:
        raise CutawayError(
            "bad-option", f"There is no colour and no image “{words}”: {error.strerror}."
        ) from None


def shadow_of(words: str | None) -> dict[str, Any] | None:
    """The option ``shadow`` that is meant."""
    return None if words is None else {"kind": words}


def frame_of(words: str | None) -> dict[str, Any] | None:
    """The option ``frame`` that is meant; ``CutawayError`` ``"bad-option"``."""
    if words is None:
        return None
    frame: dict[str, Any] = {}
    for word in words.split(","):
        width, by, height = word.partition("x")
        if word in ("photo", "subject"):
            frame["crop"] = word
        elif ":" in word:
            frame["aspect"] = word
        elif by:
            sides = {"width": width, "height": height}
            frame |= {name: _number(side) for name, side in sides.items() if side}
        else:
            frame["margin"] = _number(word)
    return frame


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise CutawayError("bad-option", f"“{word}” is no number.") from None
