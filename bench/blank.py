"""A page of the site's own origin that starts nothing by itself, in a browser of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools import browsers
from tools.serve import SiteServer

INPUT = '<input type="file" multiple>'
#: Without these there are no threads.
ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


@contextmanager
def blank_page(site: SiteServer, profile: Path) -> Iterator[Page]:
    """The page, opened with a profile in this folder."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=browsers.CHROMIUM.path, args=browsers.CHROMIUM_FLAGS
        )
        page = context.new_page()
        page.set_default_timeout(300_000)
        page.route(
            "**/bench",
            lambda route: route.fulfill(content_type="text/html", body=INPUT, headers=ISOLATION),
        )
        page.goto(f"{site.url}bench")
        yield page
        context.close()
