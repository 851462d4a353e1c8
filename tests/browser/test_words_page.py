"""The page in German, walked from the first sight to a cutout: its words, and room for them.

All tests share one page, in the order in which they stand here.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import ROOT, until
from tests.browser.panel import SAVES_DATA
from tests.browser.pictures import keep
from tests.browser.studio import AT_REST
from tools import nodejs
from tools.serve import SiteServer

WIDTHS = ((1280, 800), (360, 740))
TABS = ("model", "hand", "tuning", "background", "product", "output")
#: Every text of a language by its path.
TELL = """
const told = {};
(function walk(value, path) {
  if (typeof value === "string") told[path] = value;
  else if (value && typeof value === "object") {
    for (const [name, inner] of Object.entries(value)) walk(inner, `${path}.${name}`);
  }
})((await import(process.argv.at(-1))).default, "");
console.log(JSON.stringify(told));
"""
#: The language and the theme when the body begins: no module has run by then.
FIRST = """
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    observer.disconnect();
    const { lang, style } = document.documentElement;
    window.first = [lang, style.colorScheme];
  }).observe(document, { childList: true, subtree: true });
"""
#: What is said on the page, seen or heard, wherever it stands.
SAID = """() => {
  const said = new Set([document.title]);
  for (const one of document.querySelectorAll("body *")) {
    if (one.closest("noscript, script, pre") || !one.checkVisibility()) continue;
    for (const { nodeType, data } of one.childNodes) {
      if (nodeType === Node.TEXT_NODE) said.add(data.trim());
    }
    for (const name of ["aria-label", "title", "alt", "placeholder", "aria-description"]) {
      if (one.hasAttribute(name)) said.add(one.getAttribute(name).trim());
    }
  }
  return [...said];
}"""
#: What is too narrow for its words, among what may not scroll.
CUT_SHORT = """() => [...document.querySelectorAll(
    "button, h1, h2, h3, label, legend, summary, .segment, .option-title, .tag, [role=tab] span")]
  .filter((one) => one.checkVisibility() && one.clientWidth > 1)
  .filter((one) => getComputedStyle(one).display !== "inline")
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => `${one.id || one.className}: ${one.textContent}`)"""


def texts(language: str) -> dict[str, str]:
    file = (ROOT / "site" / "words" / f"{language}.js").as_uri()
    command = [str(nodejs.find().node), "--input-type=module", "-e", TELL, "--", file]
    told: dict[str, str] = json.loads(subprocess.check_output(command, text=True))
    return told


@pytest.fixture(scope="module")
def english() -> set[str]:
    """What only English says: words that German has too, such as “Name”, tell nothing."""
    german = texts("de")
    return {text for path, text in texts("en").items() if text} - set(german.values())


@pytest.fixture(scope="module")
def small(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    files = []
    for name in ("eins", "zwei"):
        files.append(tmp_path_factory.mktemp("photos") / f"{name}.png")
        with Image.open(astronaut) as photo:
            photo.convert("RGB").resize((240, 240)).save(files[-1])
    return files


@pytest.fixture(scope="module")
def page(browser: Browser, dist: Path) -> Iterator[Page]:
    errors: list[str] = []
    with SiteServer(dist) as site:
        context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 800})
        context.on("weberror", lambda error: errors.append(str(error.error)))
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.add_init_script(SAVES_DATA + ";" + FIRST)
        page.emulate_media(reduced_motion="reduce")
        page.goto(site.url)
        yield page
        context.close()
    assert not errors


def look(page: Page, english: set[str], name: str) -> None:
    """Nothing English is left, nothing is cut short, nobody is kept out: wide and on a phone."""
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        keep(page, f"de-{name}-{width}")
        assert set(page.evaluate(SAID)) & english == set()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT_SHORT) == []
        assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})


def test_the_first_sight(page: Page, english: set[str]) -> None:
    expect(page.locator("#status")).to_have_text("Bereit")
    until(page, "!!document.querySelector('#panel-output .controls')")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        "de",
        "ltr",
    ]
    asked: list[str] = page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
    assert [url.rpartition("/")[2] for url in asked if url.endswith(("/en.js", "/de.js"))] == [
        "de.js"
    ]
    look(page, english, "first")


def test_a_cutout_with_every_panel(page: Page, english: set[str], small: list[Path]) -> None:
    page.check('#speeds [value="fast"]', force=True)
    page.set_input_files("#file", small[0])
    expect(page.locator("#status")).to_have_text("Freisteller fertig", timeout=120_000)
    until(page, AT_REST)
    for tab in TABS:
        page.click(f"#tab-{tab}")
        panel = page.locator(f"#panel-{tab}")
        for value in ("gradient", "drop", "subject", "own", "image/avif"):
            if panel.locator(f'input[value="{value}"]').count():
                panel.locator(f'input[value="{value}"]').first.check(force=True)
        for fold in panel.locator("details:not([open]) > summary").all():
            if fold.is_visible():
                fold.click()
        look(page, english, tab)
    page.click("#tab-model")


def test_the_dialogs(page: Page, english: set[str]) -> None:
    page.click("#promise")
    expect(page.locator("#evidence-sum")).not_to_be_empty()
    look(page, english, "evidence")
    page.keyboard.press("Escape")
    page.click("#open-models")
    expect(page.locator("#panel-known")).to_be_visible()
    look(page, english, "models")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Tastatur")).to_be_visible()
    look(page, english, "sheet")
    page.keyboard.press("Escape")


def test_an_error_in_german(page: Page, english: set[str], tmp_path: Path) -> None:
    (tmp_path / "leer.png").write_bytes(b"")
    page.set_input_files("#file", tmp_path / "leer.png")
    expect(page.locator("#error")).to_contain_text("Diese Datei ist leer.")
    expect(page.locator("#status")).to_have_text("Freisteller fertig")
    look(page, english, "error")
    page.click("#dismiss")


def test_the_photo_before_stays_with_its_changes(page: Page, small: list[Path]) -> None:
    page.click("#tab-tuning")
    before = page.locator("#panel-tuning input[type=range]").first
    before.focus()
    page.keyboard.press("ArrowRight")
    moved = before.input_value()
    page.set_input_files("#file", small[1])
    expect(page.locator("#toast")).to_have_text("Das Foto davor bleibt mit seinen Änderungen.")
    expect(page.locator("#status")).to_have_text("Freisteller fertig", timeout=120_000)
    expect(before).to_have_value("0")
    page.get_by_role("button", name="Voriges Foto").click()
    expect(before).to_have_value(moved)
    expect(page.locator("#previous")).to_be_hidden()
    until(page, AT_REST)  # it is cut anew, since another photo came between
    expect(page.locator("#download")).to_be_visible()
    # What is saved is lost by nobody: the next photo offers no way back.
    with page.expect_download():
        page.keyboard.press("Control+s")
    page.set_input_files("#file", small[1])
    expect(page.locator("#status")).to_have_text("Freisteller fertig", timeout=120_000)
    expect(page.locator("#previous")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [*WIDTHS, (320, 640)])
def test_from_right_to_left(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("document.documentElement.dir = 'rtl'")
    try:
        for tab in TABS:
            page.click(f"#tab-{tab}")
            keep(page, f"rtl-{tab}-{width}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate("scrollX") == 0
        stage, side = (page.locator(one).bounding_box() for one in ("#drop", "#tabs"))
        assert stage
        assert side
        assert width < 1000 or side["x"] < stage["x"], "the panels stand on the other side"
    finally:
        page.evaluate("document.documentElement.dir = 'ltr'")
        page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.parametrize(("width", "height"), [(3840, 2160), (320, 640)])
def test_from_the_smallest_phone_to_the_largest_screen(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    until(page, AT_REST)
    keep(page, f"de-cut-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT_SHORT) == []
    stage = page.locator("#drop").bounding_box()
    assert stage
    assert stage["width"] >= min(width, 1400) * 0.6
    page.set_viewport_size({"width": 1280, "height": 800})


def test_how_long_a_model_still_takes_is_told_only_where_it_ran_before(page: Page) -> None:
    told = page.evaluate("""async () => {
      const start = document.querySelector('script[type="module"][src]').src;
      const { Countdown } = await import(new URL("countdown.js", start).href);
      const countdown = new Countdown(() => {});
      const running = { stage: "segment", done: 0, total: 1, model: "u2netp" };
      const told = [];
      for (const [progress, usual] of [
        [running, null], [running, 900], [running, 20000], [{ ...running, done: 1 }, 20000],
        [{ ...running, stage: "encode", model: "" }, 20000],
      ]) {
        countdown.follow(progress, { usual });
        told.push(countdown.told);
      }
      return told;
    }""")
    assert told == ["", "", "noch etwa 20 s", "", ""]


def test_many_photos(page: Page, english: set[str], small: list[Path]) -> None:
    page.set_input_files("#file", small)
    expect(page.locator('.album-tile[data-state="done"]')).to_have_count(3, timeout=120_000)
    look(page, english, "album")


def test_another_language_and_a_theme_are_remembered_and_hold_from_the_beginning(
    page: Page,
) -> None:
    page.on("dialog", lambda dialog: dialog.accept())  # what is unsaved would be lost
    page.click("#tab-model")
    page.select_option("#theme", "dark")
    page.select_option("#language", label="English")
    expect(page.locator("#language-later")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "de", "what is open stays as it is"
    page.click("#language-now")
    expect(page.locator("#status")).to_have_text("Ready")
    assert page.evaluate("first") == ["en", "dark"]
    expect(page.locator("#choose")).to_have_text("Choose a photo")
    page.locator("summary", has_text="Advanced").click()
    page.select_option("#language", "auto")  # nothing is open, so it is loaded at once
    expect(page.locator("#choose")).to_have_text("Foto auswählen")
    page.select_option("#theme", "auto", force=True)


def test_offline_it_speaks_german_too(page: Page) -> None:
    until(page, "navigator.serviceWorker.controller !== null", 120)
    page.context.set_offline(True)
    try:
        page.reload()
        expect(page.locator("#status")).to_have_text("Bereit")
        expect(page.locator("#choose")).to_have_text("Foto auswählen")
    finally:
        page.context.set_offline(False)
