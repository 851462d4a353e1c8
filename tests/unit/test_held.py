"""held: one photo at most, and no larger than there is room for."""

import asyncio

import pytest
from PIL import Image

from cutaway import held as module
from cutaway.held import Held
from cutaway.options import Options
from cutaway.road import remove_background
from tests.unit.doubles import FakeEngine, encoded, scene


@pytest.fixture(scope="module")
def result():
    data = encoded(Image.fromarray(scene(120, 90)), "PNG")
    return asyncio.run(remove_background(data, Options(), FakeEngine(), lambda *what: None))


def test_one_result_is_held_under_its_job(result):
    held = Held()
    assert held.result(0) is None
    held.keep(3, result)
    assert held.result(3) is result
    assert held.result(2) is None
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
