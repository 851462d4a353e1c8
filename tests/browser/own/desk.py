"""The page on which own models are opened, tried, accepted and used."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Bench
from tools.serve import SiteServer

START = """async (settings) => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway = await Cutaway.start(settings);
  window.base64 = (blob) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(blob);
  });
  window.attempt = async (work) => {
    try { return await work(); } catch ({ name, code, message }) { return { name, code, message }; }
  };
}"""
OPEN_ADDRESS = """(address) => attempt(async () => {
  window.notes = [];
  const candidate = await cutaway.own.open(address, { onProgress: (note) => notes.push(note) });
  return { ...candidate, notes };
})"""
OPEN_FILE = """() => attempt(() => cutaway.own.open(document.querySelector("#photo").files[0]))"""
TRY = """([id, contract, own]) => attempt(async () => {
  const photo = own ? document.querySelector("#photo").files[0] : undefined;
  const tried = await cutaway.own.tryOut(id, { family: "custom", contract, photo });
  return { ...tried, mask: await base64(tried.mask), photo: await base64(tried.photo) };
})"""
ACCEPT = """([id, form]) => attempt(() => cutaway.own.accept(id, form))"""
PIECES = """async () => {
  const cache = await caches.open("cutaway-store");
  return (await cache.keys()).map(({ url }) => url).filter((url) => url.includes("/own/"));
}"""
#: A little more than the least memory with which a model may come: 2 MB of it.
LITTLE = {"device": {"memory": 1.061}}


class Desk:
    """A page with Cutaway on it, and own models."""

    def __init__(self, page: Page, site: SiteServer, **settings: Any) -> None:
        self.page = page
        self.bench = Bench(page, site)
        self.settings = settings
        self.start()

    def start(self) -> None:
        self.page.evaluate(START, self.settings)

    def reload(self) -> None:
        self.page.reload()
        self.start()

    def open(self, source: str | Path) -> dict[str, Any]:
        """A candidate, from an address or a file; or an error."""
        if isinstance(source, str):
            return self.page.evaluate(OPEN_ADDRESS, source)
        self.page.set_input_files("#photo", source)
        return self.page.evaluate(OPEN_FILE)

    def try_out(self, candidate: dict[str, Any], photo: Path | None = None) -> dict[str, Any]:
        if photo:
            self.page.set_input_files("#photo", photo)
        return self.page.evaluate(TRY, [candidate["id"], candidate["contract"], bool(photo)])

    def accept(self, candidate: dict[str, Any], title: str = "Mine") -> dict[str, Any]:
        form = {"title": title, "family": candidate["family"], "contract": candidate["contract"]}
        return self.page.evaluate(ACCEPT, [candidate["id"], form])

    def accepted(self, source: str | Path) -> dict[str, Any]:
        """The entry of a model that is opened and accepted as it is."""
        candidate = self.open(source)
        entry = self.accept(candidate)
        assert entry.get("own"), (candidate, entry)
        return entry

    def ids(self) -> list[str]:
        models = self.page.evaluate("cutaway.models()")
        return [model["id"] for model in models if model.get("own")]

    def pieces(self) -> list[str]:
        return self.page.evaluate(PIECES)
