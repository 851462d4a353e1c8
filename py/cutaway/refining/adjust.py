"""adjust: a ``Matte`` → a ``Matte``, by what the user asks of its edge.

Every control at 0 changes nothing. They work in this order: the outline is evened, moved, made
steeper, and softened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import ceil, floor
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from cutaway.errors import CutawayError
from cutaway.pillow import Tile, array_of, tiles
from cutaway.values import Bytes, Floats, Matte

#: The least and the most of each control.
LIMITS = {
    "feather": (0, 100),
    "smooth": (0, 50),
    "shift": (-50, 50),
    "threshold": (0, 1),
    "decontaminate": (0, 1),
}
#: Rows and columns of the pieces in which the full size is worked through.
TILE = 256
#: An evened edge comes back over so many pixels, not sharper: sharper ones show steps.
SHARPEST = 1.5


@dataclass(frozen=True, slots=True)
class Refinement:
    """What the user asks of the edge; lengths in pixels of the picture it is used on.

    Attributes
    ----------
    feather : float
        0 to 100: a hard edge becomes a slope that reaches so far to each side.
    smooth : float
        0 to 50: bumps and dents of the outline up to about this size go, its softness stays.
    shift : float
        −50 to 50: the edge moves outward (+) or inward (−), by parts of a pixel too.
    threshold : float
        0 to 1: how steep the matte becomes around one half; at 1 nothing is soft.
    decontaminate : float
        0 (the photo's own colours) to 1 (the subject's, as estimated): see ``foreground``.

    Raises
    ------
    CutawayError
        ``"bad-option"`` when a value is no number or out of its range.
    """

    feather: float = 0.0
    smooth: float = 0.0
    shift: float = 0.0
    threshold: float = 0.0
    decontaminate: float = 1.0

    def __post_init__(self) -> None:
        for name, (least, most) in LIMITS.items():
            value = getattr(self, name)
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not (number and least <= value <= most):
                raise CutawayError(
                    "bad-option", f"“{name}” takes a number from {least} to {most}, not {value!r}."
                )

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "Refinement":
        """A refinement from a mapping; what is missing or None keeps its default."""
        known = [field.name for field in fields(cls)]
        for name in mapping:
            if name not in known:
                raise CutawayError(
                    "bad-option",
                    f"There is nothing called “{name}” to refine. The names are "
                    f"{', '.join(known)}.",
                )
        return cls(**{name: value for name, value in mapping.items() if value is not None})

    def scaled(self, factor: float) -> "Refinement":
        """The same for a picture ``factor`` times as large, such as a preview; 0 to 1."""
        return replace(
            self,
            feather=self.feather * factor,
            smooth=self.smooth * factor,
            shift=self.shift * factor,
        )

    @property
    def keeps_alpha(self) -> bool:
        """True when no control but ``decontaminate`` is on."""
        return not (self.feather or self.smooth or self.shift or self.threshold)


def adjust(matte: Matte, refinement: Refinement) -> Matte:
    """The matte as refined; the same object when nothing is asked of it."""
    return matte if refinement.keeps_alpha else Matte(adjusted(matte.alpha, refinement))


def adjusted(alpha: Bytes, refinement: Refinement, part: Tile | None = None) -> Bytes:
    """Alpha as refined: uint8, shape (height, width), a new array.

    Beyond its borders the alpha is taken to go on as it ends. ``decontaminate`` is about colour
    and has no part here. With a ``part`` only that is worked on, and comes back.
    """
    rows, columns = part or (slice(0, alpha.shape[0]), slice(0, alpha.shape[1]))
    result = alpha[rows, columns].copy()
    if refinement.keeps_alpha:
        return result
    far = reach(refinement)
    side = max(TILE, 4 * far)
    for tile in tiles(result.shape, side, side):
        down, across = (
            slice(each.start + whole.start, each.stop + whole.start)
            for each, whole in zip(tile, (rows, columns), strict=True)
        )
        seen = _surroundings(alpha, (down, across), far)
        lowest, highest = seen.min(), seen.max()
        if lowest < highest or lowest not in (0, 255):  # no control changes a plain 0 or 255
            result[tile] = _worked(seen, refinement)
    return result


def adjusted_floats(alpha: Floats, refinement: Refinement) -> Floats:
    """As ``adjusted``, for float32 from 0 to 1, worked on in steps of 1/255."""
    if refinement.keeps_alpha:
        return alpha.copy()
    steps = np.rint(alpha * np.float32(255)).astype(np.uint8)
    return adjusted(steps, refinement) * np.float32(1 / 255)


def _surroundings(alpha: Bytes, tile: Tile, reach: int) -> Bytes:
    """A tile and ``reach`` pixels around it; beyond the border the last pixel is repeated."""
    rows, columns = tile
    down = np.arange(rows.start - reach, rows.stop + reach).clip(0, alpha.shape[0] - 1)
    across = np.arange(columns.start - reach, columns.stop + reach).clip(0, alpha.shape[1] - 1)
    seen: Bytes = alpha[down[:, None], across]
    return seen


def reach(refinement: Refinement) -> int:
    """How far around a pixel its new value depends on others."""
    smooth, shift, feather = refinement.smooth, abs(refinement.shift), refinement.feather
    return _blur_reach(smooth) + ceil(smooth) + ceil(shift) + _blur_reach(feather)


def _worked(values: Bytes, refinement: Refinement) -> Bytes:
    """All controls; each gives back less around the rim than it got, by its reach."""
    values = _smoothed(values, refinement.smooth)
    if refinement.shift < 0:
        values = 255 - _grown(255 - values, -refinement.shift)
    else:
        values = _grown(values, refinement.shift)
    values = _steepened(values, refinement.threshold)
    return _within(_blurred(values, refinement.feather), _blur_reach(refinement.feather))


def _grown(values: Bytes, radius: float) -> Bytes:
    """The brightest value within an octagon; between two sizes of it the mean by distance.

    A slope keeps its form and moves; the octagon is made of crosses and squares in turn.
    """
    whole = floor(radius)
    for step in range(whole):
        values = _spread(values, step)
    part = round((radius - whole) * 256)
    if radius == whole:
        return values
    nearer = _within(values, 1).astype(np.uint16) * (256 - part)
    nearer += _spread(values, whole).astype(np.uint16) * part
    nearer += 128
    nearer >>= 8
    return nearer.astype(np.uint8)


def _spread(values: Bytes, step: int) -> Bytes:
    rows = np.maximum(values[:-2], values[2:])
    middle = values[1:-1]
    if step % 2:
        rows = np.maximum(rows, middle)
        return np.maximum(np.maximum(rows[:, :-2], rows[:, 2:]), rows[:, 1:-1])
    columns = np.maximum(np.maximum(middle[:, :-2], middle[:, 2:]), middle[:, 1:-1])
    return np.maximum(columns, rows[:, 1:-1])


def _steepened(values: Bytes, threshold: float) -> Bytes:
    """A straight line through one half, cut off at 0 and 255; at 1 a step."""
    if not threshold:
        return values
    line = np.arange(0.5, 128) / max(1 - threshold, 1e-6) + 127.5
    bright = np.rint(line.clip(0, 255)).astype(np.uint8)
    table: Bytes = np.concatenate((255 - bright[::-1], bright))
    return table[values]


def _smoothed(values: Bytes, radius: float) -> Bytes:
    """Blurred, then made as steep again as it was.

    How wide an edge is shows in how much ``α(1 − α)`` there is around it. The outline lies where
    the blurred matte is one half, and stays there when the matte becomes steeper.
    """
    if not radius:
        return values
    even = _blurred(values, radius)
    before, after = (_mean(_SOFTNESS[each], radius).astype(np.float32) for each in (values, even))
    slope = 0.75 / (2 * radius / 3 + 1)  # of a hard edge, blurred, in its middle
    gain = after / np.maximum(before, 1)
    np.clip(gain, 1, max(1, 1 / (slope * SHARPEST)), out=gain)
    gain *= even - np.float32(127.5)
    gain += np.float32(128)
    steep = gain.clip(0, 255, out=gain).astype(np.uint8)
    return _within(steep, _blur_reach(radius) + ceil(radius))


#: ``α(1 − α)`` of each alpha, 255 at its most.
_SOFTNESS = np.rint(np.arange(256) * np.arange(255, -1, -1) * (255 / 127.5**2)).astype(np.uint8)


def _blurred(values: Bytes, radius: float) -> Bytes:
    """Three means over squares: close to a Gaussian, and nothing beyond ``radius`` counts."""
    for _ in range(3 if radius else 0):
        values = _mean(values, radius / 3)
    return values


def _mean(values: Bytes, radius: float) -> Bytes:
    """Means over squares of ``2 radius + 1`` pixels a side, the outermost counted in part."""
    return array_of(Image.fromarray(values).filter(ImageFilter.BoxBlur(radius)))


def _blur_reach(radius: float) -> int:
    return 3 * ceil(radius / 3)


def _within(values: Bytes, rim: int) -> Bytes:
    return values[rim:-rim, rim:-rim] if rim else values
