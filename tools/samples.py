"""The photographs that the page offers to try: copies of what the build has fetched."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps

#: The photographs, by the names of their files; site/visit/samples.js lists them too.
NAMES = ("astronaut", "coffee", "chelsea")
#: Pixels of a side of the small copy, on its button.
SMALL = 144


def samples(photos: Path) -> dict[str, bytes]:
    """Return name → content: each photograph as JPEG, whole and as a small square."""
    made = {}
    for name in NAMES:
        with Image.open(photos / f"{name}.png") as picture:
            photo = picture.convert("RGB")
        made[f"samples/{name}.jpg"] = _jpeg(photo, 92)
        made[f"samples/{name}-small.jpg"] = _jpeg(ImageOps.fit(photo, (SMALL, SMALL)), 82)
    return made


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
