"""Pictures of the page: kept for people to look at, and what the stage really shows on them."""

import io
import os
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

#: Where pictures of the page are kept, to be looked at; a run of all checks begins with none.
FOLDER = Path(os.environ.get("CUTAWAY_PICTURES") or Path(__file__).parents[2] / ".artefacts")

#: Done once the picture of the cutout is there and the divider has come to rest.
AT_REST = """return !document.getElementById("compare").hidden
  && document.getElementById("frame").getAnimations({ subtree: true }).length === 0"""

#: Left, top, right and bottom of the photo on the page. (WebKit's own pictures of an element take
#: in what lies over its edge.)
PLACE = """const { left, top, right, bottom } =
    document.getElementById("before").getBoundingClientRect();
  return [left, top, right, bottom].map(Math.round)"""


def keep(page: Page, name: str) -> bytes:
    """A picture of what is in sight, kept under this name."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    return page.screenshot(path=FOLDER / f"{name}.png")


def assert_compared(picture: bytes, place: list[int], photo: Path) -> None:
    """In a picture of the page the left of the photo is as it was, the right lost its background.

    The astronaut's right quarter is nearly all background: a rocket before dark cloth.
    """
    with Image.open(io.BytesIO(picture)) as page, Image.open(photo) as original:
        stage = page.crop(tuple(place)).convert("RGB")
        shown = np.asarray(stage, np.int16)
        whole = np.asarray(original.convert("RGB").resize(stage.size), np.int16)
    difference = np.abs(shown - whole).mean(axis=(0, 2))
    quarter = len(difference) // 4
    assert difference[:quarter].mean() < 12
    assert difference[-quarter:].mean() > 50
