"""The panels beside the stage: each control changes what is seen and what is saved."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, features
from playwright.sync_api import Browser, Page, expect

from cutaway import output
from cutaway.composing import scene
from cutaway.refining import adjust
from tests.browser.axe import violations
from tests.browser.conftest import until
from tests.browser.panel import SAVES_DATA
from tests.browser.panels import (
    BACKGROUND,
    OUTPUT,
    PRODUCT,
    SMALL_TARGETS,
    TUNING,
    alpha,
    download,
    enter,
    module,
    pick,
    reach,
    saved,
    show,
    soft,
    stage,
    tab_to,
    wait_for,
)
from tests.browser.pictures import keep
from tools.serve import SiteServer

#: A device with another app that takes pictures.
SHARES = """
  Object.defineProperty(navigator, "canShare", { value: () => true });
  Object.defineProperty(navigator, "share", {
    value: async ({ files: [file] }) => { window.shared = [file.name, file.type, file.size]; },
  });
"""


@pytest.fixture(scope="module")
def bottle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bottle before a wall, drawn here: all of it is in the photo. By a camera that tells."""
    photo = Image.new("RGB", (480, 600), "#b9c4c9")
    drawn = ImageDraw.Draw(photo)
    drawn.rectangle((0, 430, 480, 600), fill="#98a5aa")
    drawn.rounded_rectangle((160, 180, 320, 500), 40, fill="#c8401f")
    drawn.rectangle((210, 110, 270, 190), fill="#7a2413")
    drawn.rounded_rectangle((200, 90, 280, 130), 8, fill="#2b2b2b")
    drawn.rectangle((160, 290, 320, 400), fill="#f3e7c9")
    exif = Image.Exif()
    exif[0x010F] = "Acme cameras"
    file = tmp_path_factory.mktemp("photos") / "bottle.jpg"
    photo.filter(ImageFilter.GaussianBlur(1)).save(file, quality=95, exif=exif)
    return file


@pytest.fixture(scope="module")
def cut(browser: Browser, dist: Path, bottle: Path) -> Iterator[Page]:
    """The page with the cutout of the bottle, one for all tests of this module."""
    with SiteServer(dist) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.add_init_script(SAVES_DATA)
        page.add_init_script(SHARES)
        page.goto(server.url)
        page.set_input_files("#file", bottle)
        expect(page.locator("#download")).to_be_visible()
        yield page
        context.close()


@pytest.fixture
def studio(cut: Page) -> Iterator[Page]:
    """The same, and everything asked of it taken back afterwards."""
    yield cut
    for panel in (TUNING, BACKGROUND, PRODUCT, OUTPUT):
        reset = show(cut, panel).locator(".tools-top button")
        if reset.is_visible():
            reset.click()
    expect(cut.locator("#cancel")).to_be_hidden()


def test_the_limits_are_what_python_takes(cut: Page) -> None:
    told = module(cut, "limits")
    limits = told["LIMITS"]
    assert told["QUALITIES"] == output.QUALITY
    for name, (least, most) in adjust.LIMITS.items():
        assert (limits[name]["least"], limits[name]["most"]) == (least, most)
    for name in ("angle", "distance", "blur", "opacity"):
        for value in (limits[name]["least"], limits[name]["most"]):
            scene.Scene.of({"shadow": {"kind": "drop", name: value}})
    for value in (limits["radius"]["least"], limits["radius"]["most"]):
        scene.Scene.of({"background": {"kind": "blur", "radius": value}})
    for value in (limits["margin"]["least"], limits["margin"]["most"]):
        scene.Scene.of({"frame": {"margin": value}})
    for kind, standard in module(cut, "shadow")["STANDARD"].items():
        assert standard == scene.Scene.of({"shadow": {"kind": kind}}).to_dict()["shadow"]


def test_without_a_cutout_they_rest_and_say_why(quiet: Page) -> None:
    until(quiet, "!!document.querySelector('#panel-tuning .controls')")
    for panel in (TUNING, BACKGROUND, PRODUCT, OUTPUT):
        controls = quiet.locator(f"{panel} .controls :is(button, input, select)")
        assert controls.count() > 2
        assert controls.locator(":scope:enabled").count() == 0
        assert "photo" in (quiet.locator(f"{panel} .reason").text_content() or "")


