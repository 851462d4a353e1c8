"""Many photos on the page: taken in, cut, opened one by one, saved together.

All tests share one page and its engine; each ends with every photo removed.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.axe import violations
from tests.browser.conftest import until
from tests.browser.panel import SAVES_DATA
from tests.browser.pictures import keep
from tools.serve import SiteServer

#: More than are ever under way at once, so that some wait.
SEVERAL = 5
#: A folder of the browser's own stands in for one that a person chooses: no test can press there.
CHOOSER = """
  window.chosen = async () => (await navigator.storage.getDirectory())
    .getDirectoryHandle("chosen", { create: true });
  window.showDirectoryPicker = window.chosen;
"""
#: What lies in it: path → bytes as numbers.
LISTED = """async () => {
  const listed = {};
  const walk = async (folder, path) => {
    for await (const [name, entry] of folder) {
      if (entry.kind === "directory") await walk(entry, `${path}${name}/`);
      else listed[path + name] = [...new Uint8Array(await (await entry.getFile()).arrayBuffer())];
    }
  };
  await walk(await chosen(), "");
  return listed;
}"""
#: The names of what is put aside, over all pages.
ASIDE = """async () => {
  const names = [];
  const root = await navigator.storage.getDirectory();
  const all = await root.getDirectoryHandle("album", { create: true });
  for await (const [session, folder] of all) {
    for await (const name of folder.keys()) names.push(`${session}/${name}`);
  }
  return names;
}"""
NO_ZIP = "(name) => !name.endsWith('.zip')"
MODULE = """(name) => import(
  new URL(`album/${name}.js`, document.querySelector('script[type="module"][src]').src).href
)"""
#: Before anything else of a page or a worker.
NO_FILES = "delete StorageManager.prototype.getDirectory;\n"
#: What was pressed shows at the next frame.
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
LOSES = "!dispatchEvent(new Event('beforeunload', { cancelable: true }))"
#: Sums up how far things jumped on the page that nobody had moved.
WATCH = """
  window.jumped = 0;
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value } of list.getEntries()) if (!hadRecentInput) jumped += value;
  }).observe({ type: "layout-shift", buffered: true });
