"""Many photos in one page: the last is as quick as the first ones, and the memory comes back."""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, Worker

from tests.browser.conftest import Bench
from tools import memory

COUNT = 30
#: Photos for each of two engines that take turns.
TURNS = 5
#: How much slower the last photo may be.
SLOWER = 1.2
#: Counted from 0: every tenth is large, and none of these is beside one that is compared.
LARGE = (7, 17, 25)
START = """async (settings) => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway = await Cutaway.start(settings);
}"""
CUT = """async () => {
  const [photo] = document.querySelector("#photo").files;
  return (await window.cutaway.removeBackground(photo)).receipt;
}"""


def spent(page: Page, photo: Path) -> float:
    """Milliseconds for a photo, without loading the model should the engine have rested."""
    page.set_input_files("#photo", photo)
    milliseconds: dict[str, float] = page.evaluate(CUT)["milliseconds"]
    return milliseconds["total"] - milliseconds["model"]


def photos(small: Path, large: Path, folder: Path) -> Iterator[Path]:
    """Photos without end, made as they are asked for."""
    with Image.open(small) as photo:
        for number in itertools.count():
            file = folder / f"{number}.png"
            photo.rotate(number).save(file)
            yield large if number in LARGE else file


def eventually(page: Page, holds: Callable[[], bool], seconds: float = 120) -> bool:
    """Whether something comes true; the browser's events are heard meanwhile."""
    until = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < until:
        page.wait_for_timeout(100)
    return held


def at_rest(page: Page) -> int:
    """Bytes of the page once they have stopped to fall."""
    seen = [memory.of_pages()]

    def still() -> bool:
        page.wait_for_timeout(400)
        seen.append(memory.of_pages())
        return len(seen) > 4 and seen[-1] > 0.99 * seen[-4]

    eventually(page, still)
    return seen[-1]


def inference_workers(page: Page) -> list[Worker]:
    """The inference worker and the threads of ONNX Runtime."""
    return [w for w in page.workers if "/inference.js" in w.url or "/runtime/ort/" in w.url]


def gone(page: Page, workers: list[Worker]) -> bool:
    return eventually(page, lambda: not set(workers) & set(page.workers))


def pace(totals: list[float], number: int) -> float:
    """The time of a photo, by the median of it and its neighbours."""
    return statistics.median(totals[number - 1 : number + 2])


def beside_a_fresh_one(page: Page, photo: Path) -> float:
    """The worn engine's time over that of one at its fifth photo, taking turns.

    Where other programs are busy at one end of the run and not at the other, the run says nothing.
    """
    fresh = page.context.new_page()
    fresh.goto(page.url)
    fresh.evaluate(START, {})
    for _ in range(4):
        spent(fresh, photo)
    pairs = [(spent(page, photo), spent(fresh, photo)) for _ in range(TURNS)]
    fresh.close()
    worn, new = (statistics.median(times) for times in zip(*pairs, strict=True))
    return worn / new


def test_thirty_photos_slow_nothing_down_and_leave_no_memory_behind(
    bench: Bench, astronaut: Path, twelve_megapixels: Path, tmp_path: Path
) -> None:
    page = bench.page
    page.evaluate(START, {"idleSeconds": 4})
    before = at_rest(page)
    album = photos(astronaut, twelve_megapixels, tmp_path)
    totals = [spent(page, photo) for photo in islice(album, COUNT)]
    ratio = pace(totals, COUNT - 2) / pace(totals, 4)
    if ratio > SLOWER:
        ratio = beside_a_fresh_one(page, astronaut)
    during, workers = memory.of_pages(), inference_workers(page)
    assert gone(page, workers)
    eventually(page, lambda: memory.of_pages() <= before * 1.1, 30)
    after = at_rest(page)
    print(
        f"\nthe last photo took {ratio:.2f} of the fifth's time; megabytes before "
        f"{before / 1e6:.0f}, at work {during / 1e6:.0f}, after {after / 1e6:.0f}"
    )
    assert during > before * 1.2, "the work took memory that had to come back"
    assert ratio <= SLOWER
    assert after <= before * 1.2


def test_the_session_stays_until_a_rest_and_then_comes_from_the_store(
    bench: Bench, small_photo: Path
) -> None:
    page = bench.page
    page.clock.install()
    page.evaluate(START, {"idleSeconds": 600})
    first = bench.cut(small_photo)
    workers = inference_workers(page)
    assert any("/inference.js" in worker.url for worker in workers)
    page.clock.fast_forward(590_000)
    assert inference_workers(page) == workers
    assert bench.cut(small_photo).receipt["bytes"] == {"network": 0, "store": 0}
    page.clock.fast_forward(600_000)
    assert gone(page, workers)
    again = bench.cut(small_photo)
    assert again.receipt["bytes"] == {"network": 0, "store": first.receipt["bytes"]["network"]}
    assert again.receipt["retries"] == []
    assert (again.matte == first.matte).all()
