"""Around a visit: samples, photos that the system brings, evidence for the promise, forgetting."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import until
from tests.unit.doubles import encoded, scene
from tools.serve import SiteServer

#: Hands the page a photo as a browser does that opened the app with it.
LAUNCHED = """
const bytes = Uint8Array.from(atob("PHOTO"), (c) => c.charCodeAt(0));
const file = new File([bytes], "opened.png", { type: "image/png" });
const setConsumer = (consumer) => consumer({ files: [{ getFile: async () => file }] });
Object.defineProperty(window, "launchQueue", { value: { setConsumer } });
"""
#: What the system does when somebody shares a photo to the installed app.
SHARE = """async ([name, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const form = new FormData();
  form.append("photos", new File([bytes], name, { type: "image/png" }));
  const answer = await fetch("./share", { method: "POST", body: form, redirect: "manual" });
  return answer.type;
}"""
CONTROLLED = "() => Boolean(navigator.serviceWorker.controller)"


@pytest.fixture(scope="module")
def photo_text() -> str:
    """A small photo, as base64."""
    return base64.b64encode(encoded(Image.fromarray(scene(96, 64)), "PNG")).decode()


@pytest.fixture(scope="module")
def visit(browser: Browser, dist: Path) -> Iterator[Page]:
    """A page that the service worker takes part in, for the whole module."""
    with SiteServer(dist) as site:
        context = browser.new_context()
        page = context.new_page()
        page.goto(site.url)
        until(page, CONTROLLED)
        yield page
        context.close()


def is_cut(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-state", "done")


def test_a_sample_is_cut_out(visit: Page) -> None:
    visit.reload()
    images = visit.locator("#samples img")
    expect(images).to_have_count(3)
    until(
        visit, "() => [...document.querySelectorAll('#samples img')].every((i) => i.naturalWidth)"
    )
    visit.get_by_role("button", name="Cup of coffee").click()
    is_cut(visit)


def test_the_evidence_names_every_request_and_the_rule(visit: Page) -> None:
    visit.click("#promise")
    dialog = visit.locator("#evidence")
    expect(dialog).to_be_visible()
    expect(visit.locator("#evidence-sum")).to_contain_text(", 0 bytes sent")
    expect(visit.locator("#evidence-rule")).to_contain_text("connect-src 'self'")
    visit.click("#evidence summary")
    asked = visit.locator("#evidence-list li").all_text_contents()
    # The workers' requests are among them, and none went elsewhere.
    assert any("/worker/" in address for address in asked)
    assert any("coffee.jpg" in address for address in asked)
    assert not [address for address in asked if address.startswith("http")]
    visit.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_photo_that_is_shared_needs_no_network(visit: Page, photo_text: str) -> None:
    until(visit, CONTROLLED)
    visit.context.set_offline(True)
    try:
        assert visit.evaluate(SHARE, ["shared.png", photo_text]) == "opaqueredirect"
        visit.goto(f"{visit.url}?shared")
        is_cut(visit)
    finally:
        visit.context.set_offline(False)
    assert "shared" not in visit.url
    assert visit.evaluate("caches.has('cutaway-shared')") is False


def test_a_photo_opened_with_the_app_is_cut_out(
    browser: Browser, site: SiteServer, photo_text: str
) -> None:
    context = browser.new_context()
    context.add_init_script(LAUNCHED.replace("PHOTO", photo_text))
    page = context.new_page()
    page.goto(site.url)
    is_cut(page)
    context.close()


def test_the_manifest_says_what_the_system_needs(visit: Page) -> None:
    manifest = json.loads(visit.evaluate("async () => (await fetch('site.webmanifest')).text()"))
    assert manifest["share_target"]["params"]["files"][0]["name"] == "photos"
    assert ".jpg" in manifest["file_handlers"][0]["accept"]["image/*"]
    for icon in manifest["icons"]:
        assert visit.evaluate("async (src) => (await fetch(src)).ok", icon["src"])


def test_a_theme_is_chosen_and_remembered(visit: Page) -> None:
    ground = "() => getComputedStyle(document.documentElement).backgroundColor"
    visit.evaluate("localStorage.setItem('cutaway-theme', 'light')")
    visit.reload()
    until(visit, "() => document.documentElement.style.colorScheme === 'light'")
    light = visit.evaluate(ground)
    visit.evaluate("localStorage.setItem('cutaway-theme', 'dark')")
    visit.reload()
    until(visit, "() => document.documentElement.style.colorScheme === 'dark'")
    assert visit.evaluate(ground) != light
    expect(visit.locator("#theme")).to_have_value("dark")


def test_everything_is_forgotten_after_a_second_press(visit: Page) -> None:
    until(visit, CONTROLLED)
    assert visit.evaluate("async () => (await caches.keys()).length") > 0
    visit.click("#open-models")
    # Twice in one go: the question does not wait for ever.
    with visit.expect_navigation():
        said = visit.locator("#forget").evaluate(
            """(button) => {
              button.click();
              const said = button.textContent;
              button.click();
              return said;
            }"""
        )
    assert "Press again" in said
    assert visit.evaluate("localStorage.length") == 0
