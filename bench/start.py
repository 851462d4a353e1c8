"""How long a visit takes until a cutout is on the screen, and what it waits for.

    .venv/bin/python -m bench.start [--dist FOLDER …] [--rounds 5] [--speed fast] [--trace FILE]

Three visits to the real page, with one photo each: *cold* in an empty profile, *booting* a reload
where the photo is dropped at once, *ready* a reload where it is dropped once the page is at rest.
Several builds take turns, so that what else goes on in the machine concerns all of them; below the
medians stand each thread's spans, of which the latest ends are the critical path.
``--trace`` keeps the last visit's timeline, for chrome://tracing or Perfetto.
"""

import argparse
import json
import re
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from bench.photos import ASTRONAUT, twelve_megapixels
from tools import browsers
from tools.serve import SiteServer

ROOT = Path(__file__).parents[1]
PATIENCE = 120_000
VISITS = ("cold", "booting", "ready")
#: Notes when a photo is dropped, when something of it is seen, and the page's longest task.
WATCH = """
  window.seen = { task: 0, marks: {} };
  const mark = (name) => { seen.marks[name] ??= performance.timeOrigin + performance.now(); };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.task = Math.max(seen.task, duration);
  }).observe({ type: "longtask", buffered: true });
  addEventListener("change", () => mark("drop"), true);
  const look = () => {
    if (document.body?.dataset.state === "done") mark("cutout");
    if (document.querySelector("#notices")?.textContent) mark("first");
  };
  const everything = { subtree: true, childList: true, attributes: true };
  new MutationObserver(look).observe(document, everything);
"""
#: Nobody chose a speed before the first visit; what is chosen holds for all.
CHOOSE = "localStorage.setItem('cutaway-speed', {speed});"
CONTROLLED = "navigator.serviceWorker.ready.then(() => true)"

SMALL = re.compile(r"^fetch .*\.(js|css|svg|jpg|png|webmanifest)$")

Visit = dict[str, Any]


def main() -> None:
    given = _arguments()
    told: dict[Path, dict[str, list[Visit]]] = {dist: defaultdict(list) for dist in given.dist}
    with tempfile.TemporaryDirectory() as folder:
        large = twelve_megapixels(Path(folder), 1)[0]
        photo = large if given.large else ASTRONAUT
        for _ in range(given.rounds):
            for dist in given.dist:
                for name, visit in _round(dist, photo, given.speed).items():
                    told[dist][name].append(visit)
    for dist, visits in told.items():
        _print(dist, visits)
    if given.trace:
        given.trace.write_text(json.dumps(told[given.dist[-1]]["booting"][-1]["timeline"]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dist", type=Path, nargs="+", default=[ROOT / "dist"], help="built sites")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--speed", default="fast", help="fast, balanced or best")
    parser.add_argument("--large", action="store_true", help="a photo of 12 megapixels")
    parser.add_argument("--trace", type=Path, help="keeps the last timeline in this file")
    return parser.parse_args()


def _round(dist: Path, photo: Path, speed: str) -> dict[str, Visit]:
    with SiteServer(dist) as site, _page(speed) as page:
        page.goto(site.url, wait_until="commit")
        visits = {"cold": _drop(page, photo)}
        visits["cold"]["bytes"] = site.sent()
        page.evaluate(CONTROLLED)
        page.reload(wait_until="commit")
        visits["booting"] = _drop(page, photo)
        page.reload(wait_until="load")
        _rest(page)
        visits["ready"] = _drop(page, photo)
    return visits


@contextmanager
def _page(speed: str) -> Iterator[Page]:
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=browsers.CHROMIUM.path, args=browsers.CHROMIUM_FLAGS
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(WATCH + CHOOSE.format(speed=json.dumps(speed)))
        yield page
        context.close()


def _rest(page: Page) -> None:
    """Python is ready and the model is warm."""
    expect(page.locator("#device")).not_to_be_empty(timeout=PATIENCE)
    page.wait_for_timeout(3000)  # the warm-up begins when the page is idle


def _drop(page: Page, photo: Path) -> Visit:
    page.set_input_files("#file", photo)
    expect(page.locator("#download")).to_be_visible(timeout=PATIENCE)
    seen: Visit = page.evaluate("window.seen")
    page.evaluate("document.querySelector('#diagnostics').open = true")
    report = page.locator("#report-json")
    expect(report).to_contain_text("traceEvents", timeout=PATIENCE)
    return seen | {"timeline": json.loads(report.text_content() or "")["timeline"]}


def _print(dist: Path, visits: dict[str, list[Visit]]) -> None:
    print(f"\n{dist}: medians of {len(visits['cold'])}, milliseconds")
    sent = statistics.median(visit["bytes"] for visit in visits["cold"])
    print(f"first visit: {sent / 1e6:.1f} MB transferred")
    figures: dict[str, Callable[[Visit], float | None]] = {
        "drop to cutout": lambda visit: _since_drop(visit, "cutout"),
        "drop to first look": lambda visit: _since_drop(visit, "first"),
        "longest task": lambda visit: visit["task"],
    }
    print(f"{'':34}" + "".join(f"{name:>10}" for name in VISITS))
    for title, figure in figures.items():
        _row(title, [[figure(visit) for visit in visits[name]] for name in VISITS])
    for thread in ("page", "python", "inference"):
        _print_thread(thread, visits)


def _since_drop(visit: Visit, mark: str) -> float | None:
    marks = visit["marks"]
    return marks[mark] - marks["drop"] if mark in marks else None


def _print_thread(thread: str, visits: dict[str, list[Visit]]) -> None:
    """Each span's begin after the visit's own and how long it took, in the order of a reload."""
    print(f"{thread}: begin + duration")
    spans = {name: [_spans(visit, thread) for visit in visits[name]] for name in VISITS}
    for title in dict.fromkeys(title for one in spans["booting"] + spans["cold"] for title in one):
        cells = []
        for name in VISITS:
            found = [one[title] for one in spans[name] if title in one]
            cells.append(_cell(found) if found else " " * 16)
        print(f"  {title[:40]:42}" + "".join(cells))


def _cell(found: list[tuple[float, float]]) -> str:
    begin = statistics.median(begin for begin, _ in found)
    lasted = statistics.median(lasted for _, lasted in found)
    return f"{begin:8.0f}{lasted:+8.0f}"


def _spans(visit: Visit, thread: str) -> dict[str, tuple[float, float]]:
    """By name, of a name's first span: begin and duration in milliseconds. Small files are one."""
    events = visit["timeline"]["traceEvents"]
    tid = next(e["tid"] for e in events if e["ph"] == "M" and e["args"]["name"] == thread)
    own = [event for event in events if event["ph"] == "X" and event["tid"] == tid]
    own.sort(key=lambda event: -event["ts"])
    small = [event for event in own if SMALL.search(event["name"])]
    told = {e["name"]: (e["ts"] / 1000, e["dur"] / 1000) for e in own if e not in small}
    if small:
        begin = small[-1]["ts"]
        end = max(event["ts"] + event["dur"] for event in small)
        told["scripts and styles"] = (begin / 1000, (end - begin) / 1000)
    return dict(sorted(told.items(), key=lambda item: item[1]))


def _row(title: str, columns: list[list[float | None]]) -> None:
    cells = []
    for column in columns:
        known = [value for value in column if value is not None]
        cells.append(f"{statistics.median(known):10.0f}" if known else " " * 10)
    print(f"{title:34}" + "".join(cells))


if __name__ == "__main__":
    main()