def test_tuning_is_saved_and_undone(studio: Page) -> None:
    before = saved(studio)
    panel = show(studio, TUNING)
    enter(panel, "Feather, pixels", "6")
    expect(panel.get_by_role("slider", name="Feather")).to_have_value("6")
    feathered = saved(studio)
    assert soft(feathered) > 1.5 * soft(before)
    studio.click("#undo")
    assert np.array_equal(np.asarray(saved(studio)), np.asarray(before))
    studio.click("#redo")
    assert np.array_equal(np.asarray(saved(studio)), np.asarray(feathered))
    panel = show(studio, TUNING)
    panel.get_by_role("button", name="Reset feather").click()
    expect(panel.get_by_label("Feather, pixels")).to_have_value("0")
    assert np.array_equal(np.asarray(saved(studio)), np.asarray(before))


def test_a_slider_by_keys_and_by_double_click(studio: Page) -> None:
    panel = show(studio, TUNING)
    shift = panel.get_by_role("slider", name="Shift")
    shift.focus()
    for _ in range(3):
        studio.keyboard.press("ArrowLeft")
    expect(shift).to_have_attribute("aria-valuetext", "-0.3 pixels")
    expect(panel.get_by_label("Shift, pixels")).to_have_value("-0.3")
    studio.keyboard.press("Backspace")
    expect(shift).to_have_attribute("aria-valuetext", "0 pixels")
    studio.keyboard.press("PageUp")
    assert float(shift.input_value()) > 0
    shift.dblclick()
    expect(shift).to_have_value("0")
    enter(panel, "Shift, pixels", "-400")
    expect(panel.get_by_label("Shift, pixels")).to_have_value("-50")


def test_a_key_that_is_held_is_one_step(studio: Page) -> None:
    panel = show(studio, TUNING)
    smooth = panel.get_by_role("slider", name="Smooth")
    smooth.focus()
    for _ in range(4):
        studio.keyboard.down("ArrowRight")  # repeats, as a key that stays down does
    studio.keyboard.up("ArrowRight")
    expect(smooth).to_have_value("2")
    studio.click("#undo")
    expect(smooth).to_have_value("0")


@pytest.mark.parametrize("by", ["pointer", "keyboard"])
def test_a_change_is_seen_at_once_and_the_default_while_a_button_is_held(
    studio: Page, by: str
) -> None:
    panel = show(studio, TUNING)
    compare = panel.get_by_role("button", name="Hold to see the default")
    assert compare.is_disabled()
    wait_for(lambda: reach(studio) > 315, "the bottle on the stage")
    panel.get_by_label("Shift, pixels").fill("-10")  # seen while it is typed
    wait_for(lambda: reach(studio) < 315, "the moved edge on the stage")
    panel.get_by_label("Shift, pixels").press("Enter")
    compare.focus()
    if by == "pointer":
        compare.hover()
        studio.mouse.down()
    else:
        studio.keyboard.down("Space")
    expect(compare).to_have_attribute("aria-pressed", "true")
    expect(panel.get_by_label("Shift, pixels")).to_have_value("-10")
    wait_for(lambda: reach(studio) > 315, "the default on the stage")
    if by == "pointer":
        studio.mouse.up()
    else:
        studio.keyboard.up("Space")
    expect(compare).to_have_attribute("aria-pressed", "false")
    expect(compare).to_be_enabled()
    wait_for(lambda: reach(studio) < 315, "the moved edge again")
    studio.click("#undo")  # looking was no step
    expect(panel.get_by_label("Shift, pixels")).to_have_value("0")


def test_a_white_background_is_white(studio: Page) -> None:
    panel = show(studio, BACKGROUND)
    pick(panel, "Colour")
    panel.get_by_role("button", name="White").click()
    picture = np.asarray(saved(studio).convert("RGBA"))
    assert (picture[..., 3] == 255).all()
    for corner in (picture[0, 0], picture[0, -1], picture[-1, 0], picture[-1, -1]):
        assert corner.tolist() == [255, 255, 255, 255]
    red, green, _, _ = picture[450, 240]
    assert red > 150 > green


def test_a_colour_of_ones_own(studio: Page) -> None:
    panel = show(studio, BACKGROUND)
    pick(panel, "Colour")
    enter(panel, "Colour, written as #rrggbb", "not a colour")
    own_colour = panel.get_by_label("Colour, written as #rrggbb", exact=True)
    expect(own_colour).to_have_value("#ffffff")
    enter(panel, "Colour, written as #rrggbb", "#12FE56")
    own = [0x12, 0xFE, 0x56]
    wait_for(lambda: abs(stage(studio)[-20, -20] - own).max() < 4, "the colour on the stage")
    assert np.asarray(saved(studio).convert("RGB"))[0, 0].tolist() == own


