"""Memory of a page that cuts out a hundred 12-megapixel photos together, in Chromium.

    .venv/bin/python -m bench.album [--photos 100] [--speed fast]

The photos are chosen on the page itself, as a person would; ten different ones take turns. What the
renderer processes and the browser's own process hold is printed after the tenth photo and from
then on after every tenth.
"""

import argparse
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.photos import twelve_megapixels
from tools import browsers, memory
from tools.serve import SiteServer

ROOT = Path(__file__).parents[1]
VARIANTS = 10
STATES = "(all) => all.map(({ dataset }) => dataset.state)"
FINISHED = frozenset({"done", "failed"})


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder, SiteServer(ROOT / "dist") as site:
        photos = _photos(Path(folder), arguments.photos)
        with sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                Path(folder) / "profile",
                executable_path=browsers.CHROMIUM.path,
                args=browsers.CHROMIUM_FLAGS,
            )
            page = context.new_page()
            page.goto(site.url)
            page.check(f'[name="speed"][value="{arguments.speed}"]')
            page.set_input_files("#file", photos)
            _watch(page, len(photos))
            context.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=100)
    parser.add_argument("--speed", default="fast", choices=["fast", "balanced", "best"])
    return parser.parse_args()


def _photos(folder: Path, count: int) -> list[Path]:
    """So many files; every tenth is the same picture under another name."""
    variants = twelve_megapixels(folder, min(VARIANTS, count))
    files = []
    for number in range(count):
        files.append(folder / f"{number:03}.jpg")
        files[-1].hardlink_to(variants[number % len(variants)])
    return files


def _watch(page: Page, count: int) -> None:
    print(f"{'photos':>6}{'seconds':>9}{'pages':>9}{'browser':>9}{'together':>10}   MB", flush=True)
    begun = time.monotonic()
    tenth = told = 0
    while told < count:
        page.wait_for_timeout(500)
        states = page.locator(".album-tile").evaluate_all(STATES)
        done = sum(state in FINISHED for state in states)
        if done < min(told + VARIANTS, count):
            continue
        told = done
        pages, browser = memory.of_pages(), memory.of_browser()
        tenth = tenth or pages + browser
        print(
            f"{done:6}{time.monotonic() - begun:9.0f}"
            + "".join(f"{part / 1e6:{width}.0f}" for part, width in ((pages, 9), (browser, 9)))
            + f"{(pages + browser) / 1e6:10.0f}",
            flush=True,
        )
    print(f"{states.count('done')} done, {states.count('failed')} failed")
    print(f"at the end {(pages + browser) / tenth:.2f} of what it was after the tenth photo")


if __name__ == "__main__":
    main()
