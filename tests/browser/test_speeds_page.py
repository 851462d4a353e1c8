"""The speeds on the page: what they say, and that what was chosen is what runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.panel import (
    API,
    LARGE,
    SAVES_DATA,
    SMALL,
    figure,
    open_panel,
    press,
    receipt,
    row,
)
from tools.serve import SiteServer


def test_the_speeds_are_what_the_engine_says(panel: Page) -> None:
    panel.evaluate(API)
    offer = panel.evaluate("cutaway.tiers()")
    assert panel.locator("#speeds input:checked").input_value() == offer["default"]
    for speed in offer["speeds"]:
        segment = panel.locator(f'.segment:has([value="{speed["id"]}"])')
        assert figure(segment) == speed["missing"] > 0
        assert speed["title"] in segment.inner_text()
        assert segment.locator(".segment-mark").is_visible() == (
            speed["id"] == offer["recommended_speed"]
        )
    best = next(one for one in offer["speeds"] if one["id"] == offer["recommended_speed"])
    expect(panel.locator("#speed-advice")).to_contain_text(best["reason"])
    for tier in offer["tiers"]:
        card = panel.locator(f'.tier[data-id="{tier["id"]}"]')
        expect(card).to_contain_text(tier["title"])
        expect(card).to_contain_text(tier["reason"])
        assert not tier["bytes"] or figure(card) == tier["bytes"]
        assert ("recommended" in (card.get_attribute("class") or "")) == (
            tier["id"] == offer["recommended"]
        )


def test_a_photo_tells_the_pace_of_its_model(
    quiet: Page, site: SiteServer, astronaut: Path
) -> None:
    expect(quiet.locator("#speeds input:checked")).to_have_count(1)
    quiet.check('#speeds [value="balanced"]', force=True)
    site.faults.hold("/models/isnet-768.[789]of*")  # the last pieces, so that it stays to be seen
    site.faults.delay("/models/isnet-768.*", seconds=1.2, times=10)
    quiet.set_input_files("#file", astronaut)
    told = re.compile(r"^\d+\.\d of 47\.3 MB · [\d.]+ MB/s · \d+ s left$")
    expect(quiet.locator("#amount")).to_have_text(told)
    expect(quiet.locator("#status")).to_have_text("Fetching ISNet 768 (mix8)")


def test_a_speed_chosen_by_keyboard_is_what_runs(
    quiet: Page, site: SiteServer, astronaut: Path
) -> None:
    expect(quiet.locator('#speeds [value="fast"]')).to_be_checked()
    quiet.locator('#speeds [value="fast"]').focus()
    quiet.keyboard.press("ArrowRight")
    expect(quiet.locator('#speeds [value="balanced"]')).to_be_checked()
    expect(quiet.locator("#speed-facts")).to_contain_text("Commercial use: unclear")
    larger = site.faults.hold("/models/isnet-768.*")
    quiet.set_input_files("#file", astronaut)
    # What the small model found is seen while the larger one is still on its way.
    expect(quiet.locator("#tag-after")).to_have_text("First look")
    expect(quiet.locator("#cancel")).to_be_visible()
    larger.set()
    told = receipt(quiet)
    expect(quiet.locator("#tag-after")).to_have_text("Cutout")
    assert told["model"]["id"] == "isnet-768"
    assert [model["id"] for model in told["fused_with"]] == ["u2netp"]
    assert told["bytes"]["network"] == SMALL + LARGE
    quiet.check('#speeds [value="fast"]', force=True)
    quiet.click("#again")
    expect(quiet.locator("#again")).to_be_hidden()
    assert receipt(quiet)["model"]["id"] == "u2netp"


def test_a_model_of_ones_own_choice_runs_until_a_speed_is_chosen(
    panel: Page, astronaut: Path
) -> None:
    press(panel, "modnet", "Use this model")
    expect(row(panel, "modnet").get_by_role("button", name="In use")).to_have_attribute(
        "aria-pressed", "true"
    )
    panel.keyboard.press("Escape")
    expect(panel.locator("#speeds input:checked")).to_have_count(0)
    expect(panel.locator("#speed-facts")).to_contain_text("no speed applies")
    panel.set_input_files("#file", astronaut)
    assert receipt(panel)["model"]["id"] == "modnet"
    panel.check('#speeds [value="fast"]', force=True)
    expect(panel.locator("#speed-facts")).not_to_contain_text("no speed applies")
    panel.click("#again")
    expect(panel.locator("#ran")).to_contain_text("U²-Netp")
    assert receipt(panel)["model"]["id"] == "u2netp"


@pytest.fixture
def weak(page: Page, site: SiteServer) -> Iterator[Page]:
    """The page on a device with too little memory for the large models."""

    def believe(route: Route) -> None:
        answer = route.fetch()
        body = answer.text().replace(
            "Cutaway.start({", "Cutaway.start({ device: { memory: 1.3 },", 1
        )
        assert body != answer.text()
        route.fulfill(response=answer, body=body)

    page.route(re.compile(r"/site/\w+/engine\.js$"), believe)
    page.add_init_script(SAVES_DATA)
    page.goto(site.url)
    yield page
    page.unroute_all(behavior="wait")


def test_what_cannot_run_here_is_shown_with_its_reason(weak: Page) -> None:
    best = weak.locator('#speeds [value="best"]')
    expect(best).to_be_disabled()
    expect(weak.locator('#speeds [value="fast"]')).to_be_checked()
    expect(weak.locator('#speeds [value="fast"]')).to_be_enabled()
    expect(weak.locator('.segment:has([value="best"])')).to_contain_text("112.2 MB")
    expect(weak.locator("#speed-obstacles")).to_contain_text("Best cannot run here")
    expect(weak.locator("#speed-obstacles")).to_contain_text("GB of memory")
    open_panel(weak)
    pro = weak.locator('.tier[data-id="pro"]')
    expect(pro).to_contain_text("112.2 MB")
    expect(pro).to_contain_text("GB of memory")


def test_the_rate_counts_only_what_comes_over_the_network(quiet: Page) -> None:
    told = quiet.evaluate("""async () => {
      const { Rate } = await import(document.querySelector('link[href$="/rate.js"]').href);
      const rate = new Rate(20e6);
      rate.note(5e6, 0);
      rate.note(20e6, 100);
      const early = rate.perSecond;
      for (const second of [1, 2, 3, 4, 5]) rate.note(20e6 + second * 3e6, 100 + second * 1000);
      const steady = [rate.perSecond, rate.left(12e6)];
      rate.note(30e6, 5600);
      for (const second of [1, 2, 3]) rate.note(30e6 + second * 1e6, 5600 + second * 1000);
      return [early, steady, rate.perSecond];
    }""")
    assert told == [None, [3e6, 4.0], 1e6]


def test_a_speed_is_remembered(quiet: Page) -> None:
    balanced = quiet.locator('#speeds [value="balanced"]')
    expect(quiet.locator("#speeds input:checked")).to_have_count(1)
    balanced.check(force=True)
    quiet.reload()
    expect(balanced).to_be_checked()
    # One that does not exist, or that this device cannot do, gives way to the engine's own choice.
    quiet.evaluate("localStorage.setItem('cutaway-speed', 'reckless')")
    quiet.reload()
    expect(quiet.locator('#speeds [value="fast"]')).to_be_checked()