def test_a_gradient_and_what_was_set_before(studio: Page) -> None:
    panel = show(studio, BACKGROUND)
    pick(panel, "Gradient")
    enter(panel, "From, written as #rrggbb", "#ff0000")
    enter(panel, "To, written as #rrggbb", "#0000ff")
    rgb = np.asarray(saved(studio).convert("RGB")).astype(int)
    assert rgb[0, 0, 0] > 240
    assert rgb[-1, 0, 2] > 240
    panel = show(studio, BACKGROUND)
    panel.get_by_role("button", name="Swap the colours").click()
    pick(panel, "None")
    pick(panel, "Gradient")
    expect(panel.get_by_label("From, written as #rrggbb")).to_have_value("#0000ff")
    enter(panel, "Angle, degrees", "90")
    rgb = np.asarray(saved(studio).convert("RGB")).astype(int)
    assert rgb[0, 0, 2] > 240
    assert rgb[0, -1, 0] > 240


def test_an_image_behind(studio: Page, tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), "#00c040").save(tmp_path / "green.png")
    panel = show(studio, BACKGROUND)
    pick(panel, "Image")
    expect(panel).to_contain_text("Nothing changes until you choose one")
    with studio.expect_file_chooser() as chooser:
        panel.get_by_role("button", name="Choose an image").click()
    chooser.value.set_files(tmp_path / "green.png")
    expect(panel).to_contain_text("green.png")
    assert np.asarray(saved(studio).convert("RGB"))[0, 0].tolist() == [0x00, 0xC0, 0x40]


def test_the_photo_behind_blurred(studio: Page) -> None:
    panel = show(studio, BACKGROUND)
    pick(panel, "Blur")
    enter(panel, "Blur, pixels", "30")
    picture = saved(studio)
    assert (alpha(picture) == 255).all()
    wall = np.asarray(picture.convert("RGB"))[2, 2].astype(int)
    assert np.abs(wall - [0xB9, 0xC4, 0xC9]).max() < 8


@pytest.mark.parametrize("kind", ["Drop", "Contact"])
def test_a_shadow_reaches_beyond_the_subject(studio: Page, kind: str) -> None:
    bare = alpha(saved(studio))
    panel = show(studio, BACKGROUND)
    pick(panel, kind)
    group = panel.locator(".group:not([hidden]) > .group:not([hidden])")
    enter(group, "Strength, percent", "80")
    enter(group, "Shadow colour, written as #rrggbb", "#c00040")
    picture = saved(studio)
    shaded = (bare == 0) & (alpha(picture) > 40)
    assert shaded.sum() > 200
    red, green, blue = np.asarray(picture.convert("RGB"))[shaded].astype(int).mean(axis=0)
    assert np.abs(np.array([red, green, blue]) - [0xC0, 0, 0x40]).max() < 12


def test_cropped_to_the_subject(studio: Page) -> None:
    panel = show(studio, PRODUCT)
    pick(panel, "Around the subject")
    enter(panel, "Margin, percent", "10")
    pick(panel, "1:1")
    enter(panel, "Width", "400")
    picture = saved(studio)
    assert picture.size == (400, 400)
    found = Image.fromarray(np.where(alpha(picture) > 128, 255, 0).astype(np.uint8)).getbbox()
    assert found is not None
    top, bottom = found[1], 400 - found[3]
    assert abs(top - 40) <= 4
    assert abs(bottom - 40) <= 4
    panel = show(studio, PRODUCT)
    pick(panel, "Custom")
    enter(panel, "Across", "2")
    enter(panel, "Down", "1")
    width, height = saved(studio).size
    assert abs(width - 2 * height) <= 2


def test_a_marketplace_preset_is_met_until_something_else_is_asked(studio: Page) -> None:
    panel = show(studio, PRODUCT)
    verdict = panel.locator(".verdict")
    options = panel.get_by_label("Marketplace").locator("option")
    expect(options).not_to_have_count(1)
    title = next(each for each in options.all_inner_texts() if "2000 × 2000" in each)
    panel.get_by_label("Marketplace").select_option(label=title)
    expect(verdict).to_have_text("Checked when the file is written.")
    expect(show(studio, BACKGROUND).get_by_role("radio", name="Colour")).to_be_checked()
    picture = saved(studio)
    assert picture.format == "JPEG"
    assert picture.size == (2000, 2000)
    assert np.asarray(picture.convert("RGB"))[0, 0].tolist() == [255, 255, 255]
    panel = show(studio, PRODUCT)
    expect(verdict).to_have_text(f"Meets {title}.")
    pick(panel, "4:5")
    assert saved(studio).size == (2000, 2500)
    show(studio, PRODUCT)
    expect(verdict).to_contain_text(f"Does not meet {title}: The picture has 2000 × 2500 pixels")


