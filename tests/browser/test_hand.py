"""Working by hand on the page: what is drawn is what is in the file, and can be taken back.

All tests share one page and its engine; each begins with nothing done by hand.
"""

import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import until
from tests.browser.panel import SAVES_DATA
from tests.browser.panels import SMALL_TARGETS
from tests.browser.studio import AT_REST
from tools.serve import SiteServer

SIDE = 320
#: Where the picture lies on the page.
PLACE = """() => {
  const { left, top, width } = document.querySelector("#before").getBoundingClientRect();
  return [left, top, width];
}"""
#: A wrong cutout for anybody: what is far from the subject, and what is its middle.
CORNER = [(20.0, 30.0), (60.0, 60.0), (110.0, 36.0)]
MIDDLE = [(150.0, 170.0), (175.0, 250.0)]


@pytest.fixture(scope="module")
def file(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("photos") / "astronaut.png"
    with Image.open(astronaut) as photo:
        photo.convert("RGB").resize((SIDE, SIDE)).save(file)
    return file


@pytest.fixture(scope="module")
def cut(browser: Browser, dist: Path, file: Path) -> Iterator[Page]:
    """The page with a cutout, its panel for working by hand open, for all tests of this module."""
    with SiteServer(dist) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, has_touch=True)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.add_init_script(SAVES_DATA)
        page.goto(server.url)
        page.set_input_files("#file", file)
        expect(page.locator("#download")).to_be_visible(timeout=240_000)
        page.click("#tab-hand")
        expect(page.locator("#panel-hand .controls input").first).to_be_enabled()
        yield page
        context.close()


@pytest.fixture
def page(cut: Page) -> Page:
    cut.click("#tab-hand")
    clear = cut.get_by_role("button", name="Clear all")
    if clear.is_visible():
        clear.click()
    choose(cut, "Keep")
    at_rest(cut)
    return cut


def at_rest(page: Page) -> None:
    until(page, AT_REST)


def choose(page: Page, tool: str) -> None:
    page.locator("#panel-hand .tiles").get_by_role("radio", name=tool).press("Space")


def slide(page: Page, name: str, value: str) -> None:
    page.locator("#panel-hand").get_by_role("spinbutton", name=name).fill(value)


def scale_of(page: Page) -> float:
    """Pixels of the screen for one of the photo."""
    return float(page.evaluate(PLACE)[2]) / SIDE


