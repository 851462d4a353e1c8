"""Firefox ESR: threads, no WebGPU unless a person switches it on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser import test_files as files
from tests.browser.conftest import Bench, until
from tests.browser.pictures import AT_REST, PLACE, assert_compared
from tests.browser.test_cutout import natively, overlap
from tests.browser.witness import Witness
from tools.browsers import FIREFOX
from tools.serve import SiteServer

#: The style that Playwright adds to a page for a screenshot; the page's policy refuses it.
PLAYWRIGHTS_STYLE = "sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA="

#: With more than one thread Firefox reports this once while ONNX Runtime starts. It reaches no
#: error handler of the page or of our workers, is gone with one thread, and the masks are right.
THREADS_START = "undefined"

pytestmark = pytest.mark.skipif(bool(FIREFOX.missing), reason=FIREFOX.missing)


@pytest.fixture(scope="module")
def firefox(playwright: Playwright, witness: Witness) -> Iterator[Browser]:
    kind = playwright.firefox
    with kind.launch(channel="moz-firefox", executable_path=FIREFOX.path) as browser:
        yield witness.over(browser)


@pytest.fixture
def tab(firefox: Browser) -> Iterator[Page]:
    with firefox.new_context(viewport={"width": 1200, "height": 800}) as context:
        yield context.new_page()


@pytest.fixture(autouse=True)
def quiet_console(witness: Witness) -> Iterator[None]:
    """No test may leave an uncaught error behind; in place of Chromium's."""
    witness.begin()
    yield
    ours = [
        error
        for error in witness.uncaught
        if PLAYWRIGHTS_STYLE not in error and error != THREADS_START
    ]
    assert not ours


def test_cutout_is_the_native_one_and_the_receipt_names_what_ran(
    tab: Page, site: SiteServer, astronaut: Path, tmp_path: Path
) -> None:
    bench = Bench(tab, site)
    answer = bench.cut(astronaut, model="u2netp")
    assert answer.rgba.shape == (512, 512, 4)
    assert overlap(answer.matte, natively(astronaut, "u2netp", tmp_path)) >= 0.999
    ran = answer.receipt["provider"]
    threads = min(tab.evaluate("navigator.hardwareConcurrency"), 4)
    assert (ran["ran"], ran["threads"]) == ("wasm", threads)
    assert f"{threads} threads" in ran["reason"]
    assert "no WebGPU" in ran["reason"]
    assert answer.receipt["retries"] == []
    assert tab.evaluate("cutaway.device()")["bundle"] == "jspi"
    wasm = {entry.path.rpartition("/")[2] for entry in site.log if "/ort/" in entry.path}
    assert wasm == {"ort.jspi.bundle.min.mjs", "ort-wasm-simd-threaded.jspi.wasm"}


def test_every_format_is_written_and_verified(tab: Page, site: SiteServer, astronaut: Path) -> None:
    tab.goto(f"{site.url}bench.html")
    tab.evaluate(files.HELPERS)
    files.cut(tab, astronaut)
    for name, way in files.WAYS.items():
        white = {"background": "#ffffff"} if name == "jpeg" else {}
        verification = files.changed(tab, **way, **white)["receipt"]["verification"]
        assert verification["alpha"] == "exact"
        exact = way.get("lossless", False) or way["format"] == "image/png"
        assert (verification["colour"] == "exact") == exact, name


def test_an_empty_file_is_refused_and_the_next_photo_works(
    tab: Page, site: SiteServer, astronaut: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    bench = Bench(tab, site)
    assert bench.refused(empty)["code"] == "empty-file"
    assert bench.cut(astronaut, model="u2netp").rgba.shape == (512, 512, 4)


def test_the_page(tab: Page, site: SiteServer, astronaut: Path) -> None:
    tab.goto(site.url)
    tab.set_input_files("#file", astronaut)
    expect(tab.locator("#ran")).to_contain_text("WebAssembly")
    until(tab, f"() => {{ {AT_REST} }}")
    place = tab.evaluate(f"() => {{ {PLACE} }}")
    assert_compared(tab.screenshot(), place, astronaut)
