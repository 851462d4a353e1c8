"""Edits by hand through the public API: what a view shows is what the file has."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_change import CHANGE, CUT, TOOLS, pixels
from tools.serve import SiteServer

#: In a photo of 160 × 160.
KEEP = {"kind": "stroke", "what": "keep", "size": 30, "points": [[10, 12], [60, 20, 1]]}
REMOVE = {"kind": "stroke", "what": "remove", "size": 40, "hardness": 0.5, "points": [[80, 80, 1]]}
RESTORE = {"kind": "stroke", "what": "restore", "size": 12, "points": [[60, 20], [60, 90, 0.5]]}
SMART = {**KEEP, "smart": True, "points": [[130, 140, 1], [140, 120, 1]]}
DROP = {"kind": "drop", "x": 12, "y": 12}


@pytest.fixture(scope="module")
def page(browser: Browser, dist: Path, small_photo: Path) -> Iterator[Page]:
    """A page with an engine and a photo that was cut, for the whole module."""
    with SiteServer(dist) as site:
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{site.url}bench.html")
        page.set_input_files("#photo", small_photo)
        page.evaluate(TOOLS)
        yield page
        context.close()


@pytest.fixture(scope="module")
def first(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate(CUT, {})
    return told


@pytest.mark.parametrize(
    "edits",
    [[KEEP], [KEEP, REMOVE, RESTORE], [SMART, REMOVE], [KEEP, DROP, REMOVE]],
    ids=["keep", "brushes", "smart", "drop"],
)
def test_a_view_with_edits_has_the_pixels_of_the_file_with_them(
    page: Page, first: dict[str, Any], edits: list[dict[str, Any]]
) -> None:
    seen = pixels(page.evaluate("(edits) => tools.view(result, { edits })", edits)["png"])
    told = page.evaluate(CHANGE, {"edits": edits})
    whole = pixels(told["file"])
    assert (seen[..., 3] == whole[..., 3]).all()
    assert told["receipt"]["edits"]["strokes"] == sum(each["kind"] == "stroke" for each in edits)
    assert "segment" not in told["stages"], "no model is asked again"
    assert (whole[..., 3] != pixels(first["file"])[..., 3]).any()


def test_a_stroke_that_grows_comes_to_the_same(page: Page, first: dict[str, Any]) -> None:
    points = [[20 + 3 * n, 30 + 2 * n, 0.3 + 0.02 * n] for n in range(30)]
    grown = page.evaluate(
        """async ([stroke, points]) => {
          let seen;
          for (let end = 1; end <= points.length; end += 4) {
            const edits = [{ ...stroke, points: points.slice(0, end) }];
            seen = await tools.view(result, { edits, what: "mask" });
          }
          return seen.png;
        }""",
        [REMOVE, points[:29]],
    )
    told = page.evaluate(CHANGE, {"edits": [{**REMOVE, "points": points[:29]}]})
    assert (pixels(grown)[..., 0] == pixels(told["file"])[..., 3]).all()


def test_without_edits_the_automatic_cutout_is_back(page: Page, first: dict[str, Any]) -> None:
    edited = page.evaluate(CHANGE, {"edits": [KEEP, REMOVE]})
    assert edited["file"] != first["file"]
    assert page.evaluate(CHANGE, {"edits": []})["file"] == first["file"]


def test_a_photo_that_comes_back_with_its_edits_is_edited_anew(
    page: Page, first: dict[str, Any]
) -> None:
    changed = page.evaluate(CHANGE, {"edits": [KEEP, REMOVE]})
    again = page.evaluate(
        """async (edits) => {
          const again = await cutaway.removeBackground(tools.photo(), { model: "u2netp", edits });
          const grey = await (await again.mask()).arrayBuffer();
          window.result = await cutaway.removeBackground(tools.photo(), { model: "u2netp" });
          return { ...await tools.told(again), mask: grey.byteLength };
        }""",
        [KEEP, REMOVE],
    )
    assert again["file"] == changed["file"]
    assert again["mask"] > 0


def test_scribbles_need_no_model(page: Page, first: dict[str, Any]) -> None:
    edits = [
        {"kind": "scribble", "what": "keep", "size": 8, "points": [[70, 120], [95, 125]]},
        {"kind": "scribble", "what": "remove", "size": 8, "points": [[10, 20], [10, 90]]},
    ]
    told = page.evaluate(CHANGE, {"edits": edits})
    alpha = pixels(told["file"])[..., 3]
    assert np.median(alpha[118:126, 72:94]) > 250
    assert np.median(alpha[24:86, 8:12]) < 5
    assert told["receipt"]["edits"]["scribbles"] == 2


@pytest.mark.parametrize("points", ["[[1, NaN, 1]]", "[]", "[[1, 2, 1.5]]", '["here"]', "null"])
def test_what_makes_no_sense_is_refused(page: Page, first: dict[str, Any], points: str) -> None:
    script = f"""(stroke) => {{
      const edits = [{{ ...stroke, points: {points} }}];
      return tools.code(cutaway.view(result, {{ edits }}));
    }}"""
    assert page.evaluate(script, KEEP) == "bad-option"
