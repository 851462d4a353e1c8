"""Milliseconds per stage for a 12-megapixel photo in Chromium, cold and warm.

    .venv/bin/python -m bench.road [--model u2netp] [--runs 3] [--photo FILE]

Cold is an empty profile: everything is fetched. Warm is a reload: everything is stored, the
workers start afresh. Steady is the median of further photos in the same page.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from bench.blank import blank_page
from bench.photos import twelve_megapixels
from tools.serve import SiteServer

ROOT = Path(__file__).parents[1]
STAGES = ["model", "read", "prepare", "inference", "refine", "cut", "encode", "verify", "total"]
START = """async () => {
  const begun = performance.now();
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway = await Cutaway.start();
  return performance.now() - begun;
}"""
CUT = """async (options) => {
  const photo = document.querySelector("input[type=file]").files[0];
  const { receipt } = await window.cutaway.removeBackground(photo, options);
  return receipt;
}"""


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder, SiteServer(ROOT / "dist") as site:
        photo = arguments.photo or twelve_megapixels(Path(folder), 1)[0]
        visits = _measure(site, Path(folder), photo, arguments.model, arguments.runs)
    _print(visits)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="auto", help="id of a model of the registry")
    parser.add_argument("--runs", type=int, default=3, help="photos after the warm one")
    parser.add_argument("--photo", type=Path, help="another photo than the built-in one")
    return parser.parse_args()


def _measure(
    site: SiteServer, folder: Path, photo: Path, model: str, runs: int
) -> dict[str, dict[str, Any]]:
    with blank_page(site, folder / "profile") as page:
        visits = {"cold": _visit(page, photo, model)}
        page.reload()
        visits["warm"] = _visit(page, photo, model)
        steady = [page.evaluate(CUT, {"model": model}) for _ in range(runs)]
    if steady:
        medians = {
            stage: statistics.median(receipt["milliseconds"][stage] for receipt in steady)
            for stage in STAGES
        }
        visits["steady"] = visits["warm"] | {"boot": 0, "milliseconds": medians}
    return visits


def _visit(page: Page, photo: Path, model: str) -> dict[str, Any]:
    page.set_input_files("input", photo)
    begun = time.perf_counter()
    boot = page.evaluate(START)
    receipt: dict[str, Any] = page.evaluate(CUT, {"model": model})
    return receipt | {"boot": boot, "visit": (time.perf_counter() - begun) * 1000}


def _print(visits: dict[str, dict[str, Any]]) -> None:
    first = visits["cold"]
    photo, ran = first["photo"], first["provider"]
    print(f"{photo['width']} × {photo['height']}, {first['model']['id']}, "
          f"{ran['ran']} with {ran['threads']} threads; milliseconds")  # fmt: skip
    print(f"{'':12}" + "".join(f"{name:>9}" for name in visits))
    print(f"{'boot':12}" + "".join(f"{visit['boot']:9.0f}" for visit in visits.values()))
    for stage in STAGES:
        row = (visit["milliseconds"][stage] for visit in visits.values())
        print(f"{stage:12}" + "".join(f"{value:9.0f}" for value in row))
    row = (_road(visit["milliseconds"]) for visit in visits.values())
    print(f"{'the road':12}" + "".join(f"{value:9.0f}" for value in row) + "   the rest of total")
    row = (visit["visit"] for visit in visits.values() if visit["boot"])
    print(f"{'the visit':12}" + "".join(f"{value:9.0f}" for value in row) + "   boot to cutout")


def _road(milliseconds: dict[str, float]) -> float:
    """Without loading the model and inference."""
    return milliseconds["total"] - milliseconds["model"] - milliseconds["inference"]


if __name__ == "__main__":
    main()
