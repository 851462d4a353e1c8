"""The built site in a real Chromium, on a server of the test's own."""

import base64
import io
import os
import shutil
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Error, Page, expect
from slugify import slugify

from tests.browser.panel import SAVES_DATA, open_panel
from tests.browser.witness import PATIENCE_MS, Witness
from tools import browsers
from tools.serve import SiteServer

expect.set_options(timeout=PATIENCE_MS)

ROOT = Path(__file__).parents[2]
WITNESS = Witness()
#: A page with nothing on it but an input: other people's pages use Cutaway this way.
BENCH_PAGE = '<!doctype html><title>bench</title><input type="file" id="photo">'
CUT = """async ({ settings, ...options }) => {
  const { Cutaway } = await import("./cutaway.js");
  const base64 = (blob) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(blob);
  });
  try {
    window.cutaway ??= await Cutaway.start(settings);
    const photo = document.querySelector("#photo").files[0];
    const notes = [];
    const onProgress = (note) => notes.push(note);
    const result = await window.cutaway.removeBackground(photo, { ...options, onProgress });
    const mask = await result.mask();
    return {
      png: await base64(result.blob), mask: await base64(mask), receipt: result.receipt, notes,
    };
  } catch (error) {
    return { error: { name: error.name, code: error.code, message: error.message } };
  }
}"""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": browsers.CHROMIUM.path, "args": browsers.CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def witness() -> Witness:
    return WITNESS


@pytest.fixture(scope="session")
def browser(browser: Browser, witness: Witness) -> Browser:
    """The browser of all tests, whose pages are watched."""
    return witness.over(browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the pages said and showed goes with the report of a test that failed."""
    report = yield
    if report.failed and report.when != "teardown":
        folder = Path(item.config.getoption("--output")) / slugify(item.nodeid)[-150:]
        report.sections.append((f"pages, kept in {folder}", WITNESS.keep(folder)))
    return report


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, with an empty page added for tests."""
    built = ROOT / "dist"
    assert (built / "build.json").exists(), "no built site: run python3 build.py dist"
    copy = tmp_path_factory.mktemp("site") / "dist"
    shutil.copytree(built, copy, copy_function=os.link)
    (copy / "bench.html").write_text(BENCH_PAGE)
    return copy


@pytest.fixture
def site(dist: Path) -> Iterator[SiteServer]:
    """A server of its own: its port makes a fresh origin, its log and faults are this test's."""
    with SiteServer(dist) as server:
        yield server


@dataclass(frozen=True)
class Answer:
    """What a page got from ``removeBackground``."""

    png: bytes
    matte: NDArray[np.uint8]
    receipt: dict[str, Any]
    notes: list[dict[str, Any]]

    @property
    def rgba(self) -> NDArray[np.uint8]:
        return np.asarray(Image.open(io.BytesIO(self.png)))


def until(page: Page, expression: str, seconds: float = PATIENCE_MS / 1000) -> None:
    """Wait until an expression holds on the page.

    Playwright's own way evaluates text inside the page, which our policy forbids; a page that is
    being replaced meanwhile has no answer yet.
    """
    end = time.monotonic() + seconds
    while True:
        with suppress(Error):
            if page.evaluate(expression):
                return
        assert time.monotonic() < end, f"not within {seconds} s: {expression}"
        page.wait_for_timeout(50)


class Bench:
    """An empty page that uses the public API."""

    def __init__(self, page: Page, site: SiteServer) -> None:
        self.page = page
        self.site = site
        page.goto(f"{site.url}bench.html")

    def reply(self, photo: Path, **options: Any) -> dict[str, Any]:
        """The raw reply for a photo: a result or an error."""
        self.page.set_input_files("#photo", photo)
        reply: dict[str, Any] = self.page.evaluate(CUT, options)
        return reply

    def cut(self, photo: Path, **options: Any) -> Answer:
        """The cutout of a photo; fails when it is refused."""
        reply = self.reply(photo, **options)
        assert "error" not in reply, reply["error"]
        mask = Image.open(io.BytesIO(base64.b64decode(reply["mask"])))
        assert mask.mode == "L"
        png = base64.b64decode(reply["png"])
        return Answer(png, np.asarray(mask), reply["receipt"], reply["notes"])

    def refused(self, photo: Path, **options: Any) -> dict[str, str]:
        """The error for a photo; fails when it is cut."""
        reply = self.reply(photo, **options)
        assert reply.get("error", {}).get("name") == "CutawayError", reply
        error: dict[str, str] = reply["error"]
        return error


@pytest.fixture
def bench(page: Page, site: SiteServer) -> Bench:
    return Bench(page, site)


@pytest.fixture(scope="module")
def shared_bench(browser: Browser, dist: Path) -> Iterator[Bench]:
    """One page and one engine for all tests of a module that need no first visit."""
    with SiteServer(dist) as site:
        context = browser.new_context()
        yield Bench(context.new_page(), site)
        context.close()


@pytest.fixture
def quiet(page: Page, site: SiteServer) -> Page:
    """The page of somebody who saves data: it fetches no model before it is told to."""
    page.add_init_script(SAVES_DATA)
    page.goto(site.url)
    return page


@pytest.fixture
def panel(quiet: Page) -> Page:
    """The same with the panel of models and storage open."""
    open_panel(quiet)
    return quiet


@pytest.fixture(scope="session")
def astronaut() -> Path:
    """Eileen Collins, NASA, public domain, 512 × 512."""
    return ROOT / ".cache" / "parts" / "photos" / "astronaut.png"


@pytest.fixture(scope="session")
def small_photo(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same at 160 × 160, for where a cutout must be made and its size is not the point."""
    file = tmp_path_factory.mktemp("photos") / "small.png"
    with Image.open(astronaut) as photo:
        photo.convert("RGB").resize((160, 160), Image.Resampling.LANCZOS).save(file)
    return file


@pytest.fixture(scope="session")
def twelve_megapixels(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same photograph as a 12-megapixel JPEG."""
    file = tmp_path_factory.mktemp("photos") / "large.jpg"
    with Image.open(astronaut) as photo:
        photo.resize((4000, 3000), Image.Resampling.LANCZOS).save(file, quality=92)
    return file


@pytest.fixture(autouse=True)
def quiet_console(witness: Witness) -> Iterator[None]:
    """No test may leave an uncaught error behind."""
    witness.begin()
    yield
    assert not witness.uncaught
