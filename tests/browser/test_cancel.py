"""Cancelled at any moment a job ends at once, and the next one is right."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import Bench
from tools.serve import SiteServer

SET_UP = """async () => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway = await Cutaway.start();
  window.digest = async (blob) =>
    Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())));
  window.pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  window.photo = () => document.querySelector("#photo").files[0];

  /** Stops a job; what it gives becomes false with the page's next task. */
  window.abort = (stop) => {
    const now = { still: true };
    const next = new MessageChannel();
    next.port1.onmessage = () => { now.still = false; };
    next.port2.postMessage(null);
    stop.abort();
    return now;
  };

  /** How a job ended, and whether it did so as soon as it was asked to. */
  window.ending = (job, asked) => job.then(
    () => ({ code: "finished" }),
    ({ name, code }) => ({ name, code, atOnce: asked().still }),
  );

  /** Cancels a job once a note of progress is the right one; how it ended and how soon. */
  window.cancelled = async (options, isTheMoment, later = 0) => {
    const stop = new AbortController();
    let asked;
    const onProgress = async (note) => {
      if (asked !== undefined || !isTheMoment(note)) return;
      asked = null;
      if (later) await pause(later);
      asked = abort(stop);
    };
    const job = cutaway.removeBackground(photo(), { ...options, signal: stop.signal, onProgress });
    return ending(job, () => asked);
  };

  /** The next job: what came of it, and when it began to be read and to be in inference. */
  window.next = async (options) => {
    const begun = performance.now();
    const reached = {};
    const onProgress = ({ stage }) => { reached[stage] ??= performance.now() - begun; };
    const { blob, receipt } = await cutaway.removeBackground(photo(), { ...options, onProgress });
    return { sum: await digest(blob), receipt, read: reached.read, segment: reached.segment };
  };
}"""


@pytest.fixture(scope="module")
def started(shared_bench: Bench) -> Page:
    shared_bench.page.evaluate(SET_UP)
    return shared_bench.page


@pytest.fixture
def engine(started: Page, small_photo: Path) -> Page:
    """A page with an engine and a small photo; every test leaves the engine with nothing to do."""
    started.set_input_files("#photo", small_photo)
    return started


@pytest.fixture
def visitor(bench: Bench, small_photo: Path) -> Page:
    """The same on a first visit: nothing is stored."""
    bench.page.set_input_files("#photo", small_photo)
    bench.page.evaluate(SET_UP)
    return bench.page


@pytest.fixture(scope="module")
def larger(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So large that every stage has a middle: Python looks up from its work several times."""
    file = tmp_path_factory.mktemp("photos") / "larger.jpg"
    with Image.open(astronaut) as photo:
        photo.convert("RGB").resize((2000, 1500), Image.Resampling.LANCZOS).save(file, quality=92)
    return file


def assert_cancelled(end: dict[str, Any]) -> None:
    assert (end["code"], end["name"]) == ("cancelled", "CutawayError")
    assert end["atOnce"]


def assert_right(after: dict[str, Any], undisturbed: dict[str, Any], moment: str) -> None:
    """The job after a cancelled one; also prints when the engine was free for it."""
    assert after["sum"] == undisturbed["sum"]
    for job in (after, undisturbed):
        assert job["receipt"]["retries"] == []
        assert job["receipt"]["notices"] == []
    for name in ("model", "file", "verification"):
        assert after["receipt"][name] == undisturbed["receipt"][name]
    assert after["receipt"]["provider"]["ran"] == undisturbed["receipt"]["provider"]["ran"]
    print(
        f"\nafter a cancel during {moment}: the next job was read after {after['read']:.0f} ms, in "
        f"inference after {after['segment']:.0f} ms (undisturbed: {undisturbed['segment']:.0f} ms)"
    )


def test_while_the_server_keeps_the_model_waiting(visitor: Page, site: SiteServer) -> None:
    site.faults.delay("/models/*", seconds=10)
    end, after, undisturbed = visitor.evaluate("""async () => [
      await cancelled({}, ({ stage }) => stage === "model"), await next(), await next(),
    ]""")
    assert_cancelled(end)
    assert_right(after, undisturbed, "a download that has not begun")
    assert after["receipt"]["bytes"] == {"network": 4_574_861, "store": 0}


def test_while_a_download_is_broken(visitor: Page, site: SiteServer) -> None:
    site.faults.cut("/models/*", after=2_000_000)
    end, after, undisturbed = visitor.evaluate("""async () => [
      await cancelled({}, ({ stage, done }) => stage === "model" && done > 1_000_000),
      await next(), await next(),
    ]""")
    assert_cancelled(end)
    assert_right(after, undisturbed, "a broken download")


