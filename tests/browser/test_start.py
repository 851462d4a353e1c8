"""The start: what is overlapped, what the timeline tells of it, and that nothing depends on it."""

import base64
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Bench
from tools.serve import SiteServer

WEIGHTS = 4_574_861
TIMELINE = """async () => {
  const { timeline } = await window.cutaway.diagnostics();
  return timeline;
}"""
#: The engine at rest: whatever was begun ahead has ended.
START = """async (settings) => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway = await Cutaway.start(settings);
}"""
ZIP = """async (base64) => {
  const { worker } = await (await fetch("build.json")).json();
  const { entries } = await import(new URL("archive.js", new URL(worker.python, location.href)));
  const archive = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const text = new TextDecoder();
  try {
    return [...entries(archive)].map(({ name, content }) => [name, text.decode(content)]);
  } catch (error) {
    return error.message;
  }
}"""

Span = dict[str, Any]


@pytest.fixture(scope="module")
def server(dist: Path) -> Iterator[SiteServer]:
    with SiteServer(dist) as site:
        yield site


@pytest.fixture(scope="module")
def visited(browser: Browser, server: SiteServer, astronaut: Path) -> Iterator[Bench]:
    """A visitor who has cut one photo by the small model."""
    context = browser.new_context()
    bench = Bench(context.new_page(), server)
    bench.cut(astronaut, model="u2netp")
    yield bench
    context.close()


def spans(page: Page) -> dict[str, dict[str, Span]]:
    """What each thread has done: the first span of each name."""
    events = page.evaluate(TIMELINE)["traceEvents"]
    threads = {event["tid"]: event["args"]["name"] for event in events if event["ph"] == "M"}
    told: dict[str, dict[str, Span]] = {name: {} for name in threads.values()}
    for event in events:
        if event["ph"] == "X":
            told[threads[event["tid"]]].setdefault(event["name"], event)
    return told


def again(bench: Bench, **settings: Any) -> None:
    """The next visit of the same person."""
    bench.page.reload()
    bench.page.evaluate(START, settings)


def test_the_timeline_tells_what_every_thread_did(visited: Bench) -> None:
    told = spans(visited.page)
    assert set(told) == {"page", "python", "inference"}
    assert {"loadPyodide", "import cutaway", "until ready", "segment u2netp", "encode"} <= set(
        told["python"]
    )
    assert {"runtime", "store u2netp", "session u2netp", "run u2netp"} <= set(told["inference"])
    every = [span for thread in told.values() for span in thread.values()]
    assert min(span["ts"] for span in every) >= 0
    run, segment = told["inference"]["run u2netp"], told["python"]["segment u2netp"]
    assert segment["ts"] <= run["ts"], "the threads' clocks agree"


def test_the_next_visit_loads_the_model_while_python_boots(
    visited: Bench, server: SiteServer, astronaut: Path
) -> None:
    before = len(server.log)
    again(visited)
    ahead = spans(visited.page)["python"]["ahead u2netp"]
    ready = spans(visited.page)["python"]["until ready"]
    assert ahead["ts"] < ready["ts"] + ready["dur"]
    receipt = visited.cut(astronaut, model="u2netp").receipt
    assert receipt["bytes"] == {"network": 0, "store": WEIGHTS}
    assert not [entry for entry in server.log[before:] if entry.path.startswith("/models/")]


def test_what_was_loaded_ahead_for_other_threads_is_not_used(
    visited: Bench, astronaut: Path
) -> None:
    again(visited, device={"isolated": False})
    receipt = visited.cut(astronaut, model="u2netp").receipt
    assert receipt["provider"]["threads"] == 1
    assert receipt["retries"] == []


def test_what_is_forgotten_does_not_come_back_out_of_memory(
    visited: Bench, astronaut: Path
) -> None:
    again(visited)
    visited.cut(astronaut, model="u2netp")  # noted for as many threads as there are
    again(visited)
    visited.page.evaluate("window.cutaway.cache.clear()")
    receipt = visited.cut(astronaut, model="u2netp").receipt
    assert receipt["bytes"] == {"network": WEIGHTS, "store": 0}
    visited.page.evaluate("window.cutaway.cache.clear()")
    again(visited)
    assert "ahead u2netp" not in spans(visited.page)["python"], "nothing is fetched that way"


def zipped(**how: int) -> str:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **how) as archive:
        archive.writestr("deep/ä.txt", "one")
        archive.writestr("two.txt", "22" * 100)
    return base64.b64encode(out.getvalue()).decode()


def test_an_archive_is_read_and_a_packed_one_refused(visited: Bench) -> None:
    read = visited.page.evaluate(ZIP, zipped())
    assert read == [["deep/ä.txt", "one"], ["two.txt", "22" * 100]]
    packed = visited.page.evaluate(ZIP, zipped(compression=zipfile.ZIP_DEFLATED))
    assert packed == "This zip is packed or damaged."
    assert visited.page.evaluate(ZIP, base64.b64encode(bytes(50)).decode()) == (
        "This is no zip of ours."
    )
