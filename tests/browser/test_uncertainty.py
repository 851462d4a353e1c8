"""Uncertainty in a browser: a cutout that should be looked at says so, a good one does not."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Bench
from tools.serve import SiteServer

MAP = """async () => {
  const [photo] = document.querySelector("#photo").files;
  const first = await cutaway.removeBackground(photo);
  const map = await first.uncertainty();
  const again = await (await cutaway.change(first, { refine: { shift: 5 } })).uncertainty();
  await cutaway.removeBackground(photo);
  const gone = await first.uncertainty().catch((error) => error.code);
  const base64 = (blob) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(blob);
  });
  return { map: await base64(map), again: await base64(again), gone, type: map.type };
}"""


@pytest.fixture
def slopes(tmp_path: Path) -> Path:
    """A picture of nothing: no model knows what its subject should be."""
    y, x = np.mgrid[0:300, 0:300] * (255 / 300)
    file = tmp_path / "slopes.png"
    Image.fromarray(np.dstack([x, y, (x + y) / 2]).astype(np.uint8)).save(file)
    return file


def test_the_map_is_a_grey_picture_of_the_photos_size(bench: Bench, astronaut: Path) -> None:
    answer = bench.cut(astronaut)
    told = bench.page.evaluate(MAP)
    assert told["type"] == "image/png"
    with Image.open(io.BytesIO(base64.b64decode(told["map"]))) as picture:
        assert (picture.mode, picture.size) == ("L", (512, 512))
        levels = np.asarray(picture)
    half = (answer.matte > 100) & (answer.matte < 155)
    assert levels[half].mean() > 100, "it is bright along the outline"
    assert levels[answer.matte == 255].mean() < 30
    assert told["again"] == told["map"], "a refinement does not change it"
    assert told["gone"] == "not-held"


def test_the_page_says_which_cutout_to_check(
    page: Page, site: SiteServer, astronaut: Path, slopes: Path
) -> None:
    page.goto(site.url)
    expect(page.get_by_role("button", name="Choose a photo")).to_be_enabled()
    page.set_input_files("#file", slopes)
    line = page.get_by_role("status").and_(page.locator("#check"))
    expect(line).to_have_text("Check this one: Whole areas are neither kept nor removed.")
    page.set_input_files("#file", astronaut)
    expect(page.locator("#facts")).to_contain_text("512 × 512")
    assert page.locator("#check").text_content() == ""
