"""forecast: about right, whether or not the picture was made already."""

import asyncio

import pytest
from PIL import Image

from cutaway.forecast import forecast
from cutaway.options import Options
from cutaway.road import change, remove_background
from tests.unit.doubles import FakeEngine, encoded, scene


def quiet(*what):
    pass


@pytest.fixture(scope="module")
def result():
    data = encoded(Image.fromarray(scene(1400, 1000)), "PNG")
    return asyncio.run(remove_background(data, Options(), FakeEngine(), quiet))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"format": "image/webp"},
        {"format": "image/jpeg"},
        {"background": "#336699"},
        {"background": {"kind": "blur"}, "format": "image/jpeg", "refine": {"feather": 5}},
        {"frame": {"crop": "subject", "aspect": "1:1", "width": 60}},
        {"frame": {"crop": "subject", "margin": 0.2}, "format": "image/jpeg"},
    ],
)
def test_it_is_about_what_the_file_has(result, options):
    asked = Options.of(options)
    expected = asyncio.run(forecast(result, asked, FakeEngine()))
    written = asyncio.run(change(result, asked, FakeEngine(), quiet)).file
    assert 0.7 < expected / len(written.data) < 1.4


def test_where_the_picture_is_at_hand_nothing_is_made(result, monkeypatch):
    monkeypatch.setattr("cutaway.forecast.view", None)  # would fail when called
    assert asyncio.run(forecast(result, Options.of({"format": "image/webp"}), FakeEngine()))


def test_the_smallest_pictures_have_a_forecast():
    for size in ((1, 1), (3, 700)):
        data = encoded(Image.new("RGB", size, (9, 120, 40)), "PNG")
        made = asyncio.run(remove_background(data, Options(), FakeEngine(), quiet))
        asked = Options.of({"background": "#00ff00"})
        assert asyncio.run(forecast(made, asked, FakeEngine())) > 0
