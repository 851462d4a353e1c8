"""What file is wanted: its format and how it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from cutaway.errors import CutawayError

PNG, WEBP, AVIF, JPEG = "image/png", "image/webp", "image/avif", "image/jpeg"
FORMATS = (PNG, WEBP, AVIF, JPEG)
METADATA = ("strip", "keep")
EFFORTS = ("quick", "small")
DEPTHS = (8, 10)

#: What is taken where no quality is asked for: settings that differ from the picture by about two
#: levels of 255 on average (docs/files.md).
QUALITY = {WEBP: 90, AVIF: 80, JPEG: 92}
#: By the ending of a file's name, in small letters.
ENDINGS = {".png": PNG, ".webp": WEBP, ".avif": AVIF, ".jpg": JPEG, ".jpeg": JPEG}


@dataclass(frozen=True, slots=True)
class Output:
    """What file is wanted. What a format does not know is left unheeded.

    Attributes
    ----------
    format : str
        MIME type, one of ``FORMATS``.
    quality : int or None
        1 to 100 of the colours, where the format may lose something; None is ``QUALITY``. Alpha is
        always exact.
    lossless : bool
        Nothing may be lost. PNG never loses anything, JPEG always does.
    effort : str
        ``"quick"``, or ``"small"`` for a smaller file that takes longer.
    depth : int
        8 or 10 bits a channel; only a lossy AVIF has 10.
    metadata : str
        ``"strip"`` or ``"keep"``: EXIF and XMP of the photo.
    """

    format: str = PNG
    quality: int | None = None
    lossless: bool = False
    effort: str = "quick"
    depth: int = 8
    metadata: str = "strip"

    @property
    def exact(self) -> bool:
        """Whether every value of the file must be the picture's."""
        return self.format == PNG or (self.lossless and self.format != JPEG)

    @property
    def level(self) -> int:
        """The quality that holds, 1 to 100; 100 where nothing is lost."""
        return 100 if self.exact else self.quality or QUALITY[self.format]

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "Output":
        """From a mapping; what is missing or None keeps its default.

        Raises
        ------
        CutawayError
            ``"unknown-format"`` or ``"bad-option"``.
        """
        known = [field.name for field in fields(cls)]
        given = {name: mapping[name] for name in known if mapping.get(name) is not None}
        output = cls(**given)
        if output.format not in FORMATS:
            raise CutawayError(
                "unknown-format",
                f"There is no format “{output.format}”. Choose one of: {', '.join(FORMATS)}.",
            )
        _one_of("effort", output.effort, EFFORTS)
        _one_of("depth", output.depth, DEPTHS)
        _one_of("metadata", output.metadata, METADATA)
        if type(output.lossless) is not bool:
            raise CutawayError(
                "bad-option", f"“lossless” takes true or false, not {output.lossless!r}."
            )
        quality = output.quality
        if quality is not None and not (type(quality) is int and 1 <= quality <= 100):
            raise CutawayError(
                "bad-option", f"“quality” takes a whole number from 1 to 100, not {quality!r}."
            )
        return output


def _one_of(name: str, value: object, allowed: tuple[object, ...]) -> None:
    if type(value) is not type(allowed[0]) or value not in allowed:
        raise CutawayError(
            "bad-option", f"“{name}” takes one of {', '.join(map(str, allowed))}, not {value!r}."
        )