"""
#: Two presses while something is at work, which may be done before a test could press for itself.
CANCEL_AT_WORK = """async () => {
  const press = (name) => [...document.querySelectorAll("#album button")]
    .find((one) => one.textContent.trim() === name && one.checkVisibility()).click();
  press("Go on");
  while (!document.querySelector('.album-tile[data-state="working"]')) {
    await new Promise(requestAnimationFrame);
  }
  press("Cancel");
}"""
#: Opens a photo as soon as its cutout is there, while others wait.
OPEN_THE_FIRST = """async () => {
  const first = '.album-tile[data-state="done"] .album-open';
  while (!document.querySelector(first)) await new Promise(requestAnimationFrame);
  document.querySelector(first).click();
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll("#album button")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.className || one.textContent, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 44 || height < 44)
  .map(([name, { width, height }]) => `${name} ${width} × ${height}`)"""


@pytest.fixture(scope="module")
def opened(browser: Browser, dist: Path) -> Iterator[Page]:
    with SiteServer(dist) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.add_init_script(SAVES_DATA)
        page.add_init_script(CHOOSER)
        page.goto(server.url)
        until(page, "navigator.serviceWorker.controller !== null")
        yield page
        context.close()


@pytest.fixture
def page(opened: Page) -> Iterator[Page]:
    yield opened
    if opened.locator("#all").is_visible():
        opened.click("#all")
    remove = opened.locator(".album-adds > button").first
    while remove.is_visible():  # what is unsaved is asked for twice
        remove.click()
        opened.evaluate(DRAWN)
    expect(opened.locator(".album-tile")).to_have_count(0)


@pytest.fixture(scope="module")
def small(astronaut: Path) -> Callable[[Path, int], None]:
    """Writes the photograph, small and each number a little narrower than the one before."""

    def write(file: Path, number: int = 0) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(astronaut) as photo:
            cropped = photo.convert("RGB").crop((0, 0, 512 - 16 * number, 512))
            cropped.resize((160 - 5 * number, 160)).save(file)

    return write


@pytest.fixture
def holiday(small: Callable[[Path, int], None], tmp_path: Path) -> Path:
    folder = tmp_path / "holiday"
    small(folder / "one.png", 0)
    small(folder / "one.bmp", 1)
    small(folder / "beach" / "one.png", 2)
    (folder / "bad.jpg").write_bytes(b"not a photo")
    (folder / "notes.txt").write_text("not meant")
    (folder / ".hidden.jpg").write_bytes(b"nor this")
    return folder


@pytest.fixture
def photos(small: Callable[[Path, int], None], tmp_path: Path) -> list[Path]:
    files = [tmp_path / f"{number}.png" for number in range(SEVERAL)]
    for number, file in enumerate(files):
        small(file, number)
    return files


def tiles(page: Page, state: str) -> Locator:
    return page.locator(f'.album-tile[data-state="{state}"]')


def tile(page: Page, name: str) -> Locator:
    return page.locator(".album-tile").filter(has=page.get_by_role("button", name=f"Open {name}"))


def press(page: Page, name: str) -> None:
    page.locator("#album").get_by_role("button", name=name, exact=True).click()
    page.evaluate(DRAWN)


def all_done(page: Page, done: int, failed: int = 0) -> None:
    expect(tiles(page, "done")).to_have_count(done)
    expect(tiles(page, "failed")).to_have_count(failed)


def zipped(page: Page) -> zipfile.ZipFile:
    with page.expect_download() as download:
        press(page, "Download ZIP")
    archive = zipfile.ZipFile(download.value.path())
    assert archive.testzip() is None
    return archive


def pixels(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGBA"))


def background(page: Page, kind: str) -> None:
    page.click("#tab-background")
    page.locator(f'#panel-background input[value="{kind}"]').first.check()


def test_a_folder_with_a_bad_file_becomes_a_zip(page: Page, holiday: Path) -> None:
    page.set_input_files("#folder", holiday)
    all_done(page, 3, failed=1)
    expect(tile(page, "bad.jpg").locator(".album-failure")).to_contain_text("not a photo")
    expect(page.locator(".album-headline")).to_contain_text("3 of 4 cutouts ready")
    assert page.evaluate(LOSES)
    with zipped(page) as archive:
        assert archive.namelist() == [
            "holiday/beach/one-cutout.png", "holiday/one-cutout.png", "holiday/one-cutout-2.png",
            "Not cut out.txt",
        ]  # fmt: skip
        for name, width in zip(archive.namelist(), (150, 155, 160), strict=False):
            rgba = pixels(archive.read(name))
            assert rgba.shape == (160, width, 4)
            assert {0, 255} <= set(rgba[..., 3].ravel())
        assert archive.read("Not cut out.txt").decode().startswith("holiday/bad.jpg: ")
    until(page, f"!({LOSES})")


def test_the_key_that_saves_gives_all_that_is_ready(page: Page, photos: list[Path]) -> None:
    page.set_input_files("#file", photos[:2])
    expect(page.locator(".album-tile")).to_have_count(2)
    page.keyboard.press("Control+s")  # nothing is ready yet, and nothing breaks
    all_done(page, 2)
    page.evaluate(DRAWN)
    with page.expect_download() as download:
        page.keyboard.press("Control+s")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.namelist() == ["0-cutout.png", "1-cutout.png"]


def test_what_is_paused_waits_and_what_is_cancelled_begins_again(
    page: Page, photos: list[Path]
) -> None:
    page.set_input_files("#file", photos)
    press(page, "Pause")
    expect(tiles(page, "working")).to_have_count(0)
    expect(page.locator(".album-headline")).to_contain_text("Paused")
    # Without a pause something would be under way for as long as something waits.
    assert tiles(page, "waiting").count() > 0
    page.evaluate(CANCEL_AT_WORK)
    expect(tiles(page, "stopped").first).to_be_visible()
    expect(tiles(page, "working")).to_have_count(0)
    press(page, "Start again")
    all_done(page, SEVERAL)
    expect(page.locator(".album-live")).to_contain_text(f"All {SEVERAL} cutouts are ready")


def test_what_failed_is_tried_again(page: Page, photos: list[Path]) -> None:
    """A file on a stick that was pulled out, and is put back."""
    page.evaluate("""() => {
      const input = Object.assign(document.createElement("input"), { type: "file", id: "stick" });
      input.multiple = true;
      document.body.append(input);
    }""")
    page.set_input_files("#stick", photos[:2])
    away = photos[1].with_suffix(".away")
    photos[1].rename(away)
    page.evaluate("""() => {
      const stick = document.querySelector("#stick");
      document.querySelector("#file").files = stick.files;
      document.querySelector("#file").dispatchEvent(new Event("change"));
      stick.remove();
    }""")
    all_done(page, 1, failed=1)
    away.rename(photos[1])
    press(page, "Retry failed")
    all_done(page, 2)


def test_one_is_changed_in_the_studio_and_its_look_used_for_all(
    page: Page, photos: list[Path]
) -> None:
    page.set_input_files("#file", photos[:2])
    all_done(page, 2)
    tile(page, "1.png").locator(".album-open").click()
    expect(page.locator("#download")).to_be_visible()
    expect(page.locator("#album")).to_be_hidden()
    background(page, "colour")
    page.click("#all")
    expect(tile(page, "1.png").get_by_text("Own look")).to_be_visible()
    expect(tile(page, "1.png").locator(".album-open")).to_be_focused()
    all_done(page, 2)
    with zipped(page) as archive:
        assert pixels(archive.read("0-cutout.png"))[..., 3].min() == 0
        assert pixels(archive.read("1-cutout.png"))[..., 3].min() == 255
    press(page, "Use it for all photos")
    expect(page.get_by_text("Own look").locator("visible=true")).to_have_count(0)
    all_done(page, 2)
    with zipped(page) as archive:
        assert pixels(archive.read("0-cutout.png"))[..., 3].min() == 255
    # What is set beside the album is meant for all of them.
    background(page, "none")
    press(page, "Apply them")
    all_done(page, 2)
    with zipped(page) as archive:
        assert pixels(archive.read("0-cutout.png"))[..., 3].min() == 0
        assert pixels(archive.read("1-cutout.png"))[..., 3].min() == 0
    tile(page, "1.png").locator(".album-open").click()
    expect(page.locator("#undo")).to_be_enabled()


def test_the_album_waits_while_a_photo_is_open(page: Page, photos: list[Path]) -> None:
    page.set_input_files("#file", photos)
    page.evaluate(OPEN_THE_FIRST)
    expect(page.locator("#all")).to_be_visible()
    expect(tiles(page, "working")).to_have_count(0)
    assert tiles(page, "waiting").count() > 0
    page.click("#all")
    all_done(page, SEVERAL)


def test_files_go_into_a_folder_and_replace_nothing_of_others(page: Page, holiday: Path) -> None:
    page.evaluate("""async () => {
      const holiday = await (await chosen()).getDirectoryHandle("holiday", { create: true });
      const beach = await holiday.getDirectoryHandle("beach", { create: true });
      const file = await beach.getFileHandle("one-cutout.png", { create: true });
      const writable = await file.createWritable();
      await writable.write("somebody's own");
      await writable.close();
    }""")
    page.set_input_files("#folder", holiday)
    press(page, "Save to folder")
    all_done(page, 3, failed=1)
    for kind, least in (("colour", 255), ("none", 0)):
        # Made anew with another look, files take the place of those that were written before.
        background(page, kind)
        press(page, "Apply them")
        all_done(page, 3, failed=1)
        until(page, f"!({LOSES})")
        listed: dict[str, list[int]] = page.evaluate(LISTED)
        assert bytes(listed.pop("holiday/beach/one-cutout.png")) == b"somebody's own"
        assert set(listed) == {
            "holiday/one-cutout.png", "holiday/one-cutout-2.png", "holiday/beach/one-cutout-2.png",
        }  # fmt: skip
        assert {pixels(bytes(data))[..., 3].min() for data in listed.values()} == {least}
    expect(page.locator("#album")).to_contain_text("3 cutouts saved to “chosen”")


def test_a_folder_is_dropped(page: Page, holiday: Path) -> None:
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(holiday)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 400, "y": 300, "data": data})
    expect(page.locator(".album-tile")).to_have_count(4)
    titles = page.locator(".album-name").evaluate_all("all => all.map(({ title }) => title)")
    assert titles == [
        "holiday/bad.jpg", "holiday/beach/one.png", "holiday/one.bmp", "holiday/one.png",
    ]  # fmt: skip
    press(page, "Cancel")


def test_arrow_keys_and_delete(page: Page, photos: list[Path]) -> None:
    page.set_input_files("#file", photos[:3])
    press(page, "Cancel")
    tile(page, "0.png").locator(".album-open").focus()
    page.keyboard.press("ArrowRight")
    expect(tile(page, "1.png").locator(".album-open")).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.locator(".album-tile")).to_have_count(2)
    expect(tile(page, "2.png").locator(".album-open")).to_be_focused()
    page.keyboard.press("Home")
    expect(tile(page, "0.png").locator(".album-open")).to_be_focused()
    # One stop of the tab key for all tiles: the next ones are what can be done with this one.
    stops = "[...document.querySelectorAll('.album-open')].filter((one) => one.tabIndex === 0)"
    assert page.evaluate(f"{stops}.length") == 1


def test_thumbnails_are_made_for_what_is_near_the_window(
    page: Page, small: Callable[[Path, int], None], tmp_path: Path
) -> None:
    files = [tmp_path / f"{number:03}.png" for number in range(120)]
    for file in files:
        small(file, 0)
    page.set_input_files("#file", files)
    press(page, "Cancel")
    drawn = page.locator(".album-image[src]")
    until(page, "document.querySelectorAll('.album-image[src]').length >= 12")
    tile(page, "119.png").locator(".album-open").scroll_into_view_if_needed()
    expect(tile(page, "119.png").locator(".album-image[src]")).to_be_visible()
    assert drawn.count() < len(files)


def test_nothing_is_left_behind(page: Page, photos: list[Path]) -> None:
    page.set_input_files("#file", photos[:2])
    all_done(page, 2)
    until(page, f"({ASIDE})().then((names) => names.filter({NO_ZIP}).length === 2)")
    press(page, "Remove all")
    press(page, "Remove unsaved cutouts, too?")
    until(page, f"({ASIDE})().then((names) => !names.some({NO_ZIP}))")
    page.evaluate("""async () => {
      const all = await (await navigator.storage.getDirectory()).getDirectoryHandle("album");
      const gone = await all.getDirectoryHandle("of a page that is gone", { create: true });
      await gone.getFileHandle("1", { create: true });
    }""")
    page.reload()
    until(page, f"({ASIDE})().then((names) => !names.length)")


NAMES = {
    "a.jpg": "a-cutout",
    "A.png": "A-cutout-2",
    "x/a.jpg": "x/a-cutout",
    "x/.jpg": "x/.jpg-cutout",
    "../b": "b-cutout",
    "c:d?.tar.gz": "c_d_.tar-cutout",
    " e . /f.png": "e/f-cutout",
}


def test_names(page: Page) -> None:
    given = page.evaluate(
        f"""async (paths) => {{
          const {{ Names }} = await ({MODULE})("names");
          const names = new Names();
          return paths.map((path) => names.take(path));
        }}""",
        list(NAMES),
    )
    assert dict(zip(NAMES, given, strict=True)) == NAMES


def test_time_left(page: Page) -> None:
    left: list[Any] = page.evaluate(f"""async () => {{
      const {{ Pace }} = await ({MODULE})("pace");
      const pace = new Pace();
      const told = [pace.left(5)];
      pace.note(9000);
      told.push(pace.left(5));
      pace.note(11_000);
      told.push(pace.left(5));
      pace.pause(12_000);
      pace.resume(112_000);
      pace.note(113_000);
      told.push(pace.left(4));
      return told;
    }}""")
    assert left == [None, None, 10, 8]


def test_the_album_keeps_nobody_out(page: Page, holiday: Path) -> None:
    page.evaluate(WATCH)
    page.evaluate("jumped = 0")
    page.emulate_media(reduced_motion="reduce")  # colours would still be on their way
    page.set_input_files("#folder", holiday)
    all_done(page, 3, failed=1)
    expect(page.locator(".album-cut .album-image[src]")).to_have_count(3)
    assert page.evaluate("jumped") < 0.02
    try:
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") == width
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert violations(page) == []
                keep(page, f"album-{width}-{scheme}")
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(color_scheme=None, reduced_motion=None)


@pytest.fixture(scope="module")
def phone(browser: Browser, dist: Path) -> Iterator[Page]:
    """A page on a small phone whose browser has no private file system, not even for workers."""

    def without(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=NO_FILES + answer.text())

    with SiteServer(dist) as server:
        context = browser.new_context(
            viewport={"width": 320, "height": 640},
            has_touch=True,
            is_mobile=True,
            service_workers="block",  # it would answer for the worker below
        )
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.add_init_script(SAVES_DATA + ";" + NO_FILES)
        page.route("**/album/disk-worker.js", without)
        page.goto(server.url)
        yield page
        context.close()


def test_on_a_phone_everything_can_be_touched(phone: Page, photos: list[Path]) -> None:
    phone.set_input_files("#file", photos[:2])
    all_done(phone, 2)
    assert phone.evaluate(SMALL_TARGETS) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 320


def test_without_a_private_file_system_the_files_stay_in_memory(
    phone: Page, photos: list[Path]
) -> None:
    before = phone.locator(".album-tile").count()
    phone.set_input_files("#file", photos[2:3])
    all_done(phone, before + 1)
    assert phone.evaluate("'getDirectory' in navigator.storage") is False
    with zipped(phone) as archive:
        assert len(archive.namelist()) == before + 1
        assert pixels(archive.read("2-cutout.png")).shape == (160, 150, 4)
