"""Several subjects in one photo: told apart, dropped, brought back, and saved as layers.

All tests share one page and one cutout, by the method that needs no download.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.panel import SAVES_DATA
from tests.browser.panels import SMALL_TARGETS, alpha, pick, tab_to
from tests.browser.panels import saved as downloaded
from tools.serve import SiteServer

SIZE = (720, 480)
#: A place in each of the three, the largest first.
PLACES = ((170, 250), (415, 200), (600, 390))
LITE = "localStorage.setItem('cutaway-model', 'lite')"
SWITCHES = "#subjects [role=switch]"


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ball, a book and a tent, far apart on an even ground with some grain."""
    picture = Image.new("RGB", SIZE, (226, 228, 224))
    drawn = ImageDraw.Draw(picture)
    drawn.ellipse((60, 140, 280, 360), fill=(190, 40, 30))
    drawn.rounded_rectangle((350, 100, 480, 310), 24, fill=(25, 60, 160))
    drawn.polygon([(540, 430), (600, 310), (660, 430)], fill=(20, 110, 50))
    pixels = np.asarray(picture, np.int16)
    grain = np.random.default_rng(5).integers(-6, 7, pixels.shape)
    file = tmp_path_factory.mktemp("photos") / "beach.day.png"
    Image.fromarray((pixels + grain).clip(0, 255).astype(np.uint8)).save(file)
    return file


@pytest.fixture(scope="module")
def cut(browser: Browser, dist: Path, photo: Path) -> Iterator[Page]:
    with SiteServer(dist) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(60_000)
        for script in (SAVES_DATA, LITE):
            page.add_init_script(script)
        page.goto(server.url)
        page.set_input_files("#file", photo)
        expect(page.locator("#download")).to_be_visible(timeout=120_000)
        page.locator('[role="tab"][aria-controls="panel-hand"]').click()
        expect(page.locator(SWITCHES)).to_have_count(3)
        yield page
        context.close()


@pytest.fixture
def studio(cut: Page) -> Page:
    """The same, with everything undone."""
    while cut.locator("#undo").is_enabled():
        cut.locator("#undo").click()
    for number in (1, 2, 3):
        expect(switch(cut, number)).to_be_checked()
    return cut


def switch(page: Page, number: int) -> Locator:
    return page.get_by_role("switch", name=re.compile(f"^Subject {number} of 3, "))


def layers(page: Page, placement: str) -> dict[str, bytes]:
    pick(page.locator("#subjects"), placement)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as layers").click()
    assert download.value.suggested_filename == "beach.day-layers.zip"
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def pixels(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGBA")
        return np.asarray(picture)


def save(page: Page) -> NDArray[np.uint8]:
    picture = np.asarray(downloaded(page).convert("RGBA"))
    page.locator('[role="tab"][aria-controls="panel-hand"]').click()
    return picture


def test_they_are_listed_by_size_with_names_and_pictures(studio: Page) -> None:
    shares = []
    for number, (x, y) in enumerate(PLACES, 1):
        name = switch(studio, number).get_attribute("aria-label") or ""
        told = re.fullmatch(rf"Subject {number} of 3, ([\d.]+) % of the photo, kept", name)
        assert told, name
        shares.append(float(told[1]))
        assert x < SIZE[0] > y
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == pytest.approx(100 * np.pi * 110**2 / (SIZE[0] * SIZE[1]), abs=1)
    assert studio.locator("#subjects [role=status]").inner_text() == "3 subjects"
    for canvas in studio.locator("#subjects canvas").all():
        seen = np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("RGB"))
        assert len(np.unique(seen.reshape(-1, 3), axis=0)) > 20


