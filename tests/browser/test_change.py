"""Another look at a photo that was cut: views, changes, first looks, presets."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.unit.doubles import encoded, scene
from tools.serve import SiteServer

#: Helpers that every test uses; they stay on the page.
TOOLS = """async () => {
  const { Cutaway } = await import("./cutaway.js");
  const text = (blob) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(blob);
  });
  const drawn = async ({ bitmap, width, height }) => {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    return { png: await text(await canvas.convertToBlob()), width, height };
  };
  window.cutaway = await Cutaway.start();
  window.tools = {
    text,
    photo: () => document.querySelector("#photo").files[0],
    view: async (result, how) => drawn(await cutaway.view(result, how)),
    drawn,
    told: async (result) => ({ file: await text(result.blob), receipt: result.receipt }),
    code: (promise) => promise.then(() => "done", (error) => error.code),
  };
}"""
CUT = """async (options) => {
  window.result = await cutaway.removeBackground(tools.photo(), { model: "u2netp", ...options });
  return tools.told(result);
}"""
CHANGE = """async (options) => {
  const stages = new Set();
  const onProgress = ({ stage }) => stages.add(stage);
  const changed = await cutaway.change(result, options, { onProgress });
  return { ...await tools.told(changed), stages: [...stages] };
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, dist: Path, astronaut: Path) -> Iterator[Page]:
    """A page with an engine and a photo that was cut, for the whole module."""
    with SiteServer(dist) as site:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{site.url}bench.html")
        page.set_input_files("#photo", astronaut)
        page.evaluate(TOOLS)
        yield page
        context.close()


@pytest.fixture(scope="module")
def first(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate(CUT, {})
    return told


def pixels(text: str) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(base64.b64decode(text))) as picture:
        return np.asarray(picture.convert("RGBA"))


