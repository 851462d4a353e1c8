"""preview and held: what a control that moves starts from."""

import asyncio
import io

import numpy as np
import pytest
from PIL import Image

from cutaway import held as module
from cutaway.adjust import Refinement, adjust
from cutaway.cut import cut
from cutaway.held import Held
from cutaway.options import Options
from cutaway.preview import preview, shrunk
from cutaway.road import remove_background
from cutaway.values import Matte
from tests.unit.doubles import FakeEngine, disc, encoded, photo, rgb_profile, scene


def soft(width, height):
    large = np.asarray(Image.fromarray(disc(160) * 255).resize((width, height)))
    return Matte(large.clip(0, 255).astype(np.uint8))


def pixels(file):
    with Image.open(io.BytesIO(file.data)) as picture:
        return np.asarray(picture), picture.info


@pytest.fixture(scope="module")
def result():
    data = encoded(Image.fromarray(scene(120, 90)), "PNG")
    job = remove_background(data, Options(), FakeEngine(), lambda *what: None)
    return asyncio.run(job)


@pytest.mark.parametrize(
    ("size", "side", "wanted"),
    [
        ((900, 600), 300, (300, 200)),
        ((600, 900), 300, (200, 300)),
        ((5000, 1), 100, (100, 1)),
        ((80, 60), 300, (80, 60)),
        ((80, 60), 80, (80, 60)),
    ],
)
def test_a_preview_has_the_size_asked_for_and_is_never_enlarged(size, side, wanted):
    small = shrunk(photo(*size), Matte(np.full(size[::-1], 255, np.uint8)), side)
    assert (small.photo.width, small.photo.height) == wanted
    assert small.matte.alpha.shape == wanted[::-1]
    assert small.factor == max(wanted) / max(size)


def test_a_preview_looks_like_the_whole_made_small():
    shot, matte = photo(900, 600, icc=rgb_profile()), soft(900, 600)
    refinement = Refinement(feather=12, shift=-9)
    rgba, info = pixels(preview(shrunk(shot, matte, 300), refinement))
    assert info["icc_profile"] == rgb_profile()
    whole = Image.fromarray(cut(shot, adjust(matte, refinement)).rgba)
    wanted = np.asarray(whole.resize((300, 200), Image.Resampling.BOX)).astype(int)
    assert np.abs(rgba[..., 3] - wanted[..., 3]).mean() < 2
    seen = wanted[..., 3] > 200
    assert np.abs(rgba[seen].astype(int) - wanted[seen]).mean() < 6


def test_transparency_of_a_photo_is_seen_in_its_preview():
    had = np.tile(np.linspace(0, 255, 400).astype(np.uint8), (300, 1))
    small = shrunk(photo(400, 300, had), Matte(had), 100)
    rgba, _ = pixels(preview(small, Refinement()))
    assert np.abs(rgba[..., 3].astype(int) - had[::4, 2::4]).max() <= 4


def test_one_result_is_held_under_its_job(result):
    held = Held()
    assert held.result(0) is None
    assert held.small(0, 50) is None
    held.keep(3, result)
    assert held.result(3) is result
    assert held.result(2) is None
    small = held.small(3, 50)
    assert small.photo.width == 50
    assert held.small(3, 50) is small
    assert held.small(3, 40).photo.width == 40
    held.keep(4, result)
    assert held.result(3) is None
    held.clear()
    assert held.result(4) is None


def test_what_is_too_large_is_not_held(result, monkeypatch):
    held = Held()
    held.keep(1, result)
    monkeypatch.setattr(module, "MOST", 120 * 90 - 1)
    held.keep(2, result)
    assert held.result(1) is None
    assert held.result(2) is None
