"""Lite: made-up photos whose subject is known, strange ones, and the user's strokes."""

import asyncio
from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cutaway import lite
from cutaway.errors import CutawayError
from cutaway.lite.colours import lab_of, mixture
from cutaway.lite.cutting import PAIRS, SMOOTHNESS, Division, _nearer
from cutaway.lite.regions import regions_of
from cutaway.lite.segmenter import SIDE
from cutaway.lite.softening import softened
from cutaway.models.notebook import Notebook
from cutaway.options import Options
from cutaway.road import remove_background, warm_up
from cutaway.values import Photo
from tests.unit.doubles import NATIVE, FakeEngine, encoded


def photo_of(rgb: np.ndarray, alpha: np.ndarray | None = None) -> Photo:
    rgba = np.full((*rgb.shape[:2], 4), 255, np.uint8)
    rgba[..., :3] = rgb
    if alpha is not None:
        rgba[..., 3] = alpha
    return Photo(rgba, alpha is None, None, "PNG", 1)


def shapes(height: int, width: int, *discs: tuple[float, float, float]) -> np.ndarray:
    """Where the discs (y, x, radius, all as shares of the height) are."""
    y, x = (np.indices((height, width)) + 0.5) / height
    return np.any([np.hypot(y - v, x - h) < radius for v, h, radius in discs], 0)


def grainy(where: np.ndarray, inside: tuple[int, ...], outside: tuple[int, ...]) -> np.ndarray:
    noise = np.random.default_rng(5).normal(0, 6, (*where.shape, 3))
    return np.clip(np.where(where[..., None], inside, outside) + noise, 0, 255).astype(np.uint8)


def overlap(mask: np.ndarray, truth: np.ndarray) -> float:
    rows, columns = truth.shape
    full = np.asarray(Image.fromarray(mask).resize((columns, rows), Image.Resampling.BICUBIC)) > 0.5
    return float((full & truth).sum() / (full | truth).sum())


#: Of noise like this no mask comes.
TOO_SMALL = ((1, 2), (16, 16))
DISC = shapes(300, 400, (0.5, 0.6, 0.3))
BLUE, ORANGE, GREEN = (40, 70, 160), (220, 120, 30), (60, 140, 60)


@pytest.mark.parametrize(
    "truth",
    [
        DISC,
        shapes(300, 400, (1.0, 0.6, 0.4)),  # it stands on the lower side
        shapes(900, 300, (0.5, 0.17, 0.12)),
        shapes(60, 80, (0.5, 0.6, 0.3)),
    ],
    ids=["disc", "bust", "tall", "small"],
)
@pytest.mark.parametrize("colours", [(ORANGE, BLUE), (BLUE, ORANGE), ((70,) * 3, (130,) * 3)])
def test_a_subject_on_a_plain_background_is_found(truth, colours):
    mask = lite.segment(photo_of(grainy(truth, *colours))).values
    assert overlap(mask, truth) > 0.93


def test_a_mask_is_float_from_0_to_1_at_the_working_size():
    mask = lite.segment(photo_of(grainy(DISC, ORANGE, BLUE))).values
    assert mask.dtype == np.float32
    assert mask.shape == (SIDE * 3 // 4, SIDE)
    assert (mask.min(), mask.max()) == (0, 1)
    small = lite.segment(photo_of(grainy(shapes(60, 80, (0.5, 0.6, 0.3)), ORANGE, BLUE))).values
    assert small.shape == (60, 80)


def test_the_same_photo_gives_the_same_mask():
    photo = photo_of(grainy(DISC, ORANGE, BLUE))
    assert (lite.segment(photo).values == lite.segment(photo).values).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (2, 2), (3, 700), (40, 40)])
def test_a_photo_of_one_colour_has_no_subject(shape):
    with pytest.raises(CutawayError) as failure:
        lite.segment(photo_of(np.full((*shape, 3), 77, np.uint8)))
    assert failure.value.code == "no-subject"


@pytest.mark.parametrize("shape", [(1, 5000), (5000, 1), (2, 2), (1, 2), (3, 700), (16, 16)])
def test_a_strange_photo_gives_a_mask_or_says_that_there_is_none(shape):
    noise = np.random.default_rng(2).integers(0, 256, (*shape, 3)).astype(np.uint8)
    with pytest.raises(CutawayError, match="stands out") if shape in TOO_SMALL else nullcontext():
        mask = lite.segment(photo_of(noise)).values
        assert np.isfinite(mask).all()
        assert np.ptp(mask) >= 0.5


