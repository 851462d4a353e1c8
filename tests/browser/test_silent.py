"""Workers that never begin, as now and then in Firefox on a busy machine: others are started."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Bench, until
from tests.browser.lab import with_faults
from tools.serve import SiteServer

#: The first few workers of a script hear nothing, so they never begin; the patience with them is
#: soon over.
DEAF = """
self.begun = 0;
let hears = true;
self.Worker = class extends Worker {
  #hears;
  constructor(url, how) {
    super(url, how);
    this.#hears = hears = !String(url).endsWith("SCRIPT") || begun++ >= COUNT;
  }
  postMessage(...what) {
    if (this.#hears) super.postMessage(...what);
  }
};
const wait = self.setTimeout;
self.setTimeout = (then, milliseconds) => wait(then, hears ? milliseconds : 100);
"""
READY = "document.querySelector('#status').textContent === 'Ready'"


def deaf(script: str, count: int) -> str:
    return DEAF.replace("SCRIPT", script).replace("COUNT", str(count))


def test_one_that_never_begins_is_replaced(page: Page, site: SiteServer, small_photo: Path) -> None:
    page.add_init_script(deaf("python.js", 1))
    assert Bench(page, site).cut(small_photo).receipt["retries"] == []
    assert page.evaluate("begun") == 2


def test_a_page_without_an_engine_says_so_and_starts_again(page: Page, site: SiteServer) -> None:
    page.add_init_script(deaf("python.js", 2))
    page.goto(site.url)
    expect(page.locator("#error")).to_contain_text("did not start")
    page.locator("#remedy").click()
    until(page, READY)
    expect(page.locator("#error")).to_be_hidden()
    assert page.evaluate("begun") == 3


@pytest.fixture
def deaf_inference(dist: Path, tmp_path: Path) -> Path:
    """The site, where the first inference worker of a python worker never begins."""
    return with_faults(dist, {"python.js": deaf("inference.js", 1)}, tmp_path / "dist")


def test_an_inference_worker_that_never_begins_is_replaced(
    page: Page, deaf_inference: Path, small_photo: Path
) -> None:
    with SiteServer(deaf_inference) as site:
        receipt = Bench(page, site).cut(small_photo).receipt
    assert receipt["provider"]["ran"] == "wasm"
    assert receipt["retries"] == []
