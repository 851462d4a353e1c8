"""WebKitGTK, the floor: no SharedArrayBuffer, no JSPI, no WebGPU, no ``navigator.storage``."""

import base64
import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.conftest import CUT
from tests.browser.pictures import AT_REST, PLACE, assert_compared
from tests.browser.test_cutout import natively, overlap
from tools.browsers import WEBKIT
from tools.serve import SiteServer

pytestmark = [
    pytest.mark.skipif(bool(WEBKIT.missing), reason=WEBKIT.missing),
    # Selenium's own, each time it starts this driver.
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),
]

SECONDS = 300
ABSENT = """return [typeof SharedArrayBuffer, typeof WebAssembly.Suspending,
  typeof navigator.gpu, typeof navigator.storage]"""


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server without a screen, on a number that it finds free itself."""
    read, write = os.pipe()
    command = [WEBKIT.programs[1], "-displayfd", str(write), "-screen", "0", "1280x1024x24"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as stream:
        number = stream.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.fixture
def webkit(display: str) -> Iterator[webdriver.WebKitGTK]:
    settings = {**os.environ, "DISPLAY": display, "GDK_BACKEND": "x11"}
    service = Service(str(WEBKIT.path), env=settings)
    driver = webdriver.WebKitGTK(options=webdriver.WebKitGTKOptions(), service=service)
    driver.set_script_timeout(SECONDS)
    driver.set_window_size(1200, 800)
    yield driver
    driver.quit()


@pytest.fixture(autouse=True)
def quiet_console() -> None:
    """In place of Chromium's: this driver cannot tell of uncaught errors."""


def reply(webkit: webdriver.WebKitGTK, photo: Path) -> dict[str, Any]:
    """What a page with nothing but an input gets from the public API."""
    webkit.find_element(By.ID, "photo").send_keys(str(photo))
    script = f"({CUT})({{ model: 'u2netp' }}).then(arguments[0])"
    answer: dict[str, Any] = webkit.execute_async_script(script)
    return answer


def picture(answer: dict[str, Any], name: str) -> np.ndarray:
    assert "error" not in answer, answer["error"]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(answer[name]))))


def test_cutout_is_the_native_one_and_the_receipt_names_what_ran(
    webkit: webdriver.WebKitGTK, site: SiteServer, astronaut: Path, tmp_path: Path
) -> None:
    webkit.get(f"{site.url}bench.html")
    assert webkit.execute_script(ABSENT) == ["undefined"] * 4, "this is not the floor any more"
    answer = reply(webkit, astronaut)
    assert picture(answer, "png").shape == (512, 512, 4)
    native = natively(astronaut, "u2netp", tmp_path)
    assert overlap(picture(answer, "mask"), native) >= 0.999
    ran = answer["receipt"]["provider"]
    assert (ran["ran"], ran["threads"]) == ("wasm", 1)
    assert "one thread" in ran["reason"]
    assert answer["receipt"]["retries"] == []
    wasm = {entry.path.rpartition("/")[2] for entry in site.log if "/ort/" in entry.path}
    assert wasm == {"ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"}


def test_an_empty_file_is_refused_and_the_next_photo_works(
    webkit: webdriver.WebKitGTK, site: SiteServer, astronaut: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    webkit.get(f"{site.url}bench.html")
    error = reply(webkit, empty).get("error", {})
    assert (error.get("name"), error.get("code")) == ("CutawayError", "empty-file")
    assert picture(reply(webkit, astronaut), "png").shape == (512, 512, 4)


def test_the_page(webkit: webdriver.WebKitGTK, site: SiteServer, astronaut: Path) -> None:
    webkit.get(site.url)
    wait = WebDriverWait(webkit, SECONDS)
    webkit.find_element(By.ID, "file").send_keys(str(astronaut))
    try:
        ran = wait.until(lambda _: webkit.find_element(By.ID, "ran").text)
    except TimeoutException:
        pytest.fail(f"no cutout; the page says: {webkit.find_element(By.TAG_NAME, 'main').text}")
    assert ran.startswith("WebAssembly, 1 thread ·")
    wait.until(lambda _: webkit.execute_script(AT_REST))
    place = webkit.execute_script(PLACE)
    assert_compared(webkit.get_screenshot_as_png(), place, astronaut)
    assert webkit.find_element(By.ID, "isolation").text.startswith("Single thread: this browser")