def change(page: Page, options: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate(CHANGE, options)
    return told


def test_a_view_has_the_pixels_of_the_picture(page: Page, first: dict[str, Any]) -> None:
    whole = pixels(first["file"])
    region = {"x": 120, "y": 200, "width": 90, "height": 70}
    seen = page.evaluate("(region) => tools.view(result, { region })", region)
    part = whole[200:270, 120:210]
    found = pixels(seen["png"])
    assert (seen["width"], seen["height"]) == (512, 512)
    assert (found[..., 3] == part[..., 3]).all()
    # The test draws it on a canvas, which keeps soft colours only about.
    assert (found[part[..., 3] == 255] == part[part[..., 3] == 255]).all()


def test_a_view_shows_a_look_that_nobody_has_written(page: Page, first: dict[str, Any]) -> None:
    look = {
        "refine": {"shift": -3},
        "background": {"kind": "gradient", "from": "#ff0000", "to": "#0000ff", "angle": 90},
        "shadow": {"kind": "drop"},
        "frame": {"crop": "subject", "aspect": "1:1", "margin": 0.2},
        "side": 128,
    }
    seen = page.evaluate("(look) => tools.view(result, look)", look)
    found = pixels(seen["png"])
    assert found.shape == (128, 128, 4)
    assert seen["width"] == seen["height"] > 512
    assert (found[..., 3] == 255).all()
    assert found[0, 0, 0] > 240 > 20 > found[0, -1, 0]
    for what in ("photo", "mask", "uncertainty"):
        other = page.evaluate("(look) => tools.view(result, look)", look | {"what": what})
        assert (other["width"], other["height"]) == (seen["width"], seen["height"])
        assert pixels(other["png"]).shape == found.shape


def test_a_change_runs_only_what_it_concerns(page: Page, first: dict[str, Any]) -> None:
    refined = change(page, {"refine": {"feather": 3}})
    assert refined["stages"] == ["refine", "cut", "compose", "encode", "verify"]
    coloured = change(page, {"refine": {"feather": 3}, "background": "#3366cc"})
    assert coloured["stages"] == ["compose", "encode", "verify"]
    written = change(page, {"refine": {"feather": 3}, "background": "#3366cc", "effort": "small"})
    assert written["stages"] == ["encode", "verify"]
    times = written["receipt"]["milliseconds"]
    assert times["refine"] == times["cut"] == times["compose"] == times["inference"] == 0
    assert (pixels(written["file"]) == pixels(coloured["file"])).all()
    assert (pixels(coloured["file"])[0, -1] == (0x33, 0x66, 0xCC, 255)).all()
    plain = change(page, {})
    assert plain["stages"] == ["refine", "cut", "compose", "encode", "verify"]
    assert plain["file"] == first["file"]


def test_an_image_may_stand_behind(page: Page, first: dict[str, Any]) -> None:
    image = base64.b64encode(encoded(Image.fromarray(scene(64, 64)), "PNG")).decode()
    told = page.evaluate(
        """async (base64) => {
          const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
          const image = new Blob([bytes]);
          const bare = await cutaway.change(result, { background: image });
          const kind = await cutaway.change(result, { background: { kind: "image", image } });
          const broken = tools.code(cutaway.change(result, { background: new Blob(["hello"]) }));
          const seen = await tools.view(result, { background: image, side: 64 });
          return {
            bare: await tools.told(bare), kind: await tools.told(kind), seen: seen.png,
            code: await broken, mask: await tools.text(await bare.mask()),
          };
        }""",
        image,
    )
    whole = pixels(told["bare"]["file"])
    wanted = Image.fromarray(scene(64, 64)).resize((512, 512), Image.Resampling.BICUBIC)
    corner = whole[:60, -60:, :3].astype(int)
    assert np.abs(corner - np.asarray(wanted)[:60, -60:]).max() <= 1
    assert told["kind"]["file"] == told["bare"]["file"]
    assert told["bare"]["receipt"]["scene"]["background"]["kind"] == "image"
    assert np.abs(pixels(told["seen"])[0, -1].astype(int) - whole[4, -4]).max() < 30
    assert told["code"] == "not-an-image"
    # The file is opaque, so the matte is told by what is held.
    cutout = pixels(first["file"])
    assert (pixels(told["mask"])[..., 0] == cutout[..., 3]).all()


def test_a_preset_makes_what_it_promises_and_says_what_it_does_not(
    page: Page, first: dict[str, Any]
) -> None:
    listed = page.evaluate("cutaway.presets()")
    assert {"id", "title", "note", "background", "frame", "format", "quality"} == set(listed[0])
    told = change(page, {"preset": "listing"})
    assert told["receipt"]["file"]["format"] == "image/jpeg"
    picture = Image.open(io.BytesIO(base64.b64decode(told["file"])))
    assert (picture.format, picture.size) == ("JPEG", (1600, 1600))
    found = told["receipt"]["preset"]
    # The photo ends within the astronaut: so does the picture, and its border cannot be white.
    assert (found["id"], found["met"]) == ("listing", False)
    assert "border" in found["reasons"][0]
    again = change(page, {"preset": "listing", "format": "image/png", "background": "#ffffff"})
    assert any("image/png" in reason for reason in again["receipt"]["preset"]["reasons"])
    assert page.evaluate("tools.code(cutaway.change(result, { preset: 'bazaar' }))") == (
        "unknown-preset"
    )


def test_a_jpeg_without_a_background_becomes_white_and_says_so(
    page: Page, first: dict[str, Any]
) -> None:
    told = change(page, {"format": "image/jpeg"})
    assert any("white" in notice for notice in told["receipt"]["notices"])
    picture = Image.open(io.BytesIO(base64.b64decode(told["file"])))
    assert picture.format == "JPEG"
    assert np.asarray(picture.convert("RGB"))[0, -1].min() >= 250


def test_options_that_cannot_be_meant_have_a_code(page: Page, first: dict[str, Any]) -> None:
    codes = page.evaluate("""async () => ({
      background: await tools.code(cutaway.change(result, { background: "white" })),
      frame: await tools.code(cutaway.view(result, { frame: { margin: 1 } })),
      region: await tools.code(
        cutaway.view(result, { region: { x: 9000, y: 0, width: 5, height: 5 } })),
      stranger: await tools.code(cutaway.view({}, {})),
      nothing: await tools.code(cutaway.view(result, { refine: null, background: null, shadow: null,
        frame: null, preset: null, region: null, side: 16 })),
    })""")
    assert codes == dict.fromkeys(codes, "bad-option") | {"nothing": "done"}


def test_a_first_look_comes_before_the_answer_of_several_models(
    page: Page, first: dict[str, Any]
) -> None:
    told = page.evaluate("""async () => {
      const events = [];
      let look;
      const onLook = (bitmap, size) => {
        events.push("look");
        look = { bitmap, ...size };
      };
      const onProgress = ({ stage, done, model }) => {
        if (stage === "segment") events.push(`${model} ${done}`);
      };
      const options = { speed: "balanced", onLook, onProgress };
      const result = await cutaway.removeBackground(tools.photo(), options);
      events.push("result");
      return { events, look: await tools.drawn(look), ...await tools.told(result) };
    }""")
    events = told["events"]
    assert events.count("look") == 1
    assert events.index("u2netp 1") < events.index("look") < events.index("isnet-768 1")
    assert events[-1] == "result"
    look, whole = pixels(told["look"]["png"]), pixels(told["file"])
    assert (told["look"]["width"], told["look"]["height"]) == (512, 512)
    assert look.shape == whole.shape
    alone = pixels(first["file"])
    assert np.abs(look[..., 3].astype(int) - alone[..., 3]).mean() < 8
    assert np.abs(look[..., 3].astype(int) - whole[..., 3]).mean() < 16


def test_another_photo_lets_the_last_one_go(page: Page, first: dict[str, Any]) -> None:
    told = page.evaluate("""async () => {
      const mine = await cutaway.removeBackground(tools.photo(), { model: "u2netp" });
      await cutaway.removeBackground(tools.photo(), { model: "u2netp" });
      const code = await tools.code(cutaway.view(mine, {}));
      const stages = new Set();
      const onProgress = ({ stage }) => stages.add(stage);
      await cutaway.change(mine, { background: "#ffffff" }, { onProgress });
      return { code, stages: [...stages] };
    }""")
    assert told["code"] == "not-held"
    assert "segment" in told["stages"]
