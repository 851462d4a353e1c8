"""ways: the steps that others take, against values computed by hand."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from bench import ways
from bench.masks import KeptRuns
from cutaway.host.engine import Ran
from cutaway.host.native import NativeEngine
from cutaway.models.registry import find
from cutaway.values import Attempt

CPU = Attempt("cpu", 1, "test")
NEEDED = "for “python -m bench.quality” only: python -m bench.packages"


def row(*values):
    return np.array([values], np.uint8)[..., None]


def small(id="u2netp", size=4):
    model = find(id)
    return replace(model, contract=replace(model.contract, size=size))


class Says:
    """An engine that gives one answer and remembers what it was fed."""

    def __init__(self, answer):
        self.answer = np.asarray(answer, np.float32)[None, None]

    async def load(self, model, attempt, report):
        pass

    async def run(self, model, attempt, feeds):
        self.fed = feeds[model.contract.input]
        return Ran({model.contract.output: self.answer}, 1.0)


# Scaling


def test_imgly_lets_the_first_pixels_coincide():
    assert ways.bilinear(row(0, 100), 1, 4, half=False).ravel().tolist() == [0, 50, 100, 100]
    assert ways.bilinear(row(0, 10, 20, 30), 1, 2, half=False).ravel().tolist() == [0, 20]


def test_a_canvas_maps_centres():
    assert ways.bilinear(row(0, 100), 1, 4, half=True).ravel().tolist() == [0, 25, 75, 100]
    assert ways.bilinear(row(0, 10, 20, 30), 1, 2, half=True).ravel().tolist() == [5, 25]


def test_imgly_cuts_fractions_off_and_a_canvas_rounds():
    assert ways.bilinear(row(0, 3), 1, 4, half=False).ravel().tolist() == [0, 1, 3, 3]
    assert ways.bilinear(row(0, 3), 1, 4, half=True).ravel().tolist() == [0, 1, 2, 3]


IMAGES = arrays.arrays(np.uint8, st.tuples(*[st.integers(1, 6)] * 2, st.just(3)))
SIDES = st.integers(1, 12)


@given(IMAGES, SIDES, SIDES, st.booleans())
def test_scaling_stays_within_the_values(image, rows, columns, half):
    scaled = ways.bilinear(image, rows, columns, half)
    assert scaled.shape == (rows, columns, 3)
    assert scaled.min() >= image.min()
    assert scaled.max() <= image.max()


@given(IMAGES, st.booleans())
def test_the_same_size_is_the_same_picture(image, half):
    assert np.array_equal(ways.bilinear(image, *image.shape[:2], half), image)


@given(IMAGES, SIDES, SIDES)
def test_only_centred_scaling_knows_no_direction(image, rows, columns):
    scaled = ways.bilinear(image, rows, columns, half=True)
    mirrored = ways.bilinear(image[::-1, ::-1], rows, columns, half=True)
    assert np.abs(mirrored[::-1, ::-1].astype(int) - scaled).max() <= 1


# What the model is fed


def fed(peer, colour, id):
    engine = Says(np.eye(4))
    ways.answer(peer, np.full((5, 7, 3), colour, np.uint8), small(id), engine)
    assert engine.fed.shape == (1, 3, 4, 4)
    assert engine.fed.dtype == np.float32
    return engine.fed[0, :, 0, 0].tolist()


def test_rembg_divides_by_the_photos_own_maximum():
    means, stds = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    whole = [(1 - mean) / std for mean, std in zip(means, stds, strict=True)]
    assert fed("rembg", 128, "u2netp") == pytest.approx(whole)
    assert fed("rembg", 51, "isnet") == pytest.approx([0.5] * 3)


def test_imgly_feeds_isnet_in_its_own_way():
    assert fed("imgly", 128, "isnet") == [0] * 3
    assert fed("transformers.js", 128, "isnet") == pytest.approx([128 / 255 - 0.5] * 3, abs=1e-6)


# What becomes of the answer


def test_rembg_stretches_and_enlarges_by_lanczos():
    levels = (np.arange(16, dtype=np.uint8) * 17).reshape(4, 4)
    said = 0.2 + 0.4 * np.clip((levels + 0.5) / 255, 0, 1)  # fractions are cut off
    said[0, 0], said[3, 3] = 0.2, 0.6
    photo = np.full((8, 8, 3), 200, np.uint8)
    answer = ways.answer("rembg", photo, small(), Says(said))
    expected = Image.fromarray(levels).resize((8, 8), Image.Resampling.LANCZOS)
    assert np.array_equal(answer[..., 3], expected)


def test_rembg_darkens_and_others_keep_the_colour():
    said = np.zeros((4, 4))
    said[:, 2:] = 1
    photo = np.full((8, 8, 3), 200, np.uint8)
    dark, kept = (ways.answer(p, photo, small(), Says(said)) for p in ("rembg", "transformers.js"))
    expected = np.rint(200.0 * dark[..., 3] / 255)
    assert 0 < dark[0, 3, 3] < 255
    assert np.abs(dark[..., 0] - expected).max() <= 1
    assert (kept[..., :3] == 200).all()


def test_transformers_takes_the_answer_as_it_is():
    said = np.full((4, 4), 0.4)
    said[0, 0] = 0.2
    answer = ways.answer("transformers.js", np.zeros((4, 4, 3), np.uint8), small(), Says(said))
    assert answer[..., 3].min() == 51
    assert answer[..., 3].max() == 102


def test_trimap_is_eroded_on_both_sides():
    pytest.importorskip("scipy", reason=NEEDED)
    mask = np.zeros((60, 60), np.uint8)
    mask[20:50, 20:50] = 255
    known = ways.trimap(mask)
    assert sorted(np.unique(known)) == [0, 128, 255]
    assert (known == 255).sum() == 21**2
    assert (known[0] == 0).all()  # the edge of the picture does not erode the background
    assert known[20, 20] == 128
    assert known[15:17, 30].tolist() == [0, 128]  # ten pixels reach five up and four down


def test_matting_finds_a_soft_edge():
    pytest.importorskip("pymatting", reason=NEEDED)
    alpha = np.clip((np.arange(64) - 31.5) / 8 + 0.5, 0, 1)[None].repeat(40, 0)
    photo = (alpha[..., None] * (220, 40, 30) + (1 - alpha[..., None]) * (20, 60, 200)).round()
    mask = np.where(alpha > 0.5, 255, 0).astype(np.uint8)
    cutout, seconds = ways.matted(photo.astype(np.uint8), mask)
    assert np.abs(cutout[..., 3] / 255 - alpha).mean() < 0.02
    assert np.abs(cutout[20, 32, :3].astype(int) - (220, 40, 30)).max() < 25
    assert seconds > 0


def test_matting_without_a_certain_subject_keeps_the_mask():
    pytest.importorskip("pymatting", reason=NEEDED)
    mask = np.full((20, 20), 100, np.uint8)
    cutout, _ = ways.matted(np.full((20, 20, 3), 90, np.uint8), mask)
    assert (cutout[..., 3] == 100).all()


# Runs that are kept


@pytest.fixture
def ran(monkeypatch):
    """How often a native engine really ran."""
    calls = []

    async def load(self, model, attempt, report):
        pass

    async def run(self, model, attempt, feeds):
        calls.append(model.id)
        return Ran({model.contract.output: feeds[model.contract.input] * 2}, 9.0)

    monkeypatch.setattr(NativeEngine, "load", load)
    monkeypatch.setattr(NativeEngine, "run", run)
    return calls


def run(engine, model, values):
    feeds = {model.contract.input: np.asarray(values, np.float32)}
    return asyncio.run(engine.run(model, CPU, feeds)).outputs[model.contract.output].tolist()


def test_a_run_is_made_once(tmp_path, ran):
    engine, model = KeptRuns(tmp_path), find("u2netp")
    assert run(engine, model, [1, 2]) == run(KeptRuns(tmp_path), model, [1, 2]) == [2, 4]
    assert len(ran) == engine.inferred == 1


def test_other_input_and_other_weights_are_other_runs(tmp_path, ran):
    engine, model = KeptRuns(tmp_path), find("u2netp")
    run(engine, model, [1, 2])
    assert run(engine, model, [1, 3]) == [2, 6]
    run(engine, replace(model, sha256="0" * 64), [1, 2])
    run(engine, model, [[1, 2]])
    assert len(ran) == 4