def test_what_is_transparent_is_background():
    hidden = shapes(300, 400, (0.5, 0.3, 0.2))
    both = shapes(300, 400, (0.5, 0.3, 0.2), (0.5, 0.95, 0.2))
    photo = photo_of(grainy(both, ORANGE, BLUE), np.where(hidden, 0, 255).astype(np.uint8))
    mask = lite.segment(photo).values
    assert overlap(mask, both & ~hidden) > 0.9


def test_strokes_of_the_user_are_obeyed_and_spread():
    left, right = shapes(300, 400, (0.5, 0.35, 0.2)), shapes(300, 400, (0.5, 0.95, 0.2))
    rgb = grainy(left, ORANGE, BLUE)
    rgb[right] = grainy(right, GREEN, BLUE)[right]
    photo = photo_of(rgb)
    assert overlap(lite.segment(photo).values, left | right) > 0.9
    hints = np.zeros((300, 400), np.int8)
    hints[150, 275:295] = -1
    hints[145:150, 100:110] = 1
    assert overlap(lite.segment(photo, hints).values, left) > 0.9
    assert overlap(lite.segment(photo, -hints).values, right) > 0.9


@pytest.mark.parametrize("size", [(300, 400), (30, 40), (1200, 1600)])
def test_strokes_may_have_any_size(size):
    hints = np.zeros(size, np.int8)
    y, x = size[0] // 2, size[1] * 3 // 5
    hints[y : y + max(1, size[0] // 60), x : x + max(1, size[1] // 60)] = -1
    photo = photo_of(grainy(DISC, ORANGE, BLUE))
    assert lite.segment(photo).values[SIDE * 3 // 8 + 1, SIDE * 3 // 5 + 2] > 0.5
    assert lite.segment(photo, hints).values[SIDE * 3 // 8 + 1, SIDE * 3 // 5 + 2] < 0.5


# Its parts


def test_lab_of_known_colours():
    pixels = np.array([[[255, 255, 255], [0, 0, 0], [255, 0, 0], [119, 119, 119]]], np.uint8)
    wanted = [[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20], [50.03, 0, 0]]
    assert np.abs(lab_of(pixels)[0] - wanted).max() < 0.1


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 2**31))
def test_a_mixture_is_a_density_whatever_it_is_fitted_to(count, gaussians, seed):
    random = np.random.default_rng(seed)
    colours = random.choice([0.0, 1.0, 50.0], (count, 3)) * random.normal(1, 1, (count, 3))
    weights = random.choice([0.0, 1.0, 1e-9], count)
    weights[0] = 1
    density = mixture(colours, weights, gaussians)
    assert density.shape == (count,)
    assert np.isfinite(density).all()
    assert density.max() <= 1e-9  # no Gaussian is narrower than GRAIN


def test_a_mixture_finds_the_colours_it_was_fitted_to():
    random = np.random.default_rng(3)
    heaps = np.concatenate([random.normal(at, 2, (50, 3)) for at in (10, 60, 90)])
    density = mixture(np.concatenate([heaps, [[35.0] * 3]]), np.r_[np.ones(150), 0.0], 5)
    assert density[:-1].min() > density[-1] + 5


@pytest.mark.parametrize("shape", [(1, 1), (1, 160), (160, 1), (107, 160), (2, 3)])
def test_regions_cover_every_pixel(shape):
    lab = lab_of(np.random.default_rng(1).integers(0, 256, (*shape, 3)).astype(np.uint8))
    regions = regions_of(lab)
    assert regions.label.shape == shape
    assert regions.count.sum() == shape[0] * shape[1]
    assert regions.count.min() >= 1
    assert (regions.touching == regions.touching.T).all()
    assert not regions.touching.diagonal().any()
    assert ((regions.place > 0) & (regions.place < 1)).all()


def test_the_solver_finds_the_minimal_cut():
    """Against all 2 ** 9 ways to divide nine pixels."""
    random = np.random.default_rng(11)
    for _ in range(5):
        odds = random.normal(0, 10, (3, 3)).astype(np.float32)
        costs = tuple(
            random.uniform(0, SMOOTHNESS / 2, odds[later].shape).astype(np.float32)
            for later, _, _ in PAIRS
        )

        def cost(mask, odds=odds, costs=costs):
            jumps = (np.abs(mask[late] - mask[early]) for late, early, _ in PAIRS)
            cuts = sum((c * jump).sum() for c, jump in zip(costs, jumps, strict=True))
            return float(cuts - (odds * mask).sum())

        ways = ((np.arange(512)[:, None] >> np.arange(9)) & 1).reshape(-1, 3, 3)
        best = min(cost(way.astype(float)) for way in ways)
        start = Division(np.full((3, 3), 0.5, np.float32), tuple(np.zeros_like(c) for c in costs))
        found = _nearer(costs, odds, start, 2000).mask
        assert cost((found > 0.5).astype(float)) == pytest.approx(best, abs=1e-3)


def test_softening_follows_the_picture():
    """Against the guided filter written plainly, pixel by pixel, with NumPy's own solver."""
    random = np.random.default_rng(4)
    lab = random.uniform(0, 100, (9, 11, 3)).astype(np.float32)
    mask = random.uniform(0, 1, (9, 11)).astype(np.float32)
    wide = np.pad(lab / 100, ((3, 3), (3, 3), (0, 0)), "edge")
    level = np.pad(mask, 3, "edge")
    slopes = np.empty((9, 11, 4))
    for y, x in np.ndindex(9, 11):
        colours = wide[y : y + 7, x : x + 7].reshape(-1, 3)
        values = level[y : y + 7, x : x + 7].ravel()
        spread = np.cov(colours.T, bias=True) + np.eye(3) * 1e-3
        slope = np.linalg.solve(spread, (colours * values[:, None]).mean(0)
                                - colours.mean(0) * values.mean())  # fmt: skip
        slopes[y, x] = [*slope, values.mean() - slope @ colours.mean(0)]
    around = np.pad(slopes, ((3, 3), (3, 3), (0, 0)), "edge")
    wanted = np.empty((9, 11))
    for y, x in np.ndindex(9, 11):
        a, b, c, offset = around[y : y + 7, x : x + 7].mean((0, 1))
        wanted[y, x] = lab[y, x] @ [a, b, c] / 100 + offset
    assert np.abs(softened(mask, lab) - wanted.clip(0, 1)).max() < 1e-3


@pytest.mark.parametrize("value", [0, 1])
def test_softening_leaves_what_is_even(value):
    lab = lab_of(np.random.default_rng(6).integers(0, 256, (20, 30, 3)).astype(np.uint8))
    mask = np.full((20, 30), value, np.float32)
    assert np.abs(softened(mask, lab) - value).max() < 1e-4


# On the road

PHOTO = encoded(Image.fromarray(grainy(DISC, ORANGE, BLUE)), "PNG")
LITE = Options.of({"model": "lite"})


def test_the_road_computes_without_the_engine_and_says_so():
    engine, told = FakeEngine(NATIVE), []
    job = remove_background(PHOTO, LITE, engine, lambda *what: told.append(what), Notebook("b"))
    receipt = asyncio.run(job).receipt
    assert set(engine.calls) == {"breathe"}
    assert engine.calls.count("breathe") > 10
    assert (receipt.model.id, receipt.model.sha256, receipt.fused_with) == ("lite", "", ())
    assert (receipt.provider.ran, receipt.provider.threads) == ("python", 1)
    assert "no model" in receipt.provider.reason
    assert (receipt.bytes.network, receipt.bytes.store) == (0, 0)
    assert receipt.milliseconds.inference > 0
    assert receipt.milliseconds.model == receipt.milliseconds.wait == 0
    assert "model" not in {stage for stage, *_ in told}
    assert [what[1:] for what in told if what[0] == "segment"] == [
        (0, 1, "step", "lite"),
        (1, 1, "step", "lite"),
    ]


def test_it_is_tallied_like_a_model():
    notebook = Notebook("build")
    engine = FakeEngine(NATIVE)
    asyncio.run(remove_background(PHOTO, LITE, engine, lambda *what: None, notebook))
    (row,) = notebook.summary()
    assert (row["model"], row["provider"], row["outcome"]) == ("lite", "python", "ok")


def test_there_is_nothing_to_warm_up():
    engine = FakeEngine(NATIVE)
    step = asyncio.run(warm_up(LITE, engine, lambda *what: None, Notebook("build")))
    assert (step.model.id, step.attempt.provider) == ("lite", "python")
    assert engine.calls == []


@pytest.mark.parametrize("breath", [2, 6, 12])
def test_it_is_cancelled_at_the_next_breath(breath):
    class Cancelled(FakeEngine):
        async def breathe(self):
            await super().breathe()
            if self.calls.count("breathe") == breath:
                raise CutawayError("cancelled", "Cancelled.")

    engine = Cancelled(NATIVE)
    with pytest.raises(CutawayError) as failure:
        asyncio.run(remove_background(PHOTO, LITE, engine, lambda *what: None))
    assert failure.value.code == "cancelled"
    assert engine.calls.count("breathe") == breath
