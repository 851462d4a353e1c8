"""The page as a person uses it."""

import io
import os
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import until
from tools.serve import SiteServer

LONGEST_TASK = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    const durations = list.getEntries().map(({ duration }) => duration);
    window.longest = Math.max(window.longest, ...durations);
  }).observe({ type: "longtask" });
}"""


@pytest.fixture
def opened(page: Page, site: SiteServer) -> Page:
    page.set_default_timeout(120_000)
    page.goto(site.url)
    return page


def done(page: Page) -> None:
    expect(page.locator("#ran")).to_contain_text("thread", timeout=120_000)


def test_choose_see_and_download(opened: Page, astronaut: Path) -> None:
    opened.set_input_files("#file", astronaut)
    done(opened)
    expect(opened.locator("#ran")).to_contain_text("WebAssembly")
    with opened.expect_download() as download:
        opened.click("#download")
    rgba = np.asarray(Image.open(download.value.path()))
    assert rgba.shape == (512, 512, 4)
    with opened.expect_download() as download:
        opened.click("#mask")
    assert np.array_equal(np.asarray(Image.open(download.value.path())), rgba[..., 3])


def test_drop(opened: Page, astronaut: Path) -> None:
    transfer = opened.evaluate_handle(
        """async (bytes) => {
          const transfer = new DataTransfer();
          const content = new Uint8Array(bytes);
          transfer.items.add(new File([content], "dropped.png", { type: "image/png" }));
          return transfer;
        }""",
        list(astronaut.read_bytes()),
    )
    for event in ("dragenter", "dragover", "drop"):
        opened.dispatch_event("body", event, {"dataTransfer": transfer})
    done(opened)
    with opened.expect_download() as download:
        opened.click("#download")
    assert download.value.suggested_filename == "dropped-cutout.png"


def test_a_photo_chosen_before_the_scripts_arrive(
    page: Page, site: SiteServer, astronaut: Path
) -> None:
    site.faults.delay("/site/*/page.js", seconds=2)
    page.goto(site.url, wait_until="commit")
    page.locator("#file").wait_for(state="attached")
    page.set_input_files("#file", astronaut)
    assert page.locator("#status").inner_text() == "Getting ready", "the scripts were quicker"
    done(page)


def test_an_error_is_a_sentence_and_the_page_goes_on(
    opened: Page, tmp_path: Path, astronaut: Path
) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    opened.set_input_files("#file", empty)
    expect(opened.locator("#error")).to_contain_text(re.compile(r"empty", re.I))
    opened.set_input_files("#file", astronaut)
    done(opened)
    expect(opened.locator("#error")).to_be_hidden()


def test_cancel_and_go_on(opened: Page, site: SiteServer, astronaut: Path) -> None:
    site.faults.delay("/models/*", seconds=3)
    opened.set_input_files("#file", astronaut)
    opened.locator("#cancel").click()
    expect(opened.locator("#cancel")).to_be_hidden()
    opened.set_input_files("#file", astronaut)
    done(opened)


def test_the_main_thread_is_never_blocked(opened: Page, twelve_megapixels: Path) -> None:
    # The page is at rest: the model is loaded ahead, and the build kept for offline use.
    opened.evaluate("navigator.serviceWorker.ready.then(() => true)")
    while not opened.evaluate("navigator.serviceWorker.controller !== null"):
        opened.wait_for_timeout(50)
    opened.evaluate(LONGEST_TASK)
    opened.set_input_files("#file", twelve_megapixels)
    # What Playwright's own assertions do on the page counts as a task, too: this asks for little.
    until(opened, "document.querySelector('#ran').textContent.includes('thread')", 120)
    opened.wait_for_timeout(500)  # the observer is told about a task after it has ended
    assert opened.evaluate("window.longest") <= 50


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_picture_of_the_page(opened: Page, astronaut: Path, scheme: str, tmp_path: Path) -> None:
    """Also makes the README's picture, when CUTAWAY_PICTURES names a folder."""
    opened.set_viewport_size({"width": 1200, "height": 800})
    opened.emulate_media(color_scheme=scheme)
    opened.set_input_files("#file", astronaut)
    done(opened)
    opened.wait_for_timeout(600)  # the picture fades in
    picture = opened.screenshot()
    folder = os.environ.get("CUTAWAY_PICTURES")
    Path(folder or tmp_path, f"page-{scheme}.png").write_bytes(picture)
    assert (
        len(
            np.unique(
                np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).reshape(-1, 3), axis=0
            )
        )
        > 1000
    )
