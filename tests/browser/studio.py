"""The studio, for tests: how it is used by keyboard, and what it shows."""

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import until

SIZE = 1200
#: Sums up how far things jumped on the page that nobody had moved.
WATCH = """
  window.jumped = 0;
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value } of list.getEntries()) if (!hadRecentInput) jumped += value;
  }).observe({ type: "layout-shift", buffered: true });
"""
#: Where the picture lies on the page, and what of the page shows nothing but it.
PLACE = """() => {
  const { left, top, width } = document.querySelector("#before").getBoundingClientRect();
  return { left, top, width };
}"""
#: Sides of all canvases, in their own pixels.
CANVASES = "[...document.querySelectorAll('canvas')].map((one) => Math.max(one.width, one.height))"
SHARP = "'drawn' in document.querySelector('#after-sharp').dataset"
#: Nothing better than what is drawn is on its way.
AT_REST = "!document.querySelector('#frame').hasAttribute('data-waiting')"
SMALL_TARGETS = """() => {
  const targets = "button, summary, select, .segment, .swatch, .option";
  return [...document.querySelectorAll(targets)]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".panel"))
    .map((one) => [one.id || one.className, one.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 44 || height < 44)
    .map(([name, { width, height }]) => `${name} ${width} × ${height}`);
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(80):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no way by keyboard to {selector}")


def saved(page: Page) -> NDArray[np.uint8]:
    """The pixels of the file that Ctrl+S gives."""
    expect(page.locator("#download")).to_be_visible()
    with page.expect_download() as download:
        page.keyboard.press("Control+s")
    return np.asarray(Image.open(download.value.path()).convert("RGBA"))


def slider(page: Page, name: str) -> Locator:
    return page.locator("#panel-tuning").get_by_role("slider", name=name)


def feather(page: Page) -> None:
    """Ten steps of the feather, from wherever the focus is."""
    tab_to(page, "[role=tab][aria-selected=true]")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#panel-tuning")).to_be_visible()
    tab_to(page, "#panel-tuning input[type=range]")
    for _ in range(10):
        page.keyboard.press("ArrowRight")


def shown(page: Page) -> tuple[NDArray[np.int16], tuple[slice, slice]]:
    """The middle of the stage at 100 %, and which part of the picture that is."""
    place = page.evaluate(PLACE)
    assert place["width"] == SIZE
    left, top, width, height = 300, 150, 300, 250
    picture = page.screenshot(clip={"x": left, "y": top, "width": width, "height": height})
    x, y = left - round(place["left"]), top - round(place["top"])
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), np.int16)
    return pixels, (slice(y, y + height), slice(x, x + width))


def see_all_of_the_cutout(page: Page) -> None:
    """At 100 %, with the divider at the left edge."""
    page.locator("#compare").focus()
    page.keyboard.press("Home")
    page.keyboard.press("1")
    expect(page.locator("#zoom-now")).to_have_text("100 %")
    until(page, f"{SHARP} && {AT_REST}")


def differs(one: NDArray[Any], other: NDArray[Any]) -> float:
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())


def stage(page: Page) -> NDArray[np.uint8]:
    """The stage once it is at rest, without what stands at its edges."""
    until(page, AT_REST)
    picture = page.locator("#frame").screenshot()
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))[100:400, 100:]
