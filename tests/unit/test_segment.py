"""segment: the contract put to work, and answers that are no mask."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cutaway.errors import EngineError
from cutaway.models import registry
from cutaway.models.registry import Contract
from cutaway.segment import BACKDROP, interpret, prepare, segment
from cutaway.values import Attempt
from tests.unit.doubles import FakeEngine, disc, photo

CONTRACT = Contract(
    size=32,
    scale="255",
    mean=(0.5, 0.25, 0.125),
    std=(1.0, 0.5, 2.0),
    input="in",
    output="out",
    activation="none",
)


@pytest.mark.parametrize("scale", ["255", "max"])
def test_the_input_is_the_photo_scaled_and_normalised(scale):
    shot = photo(48, 40)
    shot.rgba[..., :3] //= 3
    small = Image.fromarray(shot.pixels.copy()).resize((32, 32), Image.Resampling.BILINEAR)
    pixels = np.asarray(small, np.float64)
    divisor = 255 if scale == "255" else pixels.max()
    wanted = (pixels / divisor - CONTRACT.mean) / CONTRACT.std
    feeds = prepare(shot, replace(CONTRACT, scale=scale))
    assert list(feeds) == ["in"]
    assert feeds["in"].shape == (1, 3, 32, 32)
    assert feeds["in"].dtype == np.float32
    assert np.abs(feeds["in"][0].transpose(1, 2, 0) - wanted).max() < 1e-5


def test_a_black_photo_gives_finite_numbers():
    shot = photo(8, 8)
    shot.rgba[..., :3] = 0
    assert np.isfinite(prepare(shot, replace(CONTRACT, scale="max"))["in"]).all()


def test_a_photo_is_not_changed_by_looking_at_it():
    shot = photo(20, 10, alpha=np.full((10, 20), 99, np.uint8))
    before = shot.rgba.copy()
    prepare(shot, CONTRACT)
    assert (shot.rgba == before).all()


def test_what_is_transparent_is_seen_as_the_backdrop():
    alpha = np.full((64, 64), 255, np.uint8)
    alpha[:, :32] = 0
    plain = replace(CONTRACT, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    seen = prepare(photo(64, 64, alpha), plain)["in"][0] * 255
    opaque = prepare(photo(64, 64), plain)["in"][0] * 255
    assert np.abs(seen[:, :, :15] - BACKDROP[0]).max() <= 1
    assert np.abs(seen[:, :, 17:] - opaque[:, :, 17:]).max() <= 1


def test_half_transparency_is_blended_with_the_backdrop():
    alpha = np.full((64, 64), 128, np.uint8)
    plain = replace(CONTRACT, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    seen = prepare(photo(64, 64, alpha), plain)["in"][0] * 255
    opaque = prepare(photo(64, 64), plain)["in"][0] * 255
    share = 128 / 255
    assert np.abs(seen - (opaque * share + BACKDROP[0] * (1 - share))).max() <= 2


def test_an_output_is_taken_as_it_is_and_kept_within_its_range():
    raw = np.linspace(-0.1, 1.1, 16, dtype=np.float32).reshape(1, 1, 4, 4)
    values = interpret({"out": raw}, CONTRACT).values
    assert values.shape == (4, 4)
    assert np.allclose(values, raw[0, 0].clip(0, 1))


def test_a_stretched_output_fills_its_range():
    raw = (np.arange(16, dtype=np.float32) * 0.02 + 0.3).reshape(1, 1, 4, 4)
    before = raw.copy()
    values = interpret({"out": raw}, replace(CONTRACT, activation="stretch")).values
    assert np.allclose(values.ravel(), np.arange(16) / 15, atol=1e-6)
    assert (raw == before).all()


def test_logits_go_through_a_sigmoid():
    raw = np.array([[-1000, -2], [0, 1000]], np.float32)[None]
    values = interpret({"out": raw}, replace(CONTRACT, activation="sigmoid")).values
    assert np.allclose(values, [[0, 0.119203], [0.5, 1]], atol=1e-6)


def broken_answers():
    good = disc(8)
    nan, infinite = good.copy(), good.copy()
    nan[3, 3], infinite[0, 0] = np.nan, np.inf
    yield "not finite", {"out": nan[None, None]}
    yield "not finite", {"out": infinite[None, None]}
    yield "every value", {"out": np.zeros((1, 1, 8, 8), np.float32)}
    yield "every value", {"out": np.full((1, 1, 8, 8), 0.73, np.float32)}
    yield "no mask", {"other": good[None, None]}
    yield "no mask", {"out": np.zeros((1, 2, 8, 8), np.float32)}
    yield "no mask", {"out": np.zeros((1, 1, 0, 0), np.float32)}


@pytest.mark.parametrize(("cause", "outputs"), list(broken_answers()))
@pytest.mark.parametrize("activation", ["none", "stretch", "sigmoid"])
def test_an_answer_that_is_no_mask_is_a_failure_of_the_engine(cause, outputs, activation):
    with pytest.raises(EngineError) as failure:
        interpret(outputs, replace(CONTRACT, activation=activation))
    assert failure.value.code == "unusable-mask"
    assert cause in failure.value.cause


def test_segment_runs_the_model_on_the_photo():
    model = registry.find("u2netp")
    engine = FakeEngine()
    feeds = prepare(photo(40, 30), model.contract)
    mask, spent = asyncio.run(segment(feeds, model, Attempt("cpu", 1, ""), engine))
    assert np.abs(mask.values - disc(320)).max() < 1e-6
    assert engine.calls == ["run cpu 1"]
    assert spent == 42.0
