"""compose: a ``Cutout`` → a ``Picture``, by a ``Scene``."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutaway.colour import to_srgb, understood
from cutaway.composing.backdrop import (
    Backdrop,
    BlurBackdrop,
    GradientBackdrop,
    ImageBackdrop,
    Pixels,
    PlainBackdrop,
)
from cutaway.composing.frame import Box, Part, Window, placed, window_of
from cutaway.composing.scene import Blur, Colour, Gradient, OwnImage, Rgb, Scene
from cutaway.composing.shadow import ShadowLayer
from cutaway.pillow import bands
from cutaway.refining.adjust import Refinement
from cutaway.sources import Sources
from cutaway.values import Bytes, Cutout, Photo, Picture


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """Where everything stands in a picture, and in which colours.

    Attributes
    ----------
    window : Window
    backdrop, shadow : Backdrop, ShadowLayer or None
    icc, grey : bytes or None, bool
        Of the picture.
    source : bytes or None
        The photo's profile, where its colours do not stay in it.
    notices : tuple of str
        Sentences for the receipt.
    """

    window: Window
    backdrop: Backdrop | None
    shadow: ShadowLayer | None
    icc: bytes | None
    grey: bool
    source: bytes | None
    notices: tuple[str, ...]

    @property
    def bare(self) -> bool:
        """Whether nothing stands around the cutout, and its colours stay what they are."""
        return self.backdrop is None and self.shadow is None and self.source is None

    def around(self, rgba: Bytes, part: Part) -> Bytes:
        """A part of the picture, of the cutout's placed pixels there: at their size.

        ``rgba`` is uint8, shape (rows, columns, 4), and comes back itself where nothing changes.
        """
        if self.source is not None:
            rgba = rgba.copy()
            rgba[..., :3] = to_srgb(rgba[..., :3], self.source)
        size = (rgba.shape[1], rgba.shape[0])
        if self.backdrop is None:
            if self.shadow is None:
                return rgba
            return _with_shadow(rgba, self.shadow.at(part, size), self.shadow.rgb)
        under = self.backdrop.at(part, size)
        if self.shadow is not None:
            under = _shaded(under, self.shadow.at(part, size), self.shadow.rgb)
        return _over(rgba, under)


def arrange(
    sources: Sources, refinement: Refinement, scene: Scene, image: Photo | None = None
) -> Arrangement:
    """Where everything stands by a scene; ``image`` is what the bytes of its own image hold.

    The frame and the shadow follow the matte before any control, with the refinement at small size.

    Raises
    ------
    CutawayError
        ``"too-large"``, from the frame.
    """
    photo = sources.photo
    moved = _moved(sources.subject, round(refinement.shift), photo)
    window = window_of((photo.width, photo.height), moved, scene.frame)
    grey = photo.grey and _is_grey(scene)
    source = photo.icc if photo.grey and not grey else None
    icc = None if source is not None else photo.icc
    shadow = sources.made(
        "shadow",
        (scene.shadow, refinement, window, icc),
        lambda: _shadow(scene, sources, refinement, window, icc),
    )
    backdrop = sources.made(
        "backdrop",
        (scene.background, window, icc),
        lambda: _backdrop(scene, sources, window, image, icc),
    )
    notices = _notices(scene, window, icc, source)
    return Arrangement(window, backdrop, shadow, icc, grey, source, notices)


def compose(cutout: Cutout, arrangement: Arrangement) -> Picture:
    """The cutout with what stands around it; with nothing around it its own array, no copy.

    Where the cutout's alpha is 255 the picture has its colour bit for bit, unless it was resampled
    or a grey photo got a coloured background; where it is 0, the backdrop's.
    """
    rgba = placed(cutout.rgba, arrangement.window)
    if not arrangement.bare:
        rows, columns = rgba.shape[:2]
        composed = np.empty_like(rgba) if rgba is cutout.rgba else rgba
        for top, bottom in bands(rows, columns * 4):
            part = (0, top, columns, bottom)
            composed[top:bottom] = arrangement.around(rgba[top:bottom], part)
        rgba = composed
    return Picture(rgba, arrangement.icc, arrangement.grey)


def _is_grey(scene: Scene) -> bool:
    """Whether nothing in a scene has a colour, as long as the photo has none."""
    colours: list[Rgb] = [] if scene.shadow is None else [scene.shadow.colour]
    match scene.background:
        case Colour(rgb):
            colours.append(rgb)
        case Gradient(start, end):
            colours += [start, end]
        case OwnImage():
            return False
    return all(len(set(rgb)) == 1 for rgb in colours)


def _notices(
    scene: Scene, window: Window, icc: bytes | None, source: bytes | None
) -> tuple[str, ...]:
    told = []
    if source is not None:
        told.append("The photo is grey and its new surroundings are not: it became sRGB.")
    if scene.background is not None and not understood(icc):
        told.append(
            "The photo's colour profile could not be understood, so the colours around the subject "
            "may be a little off."
        )
    if scene.frame is not None and window.scale > 1.01:
        told.append(
            f"The subject was enlarged {window.scale:.1f} times: the photo has no more pixels."
        )
    return tuple(told)


def _moved(box: Box | None, by: int, photo: Photo) -> Box | None:
    """A box whose sides went outward, within the photo; where they met, as it was."""
    if box is None:
        return None
    moved = Box(
        max(0, box.left - by),
        max(0, box.top - by),
        min(photo.width, box.right + by),
        min(photo.height, box.bottom + by),
    )
    return moved if moved.left < moved.right and moved.top < moved.bottom else box


def _shadow(
    scene: Scene, sources: Sources, refinement: Refinement, window: Window, icc: bytes | None
) -> ShadowLayer | None:
    if scene.shadow is None:
        return None
    return ShadowLayer(scene.shadow, sources, refinement, window, icc)


def _backdrop(
    scene: Scene, sources: Sources, window: Window, image: Photo | None, icc: bytes | None
) -> Backdrop | None:
    match scene.background:
        case Colour() as colour:
            return PlainBackdrop(colour, icc)
        case Gradient() as gradient:
            return GradientBackdrop(gradient, window, icc)
        case OwnImage():
            assert image is not None
            return ImageBackdrop(image, window, icc)
        case Blur(radius):
            return BlurBackdrop(radius, sources, window)
    return None


def _over(rgba: Bytes, under: Pixels) -> Bytes:
    """Straight colours over opaque ones; exact where alpha is 0 or 255."""
    alpha = rgba[..., 3]
    pixels = rgba.view(np.uint32)[..., 0]
    result = np.where(alpha == 255, pixels, under)
    soft = alpha - np.uint8(1) < 254
    result[soft] = _mixed(pixels[soft], result[soft], alpha[soft])
    composed = _bytes(result)
    composed[..., 3] = 255
    return composed


def _shaded(under: Pixels, shadow: Bytes, rgb: Rgb) -> Pixels:
    """Opaque pixels with a shadow over them; a new array where there is any."""
    where = shadow > 0
    if not where.any():
        return under
    result = np.array(under)
    colour = np.array([*rgb, 255], np.uint8).view(np.uint32)
    result[where] = _mixed(colour, result[where], shadow[where])
    return result


def _with_shadow(rgba: Bytes, shadow: Bytes, rgb: Rgb) -> Bytes:
    """Straight colours over nothing but a shadow."""
    alpha = rgba[..., 3]
    result = rgba.copy()
    bare = (alpha == 0) & (shadow > 0)
    result[bare] = np.array([*rgb, 0], np.uint8)
    result[..., 3][bare] = shadow[bare]
    soft = (alpha - np.uint8(1) < 254) & (shadow > 0)
    front = rgba[soft].astype(np.uint32)
    weight = front[:, 3:] * 255
    rest = shadow[soft].astype(np.uint32)[:, None] * (255 - front[:, 3:])
    total = weight + rest
    mixed = np.empty(front.shape, np.uint8)
    mixed[:, :3] = (front[:, :3] * weight + np.array(rgb, np.uint32) * rest + total // 2) // total
    mixed[:, 3:] = (total + 127) // 255
    result[soft] = mixed
    return result


def _mixed(front: Pixels, back: Pixels, alpha: Bytes) -> Pixels:
    """Colours over others, in whole numbers: ``(αF + (255 − α)B) / 255``, rounded."""
    weight = np.repeat(alpha, 4).astype(np.uint16)
    mixed: NDArray[np.uint16] = _bytes(np.broadcast_to(front, back.shape)).reshape(-1) * weight
    mixed += _bytes(back).reshape(-1) * (255 - weight)
    mixed += 128
    mixed += mixed >> 8
    mixed >>= 8
    return mixed.astype(np.uint8).view(np.uint32)


def _bytes(pixels: Pixels) -> Bytes:
    whole = np.ascontiguousarray(pixels)
    return whole.view(np.uint8).reshape(*pixels.shape, 4)
