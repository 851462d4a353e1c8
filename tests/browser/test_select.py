"""Selecting by pointing, through the public API: the photo is read once, every click is answered.

The tests follow one another on one page, because reading a photo takes the model seconds.
"""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from cutaway.models import registry
from tests.browser.conftest import Bench

SAM = registry.entry(registry.SELECTING)
#: In the astronaut's face, and in the flag beside her, as shares of the photo's sides.
FACE, FLAG = (0.43, 0.22), (0.1, 0.3)
SET_UP = """async () => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway = await Cutaway.start();
  const photo = document.querySelector("#photo").files[0];
  window.lite = await window.cutaway.removeBackground(photo, { model: "lite" });
  window.selected = async (prompt, how) => {
    const notes = [];
    const onProgress = (note) => notes.push(note);
    const { candidates, milliseconds } = await window.cutaway.select(
      window.lite, prompt, { onProgress, ...how },
    );
    const told = candidates.map(({ bitmap, ...rest }) => {
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      const { data } = canvas.getContext("2d").getImageData(0, 0, bitmap.width, bitmap.height);
      let seen = 0;
      for (let at = 3; at < data.length; at += 4) seen += data[at] > 63;
      const { width, height } = bitmap;
      return { ...rest, width, height, seen: (4 * seen) / data.length };
    });
    return { candidates: told, milliseconds, notes };
  };
  return window.lite.receipt.photo;
}"""
CANCELLED = """async (prompt) => {
  const stop = new AbortController();
  const onProgress = ({ stage, model }) => {
    if (stage === "segment" && model === "sam2-tiny") stop.abort();
  };
  try {
    await window.cutaway.select(window.lite, prompt, { signal: stop.signal, onProgress });
  } catch ({ code }) {
    return code;
  }
}"""
EXPORTED = """async (edits) => {
  const notes = [];
  const onProgress = (note) => notes.push(note);
  const result = await window.cutaway.change(window.lite, { edits }, { onProgress });
  const bytes = new Uint8Array(await result.blob.arrayBuffer());
  const png = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return { png, receipt: result.receipt, notes };
}"""
REFUSED = "cutaway.select(lite, { points: [] }).catch(({ code, message }) => ({ code, message }))"


@pytest.fixture(scope="module")
def page(shared_bench: Bench, small_photo: Path) -> Page:
    shared_bench.page.set_input_files("#photo", small_photo)
    return shared_bench.page


@pytest.fixture(scope="module")
def size(page: Page) -> tuple[int, int]:
    """Width and height of the photo, once it is cut out by a method without a model."""
    photo = page.evaluate(SET_UP)
    return photo["width"], photo["height"]


@pytest.fixture(scope="module")
def first(page: Page, size: tuple[int, int]) -> dict[str, Any]:
    """The answer to the first click, after one that was cancelled."""
    assert page.evaluate(CANCELLED, {"points": [point(FACE, size)]}) == "cancelled"
    return selected(page, points=[point(FACE, size)])


def point(share: tuple[float, float], size: tuple[int, int], add: bool = True) -> dict[str, Any]:
    return {"x": share[0] * size[0], "y": share[1] * size[1], "add": add}


def selected(page: Page, **prompt: Any) -> dict[str, Any]:
    answer: dict[str, Any] = page.evaluate("(prompt) => window.selected(prompt)", prompt)
    return answer


def test_the_first_click_reads_the_photo_and_offers_three(
    first: dict[str, Any], size: tuple[int, int]
) -> None:
    assert first["milliseconds"]["encode"] > 0
    offered = first["candidates"]
    assert sorted(each["index"] for each in offered) == [0, 1, 2]
    scores = [each["score"] for each in offered]
    assert scores == sorted(scores, reverse=True)
    best = offered[0]
    assert (best["width"], best["height"]) == size
    assert best["seen"] == pytest.approx(best["share"], abs=0.01)
    x, y = FACE[0] * size[0], FACE[1] * size[1]
    assert best["box"]["x"] < x < best["box"]["x"] + best["box"]["width"]
    assert best["box"]["y"] < y < best["box"]["y"] + best["box"]["height"]


def test_bytes_that_arrive_are_told_as_those_of_one_model(first: dict[str, Any]) -> None:
    told = [note for note in first["notes"] if note["stage"] == "model"]
    assert {(note["model"], note["total"]) for note in told} == {(SAM.id, SAM.bytes)}
    assert told[-1]["done"] == SAM.bytes


def test_a_further_click_is_answered_without_reading_again(
    page: Page, size: tuple[int, int], first: dict[str, Any]
) -> None:
    answer = selected(page, points=[point(FACE, size), point(FLAG, size)])
    assert answer["milliseconds"]["encode"] == 0
    assert answer["milliseconds"]["decode"] > 0
    assert answer["candidates"][0]["share"] > first["candidates"][0]["share"]
    less = selected(page, points=[point(FACE, size), point(FLAG, size), point(FACE, size, False)])
    assert less["milliseconds"]["encode"] == 0
    assert less["candidates"][0]["share"] < answer["candidates"][0]["share"]


def test_what_was_asked_before_is_known(
    page: Page, size: tuple[int, int], first: dict[str, Any]
) -> None:
    again = selected(page, points=[point(FACE, size)])
    assert again["milliseconds"] == {"encode": 0, "decode": 0}
    assert again["candidates"] == first["candidates"]


def test_a_box_says_where(page: Page, size: tuple[int, int], first: dict[str, Any]) -> None:
    width, height = size
    box = {"x": 0, "y": 0, "width": 0.35 * width, "height": height}
    answer = selected(page, box=box)
    assert answer["milliseconds"]["encode"] == 0
    found = answer["candidates"][0]["box"]
    assert found["x"] + found["width"] < 0.5 * width


def test_a_selection_is_exported_as_an_edit(
    page: Page, size: tuple[int, int], first: dict[str, Any]
) -> None:
    edit = {"kind": "select", "points": [point(FACE, size)], "combine": "replace"}
    exported = page.evaluate(EXPORTED, [edit])
    asked = [note for note in exported["notes"] if note["stage"] in ("model", "segment")]
    assert asked == []
    assert exported["receipt"]["edits"]["selections"] == 1
    with Image.open(io.BytesIO(base64.b64decode(exported["png"]))) as picture:
        alpha = np.asarray(picture)[..., 3]
    assert alpha.shape == (size[1], size[0])
    assert alpha[int(FACE[1] * size[1]), int(FACE[0] * size[0])] == 255
    assert (alpha > 127).mean() == pytest.approx(first["candidates"][0]["share"], abs=0.02)


def test_pointing_nowhere_is_refused(page: Page, first: dict[str, Any]) -> None:
    refused = page.evaluate(REFUSED)
    assert refused["code"] == "bad-option"
    assert "point or a box" in refused["message"]