FORMATS = [("PNG", "PNG"), ("WebP", "WEBP"), ("AVIF", "AVIF"), ("JPEG", "JPEG")]


@pytest.mark.parametrize(("title", "format"), FORMATS)
def test_each_format_is_what_is_written(studio: Page, title: str, format: str) -> None:
    panel = show(studio, OUTPUT)
    pick(panel, title)
    content = download(studio)
    if format == "AVIF":
        assert content[4:12] == b"ftypavif"
    if format == "AVIF" and not features.check("avif"):
        return
    picture = Image.open(io.BytesIO(content))
    assert picture.format == format
    assert picture.size == (480, 600)
    corner = picture.convert("RGBA").getpixel((0, 0))
    assert isinstance(corner, tuple)
    assert corner[3] == (255 if format == "JPEG" else 0)


def test_quality_makes_the_file_smaller_and_the_estimate_is_near(studio: Page) -> None:
    panel = show(studio, OUTPUT)
    pick(panel, "JPEG")
    enter(panel, "Quality, 1 to 100", "95")
    expect(panel.locator(".estimate")).to_have_text(re.compile("^About"))
    large = len(download(studio))
    enter(panel, "Quality, 1 to 100", "20")
    said = panel.locator(".estimate")
    expect(said).to_have_text(re.compile(r"^About \d+ kB$"))
    about = int((said.text_content() or "").split()[1]) * 1000
    small = len(download(studio))
    assert small < large / 2
    assert small / 1.3 < about < small * 1.3
    expect(said).to_have_text(f"Written: {small / 1000:.0f} kB")


def test_metadata_is_kept_only_when_asked(studio: Page) -> None:
    panel = show(studio, OUTPUT)
    pick(panel, "JPEG")
    assert 0x010F not in saved(studio).getexif()
    pick(panel, "Keep the photo’s metadata")
    assert saved(studio).getexif()[0x010F] == "Acme cameras"


def test_mask_and_receipt(studio: Page) -> None:
    mask = Image.open(io.BytesIO(download(studio, "Mask alone")))
    assert mask.mode == "L"
    assert mask.size == (480, 600)
    assert np.array_equal(np.asarray(mask), alpha(saved(studio)))
    assert b'"verification"' in download(studio, "Receipt (JSON)")


def test_copied_as_png(studio: Page) -> None:
    studio.context.grant_permissions(["clipboard-read", "clipboard-write"])
    pick(show(studio, BACKGROUND), "Colour")
    panel = show(studio, OUTPUT)
    pick(panel, "JPEG")
    panel.get_by_role("button", name="Copy as PNG").click()
    until(
        studio,
        """navigator.clipboard.read()
          .then((items) => items.some(({ types }) => types.includes("image/png")))""",
    )


def test_shared_in_the_chosen_format(studio: Page) -> None:
    panel = show(studio, OUTPUT)
    pick(panel, "WebP")
    panel.get_by_role("button", name="Share").click()
    until(studio, "'shared' in window")
    name, mime, size = studio.evaluate("window.shared")
    assert (name, mime) == ("bottle-cutout.webp", "image/webp")
    assert size > 1000


def test_by_keyboard_alone(studio: Page) -> None:
    show(studio, BACKGROUND)
    tab_to(studio, "#panel-background input")
    studio.keyboard.press("ArrowRight")
    expect(studio.get_by_role("radio", name="Colour")).to_be_checked()
    tab_to(studio, ".tint")
    for _ in range(3):
        studio.keyboard.press("Tab")
    studio.keyboard.press("Enter")
    expect(studio.get_by_role("button", name="Black")).to_have_attribute("aria-pressed", "true")
    assert np.asarray(saved(studio).convert("RGB"))[0, 0].tolist() == [0, 0, 0]


@pytest.mark.parametrize("panel", [TUNING, BACKGROUND, PRODUCT, OUTPUT])
def test_on_a_small_phone_in_both_directions(studio: Page, panel: str) -> None:
    opened = show(studio, panel)
    for name in ("Gradient", "Drop", "Around the subject", "Custom", "AVIF"):
        if opened.get_by_role("radio", name=name, exact=True).count():
            pick(opened, name)
    studio.set_viewport_size({"width": 320, "height": 640})
    try:
        for direction in ("rtl", "ltr"):
            studio.evaluate(
                "(direction) => { document.documentElement.dir = direction; }", direction
            )
            assert studio.evaluate("document.documentElement.scrollWidth") <= 320
            keep(studio, f"{panel[1:]}-320-{direction}")
        assert studio.evaluate(SMALL_TARGETS, panel) == []
        assert violations(studio) == []
    finally:
        studio.set_viewport_size({"width": 1280, "height": 900})
