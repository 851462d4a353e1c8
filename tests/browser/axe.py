"""axe-core: what on a page would keep people out."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import ROOT

SOURCE = ROOT / ".cache" / "tests" / "axe.min.js"
FIND = """async () => {
  // Half-way from one colour to another the contrast is nobody's.
  const moving = document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().iterations !== Infinity);
  await Promise.allSettled(moving.map((one) => one.finished));
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => [
    id, nodes.map(({ failureSummary, html }) => `${html} ${failureSummary}`),
  ]);
}"""


def violations(page: Page) -> list[Any]:
    """What axe-core finds on the page as it is now: rule and places; empty when nothing."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"() => {{ {SOURCE.read_text('utf-8')} }}")
    found: list[Any] = page.evaluate(FIND)
    return found
