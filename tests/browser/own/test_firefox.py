"""Own models in Firefox, which reads a worker's policy in its own way."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Playwright

from tests.browser.own.desk import Desk
from tests.browser.own.elsewhere import Elsewhere
from tests.browser.own.test_brought import demanded, picture
from tests.browser.witness import PATIENCE_MS
from tools.browsers import FIREFOX
from tools.serve import SiteServer

pytestmark = pytest.mark.skipif(bool(FIREFOX.missing), reason=FIREFOX.missing)


def test_the_fetcher_fetches_and_half_floats_are_read(
    playwright: Playwright, site: SiteServer, elsewhere: Elsewhere, folder: Path, photo: Path
) -> None:
    kind = playwright.firefox
    with (
        kind.launch(channel="moz-firefox", executable_path=FIREFOX.path) as browser,
        browser.new_context(ignore_https_errors=True) as context,
    ):
        context.set_default_timeout(PATIENCE_MS)
        desk = Desk(context.new_page(), site)
        candidate = desk.open(f"{elsewhere.url}ben2.onnx")
        assert candidate["id"].startswith("own-"), candidate
        mask = picture(desk.try_out(candidate, photo)["mask"])
        assert np.abs(mask - demanded(folder / "ben2.onnx", "ben2", photo)).max() <= 1
        error = desk.open("https://127.0.0.1:9/model.onnx")
        assert error["code"] == "network"
        assert "Access-Control-Allow-Origin" in error["message"]
