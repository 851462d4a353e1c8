"""What a file tells beside its pixels; with them it becomes a ``Photo``."""

from dataclasses import dataclass

from cutaway import colour
from cutaway.icc import kind_of
from cutaway.reading.metadata import Metadata
from cutaway.reading.unpack import is_opaque
from cutaway.values import Bytes, Photo

DEEP = "More than 8 bits a channel became 8."
CLEAR = "The photo's own transparency was kept: what was clear stays clear."
SALVAGED = "This file is incomplete: where its end is missing the photo is clear."
STRANGE_PROFILE = (
    "The photo's colour profile could not be understood: it is kept, but the subject was looked "
    "for as if the colours were sRGB."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Facts about a file.

    Attributes
    ----------
    format : str
        ``"JPEG"``, ``"AVIF"``, …
    size : int
        Length of the file in bytes.
    icc : bytes or None
        The profile that was embedded, whatever it is for.
    grey, deep : bool
        Whether the pixels are grey, and whether they had more than 8 bits.
    frames : int
        Pictures that follow one another; 1 where there is one.
    salvaged : bool
        Whether its end is missing, and clear.
    exif, xmp : object
        Metadata as found: bytes, or anything else for none.
    notices : tuple of str
        What reading did to the colours.
    """

    format: str
    size: int
    icc: object = None
    grey: bool = False
    deep: bool = False
    frames: int = 1
    salvaged: bool = False
    exif: object = None
    xmp: object = None
    notices: tuple[str, ...] = ()

    def photo(self, rgba: Bytes, transparent: bool) -> Photo:
        """The photo with these pixels; ``transparent`` tells whether any may be clear."""
        opaque = not transparent or is_opaque(rgba)
        height, width = rgba.shape[:2]
        metadata = Metadata.of(self.exif, self.xmp, width, height)
        icc = self._profile()
        return Photo(
            rgba,
            opaque,
            icc,
            self.format,
            self.size,
            metadata.exif,
            metadata.xmp,
            self.grey and kind_of(icc) != b"RGB ",
            self.deep,
            tuple(self._sentences(opaque, icc)),
        )

    def _profile(self) -> bytes | None:
        """The profile, where it is one for such pixels."""
        fitting = (b"RGB ", b"GRAY") if self.grey else (b"RGB ",)
        return self.icc if isinstance(self.icc, bytes) and kind_of(self.icc) in fitting else None

    def _sentences(self, opaque: bool, icc: bytes | None) -> list[str]:
        name = "WebP" if self.format == "WEBP" else self.format
        frames = f"Only the first of {self.frames:,} pictures in this {name} was taken."
        told = (
            (self.frames > 1, frames),
            (self.deep, DEEP),
            (not opaque and not self.salvaged, CLEAR),
            (self.salvaged, SALVAGED),
            (not colour.understood(icc), STRANGE_PROFILE),
        )
        return [*self.notices, *(sentence for holds, sentence in told if holds)]