def test_one_is_dropped_undone_and_redone(studio: Page) -> None:
    whole = save(studio)
    switch(studio, 2).click()
    expect(studio.locator("#subjects [role=status]")).to_have_text("3 subjects, 1 dropped")
    expect(switch(studio, 2)).to_have_accessible_name(re.compile(", dropped$"))
    rest = save(studio)
    (x, y), (other, below) = PLACES[1], PLACES[0]
    assert (rest[y, x], rest[below, other, 3]) == (pytest.approx([0, 0, 0, 0]), 255)
    gone = (whole != rest).any(axis=-1)
    assert gone[:, :320].sum() == gone[:, 520:].sum() == 0, "the others are as they were"
    studio.locator("#undo").click()
    expect(switch(studio, 2)).to_be_checked()
    assert np.array_equal(save(studio), whole)
    studio.locator("#redo").click()
    expect(switch(studio, 2)).not_to_be_checked()
    assert np.array_equal(save(studio), rest)
    # Brought back by the switch, which is a step of its own.
    switch(studio, 2).click()
    expect(switch(studio, 2)).to_have_accessible_name(re.compile(", kept$"))
    assert np.array_equal(save(studio), whole)
    studio.locator("#undo").click()
    expect(switch(studio, 2)).not_to_be_checked()


def test_layers_in_place_are_the_cutout_together(studio: Page) -> None:
    whole = save(studio)
    files = layers(studio, "In place")
    names = [f"beach.day-subject-{number}.png" for number in (1, 2, 3)]
    assert list(files) == [*names, "layers.json"]
    each = [pixels(files[name]) for name in names]
    for (x, y), layer in zip(PLACES, each, strict=True):
        assert layer.shape == whole.shape
        assert layer[y, x, 3] == 255
    assert np.array_equal(np.sum(each, axis=0), whole)
    assert (np.count_nonzero([layer[..., 3] for layer in each], axis=0) <= 1).all()


def test_cropped_layers_without_the_dropped_one_lie_where_the_list_says(studio: Page) -> None:
    switch(studio, 1).click()
    whole = save(studio)
    files = layers(studio, "Cropped")
    told = json.loads(files["layers.json"])
    assert told["photo"] == {"width": SIZE[0], "height": SIZE[1]}
    names = [f"beach.day-subject-{number}.png" for number in (2, 3)]
    assert [layer["name"] for layer in told["layers"]] == names
    laid = np.zeros_like(whole)
    for layer in told["layers"]:
        seen = pixels(files[layer["name"]])
        assert seen.shape == (layer["height"], layer["width"], 4)
        assert seen.size < whole.size / 4
        rows = slice(layer["y"], layer["y"] + layer["height"])
        laid[rows, layer["x"] : layer["x"] + layer["width"]] += seen
    assert np.array_equal(laid, whole)
    assert alpha(Image.fromarray(whole))[PLACES[0][::-1]] == 0


def test_it_is_pointed_at_and_dropped_by_keyboard(studio: Page) -> None:
    studio.locator("#tab-hand").focus()
    tab_to(studio, SWITCHES)
    mark = studio.locator(".subject-mark")
    expect(mark).to_be_visible()
    box, picture = mark.bounding_box(), studio.locator("canvas#before").bounding_box()
    assert box
    assert picture
    scale = picture["width"] / SIZE[0]
    x, y = (box[side] - picture[side] for side in ("x", "y"))
    assert x < PLACES[0][0] * scale < x + box["width"] < 340 * scale
    assert y < PLACES[0][1] * scale < y + box["height"]
    studio.keyboard.press("Space")
    expect(switch(studio, 1)).to_have_accessible_name(re.compile(", dropped$"))
    expect(switch(studio, 1)).to_be_focused()
    studio.keyboard.press("Tab")
    expect(switch(studio, 2)).to_be_focused()


@pytest.mark.parametrize("width", [1280, 320])
def test_everyone_can_use_it(studio: Page, width: int) -> None:
    studio.set_viewport_size({"width": width, "height": 900})
    studio.locator("#subjects").scroll_into_view_if_needed()
    switch(studio, 3).click()
    expect(switch(studio, 3)).to_have_accessible_name(re.compile(", dropped$"))
    assert violations(studio) == []
    assert studio.evaluate(SMALL_TARGETS, "#subjects") == []
    assert studio.evaluate("document.documentElement.scrollWidth <= innerWidth")
