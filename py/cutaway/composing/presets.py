"""presets: what marketplaces ask of a product photo, and whether a picture meets it.

``presets.json`` is the one list. What is asked: the background's colour along the whole border,
how much of the side the subject fills, the size in pixels, the format.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from cutaway.composing.frame import Window, subject_box
from cutaway.composing.scene import rgb_of
from cutaway.errors import CutawayError
from cutaway.values import Bytes, Cutout, Picture

#: Pixels that the subject may fall short by: where it ends is told to a pixel on each side.
SHORT = 2

#: The options that a preset sets where the caller has not.
SETS = ("background", "frame", "format", "quality")


@dataclass(frozen=True, slots=True)
class Preset:
    """What one kind of marketplace asks.

    ``settings`` are the options that lead there, by ``SETS``; ``fill`` is the least share of the
    picture's side that the subject's longer one fills, 0 to 1.
    """

    id: str
    title: str
    note: str
    settings: Mapping[str, Any]
    fill: float

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "title": self.title, "note": self.note, **self.settings}


@dataclass(frozen=True, slots=True)
class PresetFacts:
    """Whether a picture meets a preset; ``reasons`` are sentences where it does not."""

    id: str
    met: bool
    reasons: tuple[str, ...]


@cache
def presets() -> tuple[Preset, ...]:
    """All of them, in the list's order."""
    listed = json.loads(files("cutaway.composing").joinpath("presets.json").read_text("utf-8"))
    return tuple(
        Preset(
            entry["id"],
            entry["title"],
            entry["note"],
            {name: entry[name] for name in SETS},
            entry["fill"],
        )
        for entry in listed
    )


def preset(id: Any) -> Preset:
    """The preset called ``id``; ``CutawayError`` ``"unknown-preset"`` when there is none."""
    for one in presets():
        if one.id == id:
            return one
    known = ", ".join(one.id for one in presets())
    raise CutawayError("unknown-preset", f"There is no preset “{id}”. Choose one of: {known}.")


def check(wanted: Preset, picture: Picture, fill: float, format: str) -> PresetFacts:
    """Whether a picture meets a preset.

    Parameters
    ----------
    wanted : Preset
    picture : Picture
        As it is written.
    fill : float
        How much of it the subject fills, by ``filled``.
    format : str
        MIME type of its file.
    """
    frame = wanted.settings["frame"]
    reasons = []
    if (picture.width, picture.height) != (frame["width"], frame["height"]):
        reasons.append(
            f"The picture has {picture.width} × {picture.height} pixels instead of "
            f"{frame['width']} × {frame['height']}."
        )
    if format != wanted.settings["format"]:
        reasons.append(f"The file is {format} instead of {wanted.settings['format']}.")
    colour = wanted.settings["background"]
    other = _other_border(picture.rgba, colour)
    if other:
        reasons.append(
            f"The border is not {colour} throughout: {other} of its pixels differ. The subject, "
            "its shadow or another background reaches there."
        )
    least = wanted.fill - SHORT / max(picture.width, picture.height)
    if fill < least:
        reasons.append(
            f"The subject fills {fill:.0%} of the picture; at least {wanted.fill:.0%} are asked."
        )
    return PresetFacts(wanted.id, not reasons, tuple(reasons))


def filled(cutout: Cutout, window: Window) -> float:
    """The share of the picture's side that the subject's longer one fills, 0 to 1."""
    box = subject_box(cutout.rgba[..., 3])
    if box is None:
        return 0.0
    across = min(box.right, window.left + window.width) - max(box.left, window.left)
    down = min(box.bottom, window.top + window.height) - max(box.top, window.top)
    return max(0.0, across / window.width, down / window.height)


def _other_border(rgba: Bytes, colour: str) -> int:
    """How many pixels of the border have another colour."""
    border = np.concatenate((rgba[0], rgba[-1], rgba[1:-1, 0], rgba[1:-1, -1]))
    wanted = np.array([*rgb_of(colour, "background"), 255], np.uint8)
    return int((border != wanted).any(axis=1).sum())
