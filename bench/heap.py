"""Bytes that Python's heap takes in Chromium for photos of 12, 24 and 100 megapixels.

    .venv/bin/python -m bench.heap [--model u2netp] [--format PNG]

WebAssembly's memory never shrinks, so its size after a photo is the most that the photo took. Each
size has workers of its own.
"""

import argparse
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from bench.blank import blank_page
from bench.photos import ASTRONAUT
from tools.serve import SiteServer

ROOT = Path(__file__).parents[1]
SIZES = [(4000, 3000), (6000, 4000), (11550, 8660)]
RUN = """async (options) => {
  const { Cutaway } = await import("./cutaway.js");
  const cutaway = await Cutaway.start();
  const { heap: before } = await cutaway.diagnostics();
  const photo = document.querySelector("input[type=file]").files[0];
  const { receipt } = await cutaway.removeBackground(photo, options);
  const { heap: after } = await cutaway.diagnostics();
  cutaway.close();
  return { before, after, total: receipt.milliseconds.total };
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="auto", help="id of a model of the registry")
    parser.add_argument("--format", default="JPEG", choices=("JPEG", "PNG"), help="of the photos")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        SiteServer(ROOT / "dist") as site,
        blank_page(site, Path(folder) / "profile") as page,
    ):
        for width, height in SIZES:
            _measure(page, Path(folder) / "photo", width, height, given.model, given.format)


def _measure(page: Page, photo: Path, width: int, height: int, model: str, format: str) -> None:
    with Image.open(ASTRONAUT) as astronaut:
        large = astronaut.resize((width, height), Image.Resampling.BICUBIC)
    large.save(photo, format, quality=90, compress_level=1)
    page.reload()
    page.set_input_files("input", photo)
    told = page.evaluate(RUN, {"model": model})
    print(
        f"{width} × {height} ({width * height / 1e6:.0f} MP): heap "
        f"{told['before'] / 1e6:.0f} → {told['after'] / 1e6:.0f} MB, {told['total'] / 1000:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
