"""One subject, visited once: cold, warm and then photo after photo."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright

from bench.peers.subjects import Subject
from tools import browsers, memory

#: Milliseconds after which a visit counts as failed.
PATIENCE = 300_000
#: The sites' own storage may be large, and Chromium's cache holds files of an eighth of its size.
CACHE_FLAG = "--disk-cache-size=2000000000"


@dataclass(frozen=True, slots=True)
class Photos:
    """Files: one for each visit's first cutout, the steady ones, and those of a batch."""

    first: Path
    steady: tuple[Path, ...]
    small: tuple[Path, ...]
    batch: tuple[Path, ...] = ()

    @property
    def chosen(self) -> list[Path]:
        return [self.first, *self.steady, *self.small, *self.batch]


@dataclass(slots=True)
class Figures:
    """What a visit gave. Seconds; ``longest`` milliseconds; ``memory`` and ``sent`` bytes."""

    cold: float | None = None
    cold_look: float | None = None
    warm: float | None = None
    warm_look: float | None = None
    steady: list[float] = field(default_factory=list)
    steady_look: list[float] = field(default_factory=list)
    small: list[float] = field(default_factory=list)
    batch: float | None = None
    longest: float = 0.0
    memory: int = 0


class Visitor:
    """Visits pages below ``address`` with browsers of its own, each with an empty profile."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright

    def full(self, subject: Subject, address: str, photos: Photos) -> Figures:
        """Cold, warm, steady and, where there are photos for it, a batch."""
        found = Figures()
        with self._browser() as context:
            with _visit(context, address + subject.page, photos.chosen[:1]) as page:
                found.cold, found.cold_look = _first(page, photos.first)
                found.longest = page.evaluate("window.bench.longest()")
            if subject.brings:
                found.cold = found.cold_look = None
            with _visit(context, address + subject.page, photos.chosen) as page:
                found.warm, found.warm_look = _first(page, photos.first)
                self._steady(page, photos, found)
                found.longest = max(found.longest, page.evaluate("window.bench.longest()"))
                found.memory = memory.peak_of_pages()
        return found

    def cold(self, subject: Subject, address: str, photos: Photos) -> Figures:
        """A cold visit alone."""
        found = Figures()
        with (
            self._browser() as context,
            _visit(context, address + subject.page, photos.chosen[:1]) as page,
        ):
            found.cold, found.cold_look = _first(page, photos.first)
        return found

    def _steady(self, page: Page, photos: Photos, found: Figures) -> None:
        for index, photo in enumerate((*photos.steady, *photos.small), 1):
            told = page.evaluate("(index) => window.bench.again(index)", index)
            _check(told, photo)
            small = photo in photos.small
            (found.small if small else found.steady).append(told["milliseconds"] / 1000)
            if told["look"] is not None and not small:
                found.steady_look.append(told["look"] / 1000)
        if photos.batch:
            start = len(photos.chosen) - len(photos.batch)
            found.batch = page.evaluate("(from) => window.bench.batch(from)", start) / 1000

    @contextmanager
    def _browser(self) -> Iterator[BrowserContext]:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            context = self._playwright.chromium.launch_persistent_context(
                profile,
                executable_path=browsers.CHROMIUM.path,
                args=[*browsers.CHROMIUM_FLAGS, CACHE_FLAG],
            )
            try:
                yield context
            finally:
                context.close()


@contextmanager
def _visit(context: BrowserContext, address: str, photos: Sequence[Path]) -> Iterator[Page]:
    """A page on its way, with the photos chosen as soon as it can take them."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(address, wait_until="commit")
    page.set_input_files("input", photos)
    try:
        page.wait_for_function("() => window.bench")
        yield page
    except Exception as error:
        raise RuntimeError("; ".join([*failed, str(error)])) from error
    finally:
        page.close()


def _first(page: Page, photo: Path) -> tuple[float, float | None]:
    told = page.evaluate("() => window.bench.first()")
    _check(told, photo)
    return told["milliseconds"] / 1000, told["look"] and told["look"] / 1000


def _check(told: dict[str, Any], photo: Path) -> None:
    """A subject that gives less than the whole photo as PNG is not compared."""
    with Image.open(photo) as opened:
        if told["type"] != "image/png" or tuple(told["size"]) != opened.size:
            raise RuntimeError(f"no PNG of {opened.size}: {told}")