def on_page(page: Page, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Places of the photo on the page."""
    left, top, _ = page.evaluate(PLACE)
    scale = scale_of(page)
    return [(left + x * scale, top + y * scale) for x, y in points]


def draw(page: Page, points: list[tuple[float, float]]) -> None:
    """A stroke with the mouse."""
    first, *others = on_page(page, points)
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place, steps=5)
    page.mouse.up()
    at_rest(page)


def edits(page: Page) -> Locator:
    return page.locator("#panel-hand .edit-name")


def saved(page: Page) -> NDArray[np.int16]:
    """The alpha of the file that is downloaded."""
    with page.expect_download() as download:
        page.click("#download")
    picture = Image.open(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert picture.size == (SIDE, SIDE)
    return np.asarray(picture.convert("RGBA"))[..., 3].astype(np.int16)


def distances(points: list[tuple[float, float]]) -> NDArray[np.float64]:
    """How far the centre of each pixel lies from a line of straight pieces."""
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    nearest = np.full((SIDE, SIDE), np.inf)
    for (ax, ay), (bx, by) in pairwise(points):
        along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
        t = along.clip(0, 1)
        nearest = np.minimum(nearest, np.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)))
    return nearest


def assert_drawn(
    alpha: NDArray[Any], automatic: NDArray[Any], size: float, *strokes: tuple[list[Any], int]
) -> None:
    """Inside a stroke there is its level, outside what was there before; told to one pixel."""
    expected, told = automatic.copy(), np.ones_like(automatic, bool)
    for line, level in strokes:
        far = distances(line)
        expected[far < size / 2] = level
        told = np.where(abs(far - size / 2) <= 1, False, told | (far < size / 2))
    assert told.mean() > 0.9
    assert abs(alpha - expected)[told].max() <= 1


def test_a_wrong_cutout_is_repaired_undone_redone_and_saved_at_full_size(page: Page) -> None:
    automatic = saved(page)
    assert automatic[30:60, 20:60].mean() < 128 < automatic[180:240, 155:170].mean()
    slide(page, "Size", "30")
    slide(page, "Hardness", "100")
    size = 30 / scale_of(page)
    draw(page, CORNER)
    expect(page.locator("#whisper")).to_have_text("Stroke kept")
    choose(page, "Remove")
    draw(page, MIDDLE)
    expect(edits(page)).to_have_text(["Stroke, removed", "Stroke, kept"])
    repaired = saved(page)
    assert_drawn(repaired, automatic, size, (CORNER, 255), (MIDDLE, 0))

    page.keyboard.press("Control+z")
    expect(page.locator("#whisper")).to_have_text("Undone: Stroke, removed")
    expect(edits(page)).to_have_text(["Stroke, kept"])
    page.keyboard.press("Control+z")
    expect(edits(page)).to_have_count(0)
    assert np.array_equal(saved(page), automatic)
    for _ in range(2):
        page.keyboard.press("Control+Shift+Z")
    expect(page.locator("#whisper")).to_have_text("Redone: Stroke, removed")
    assert np.array_equal(saved(page), repaired)

    page.get_by_role("button", name="Remove edit 1").click()
    expect(edits(page)).to_have_text(["Stroke, removed"])
    assert_drawn(saved(page), automatic, size, (MIDDLE, 0))


def test_zoomed_in_and_with_a_frame_a_stroke_lies_where_it_is_drawn(page: Page) -> None:
    automatic = saved(page)
    page.click("#tab-product")
    page.locator("#panel-product").get_by_role("radio", name="Around the subject").check(force=True)
    at_rest(page)
    page.click("#tab-hand")
    expect(page.get_by_text("All of the photo is in sight here.")).to_be_visible()
    at_rest(page)
    page.mouse.move(*on_page(page, [(60.0, 40.0)])[0])
    page.mouse.wheel(0, -200)
    at_rest(page)
    scale = scale_of(page)
    slide(page, "Size", "40")
    slide(page, "Hardness", "100")
    draw(page, CORNER[:2])
    page.click("#tab-product")
    page.locator("#panel-product").get_by_role("button", name="Reset").click()
    page.click("#tab-hand")
    page.click("#zoom-fit")
    assert_drawn(saved(page), automatic, 40 / scale, (CORNER[:2], 255))


def test_by_keyboard_alone(page: Page) -> None:
    page.locator("#frame").focus()
    page.keyboard.press("r")
    expect(page.locator("#panel-hand .tiles").get_by_role("radio", name="Remove")).to_be_checked()
    size = page.get_by_role("spinbutton", name="Size").input_value()
    page.keyboard.press("]")
    expect(page.get_by_role("spinbutton", name="Size")).not_to_have_value(size)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#whisper")).to_contain_text("across")
    page.keyboard.press("Space")
    expect(page.locator("#whisper")).to_have_text("Drawing")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("#whisper")).to_have_text("Stroke removed")
    expect(edits(page)).to_have_text(["Stroke, removed"])
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(page.locator("#whisper")).to_have_text("Given up")
    expect(edits(page)).to_have_count(1)
    left, top, _ = page.evaluate(PLACE)
    page.keyboard.press("+")
    page.keyboard.down("Space")
    page.mouse.move(500, 300)
    page.mouse.down()
    page.mouse.move(520, 340)
    page.mouse.up()
    page.keyboard.up("Space")
    expect(edits(page)).to_have_count(1)
    assert page.evaluate(PLACE)[:2] != [left, top]
    page.keyboard.press("0")


def test_one_finger_draws_and_two_do_not(page: Page) -> None:
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    one, other, third = on_page(page, CORNER)
    touch("touchStart", one)
    touch("touchMove", other)
    touch("touchEnd")
    expect(edits(page)).to_have_text(["Stroke, kept"])
    scale = scale_of(page)
    touch("touchStart", one)
    touch("touchStart", one, third)
    touch("touchMove", (one[0] - 40, one[1]), (third[0] + 40, third[1]))
    touch("touchEnd")
    at_rest(page)
    expect(edits(page)).to_have_count(1)
    assert scale_of(page) > scale
    page.click("#zoom-fit")


def test_scribbles_cut_out_without_any_download(page: Page) -> None:
    choose(page, "Scribble")
    draw(page, [(160.0, 60.0), (150.0, 180.0), (100.0, 260.0)])
    page.locator("#panel-hand").get_by_role("radio", name="Goes").check(force=True)
    draw(page, [(40.0, 20.0), (40.0, 100.0)])
    draw(page, [(290.0, 20.0), (290.0, 150.0)])
    expect(edits(page)).to_have_text(["Scribble, goes", "Scribble, goes", "Scribble, stays"])
    alpha = saved(page)
    assert np.median(alpha[180:260, 100:150]) > 200
    assert np.median(alpha[20:100, 38:42]) < 5


def test_what_is_clicked_is_offered_three_times_and_applied(page: Page) -> None:
    choose(page, "Select")
    (face, sky) = on_page(page, [(138.0, 70.0), (40.0, 40.0)])
    page.mouse.click(*face)
    panel = page.locator("#panel-hand")
    expect(panel).to_contain_text("fetched once and kept on this device. Licence: Apache-2.0.")
    panel.get_by_role("button", name="Download").click()
    said = panel.locator(".pick-said")
    expect(said).to_contain_text("of the photo, score", timeout=240_000)
    once = said.text_content() or ""
    answers = panel.locator(".candidates").get_by_role("radio")
    expect(answers).to_have_count(3)
    answers.nth(1).check(force=True)
    expect(said).not_to_have_text(once)
    answers.nth(0).check(force=True)
    page.keyboard.down("Shift")
    page.mouse.click(*sky)
    page.keyboard.up("Shift")
    expect(said).not_to_have_text(once)
    expect(said).to_contain_text("of the photo, score")
    panel.get_by_role("radio", name="Is all").check(force=True)
    panel.get_by_role("button", name="Apply").click()
    expect(edits(page)).to_have_text(["Selection alone"])
    at_rest(page)
    alpha = saved(page)
    assert np.median(alpha[60:80, 128:148]) > 200
    assert np.median(alpha[20:60, 10:60]) < 5


def point_at(page: Page, place: tuple[float, float]) -> Locator:
    """Clicks there, fetches the model if it is not here, and gives what is said of the answer."""
    panel = page.locator("#panel-hand")
    fetch = panel.get_by_role("button", name="Download")
    answer = panel.locator(".pick-said").filter(has_text="of the photo, score")
    page.mouse.click(*on_page(page, [place])[0])
    expect(fetch.or_(answer)).to_be_visible(timeout=240_000)
    if fetch.is_visible():
        fetch.click()
    expect(answer).to_be_visible(timeout=240_000)
    return answer


def test_what_is_done_by_hand_stays_with_its_photo(page: Page, file: Path, tmp_path: Path) -> None:
    draw(page, CORNER)
    choose(page, "Select")
    point_at(page, (138.0, 70.0))
    panel = page.locator("#panel-hand")
    panel.get_by_role("radio", name="Is added").check(force=True)
    panel.get_by_role("button", name="Apply").click()
    mine = ["Selection, added", "Stroke, kept"]
    expect(edits(page)).to_have_text(mine)
    at_rest(page)
    once = saved(page)
    asked = point_at(page, (250.0, 60.0))
    other = tmp_path / "other.png"
    with Image.open(file) as photo:
        flipped = photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        ImageDraw.Draw(flipped).rectangle((0, 0, 40, 40), fill="#204060")
        flipped.save(other)
    page.set_input_files("#file", [other, file])
    expect(page.locator(".album-tile")).to_have_count(3)
    expect(page.get_by_text("belongs to that one alone")).to_be_visible()
    expect(page.locator(".album-tile").nth(2)).to_contain_text("kB", timeout=120_000)
    try:
        for number, expected in ((1, []), (0, mine)):
            page.locator(".album-tile").nth(number).get_by_role("button", name="Open").click()
            expect(page.locator("#download")).to_be_visible(timeout=240_000)
            expect(edits(page)).to_have_text(expected)
            expect(asked).to_be_visible(visible=number == 0)
            if number:
                page.click("#all")
        at_rest(page)
        choose(page, "Remove")
        draw(page, MIDDLE)
        expect(edits(page)).to_have_text(["Stroke, removed", *mine])
        page.keyboard.press("Control+z")
        at_rest(page)
        assert np.array_equal(saved(page), once)
    finally:
        expect(page.locator("#cancel")).to_be_hidden(timeout=60_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (320, 640)])
def test_nobody_is_kept_out(page: Page, scheme: str, width: int, height: int) -> None:
    draw(page, CORNER)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    try:
        for tool in ("Remove", "Scribble", "Select"):
            choose(page, tool)
            assert violations(page) == [], tool
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(SMALL_TARGETS, "#panel-hand") == [], tool
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        at_rest(page)
