"""The page as a person uses it."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import until
from tests.browser.pictures import AT_REST, keep
from tools.serve import SiteServer

#: By the clock on the wall, which also tells of a thread that waits.
LONGEST_TASK = """() => {
  window.longest = 0;
  window.observer = new PerformanceObserver((list) => {
    const durations = list.getEntries().map(({ duration }) => duration);
    window.longest = Math.max(window.longest, ...durations);
  });
  observer.observe({ type: "longtask" });
}"""
#: The observer is told about a task only after it has ended.
LONGEST = """() => new Promise((resolve) => {
  setTimeout(() => { observer.disconnect(); resolve(longest); }, 500);
})"""
#: A page's main thread, and what it does there from one turn of its loop to the next.
MAIN, TASK = "CrRendererMain", "ThreadControllerImpl::RunTask"


@pytest.fixture(scope="module")
def lasting(browser: Browser, dist: Path) -> Iterator[Page]:
    """One page for all tests here; there, too, a person takes one photo after the other."""
    with SiteServer(dist) as site:
        context = browser.new_context()
        page = context.new_page()
        page.goto(site.url)
        yield page
        context.close()


@pytest.fixture
def opened(lasting: Page) -> Page:
    """The page before a photo comes: what ran for the last one is not told any more."""
    lasting.evaluate("document.querySelector('#ran').textContent = ''")
    return lasting


def done(page: Page) -> None:
    expect(page.locator("#ran")).to_contain_text("thread")


def longest_task(trace: bytes) -> float:
    """Milliseconds that a page's main thread computed at a stretch, at most.

    By the processor's clock: while other programs have their turn nothing is the page's fault.
    """
    events = json.loads(trace)["traceEvents"]
    threads = [event for event in events if event["name"] == "thread_name"]
    main = {(one["pid"], one["tid"]) for one in threads if one["args"]["name"] == MAIN}
    tasks = [e for e in events if e["name"] == TASK and (e["pid"], e["tid"]) in main]
    assert len(tasks) > 100, "the trace tells of the page's tasks"
    # Of the shortest ones that time is not told.
    return max(float(task.get("tdur", 0)) for task in tasks) / 1000


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
    scripts = site.faults.hold("/site/*/page.js")
    page.goto(site.url, wait_until="commit")
    page.locator("#file").wait_for(state="attached")
    page.set_input_files("#file", astronaut)
    assert page.locator("#status").inner_text() == "Getting ready", "the scripts were quicker"
    scripts.set()
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


def test_cancel_and_go_on(page: Page, site: SiteServer, astronaut: Path) -> None:
    page.goto(site.url)
    site.faults.delay("/models/*", seconds=3)
    page.set_input_files("#file", astronaut)
    page.locator("#cancel").click()
    expect(page.locator("#cancel")).to_be_hidden()
    page.set_input_files("#file", astronaut)
    done(page)


def test_the_main_thread_is_never_blocked(
    browser: Browser, opened: Page, astronaut: Path, twelve_megapixels: Path
) -> None:
    # The page is at rest: the model is loaded ahead, and the build kept for offline use.
    opened.set_input_files("#file", astronaut)
    done(opened)
    until(opened, "navigator.serviceWorker.controller !== null")
    opened.evaluate("document.querySelector('#ran').textContent = ''")
    opened.evaluate(LONGEST_TASK)
    browser.start_tracing(page=opened, categories=["toplevel", "__metadata"])
    opened.set_input_files("#file", twelve_megapixels)
    # What Playwright's own assertions do on the page counts as a task, too: this asks for little.
    until(opened, "document.querySelector('#ran').textContent.includes('thread')")
    on_the_wall = opened.evaluate(LONGEST)
    assert longest_task(browser.stop_tracing()) <= 50
    assert on_the_wall <= 50


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_picture_of_the_page(opened: Page, astronaut: Path, scheme: str) -> None:
    """Also makes the README's picture."""
    opened.set_viewport_size({"width": 1200, "height": 800})
    opened.emulate_media(color_scheme=scheme)
    opened.set_input_files("#file", astronaut)
    done(opened)
    until(opened, f"() => {{ {AT_REST} }}")  # the picture fades in
    picture = keep(opened, f"page-{scheme}")
    assert (
        len(
            np.unique(
                np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).reshape(-1, 3), axis=0
            )
        )
        > 1000
    )
