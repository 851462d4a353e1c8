"""A page with own models on it, and another origin from which they come."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.own import graphs
from tests.browser.own.desk import LITTLE, Desk
from tests.browser.own.elsewhere import Elsewhere
from tools.serve import SiteServer


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "ignore_https_errors": True}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What lies elsewhere."""
    made = tmp_path_factory.mktemp("elsewhere")
    square, mask = [1, 3, 1024, 1024], [1, 1, 1024, 1024]
    free = ["batch_size", 3, "height", "width"]
    graphs.save(made / "rmbg-1.4.onnx", ("input", square), [("output", mask)])
    names = [("alphas", ["batch_size", 1, "height", "width"])]
    graphs.save(made / "rmbg-2.0.onnx", ("pixel_values", free), names, sigmoid=True)
    several = [("side_image", mask), ("output_image", mask)]
    graphs.save(made / "birefnet.onnx", ("input_image", square), several, factor=8)
    graphs.save(made / "ben2.onnx", ("input", square), [("output", mask)], half=True)
    small = ("input", [1, 3, 64, 64])
    graphs.save(made / "tiny.onnx", small, [("output", [1, 1, 64, 64])], sigmoid=True)
    # The size cannot be seen beforehand: what is sent is compressed.
    (made / "large.onnx").write_bytes(bytes(6_000_000))
    # Told apart by its first bytes: drawn at random they were those of a web page once in 256 runs.
    (made / "garbage.onnx").write_bytes(bytes(range(128, 256)) * 24)
    (made / "page.html").write_text("<!doctype html><title>Sign in</title>")
    (made / "page.onnx").write_text("\n  <!doctype html><title>Sign in</title>")
    (made / "empty.onnx").write_bytes(b"")
    odd = made / "odd"
    graphs.save(odd / "half.onnx", small, [("output", [1, 1, 64, 64])], input_type=graphs.HALF)
    graphs.one_node(odd / "rank.onnx", "Sigmoid", shape=(3, 64, 64))
    graphs.one_node(odd / "grey.onnx", "Sigmoid", shape=(1, 1, 64, 64))
    graphs.one_node(odd / "no-mask.onnx", "Sigmoid")
    graphs.one_node(odd / "operator.onnx", "Twirl", "com.example")
    graphs.two_inputs(odd / "two.onnx")
    graphs.external(odd / "external.onnx")
    return made


@pytest.fixture(scope="module")
def elsewhere(folder: Path) -> Iterator[Elsewhere]:
    with Elsewhere(folder) as server:
        yield server


@pytest.fixture
def desk(page: Page, site: SiteServer) -> Desk:
    return Desk(page, site)


@pytest.fixture(scope="module")
def shared(browser: Browser, dist: Path) -> Iterator[Desk]:
    """One page for a whole file: it starts once."""
    with opened(browser, dist) as desk:
        yield desk


@pytest.fixture(scope="module")
def counter(browser: Browser, dist: Path) -> Iterator[Desk]:
    """One page for everything that is refused: nothing stays of it."""
    with opened(browser, dist, **LITTLE) as desk:
        yield desk


@contextmanager
def opened(browser: Browser, dist: Path, **settings: Any) -> Iterator[Desk]:
    context = browser.new_context(ignore_https_errors=True)
    with SiteServer(dist) as site:
        yield Desk(context.new_page(), site, **settings)
    context.close()


@pytest.fixture(scope="module")
def photo(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph of 1024 × 1024: the mask is neither made smaller nor larger."""
    file = tmp_path_factory.mktemp("photos") / "square.png"
    with Image.open(astronaut) as image:
        image.convert("RGB").resize((1024, 1024), Image.Resampling.LANCZOS).save(file)
    return file
