"""Milliseconds to write and to verify each format at 12 megapixels in Chromium, and the sizes.

    .venv/bin/python -m bench.encode [--runs 3] [--photo FILE] [--large FILE]

The photo is cut out once; then only its format is changed, so that nothing else runs. ``--large``
is a photo of 100 megapixels, say, that goes the whole road to a PNG, with the most memory that the
browser's processes took meanwhile.
"""

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from bench.blank import blank_page
from bench.photos import twelve_megapixels
from bench.road import CUT, START
from tools import memory
from tools.serve import SiteServer

ROOT = Path(__file__).parents[1]
STAGES = ("encode", "verify")
#: What a change leaves out stays as it was.
PLAIN = {"quality": None, "lossless": False, "effort": "quick", "depth": 8, "background": None}
#: What is written, by the name it has in the table.
ASKED: dict[str, dict[str, Any]] = {
    "PNG": {"format": "image/png"},
    "PNG, small": {"format": "image/png", "effort": "small"},
    "WebP": {"format": "image/webp"},
    "WebP, small": {"format": "image/webp", "effort": "small"},
    "WebP, lossless": {"format": "image/webp", "lossless": True},
    "AVIF": {"format": "image/avif"},
    "AVIF, small": {"format": "image/avif", "effort": "small"},
    "AVIF, 10 bits": {"format": "image/avif", "depth": 10},
    "AVIF, lossless": {"format": "image/avif", "lossless": True},
    "JPEG on white": {"format": "image/jpeg", "background": "#ffffff"},
}
FIRST = """async (options) => {
  const photo = document.querySelector("input[type=file]").files[0];
  window.result = await window.cutaway.removeBackground(photo, options);
}"""
CHANGE = """async (options) => {
  const { receipt } = await window.cutaway.change(window.result, options);
  return receipt;
}"""


def main() -> None:
    arguments = _arguments()
    with (
        tempfile.TemporaryDirectory() as folder,
        SiteServer(ROOT / "dist") as site,
        blank_page(site, Path(folder) / "profile") as page,
    ):
        page.evaluate(START)
        photo = arguments.photo or twelve_megapixels(Path(folder), 1)[0]
        _formats(page, photo, arguments.runs)
        if arguments.large:
            _large(page, arguments.large)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="times each file is written")
    parser.add_argument("--photo", type=Path, help="another photo than the built-in one")
    parser.add_argument("--large", type=Path, help="a large photo to go the whole road")
    return parser.parse_args()


def _formats(page: Page, photo: Path, runs: int) -> None:
    page.set_input_files("input", photo)
    page.evaluate(FIRST, {"model": "u2netp"})
    print(f"{'':16}{'encode':>8}{'verify':>8}{'bytes':>12}   colour, read by")
    for name, asked in ASKED.items():
        receipts = [page.evaluate(CHANGE, PLAIN | asked) for _ in range(runs)]
        times = [receipt["milliseconds"] for receipt in receipts]
        medians = (statistics.median(time[stage] for time in times) for stage in STAGES)
        last = receipts[-1]
        told = f"{last['verification']['colour']}, {last['verification']['decoder']}"
        row = "".join(f"{value:8.0f}" for value in medians)
        print(f"{name:16}{row}{last['file']['bytes']:12,}   {told}", flush=True)


def _large(page: Page, photo: Path) -> None:
    """The whole road of a large photo, which is printed with the peak of the page's processes."""
    page.set_input_files("input", photo)
    with memory.Peak() as peak:
        receipt = page.evaluate(CUT, {"model": "u2netp"})
    facts, total = receipt["photo"], receipt["milliseconds"]["total"]
    print(f"{facts['width']} × {facts['height']} {facts['format']} → PNG: "
          f"{total / 1000:.1f} s, {peak.bytes / 1e6:,.0f} MB at most")  # fmt: skip


if __name__ == "__main__":
    main()
