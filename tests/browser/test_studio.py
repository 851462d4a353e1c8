"""The studio as a person uses it: one photo, cut by keyboard alone, then looked at and tuned.

All tests share one page and one cutout; each begins with what is asked for undone.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import until
from tests.browser.panel import SAVES_DATA, open_panel, press
from tests.browser.pictures import keep
from tests.browser.studio import (
    AT_REST,
    CANVASES,
    PLACE,
    SHARP,
    SIZE,
    SMALL_TARGETS,
    WATCH,
    differs,
    feather,
    saved,
    see_all_of_the_cutout,
    shown,
    slider,
    stage,
    tab_to,
)
from tools.serve import SiteServer


@pytest.fixture(scope="module")
def photo(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The astronaut, larger than the stage, with grain: then every pixel differs from the next."""
    file = tmp_path_factory.mktemp("photos") / "grainy.png"
    with Image.open(astronaut) as image:
        pixels = np.asarray(image.convert("RGB").resize((SIZE, SIZE)), np.int16)
    grain = np.random.default_rng(7).integers(-25, 26, pixels.shape)
    Image.fromarray((pixels + grain).clip(0, 255).astype(np.uint8)).save(file, compress_level=1)
    return file


@pytest.fixture(scope="module")
def page_at_rest(browser: Browser, dist: Path) -> Iterator[Page]:
    errors: list[str] = []
    with SiteServer(dist) as site:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.on("weberror", lambda error: errors.append(str(error.error)))
        page = context.new_page()
        page.add_init_script(SAVES_DATA + WATCH)
        # A chooser that opens before Playwright has begun to listen is lost.
        page.on("filechooser", lambda _: None)
        page.goto(site.url)
        yield page
        context.close()
    assert not errors


@pytest.fixture(scope="module")
def cut(page_at_rest: Page, photo: Path) -> tuple[Page, NDArray[np.uint8]]:
    """The page with a cutout, for which no mouse was touched, and the file it gave."""
    page = page_at_rest
    expect(page.locator("#status")).to_have_text("Ready")
    tab_to(page, "#choose")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(photo)
    expect(page.locator("#download")).to_be_visible()
    until(page, AT_REST)
    page.evaluate("window.jumpedUntilCut = jumped")
    return page, saved(page)


@pytest.fixture
def studio(cut: tuple[Page, NDArray[np.uint8]]) -> Page:
    page, _ = cut
    while page.locator("#undo").is_enabled():
        page.locator("#undo").press("Enter")
    page.locator("#undo").blur()
    page.keyboard.press("0")
    page.locator("#looking [value=checks]").check(force=True)
    page.locator("#tab-model").press("Home")
    expect(page.locator("#tag-after")).to_have_text("Cutout")
    until(page, AT_REST)
    return page


def test_tuned_undone_and_redone_by_keyboard(
    cut: tuple[Page, NDArray[np.uint8]], studio: Page
) -> None:
    _, first = cut
    feather(studio)
    tuned = saved(studio)
    value = slider(studio, "Feather").input_value()
    assert float(value) > 0
    assert tuned.shape == first.shape
    assert differs(tuned[..., 3], first[..., 3]) > 0.2
    while studio.locator("#undo").is_enabled():
        studio.keyboard.press("Control+z")
    expect(slider(studio, "Feather")).to_have_value("0")
    assert np.array_equal(saved(studio), first)
    while studio.locator("#redo").is_enabled():
        studio.keyboard.press("Control+Shift+Z")
    expect(slider(studio, "Feather")).to_have_value(value)
    assert np.array_equal(saved(studio), tuned)


def test_what_is_in_sight_at_100_percent_are_the_pixels_of_the_file(
    cut: tuple[Page, NDArray[np.uint8]], studio: Page
) -> None:
    _, first = cut
    studio.locator("#looking [value=black]").check(force=True)
    see_all_of_the_cutout(studio)
    seen, where = shown(studio)
    colour, alpha = first[..., :3].astype(np.float64), first[..., 3:] / 255
    on_black = colour * alpha
    assert differs(seen, on_black[where]) < 1
    assert differs(seen, np.roll(on_black, 1, axis=1)[where]) > 8, "the grain tells pixels apart"


