"""Cutouts from the built site in Chromium, by its public interface."""

import base64
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from bench.answers import Answer
from bench.blank import blank_page
from cutaway.options import SPEEDS
from tools.serve import SiteServer

ROOT = Path(__file__).parents[1]
CUT = """async (options) => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway ??= await Cutaway.start();
  const [photo] = document.querySelector("input").files;
  const { blob, receipt } = await window.cutaway.removeBackground(photo, options);
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve([reader.result.split(",")[1], receipt.uncertainty.figure]);
    reader.readAsDataURL(blob);
  });
}"""


class SitePage:
    """A page of the site that cuts out one photo at a time."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def cutout(self, photo: Path, weights: str) -> Answer:
        """A photo's cutout by a model or a speed."""
        self._page.set_input_files("input", photo)
        options = {"speed" if weights in SPEEDS else "model": weights}
        png, uncertain = self._page.evaluate(CUT, options)
        with Image.open(BytesIO(base64.b64decode(png))) as picture:
            return Answer(np.asarray(picture.convert("RGBA"), np.uint8), uncertain)


@contextmanager
def site_page() -> Iterator[SitePage]:
    """The site that ``build.py dist`` made, on a server and in a browser of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        SiteServer(ROOT / "dist") as site,
        blank_page(site, Path(folder)) as page,
    ):
        yield SitePage(page)
