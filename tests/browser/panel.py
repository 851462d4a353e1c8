"""The panel of models and storage, for tests: how it is opened, read and used."""

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect

SMALL = 4_574_861
LARGE = 47_301_116
#: With this, the page fetches nothing before it is told to.
SAVES_DATA = """Object.defineProperty(navigator, "connection", { value: { saveData: true } })"""
#: An engine beside the page's own, to compare what the page shows with what the API says.
API = """async () => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway ??= await Cutaway.start();
}"""


def open_panel(page: Page) -> None:
    page.click("#open-models")
    expect(page.locator("#panel-known")).to_be_visible()


def row(page: Page, id: str) -> Locator:
    return page.locator(f'.row[data-id="{id}"]')


def press(page: Page, id: str, name: str) -> None:
    row(page, id).get_by_role("button", name=name, exact=True).click()


def state(page: Page, id: str) -> Locator:
    return row(page, id).locator(".row-state")


def arrive(page: Page, id: str) -> None:
    expect(state(page, id)).to_have_text("Stored")


def figure(place: Locator) -> int:
    """The exact number behind a size that is shown."""
    return int(place.locator("data").get_attribute("value") or -1)


def receipt(page: Page) -> dict[str, Any]:
    expect(page.locator("#download")).to_be_visible()
    told: dict[str, Any] = json.loads(page.locator("#receipt").text_content() or "")
    return told
