"""Many photos through one iterator: in order, as they are needed, and stoppable at any moment."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import Bench

#: So many that taking all at once and taking a few at a time cannot be confused.
COUNT = 6
#: Height of the photos; each is some pixels narrower than the one before.
SIDE, NARROWER = 160, 10
SET_UP = """async () => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway = await Cutaway.start();
  window.photos = [...document.querySelector("#photo").files];
  window.digest = async (blob) => {
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
    return sum.toHex?.() ?? Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  window.lazily = (photos) => {
    const state = { pulled: 0, closed: false };
    async function* pull() {
      try {
        for (const photo of photos) {
          state.pulled++;
          yield photo;
        }
      } finally {
        state.closed = true;
      }
    }
    return { state, source: pull() };
  };
}"""


@pytest.fixture(scope="module")
def album(shared_bench: Bench, small_photo: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """A page with ``photos`` and an engine; every test leaves the engine with nothing to do."""
    folder, page = tmp_path_factory.mktemp("album"), shared_bench.page
    files = []
    with Image.open(small_photo) as photo:
        for number in range(COUNT):
            files.append(folder / f"{number}.png")
            photo.crop((0, 0, SIDE - NARROWER * number, SIDE)).save(files[-1])
    page.evaluate("document.querySelector('#photo').multiple = true")
    page.set_input_files("#photo", files)
    page.evaluate(SET_UP)
    return page


def test_results_are_those_of_single_calls_in_order(album: Page) -> None:
    together, alone = album.evaluate("""async () => {
      const together = [];
      for await (const { index, photo, result } of cutaway.removeBackgrounds(photos)) {
        together.push([index, photos.indexOf(photo), await digest(result.blob)]);
      }
      const alone = [];
      for (const photo of photos) {
        const { blob } = await cutaway.removeBackground(photo);
        alone.push(await digest(blob));
      }
      return [together, alone];
    }""")
    assert together == [[number, number, alone[number]] for number in range(COUNT)]
    assert len(set(alone)) == COUNT


def test_a_photo_that_fails_does_not_stop_the_rest(album: Page) -> None:
    seen = album.evaluate("""async () => {
      const mixed = [photos[0], new Blob(["not a photo"]), photos[2], new Blob([]), photos[4]];
      const seen = [];
      for await (const { index, photo, result, error } of cutaway.removeBackgrounds(mixed)) {
        seen.push({
          index, same: photo === mixed[index], width: result?.receipt.file.width,
          error: error?.name, code: error?.code,
        });
      }
      return seen;
    }""")
    assert [entry["index"] for entry in seen] == [0, 1, 2, 3, 4]
    assert all(entry["same"] for entry in seen)
    assert [entry["width"] for entry in seen] == [
        SIDE,
        None,
        SIDE - 2 * NARROWER,
        None,
        SIDE - 4 * NARROWER,
    ]
    assert [entry["error"] for entry in seen] == [None, "CutawayError", None, "CutawayError", None]
    assert seen[1]["code"] == "not-an-image"


def test_progress_tells_which_photo_and_the_road_overlaps(album: Page) -> None:
    notes: list[dict[str, Any]] = album.evaluate("""async () => {
      const notes = [];
      const onProgress = (note) => notes.push(note);
      for await (const { error } of cutaway.removeBackgrounds(photos, { onProgress })) {
        if (error) throw error;
      }
      return notes;
    }""")
    assert {note["index"] for note in notes} == set(range(COUNT))
    for number in range(COUNT):
        stages = [note["stage"] for note in notes if note["index"] == number]
        road = [stage for stage in dict.fromkeys(stages) if stage != "model"]
        assert road == ["read", "segment", "refine", "cut", "compose", "encode", "verify"]
    order = [(note["index"], note["stage"], note["done"]) for note in notes]
    for number in range(COUNT - 1):
        assert order.index((number + 1, "read", 1)) < order.index((number, "verify", 1))


def test_a_small_photo_does_not_overtake_a_large_file(album: Page) -> None:
    order = album.evaluate("""async () => {
      // What lies behind a picture's end counts for nothing, and takes its time to read.
      const large = new Blob([photos[0], new Uint8Array(100_000_000)]);
      const order = [];
      const onProgress = ({ index, stage, done }) => {
        if (stage === "read" && done) order.push(index);
      };
      for await (const { error } of cutaway.removeBackgrounds([large, photos[1]], { onProgress })) {
        if (error) throw error;
      }
      return order;
    }""")
    assert order == [0, 1]


def test_photos_are_taken_only_as_they_are_needed(album: Page) -> None:
    ahead, pulled, closed = album.evaluate("""async () => {
      const { state, source } = lazily(photos);
      const ahead = [];
      let had = 0;
      for await (const { error } of cutaway.removeBackgrounds(source)) {
        if (error) throw error;
        ahead.push(state.pulled - ++had);
      }
      return [ahead, state.pulled, state.closed];
    }""")
    assert len(ahead) == pulled == COUNT
    assert max(ahead) <= 3
    assert closed


def test_a_slow_source_does_not_hold_back_what_is_done(album: Page) -> None:
    """The second photo is taken only when the first cutout is there."""
    order = album.evaluate("""async () => {
      let first;
      const seen = new Promise((resolve) => { first = resolve; });
      async function* source() {
        yield photos[0];
        await seen;
        yield photos[1];
      }
      const order = [];
      const work = (async () => {
        for await (const { index } of cutaway.removeBackgrounds(source())) {
          order.push(index);
          first();
        }
      })();
      await Promise.race([work, new Promise((resolve) => setTimeout(resolve, 120_000))]);
      return order;
    }""")
    assert order == [0, 1]


def test_not_asking_for_the_next_pauses(album: Page) -> None:
    paused, later, rest = album.evaluate("""async () => {
      const { state, source } = lazily(photos);
      const begun = new Set();
      const onProgress = ({ index }) => begun.add(index);
      const running = cutaway.removeBackgrounds(source, { onProgress });
      await running.next();
      const paused = state.pulled;
      // These wait their turn: once they are done, so is all that was begun.
      await cutaway.removeBackground(photos[0]);
      await cutaway.removeBackground(photos[0]);
      const later = { pulled: state.pulled, begun: begun.size };
      const rest = [];
      for await (const { index, result } of running) rest.push([index, result.receipt.file.width]);
      return [paused, later, rest];
    }""")
    assert later == {"pulled": paused, "begun": paused}
    assert paused < COUNT
    assert rest == [[number, SIDE - NARROWER * number] for number in range(1, COUNT)]


def test_leaving_the_loop_cancels_what_is_under_way(album: Page) -> None:
    left, finished, pulled, closed, same, receipt = album.evaluate("""async () => {
      const undisturbed = await cutaway.removeBackground(photos[3]);
      const { state, source } = lazily(photos);
      const finished = new Set();
      const onProgress = ({ index, stage, done }) => {
        if (stage === "verify" && done) finished.add(index);
      };
      let left;
      for await (const { index } of cutaway.removeBackgrounds(source, { onProgress })) {
        left = index;
        break;
      }
      const next = await cutaway.removeBackground(photos[3]);
      await cutaway.removeBackground(photos[3]);
      const same = (await digest(next.blob)) === (await digest(undisturbed.blob));
      return [left, [...finished], state.pulled, state.closed, same, next.receipt];
    }""")
    assert left == 0
    assert finished == [0]
    assert pulled < COUNT
    assert closed
    assert same
    assert receipt["retries"] == []


def test_the_signal_cancels_what_is_under_way(album: Page) -> None:
    seen, at_once, finished, closed, same = album.evaluate("""async () => {
      const undisturbed = await cutaway.removeBackground(photos[3]);
      const { state, source } = lazily(photos);
      const stop = new AbortController();
      const finished = new Set();
      const onProgress = ({ index, stage, done }) => {
        if (stage === "verify" && done) finished.add(index);
      };
      const seen = [];
      let atOnce = true;
      const options = { onProgress, signal: stop.signal };
      for await (const { index, error } of cutaway.removeBackgrounds(source, options)) {
        seen.push([index, error?.code]);
        if (index === 0) {
          // The page must not feel stuck: all is over before its next task can begin.
          const next = new MessageChannel();
          next.port1.onmessage = () => { atOnce = false; };
          next.port2.postMessage(null);
          stop.abort();
        }
      }
      const ended = atOnce;
      const next = await cutaway.removeBackground(photos[3]);
      const same = (await digest(next.blob)) === (await digest(undisturbed.blob));
      return [seen, ended, [...finished], state.closed, same];
    }""")
    assert seen[0] == [0, None]
    assert [code for _, code in seen[1:]] == ["cancelled"] * len(seen[1:])
    assert len(seen) < COUNT
    assert at_once
    assert finished == [0]
    assert closed
    assert same


def test_a_signal_that_was_aborted_before_takes_no_photo(album: Page) -> None:
    seen, pulled = album.evaluate("""async () => {
      const { state, source } = lazily(photos);
      const signal = AbortSignal.abort();
      const seen = [];
      for await (const { index } of cutaway.removeBackgrounds(source, { signal })) seen.push(index);
      return [seen, state.pulled];
    }""")
    assert seen == []
    assert pulled == 0


def test_a_source_that_fails_ends_the_loop_and_the_next_job_works(album: Page) -> None:
    message, width = album.evaluate("""async () => {
      async function* source() {
        yield photos[0];
        throw new Error("the camera is gone");
      }
      let message;
      try {
        for await (const { error } of cutaway.removeBackgrounds(source())) if (error) throw error;
      } catch (error) {
        message = error.message;
      }
      const next = await cutaway.removeBackground(photos[1]);
      return [message, next.receipt.file.width];
    }""")
    assert message == "the camera is gone"
    assert width == SIDE - NARROWER
