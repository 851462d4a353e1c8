"""Time and memory against megapixels, in Chromium; ``--write`` puts them into docs/, plotted.

    .venv/bin/python -m bench.growth [--model u2netp] [--rounds 3] [--only 1,2,4] [--write]

Each size has a page of its own, whose first photo is a small one so that the model is loaded; then
the photo of that size is cut ``rounds`` times. Told are the median of the road's time without
inference, of inference, and the page's peak. A straight line by least squares, weighted so that
every size counts alike, names the constant part and what a megapixel costs.
"""

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from bench import documents
from bench.batch import START
from bench.blank import blank_page
from bench.photos import ASTRONAUT
from tools import memory
from tools.serve import SiteServer

ROOT = Path(__file__).parents[1]
PLOT = ROOT / "docs" / "growth.svg"
MEGAPIXELS = (1, 2, 4, 8, 12, 24, 50, 100)
CUT = """async (options) => {
  const photo = document.querySelector("input").files[1];
  return (await window.cutaway.removeBackground(photo, options)).receipt.milliseconds;
}"""


@dataclass(frozen=True, slots=True)
class Size:
    """One size: seconds of the road without inference and of inference, and bytes at the peak."""

    megapixels: float
    road: float
    inference: float
    memory: int


@dataclass(frozen=True, slots=True)
class Line:
    """``constant + each · megapixels``, and the largest share by which a size lies off it."""

    constant: float
    each: float
    off: float

    def at(self, megapixels: float) -> float:
        return self.constant + self.each * megapixels


def main() -> None:
    arguments = _arguments()
    with (
        tempfile.TemporaryDirectory() as folder,
        SiteServer(ROOT / "dist") as site,
        blank_page(site, Path(folder) / "profile") as page,
    ):
        sizes = [_measured(page, Path(folder), each, arguments) for each in sorted(arguments.only)]
    print(_told(sizes))
    if arguments.write:
        from bench.plot import plotted  # it draws what is defined here

        PLOT.write_text(plotted(sizes), "utf-8")
        documents.put(documents.BENCHMARKS, "bench.growth", _told(sizes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="u2netp", help="id of a model of the registry")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", type=_numbers, default=MEGAPIXELS, help="megapixels")
    parser.add_argument("--write", action="store_true", help="docs/benchmarks.md and growth.svg")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _measured(page: Page, folder: Path, megapixels: int, asked: argparse.Namespace) -> Size:
    options = {"model": asked.model}
    page.reload()
    page.set_input_files("input", [ASTRONAUT, photo(folder, megapixels)])
    page.evaluate(START, options)
    receipts = [page.evaluate(CUT, options) for _ in range(asked.rounds)]
    inference = statistics.median(one["inference"] for one in receipts) / 1000
    road = statistics.median(
        one["total"] - one["inference"] - one["model"] - one["wait"] for one in receipts
    )
    size = Size(megapixels, road / 1000, inference, memory.peak_of_pages())
    print(f"{megapixels:4} MP  {size.road:6.2f} s  {inference:5.2f} s  {size.memory / 1e6:6.0f} MB",
          flush=True)  # fmt: skip
    return size


def photo(folder: Path, megapixels: int) -> Path:
    """A JPEG of so many megapixels, four to three."""
    width = round((megapixels * 1e6 * 4 / 3) ** 0.5)
    target = folder / f"{megapixels}.jpg"
    with Image.open(ASTRONAUT) as astronaut:
        large = astronaut.resize((width, round(width * 3 / 4)), Image.Resampling.BICUBIC)
    large.save(target, quality=90)
    return target


def line(megapixels: Sequence[float], values: Sequence[float]) -> Line:
    """The line that lies least off, each size by its share, so that large ones do not rule."""
    x, y = np.asarray(megapixels, float), np.asarray(values, float)
    terms = np.stack((np.ones_like(x), x), axis=1) / y[:, None]
    (constant, each), *_ = np.linalg.lstsq(terms, np.ones_like(y), rcond=None)
    off = np.abs((constant + each * x) / y - 1).max()
    return Line(float(constant), float(each), float(off))


def _told(sizes: Sequence[Size]) -> str:
    megapixels = [size.megapixels for size in sizes]
    road = line(megapixels, [size.road for size in sizes])
    peak = line(megapixels, [size.memory for size in sizes])
    rows = ["| MP | the road, s | inference, s | peak of the page, MB |", "|---:|---:|---:|---:|"]
    rows += [
        f"| {size.megapixels} | {size.road:.2f} | {size.inference:.2f} | {size.memory / 1e6:.0f} |"
        for size in sizes
    ]
    return "\n".join([
        *rows, "",
        f"Time: {road.constant:.2f} s and {road.each:.3f} s a megapixel (at most "
        f"{road.off:.0%} off); memory: {peak.constant / 1e6:.0f} MB and "
        f"{peak.each / 1e6:.1f} MB a megapixel (at most {peak.off:.0%} off).",
    ])  # fmt: skip


if __name__ == "__main__":
    main()
