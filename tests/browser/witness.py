"""What pages said and showed, kept when a test fails: of another machine nothing else is left."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

#: Milliseconds for anything that is awaited: what comes, comes; a busy machine takes its time.
PATIENCE_MS = 120_000
#: Milliseconds for a picture of a page that may be stuck.
PICTURE_MS = 10_000
#: Lines and letters that are worth reading in a report.
LINES, LETTERS = 40, 1500
#: What stands on a page, and how far it has come.
SAYS = """() => [
  `${location.href} ${JSON.stringify(document.body.dataset)}`,
  ...document.body.innerText.split(/\\s*[\\r\\n]\\s*/),
].join(" | ")"""


class Witness:
    """Hears what every page of a browser says, and keeps it when asked to."""

    def __init__(self) -> None:
        #: Errors that nobody caught, since the test began.
        self.uncaught: list[str] = []
        self._said: list[str] = []
        self._contexts: list[BrowserContext] = []

    def over(self, browser: Browser) -> Browser:
        """The same browser; whatever context it opens from now on is watched."""
        opening = browser.new_context

        def new_context(**how: Any) -> BrowserContext:
            context = opening(**how)
            context.set_default_timeout(PATIENCE_MS)
            self._watch(context)
            return context

        browser.new_context = new_context  # type: ignore[method-assign]
        return browser

    def begin(self) -> None:
        """Another test: what was said before is of no interest any more."""
        self.uncaught.clear()
        self._said.clear()

    def keep(self, folder: Path) -> str:
        """Keep pictures of all pages and what they said in a folder; gives what a report needs."""
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self._contexts for page in context.pages]
        seen = [_seen(page, folder / f"page-{number}.png") for number, page in enumerate(pages)]
        (folder / "console.txt").write_text("\n".join(self._said), "utf-8")
        return "\n".join([*seen, *self._said[-LINES:]])

    def _watch(self, context: BrowserContext) -> None:
        self._contexts.append(context)
        context.on("close", lambda _: self._contexts.remove(context))
        context.on("console", self._hear)
        context.on("weberror", lambda error: self._uncaught(str(error.error)))
        context.on("page", lambda page: page.on("crash", lambda _: self._said.append("crashed")))
        context.on(
            "requestfailed",
            lambda request: self._said.append(f"failed: {request.url} {request.failure}"),
        )

    def _hear(self, message: ConsoleMessage) -> None:
        self._said.append(f"{message.type}: {message.text}")

    def _uncaught(self, error: str) -> None:
        self.uncaught.append(error)
        self._said.append(f"uncaught: {error}")


def _seen(page: Page, picture: Path) -> str:
    with suppress(Error):
        page.screenshot(path=picture, timeout=PICTURE_MS)
        return str(page.evaluate(SAYS))[:LETTERS]
    return f"{page.url} gives no picture of itself"