def test_zoom_and_pan_by_keys_never_take_a_canvas_larger_than_the_screen(studio: Page) -> None:
    zoom = studio.locator("#zoom-now")
    fitting = zoom.text_content()
    for _ in range(12):
        studio.keyboard.press("+")
    expect(zoom).to_have_text("800 %")
    until(studio, SHARP)
    before = studio.evaluate(PLACE)
    studio.locator("#frame").focus()
    studio.keyboard.press("ArrowRight")
    assert studio.evaluate(PLACE)["left"] == before["left"] - 60
    studio.mouse.move(400, 300)
    studio.keyboard.down("Control")
    studio.mouse.wheel(0, 120)
    studio.keyboard.up("Control")
    expect(zoom).not_to_have_text("800 %")
    screen = 2 * 1280  # as large as a bitmap for the stage may become
    assert max(studio.evaluate(CANVASES)) <= screen
    studio.keyboard.press("0")
    expect(zoom).to_have_text(fitting or "")
    until(studio, f"!({SHARP})")


def test_dragging_pans_when_zoomed_in_and_moves_the_divider_when_not(studio: Page) -> None:
    divider = studio.locator("#compare")
    studio.mouse.move(500, 300)
    studio.mouse.down()
    studio.mouse.move(600, 300, steps=3)
    studio.mouse.up()
    moved = divider.input_value()
    assert moved != "50"
    studio.mouse.dblclick(440, 340)
    expect(studio.locator("#zoom-now")).to_have_text("100 %")
    at, before = divider.input_value(), studio.evaluate(PLACE)
    studio.mouse.move(300, 300)
    studio.mouse.down()
    studio.mouse.move(340, 320, steps=3)
    studio.mouse.up()
    after = studio.evaluate(PLACE)
    assert (after["left"] - before["left"], after["top"] - before["top"]) == (40, 20)
    assert divider.input_value() == at


def test_two_fingers_zoom_and_leave_the_divider(studio: Page) -> None:
    fitting = studio.evaluate(PLACE)["width"]
    divider = studio.locator("#compare").input_value()
    hands = studio.context.new_cdp_session(studio)

    def touch(kind: str, *fingers: int) -> None:
        points = [{"x": x, "y": 300, "id": number} for number, x in enumerate(fingers)]
        hands.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    hands.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
    touch("touchStart", 400)
    touch("touchStart", 400, 440)
    for step in range(1, 5):
        touch("touchMove", 400 - 5 * step, 440 + 5 * step)
    touch("touchEnd")
    hands.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    assert studio.evaluate(PLACE)["width"] == pytest.approx(2 * fitting, rel=0.05)
    assert abs(int(studio.locator("#compare").input_value()) - int(divider)) <= 1


def test_the_mask_view_is_the_mask_that_is_saved(studio: Page) -> None:
    with studio.expect_download() as download:
        studio.locator("#mask").press("Enter")
    mask = np.asarray(Image.open(download.value.path()))
    studio.locator("#looking [value=mask]").check(force=True)
    expect(studio.locator("#tag-after")).to_have_text("Mask")
    see_all_of_the_cutout(studio)
    until(studio, "document.querySelector('#after-sharp').width > 300")
    seen, where = shown(studio)
    assert differs(seen, np.repeat(mask[..., None], 3, axis=2)[where]) < 0.5
    studio.locator("#looking [value=uncertainty]").check(force=True)
    expect(studio.locator("#tag-after")).to_have_text("Where it may be wrong")


def test_the_default_is_seen_while_a_key_is_held(studio: Page) -> None:
    studio.locator("#looking [value=black]").check(force=True)
    plain = stage(studio)
    feather(studio)
    tuned = stage(studio)
    assert differs(tuned, plain) > 0.1
    button = studio.locator("#default")
    studio.keyboard.down("d")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert float(slider(studio, "Feather").input_value()) > 0, "only looked at"
    assert np.array_equal(stage(studio), plain)
    studio.keyboard.up("d")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert np.array_equal(stage(studio), tuned)


