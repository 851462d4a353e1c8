"""preview: a cutout small enough to follow a control that moves."""

from dataclasses import dataclass, replace

from PIL import Image

from cutaway.adjust import Refinement, adjust
from cutaway.cut import cut
from cutaway.encode import encode
from cutaway.pillow import array_of, picture_of
from cutaway.values import File, Matte, Photo


@dataclass(frozen=True, slots=True, eq=False)
class Small:
    """A photo and its matte before any control, ``factor`` (at most 1) times their full size."""

    photo: Photo
    matte: Matte
    factor: float


def shrunk(photo: Photo, matte: Matte, side: int) -> Small:
    """A photo and its matte so that the longer side has ``side`` pixels at most."""
    factor = min(1.0, side / max(photo.width, photo.height))
    if factor == 1:
        return Small(photo, matte, factor)
    size = (max(1, round(photo.width * factor)), max(1, round(photo.height * factor)))
    # As RGBA Pillow weighs pixels by their transparency, as RGBX it does not.
    whole = picture_of(photo.rgba, "RGBX" if photo.opaque else "RGBA")
    rgba = array_of(whole.resize(size, Image.Resampling.BOX))
    alpha = array_of(Image.fromarray(matte.alpha).resize(size, Image.Resampling.BOX))
    return Small(replace(photo, rgba=rgba), Matte(alpha), factor)


def preview(small: Small, refinement: Refinement) -> File:
    """The cutout of a small photo as an RGBA PNG; the refinement's lengths are of the full size."""
    matte = adjust(small.matte, refinement.scaled(small.factor))
    return encode(cut(small.photo, matte, refinement.decontaminate))
