"""fit: a ``Picture`` as a format can hold it, and what had to be changed for that."""

from dataclasses import replace

import numpy as np

from cutaway.colour import to_srgb
from cutaway.encode.pixels import is_opaque
from cutaway.errors import CutawayError
from cutaway.output import AVIF, JPEG, WEBP, Output
from cutaway.values import Picture

#: Pixels a side that a format can say, at most.
LONGEST = {WEBP: 16383, JPEG: 65500, AVIF: 65535}
#: Bytes of a block of metadata in a JPEG, at most.
MARKER = 65_500
NAMES = {WEBP: "WebP", JPEG: "JPEG", AVIF: "AVIF"}


def fit(picture: Picture, output: Output) -> tuple[Picture, tuple[str, ...]]:
    """The picture as this output holds it, and sentences about what was changed.

    WebP and AVIF know no grey: a grey picture's values are as sRGB shows them then, and its profile
    for grey is left out. EXIF begins with its own header, without the word before it that some
    formats put there.

    Raises
    ------
    CutawayError
        ``"too-large"`` or ``"not-opaque"``.
    """
    longest = LONGEST.get(output.format)
    if longest is not None and max(picture.width, picture.height) > longest:
        raise CutawayError(
            "too-large",
            f"{NAMES[output.format]} has at most {longest} pixels a side, and this picture has "
            f"{picture.width} × {picture.height}. Choose PNG, or a smaller size.",
        )
    if output.format == JPEG and not is_opaque(picture.rgba):
        raise CutawayError(
            "not-opaque", "JPEG has no transparency. Choose a background, or another format."
        )
    notices: list[str] = []
    if picture.grey and picture.icc is not None and output.format in (WEBP, AVIF):
        picture = _as_colours(picture)
        notices.append(
            f"{NAMES[output.format]} cannot hold a grey profile: the greys were converted to sRGB."
        )
    if picture.exif is not None:
        picture = replace(picture, exif=picture.exif.removeprefix(b"Exif\0\0"))
    if output.format == JPEG and len(picture.exif or b"") > MARKER:
        picture = replace(picture, exif=None)
        notices.append("The photo's EXIF is too long for a JPEG and was left out.")
    if output.format == JPEG and len(picture.xmp or b"") > MARKER:
        picture = replace(picture, xmp=None)
        notices.append("The photo's XMP is too long for a JPEG and was left out.")
    return picture, tuple(notices)


def _as_colours(picture: Picture) -> Picture:
    """A grey picture's values as sRGB has them, without its profile."""
    greys = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, axis=2)
    table = to_srgb(greys, picture.icc)[0, :, 0]
    rgba = picture.rgba.copy()
    rgba[..., :3] = table[rgba[..., :1]]
    rgba[rgba[..., 3] == 0] = 0
    return replace(picture, rgba=rgba, icc=None, grey=False)
