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

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tools import browsers
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
        photo = arguments.photo or _twelve_megapixels(Path(folder))
        visits = _measure(site, Path(folder), photo, arguments.model, arguments.runs)
    _print(visits)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="auto", help="id of a model of the registry")
    parser.add_argument("--runs", type=int, default=3, help="photos after the warm one")
    parser.add_argument("--photo", type=Path, help="another photo than the built-in one")
    return parser.parse_args()


def _twelve_megapixels(folder: Path) -> Path:
    file = folder / "twelve.jpg"
    with Image.open(ROOT / ".cache/parts/photos/astronaut.png") as photo:
        photo.resize((4000, 3000), Image.Resampling.LANCZOS).save(file, quality=92)
    return file


def _measure(
    site: SiteServer, folder: Path, photo: Path, model: str, runs: int
) -> dict[str, dict[str, Any]]:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=browsers.CHROMIUM.path,
            args=browsers.CHROMIUM_FLAGS,
        )
        page = context.new_page()
        page.set_default_timeout(300_000)
        # A page of the site's own origin that starts nothing by itself.
        page.route("**/bench", lambda route: route.fulfill(
            content_type="text/html", body='<input type="file">',
            headers={"Cross-Origin-Opener-Policy": "same-origin",
                     "Cross-Origin-Embedder-Policy": "require-corp"},
        ))  # fmt: skip
        visits = {
            "cold": _visit(page, site, photo, model),
            "warm": _visit(page, site, photo, model),
        }
        steady = [page.evaluate(CUT, {"model": model}) for _ in range(runs)]
        context.close()
    if steady:
        visits["steady"] = visits["warm"] | {"boot": 0, "milliseconds": {
            stage: statistics.median(receipt["milliseconds"][stage] for receipt in steady)
            for stage in STAGES
        }}  # fmt: skip
    return visits


def _visit(page: Page, site: SiteServer, photo: Path, model: str) -> dict[str, Any]:
    page.goto(f"{site.url}bench")
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
    road = (
        visit["milliseconds"]["total"]
        - visit["milliseconds"]["model"]
        - visit["milliseconds"]["inference"]
        for visit in visits.values()
    )
    print(
        f"{'the road':12}"
        + "".join(f"{value:9.0f}" for value in road)
        + "   without model and inference"
    )


if __name__ == "__main__":
    main()
