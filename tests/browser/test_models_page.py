"""Models and storage as a person sees and uses them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import until
from tests.browser.panel import (
    API,
    LARGE,
    SAVES_DATA,
    SMALL,
    arrive,
    figure,
    open_panel,
    press,
    receipt,
    row,
    state,
)
from tests.browser.pictures import keep
from tools.serve import SiteServer

STORED = "cutaway.cache.list().then((all) => all.reduce((sum, { stored }) => sum + stored, 0))"
TOO_WIDE = """() => [...document.querySelectorAll("dialog *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def site(dist: Path) -> Iterator[SiteServer]:
    with SiteServer(dist) as server:
        yield server


@pytest.fixture(scope="module")
def lasting(browser: Browser, site: SiteServer) -> Iterator[Page]:
    """One page for all tests here, of somebody who saves data."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(SAVES_DATA)
    page.goto(site.url)
    # Until then more and more of the site is stored.
    until(page, "navigator.serviceWorker.controller !== null")
    yield page
    context.close()


@pytest.fixture
def panel(lasting: Page, site: SiteServer) -> Iterator[Page]:
    """Its panel of models and storage; afterwards nothing is stored any more."""
    if not lasting.locator("#models").is_visible():
        open_panel(lasting)
    yield lasting
    site.faults.clear()
    if not lasting.locator("#models").is_visible():
        open_panel(lasting)
    if lasting.locator("#delete-all").is_enabled():
        lasting.click("#delete-all")
    expect(lasting.locator("#models-kept")).to_have_text("nothing stored")


def test_all_is_told_before_anything_is_downloaded(panel: Page, site: SiteServer) -> None:
    panel.evaluate(API)
    models = panel.evaluate("cutaway.models()")
    assert len(models) > 8
    for model in models:
        shown = row(panel, model["id"])
        expect(shown.get_by_role("heading")).to_have_text(model["title"])
        expect(shown).to_contain_text(model["note"])
        expect(shown).to_contain_text(model["licence"].rstrip("."))
        expect(shown).to_contain_text(f"Commercial use: {model['commercial']}")
        if model["bytes"]:
            assert figure(shown.locator(".row-size")) == model["bytes"]
        if not model["available"]:
            expect(shown).to_contain_text(model["unavailable"] or "Not on this site")
            assert shown.locator("button:visible").count() == 0
    assert {model["commercial"] for model in models} == {"yes", "unclear"}
    assert site.sent("/models/*") == 0


def test_figures_are_the_bytes_that_were_fetched_and_stored(panel: Page, site: SiteServer) -> None:
    panel.evaluate(API)
    total = panel.locator("#stored-models")
    already = site.sent("/models/*")
    assert figure(total) == 0
    for id in ("u2netp", "modnet"):
        press(panel, id, "Download")
        arrive(panel, id)
    assert site.sent("/models/*") - already == SMALL + 12_984_966
    assert figure(total) == panel.evaluate(STORED) == SMALL + 12_984_966
    usage = panel.evaluate("cutaway.cache.usage()")
    assert figure(panel.locator("#stored-site")) == pytest.approx(usage["usage"], rel=0.02)
    assert figure(panel.locator("#stored-quota")) == usage["quota"]
    fast = panel.locator('.segment:has([value="fast"])')
    expect(fast).to_contain_text("stored")
    assert figure(fast) == 0

    press(panel, "u2netp", "Delete")
    expect(panel.locator("#models-said")).to_contain_text("4.6 MB freed")
    assert figure(total) == panel.evaluate(STORED) == 12_984_966
    expect(row(panel, "u2netp").get_by_role("button", name="Download")).to_be_visible()
    panel.click("#delete-all")
    expect(panel.locator("#models-said")).to_contain_text("13.0 MB freed")
    assert figure(total) == panel.evaluate(STORED) == 0
    expect(panel.locator("#delete-all")).to_be_disabled()
    expect(panel.locator("#models-kept")).to_have_text("nothing stored")


def test_a_download_tells_its_pace(panel: Page, site: SiteServer) -> None:
    last = site.faults.hold("/models/isnet-768.[789]of*")  # so that it stays to be seen
    site.faults.delay("/models/isnet-768.*", seconds=1.2, times=10)
    press(panel, "isnet-768", "Download")
    told = re.compile(r"^\d+\.\d of 47\.3 MB · [\d.]+ MB/s · \d+ s left$")
    expect(state(panel, "isnet-768")).to_have_text(told)
    last.set()
    arrive(panel, "isnet-768")


def test_pause_reload_and_resume(panel: Page, site: SiteServer) -> None:
    """No piece that had arrived is fetched again."""
    begun = len(site.log)
    site.faults.hold("/models/isnet-768.[89]of*", times=2)
    press(panel, "isnet-768", "Download")
    panel.evaluate(API)
    piece = 5 * 1024 * 1024
    until(panel, f"{STORED}.then((stored) => stored === {LARGE - 2 * piece})")
    press(panel, "isnet-768", "Pause")
    expect(row(panel, "isnet-768").get_by_role("button", name="Resume")).to_be_focused()
    expect(state(panel, "isnet-768")).to_have_text("36.8 of 47.3 MB stored")
    assert figure(panel.locator("#stored-models")) == LARGE - 2 * piece

    asked = [entry for entry in site.log[begun:] if "/isnet-768." in entry.path]
    arrived = {entry.path for entry in asked if entry.sent}
    already = len(site.log)
    panel.reload()
    open_panel(panel)
    expect(state(panel, "isnet-768")).to_have_text("36.8 of 47.3 MB stored")
    press(panel, "isnet-768", "Resume")
    arrive(panel, "isnet-768")
    later = {entry.path for entry in site.log[already:] if "/isnet-768." in entry.path}
    assert len(arrived) == 8
    assert len(later) == 2
    assert not arrived & later
    assert sum(e.sent for e in site.log[begun:] if e.path in arrived | later) == LARGE


def test_a_broken_download_says_so_and_goes_on(panel: Page, site: SiteServer) -> None:
    site.faults.fail("/models/*", 500, times=4)
    press(panel, "u2netp", "Download")
    expect(row(panel, "u2netp").locator(".row-failure")).to_contain_text("stopped")
    press(panel, "u2netp", "Download")
    arrive(panel, "u2netp")
    expect(row(panel, "u2netp").locator(".row-failure")).to_be_hidden()


def test_no_room_is_said(panel: Page, site: SiteServer) -> None:
    session = panel.context.new_cdp_session(panel)
    session.send(
        "Storage.overrideQuotaForOrigin", {"origin": site.url.rstrip("/"), "quotaSize": 1_000_000}
    )
    press(panel, "u2netp", "Download")
    expect(row(panel, "u2netp").locator(".row-failure")).to_contain_text("no room")
    assert figure(panel.locator("#stored-models")) == 0
    session.send("Storage.overrideQuotaForOrigin", {"origin": site.url.rstrip("/")})


def test_the_browsers_answer_about_keeping_is_told(panel: Page) -> None:
    panel.click("#keep")
    expect(panel.locator("#models-said")).to_be_visible()
    persisted = panel.evaluate("navigator.storage.persisted()")
    expect(panel.locator("#models-said")).to_contain_text(
        "keeps everything" if persisted else "declined"
    )
    assert panel.locator("#keep").is_hidden() == persisted


def test_deleting_the_model_in_use_is_safe(panel: Page, astronaut: Path) -> None:
    panel.keyboard.press("Escape")
    panel.set_input_files("#file", astronaut)
    receipt(panel)
    open_panel(panel)
    press(panel, "u2netp", "Delete")
    expect(panel.locator("#models-said")).to_contain_text("freed")
    panel.set_input_files("#file", astronaut)
    expect(panel.locator("#models")).to_be_hidden()
    expect(panel.locator("#cancel")).to_be_visible()
    assert receipt(panel)["bytes"] == {"network": 0, "store": 0}


def test_the_panel_by_keyboard(quiet: Page, site: SiteServer, astronaut: Path) -> None:
    models = site.faults.hold("/models/*")
    quiet.set_input_files("#file", astronaut)
    quiet.locator("#open-models").press("Enter")
    expect(quiet.locator("#panel-known")).to_be_visible()
    expect(quiet.locator("#models-close")).to_be_focused()
    reached = set()
    for _ in range(40):
        quiet.keyboard.press("Tab")
        reached.add(quiet.evaluate("document.activeElement.textContent.trim()"))
        inside = quiet.evaluate("document.activeElement.closest('#models') !== null")
        assert inside or quiet.evaluate("document.activeElement === document.body")
    assert {"Download", "Use this model", "Keep on this device", "Open"} <= reached
    quiet.keyboard.press("Escape")
    expect(quiet.locator("#models")).to_be_hidden()
    expect(quiet.locator("#open-models")).to_be_focused()
    # The photo's own work goes on: Escape was meant for the panel.
    expect(quiet.locator("#cancel")).to_be_visible()
    models.set()


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_runs_over_the_edge(quiet: Page, width: int) -> None:
    quiet.set_viewport_size({"width": width, "height": 740})
    expect(quiet.locator("#speeds input:checked")).to_have_count(1)
    assert quiet.evaluate("document.documentElement.scrollWidth") <= width
    open_panel(quiet)
    press(quiet, "isnet-768", "Use this model")
    assert quiet.evaluate(TOO_WIDE) == []
    keep(quiet, f"models-{width}")
    body = quiet.locator("#models .panel-body")
    assert body.evaluate("(one) => one.scrollWidth <= one.clientWidth")
