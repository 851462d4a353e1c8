"""How large a picture may be, told from its header before memory is taken."""

from cutaway.errors import CutawayError

#: A photo of this many pixels takes 480 MB, and the whole road fits into WebAssembly's 4 GB.
MAX_PIXELS = 120_000_000
MAX_SIDE = 65_535
#: The file itself lies in memory, too.
MAX_BYTES = 500_000_000


def check_bytes(size: int) -> None:
    """Raises ``"too-large"`` for a file of more than ``MAX_BYTES``."""
    if size > MAX_BYTES:
        raise CutawayError(
            "too-large",
            f"This file is too large ({size / 1e6:,.0f} MB): up to {MAX_BYTES // 1_000_000} MB can "
            "be read. Save it as JPEG and try again.",
        )


def check_size(width: int, height: int) -> None:
    """Raises ``"too-large"`` for a picture of more than ``MAX_PIXELS`` or ``MAX_SIDE``."""
    if width * height > MAX_PIXELS:
        raise too_large(f"{width:,} × {height:,} pixels")
    if max(width, height) > MAX_SIDE:
        raise too_large(f"a side of {max(width, height):,} pixels")


def too_large(what: str) -> CutawayError:
    """``"too-large"``, naming what is."""
    return CutawayError(
        "too-large",
        f"This picture is too large ({what}): up to {MAX_PIXELS // 1_000_000} megapixels and "
        f"{MAX_SIDE:,} pixels a side can be cut out. Make it smaller and try again.",
    )