def test_during_inference(engine: Page) -> None:
    """The model takes seconds, so a moment after the stage began it is in the middle of it."""
    undisturbed, end, after = engine.evaluate("""async () => {
      const options = { model: "isnet" };
      const first = await next(options);
      const end = await cancelled(options, ({ stage }) => stage === "segment", 300);
      return [first, end, await next(options)];
    }""")
    assert undisturbed["receipt"]["milliseconds"]["inference"] > 600
    assert_cancelled(end)
    assert_right(after, undisturbed, "inference")
    assert after["receipt"]["bytes"] == {"network": 0, "store": 47_301_210}


@pytest.mark.parametrize("stage", ["read", "refine", "cut", "encode", "verify"])
def test_in_the_middle_of_python_work(engine: Page, larger: Path, stage: str) -> None:
    engine.set_input_files("#photo", larger)
    undisturbed, end, after = engine.evaluate(
        """async (wanted) => {
          const first = await next();
          const end = await cancelled({}, ({ stage }) => stage === wanted);
          return [first, end, await next()];
        }""",
        stage,
    )
    assert_cancelled(end)
    assert_right(after, undisturbed, stage)
    assert after["receipt"]["milliseconds"]["model"] == 0, "the warm session was kept"


def test_while_waiting_behind_another_job(engine: Page) -> None:
    """One is in inference, one has been read and waits for the engine, one has not been begun."""
    undisturbed, sum_of_first, ends, reached, after = engine.evaluate("""async () => {
      const options = { model: "isnet-768" };
      const undisturbed = await next(options);
      const stops = [new AbortController(), new AbortController()];
      const reached = new Set();
      const awaited = new Map();
      const until = (note) => new Promise((resolve) => { awaited.set(note, resolve); });
      const hear = (job) => ({ stage, done }) => {
        const note = `${job} ${stage} ${done}`;
        reached.add(note);
        awaited.get(note)?.();
      };
      const inInference = until("0 segment 0");
      const first = cutaway.removeBackground(photo(), { ...options, onProgress: hear(0) });
      await inInference;
      const waiting = until("1 read 1");
      let asked;
      const queued = stops.map(({ signal }, i) =>
        ending(cutaway.removeBackground(photo(), { ...options, signal, onProgress: hear(i + 1) }),
          () => asked));
      await waiting;
      for (const stop of stops) asked = abort(stop);
      const ends = await Promise.all(queued);
      const { blob } = await first;
      return [undisturbed, await digest(blob), ends, [...reached], await next(options)];
    }""")
    for end in ends:
        assert_cancelled(end)
    assert not [note for note in reached if note.startswith(("1 segment", "2 "))]
    assert sum_of_first == undisturbed["sum"]
    assert_right(after, undisturbed, "waiting")
    assert after["receipt"]["milliseconds"]["model"] == 0, "the job in inference was not disturbed"


def test_the_job_behind_a_cancelled_one_goes_on(engine: Page) -> None:
    end, second, undisturbed = engine.evaluate("""async () => {
      const options = { model: "isnet-768" };
      const first = cancelled(options, ({ stage }) => stage === "segment", 300);
      const second = next(options);
      return [await first, await second, await next(options)];
    }""")
    assert_cancelled(end)
    assert_right(second, undisturbed, "inference, while it waited")


def test_before_the_start(engine: Page) -> None:
    end, notes, after, undisturbed = engine.evaluate("""async () => {
      const notes = [];
      const options = { signal: AbortSignal.abort(), onProgress: (note) => notes.push(note) };
      const begun = abort(new AbortController());
      const end = await ending(cutaway.removeBackground(photo(), options), () => begun);
      return [end, notes, await next(), await next()];
    }""")
    assert_cancelled(end)
    assert notes == []
    assert_right(after, undisturbed, "nothing")


def test_twice_and_after_the_end_does_nothing(engine: Page) -> None:
    first, end, second, after = engine.evaluate("""async () => {
      const done = new AbortController();
      const { blob, receipt } = await cutaway.removeBackground(photo(), { signal: done.signal });
      done.abort();
      done.abort();
      const first = { sum: await digest(blob), receipt, read: 0, segment: 0 };
      const second = await next();
      const stop = new AbortController();
      const job = cutaway.removeBackground(photo(), { signal: stop.signal });
      const asked = abort(stop);
      stop.abort();
      return [first, await ending(job, () => asked), second, await next()];
    }""")
    assert_cancelled(end)
    assert_right(second, first, "nothing, since the job had ended")
    assert second["receipt"]["milliseconds"]["model"] == 0, "the session stayed warm"
    assert_right(after, first, "the hand-over to the worker")


def test_warming_up_can_be_cancelled(visitor: Page, site: SiteServer) -> None:
    site.faults.delay("/models/*", seconds=10)
    end, after, undisturbed = visitor.evaluate("""async () => {
      const stop = new AbortController();
      let asked;
      const onProgress = () => {
        asked ??= abort(stop);
      };
      const job = cutaway.prepare({ signal: stop.signal, onProgress });
      const end = await ending(job, () => asked);
      return [end, await next(), await next()];
    }""")
    assert_cancelled(end)
    assert_right(after, undisturbed, "warming up")