def test_another_model_is_undone_like_anything_else(studio: Page) -> None:
    expect(studio.locator("#ran")).to_contain_text("U²-Netp")
    open_panel(studio)
    press(studio, "lite", "Use this model")
    studio.keyboard.press("Escape")
    studio.locator("#again").press("Enter")
    expect(studio.locator("#ran")).to_contain_text("Lite")
    expect(studio.locator("#speeds input:checked")).to_have_count(0)
    studio.keyboard.press("Control+z")
    expect(studio.locator("#ran")).to_contain_text("U²-Netp")
    expect(studio.locator('#speeds [value="fast"]')).to_be_checked()
    expect(studio.locator("#again")).to_be_hidden()
    # The photo is held with the other model's matte: changing anything cuts it anew.
    feather(studio)
    assert saved(studio).shape == (SIZE, SIZE, 4)
    expect(studio.locator("#ran")).to_contain_text("U²-Netp")


def test_the_sheet_of_shortcuts(studio: Page) -> None:
    studio.keyboard.press("?")
    sheet = studio.get_by_role("dialog", name="Keyboard")
    expect(sheet).to_contain_text("Ctrl Shift Z")
    assert violations(studio) == []
    keep(studio, "sheet")
    sheet.get_by_role("checkbox").press("Space")
    studio.keyboard.press("Escape")
    zoom = studio.locator("#zoom-now").text_content()
    studio.keyboard.press("+")
    assert studio.locator("#zoom-now").text_content() == zoom, "single keys are off"
    studio.locator("#shortcuts").press("Enter")
    sheet.get_by_role("checkbox").press("Space")
    studio.keyboard.press("Escape")
    studio.keyboard.press("+")
    expect(studio.locator("#zoom-now")).not_to_have_text(zoom or "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (320, 640)])
def test_nobody_is_kept_out(studio: Page, scheme: str, width: int, height: int) -> None:
    studio.set_viewport_size({"width": width, "height": height})
    # Colours that are on their way from light to dark would count.
    studio.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    try:
        for tab in ("model", "tuning", "background", "product", "output"):
            studio.locator(f"#tab-{tab}").press("Enter")
            assert violations(studio) == [], tab
            keep(studio, f"studio-{tab}-{width}-{scheme}")
            assert studio.evaluate("document.documentElement.scrollWidth") <= width
            assert studio.evaluate(SMALL_TARGETS) == [], tab
    finally:
        studio.set_viewport_size({"width": 1280, "height": 800})
        studio.emulate_media(color_scheme="light", reduced_motion="no-preference")


def test_a_file_cut_short_can_be_used_as_far_as_it_goes(
    studio: Page, astronaut: Path, tmp_path: Path
) -> None:
    whole, short = io.BytesIO(), tmp_path / "short.jpg"
    with Image.open(astronaut) as image:
        image.convert("RGB").save(whole, "JPEG", quality=92)
    short.write_bytes(whole.getvalue()[: int(len(whole.getvalue()) * 0.7)])
    feather(studio)
    value = slider(studio, "Feather").input_value()
    studio.set_input_files("#file", short)
    remedy = studio.get_by_role("button", name="Use what is there")
    expect(remedy).to_be_visible()
    # The photo that was there before is there again, with all that was done to it.
    expect(studio.locator("#facts")).to_contain_text(f"{SIZE} × {SIZE}")
    expect(slider(studio, "Feather")).to_have_value(value)
    expect(studio.locator("#undo")).to_be_enabled()
    remedy.press("Enter")
    expect(studio.locator("#facts")).to_contain_text("512 × 512")
    assert studio.locator("#notices").text_content()
    expect(slider(studio, "Feather")).to_have_value("0")  # that was about another photo's edge


def test_from_the_first_sight_to_the_cutout_nothing_jumps(studio: Page) -> None:
    assert 0 < studio.evaluate("jumpedUntilCut") < 0.02
