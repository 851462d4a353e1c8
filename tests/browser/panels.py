"""The panels beside the stage, for tests: how they are opened and used, and what comes of it."""

import io
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect

TUNING, BACKGROUND, PRODUCT, OUTPUT = (
    f"#panel-{name}" for name in ("tuning", "background", "product", "output")
)
MODULE = """(name) => import(
  new URL(`panels/${name}.js`, document.querySelector('script[type="module"][src]').src).href
)"""
#: What can be pressed and is smaller than a finger.
SMALL_TARGETS = """(panel) => [...document.querySelectorAll(`${panel} :is(button, select, input)`)]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .map((each) => each.closest("label") ?? each)
  .filter((each) => {
    const { width, height } = each.getBoundingClientRect();
    return width < 43.9 || height < 43.9;
  })
  .map((each) => each.outerHTML)"""


def show(page: Page, panel: str) -> Locator:
    page.locator(f'[role="tab"][aria-controls="{panel[1:]}"]').click()
    opened = page.locator(panel)
    expect(opened.locator(".controls :is(input, select)").first).to_be_enabled()
    return opened


def pick(panel: Locator, name: str) -> None:
    """Chooses one of a few, or switches something on."""
    title = panel.page.locator(".option-title", has_text=re.compile(f"^{re.escape(name)}$"))
    panel.locator("label").filter(has=title).locator("visible=true").first.click()


def enter(panel: Locator, name: str, text: str) -> None:
    field = panel.get_by_label(name, exact=True).locator("visible=true")
    field.fill(text)
    field.press("Enter")


def download(page: Page, name: str = "Download") -> bytes:
    panel = show(page, OUTPUT)
    with page.expect_download() as downloaded:
        panel.get_by_role("button", name=name).click()
    return Path(downloaded.value.path()).read_bytes()


def saved(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(download(page)))


def stage(page: Page) -> NDArray[np.int16]:
    """What the stage shows of the cutout: the right of the picture, beyond the divider."""
    shown = Image.open(io.BytesIO(page.locator("#after").screenshot())).convert("RGB")
    width, height = shown.size
    return np.asarray(shown.crop((width * 6 // 10, 0, width, height)), np.int16)


def reach(page: Page) -> float:
    """How far to the right the bottle goes on the stage, in pixels of the photo."""
    colours = stage(page)
    coloured = (colours.max(axis=2) - colours.min(axis=2) > 60).sum(axis=0)
    columns = np.flatnonzero(coloured > len(colours) // 20)
    last = columns[-1] if columns.size else 0
    return float(480 * (0.6 + 0.4 * last / colours.shape[1]))


def wait_for(holds: Callable[[], object], what: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def tab_to(page: Page, selector: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is out of reach of the Tab key")


def alpha(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture.convert("RGBA"))[..., 3]


def soft(picture: Image.Image) -> int:
    values = alpha(picture)
    return int(((values > 0) & (values < 255)).sum())


def module(page: Page, name: str) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate(
        f"async (name) => ({{ ...(await ({MODULE})(name)) }})", name
    )
    return told
