"""adjust: what each control promises, on mattes of every kind."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from cutaway.errors import CutawayError
from cutaway.refining import adjust as module
from cutaway.refining.adjust import Refinement, adjust, adjusted, adjusted_floats
from cutaway.values import Matte
from tests.unit.doubles import disc

#: Controls of the matte, with values from weak to strong.
STEPS = {
    "feather": (0, 0.3, 1, 2.5, 4, 9, 40),
    "smooth": (0, 0.3, 1, 2.5, 4, 9, 30),
    "shift": (-20, -3, -1.5, -1, -0.25, 0, 0.25, 1, 1.5, 3, 20),
    "threshold": (0, 0.01, 0.25, 0.5, 0.9, 1),
}
EVERYTHING = Refinement(feather=3.3, smooth=2.2, shift=-1.4, threshold=0.3)
ALPHAS = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=24))
REFINEMENTS = st.builds(
    Refinement,
    feather=st.floats(0, 20),
    smooth=st.floats(0, 20),
    shift=st.floats(-20, 20),
    threshold=st.floats(0, 1),
)
SHAPES = [(1, 1), (1, 5000), (5000, 1), (3, 2), (300, 420)]


def edge(width=80, height=40, slope=1.0):
    """Clear on the left, opaque on the right, from one to the other within ``slope`` pixels."""
    x = np.arange(width) + 0.5
    line = ((x - width / 2) / slope + 0.5).clip(0, 1)
    return np.repeat(np.rint(line * 255).astype(np.uint8)[None], height, 0)


def soft(width=200, height=150):
    large = np.asarray(Image.fromarray(disc(160) * 255).resize((width, height)))
    return large.clip(0, 255).astype(np.uint8)


def one(name, value):
    return Refinement(**{name: value})


def middle(alpha):
    """Where the edge lies, in pixels of a row."""
    return float((255 - alpha[alpha.shape[0] // 2].astype(int)).sum() / 255)


@given(ALPHAS)
def test_nothing_asked_changes_nothing(alpha):
    assert (adjusted(alpha, Refinement()) == alpha).all()
    floats = (alpha / np.float32(255)).astype(np.float32) * np.float32(0.999)
    assert (adjusted_floats(floats, Refinement(decontaminate=0.2)) == floats).all()
    matte = Matte(alpha)
    assert adjust(matte, Refinement(decontaminate=0)) is matte


@pytest.mark.parametrize("name", STEPS)
def test_a_control_that_is_nearly_0_changes_nearly_nothing(name):
    alpha = soft()
    changed = adjusted(alpha, one(name, 0.004)).astype(int) - alpha
    assert np.abs(changed).max() <= 2


@pytest.mark.parametrize("name", STEPS)
def test_a_control_that_is_on_changes_something(name):
    for value in STEPS[name]:
        if abs(value) > 0.2:
            assert (adjusted(soft(), one(name, value)) != soft()).any()


@settings(deadline=None)
@given(ALPHAS, REFINEMENTS)
def test_size_and_kind_stay_and_the_original_is_not_touched(alpha, refinement):
    before = alpha.copy()
    result = adjusted(alpha, refinement)
    assert (result.shape, result.dtype) == (alpha.shape, np.uint8)
    assert (alpha == before).all()


@settings(deadline=None)
@given(ALPHAS, REFINEMENTS)
def test_bytes_and_floats_agree(alpha, refinement):
    floats = (alpha / np.float32(255)).astype(np.float32)
    result = adjusted_floats(floats, refinement)
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert np.abs(result * 255 - adjusted(alpha, refinement)).max() < 0.51


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("value", [0, 255])
def test_what_is_all_clear_or_all_opaque_stays(shape, value):
    alpha = np.full(shape, value, np.uint8)
    assert (adjusted(alpha, EVERYTHING) == value).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_any_shape_is_worked_on(shape):
    alpha = np.random.default_rng(2).integers(0, 256, shape).astype(np.uint8)
    assert adjusted(alpha, EVERYTHING).shape == shape


@settings(deadline=None)
@given(ALPHAS, st.floats(0.01, 20))
def test_shifting_in_is_shifting_the_rest_out(alpha, pixels):
    outward = adjusted(255 - alpha, one("shift", pixels))
    assert (adjusted(alpha, one("shift", -pixels)) == 255 - outward).all()


@settings(deadline=None)
@given(ALPHAS, st.floats(0, 1), st.floats(0, 20), st.floats(0, 12))
def test_subject_and_background_are_treated_alike(alpha, threshold, feather, smooth):
    """Of the inverse the inverse comes back; each mean of the blurs may round the other way."""
    steep = Refinement(threshold=threshold)
    assert (adjusted(255 - alpha, steep) == 255 - adjusted(alpha, steep)).all()
    blurred = Refinement(feather=feather)
    there, back = adjusted(alpha, blurred).astype(int), adjusted(255 - alpha, blurred)
    assert np.abs(there - (255 - back)).max() <= 3
    even = Refinement(smooth=smooth)
    there, back = adjusted(alpha, even).astype(int), adjusted(255 - alpha, even)
    rounding = 4 * max(1, (2 * smooth / 3 + 1) / 0.75 / module.SHARPEST)
    assert np.abs(there - (255 - back)).max() <= rounding


@settings(deadline=None)
@given(ALPHAS, st.lists(st.floats(-20, 20), min_size=2, max_size=2).map(sorted))
def test_the_further_out_the_more_is_opaque(alpha, pixels):
    less, more = (adjusted(alpha, one("shift", value)) for value in pixels)
    assert (less <= more).all()


@settings(deadline=None)
@given(ALPHAS, st.lists(st.floats(0, 1), min_size=2, max_size=2).map(sorted))
def test_the_steeper_the_further_from_one_half(alpha, thresholds):
    less, more = (adjusted(alpha, one("threshold", value)) for value in thresholds)
    bright = alpha >= 128
    assert (less[bright] <= more[bright]).all()
    assert (less[~bright] >= more[~bright]).all()


@settings(deadline=None)
@given(ALPHAS, st.integers(0, 60), st.sampled_from(["feather", "shift", "threshold"]), st.data())
def test_more_before_is_never_less_after(alpha, more, name, data):
    value = data.draw(st.sampled_from(STEPS[name]))
    brighter = np.minimum(alpha.astype(int) + more, 255).astype(np.uint8)
    assert (adjusted(alpha, one(name, value)) <= adjusted(brighter, one(name, value))).all()


def test_the_wider_the_feather_the_softer_the_edge():
    alpha = edge(240, slope=1.0)
    rows = [adjusted(alpha, one("feather", value))[20].astype(int) for value in STEPS["feather"]]
    for less, more in pairwise(rows):
        assert (more[:119] >= less[:119] - 1).all()
        assert (more[121:] <= less[121:] + 1).all()
        assert np.count_nonzero((more > 0) & (more < 255)) >= np.count_nonzero(
            (less > 0) & (less < 255)
        )


@pytest.mark.parametrize("pixels", [1, 3, 10, 30])
def test_a_feather_reaches_as_far_as_it_says(pixels):
    alpha = np.zeros((20, 240), np.uint8)
    alpha[:, 120:] = 255
    row = adjusted(alpha, one("feather", pixels))[10]
    reached = np.flatnonzero((row > 0) & (row < 255))
    assert 0.5 * pixels <= 120 - reached.min() <= pixels + 3
    assert 0.5 * pixels <= reached.max() - 119 <= pixels + 3
    assert abs(middle(np.repeat(row[None], 2, 0)) - 120) < 0.1


@pytest.mark.parametrize("slope", [1.0, 6.0, 20.0])
@pytest.mark.parametrize("pixels", [-9, -2.5, -0.5, 0.25, 1, 7.75])
def test_an_edge_moves_by_what_it_is_told_and_keeps_its_slope(slope, pixels):
    alpha = edge(120, slope=slope)
    moved = adjusted(alpha, one("shift", pixels))
    assert abs(middle(alpha) - middle(moved) - pixels) < 0.05
    widths = [np.count_nonzero((a[20] > 8) & (a[20] < 247)) for a in (alpha, moved)]
    assert widths[1] <= widths[0] + 1


def test_an_octagon_grows_alike_in_all_directions():
    alpha = np.zeros((101, 101), np.uint8)
    alpha[50, 50] = 255
    y, x = np.nonzero(adjusted(alpha, one("shift", 20)))
    assert (y.min(), y.max(), x.min(), x.max()) == (30, 70, 30, 70)
    diagonal = np.sqrt(2) * max(d for d in range(50) if ((y == 50 + d) & (x == 50 + d)).any())
    assert abs(diagonal - 20) < 2.5


def jagged(height=160, width=120, tooth=4):
    """A straight edge with teeth, as masks of a coarse model have."""
    x, y = np.arange(width), np.arange(height)[:, None]
    return np.where(x >= width // 2 + tooth * ((y // tooth) % 2), 255, 0).astype(np.uint8)


def roughness(alpha):
    """How much longer the outline is than the way from top to bottom."""
    binary = (alpha > 127).astype(int)
    return np.abs(np.diff(binary, axis=0)).sum() / alpha.shape[0]


def softness(alpha):
    return float((alpha.astype(float) * (255 - alpha)).sum())


def test_smoothing_takes_teeth_away_and_leaves_the_edge_sharp():
    alpha = jagged()
    rough = [roughness(adjusted(alpha, one("smooth", value))) for value in STEPS["smooth"]]
    assert rough == sorted(rough, reverse=True)
    assert rough[0] > 0.9
    assert rough[-1] < 0.05
    even = adjusted(alpha, one("smooth", 9))[20:-20]
    assert np.count_nonzero((even > 8) & (even < 247), axis=1).max() <= 4
    feathered = adjusted(alpha, one("feather", 9))[20:-20]
    assert softness(even) < softness(feathered) / 3


@pytest.mark.parametrize("pixels", [2, 5, 12])
def test_smoothing_keeps_a_soft_edge_soft(pixels):
    alpha = edge(200, slope=24)
    even = adjusted(alpha, one("smooth", pixels))
    assert 0.8 < softness(even) / softness(alpha) < 1.25
    assert abs(middle(even) - middle(alpha)) < 0.2


def test_a_full_threshold_leaves_nothing_soft():
    hard = adjusted(soft(), one("threshold", 1))
    assert set(np.unique(hard)) == {0, 255}
    assert ((hard == 255) == (soft() >= 128)).all()


def test_pieces_join_without_a_seam(monkeypatch):
    alpha = soft(430, 390)
    whole = adjusted(alpha, EVERYTHING)
    monkeypatch.setattr(module, "TILE", 4096)
    assert (adjusted(alpha, EVERYTHING) == whole).all()


def test_plain_pieces_cost_nothing(monkeypatch):
    worked = []

    def watched(values, refinement):
        worked.append(values.shape)
        return original(values, refinement)

    original = module._worked
    monkeypatch.setattr(module, "_worked", watched)
    alpha = np.zeros((3000, 3000), np.uint8)
    alpha[700:720, 700:720] = 255
    adjusted(alpha, EVERYTHING)
    assert len(worked) == 1
    assert max(worked[0]) < 350


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"feather": -0.1}, "from 0 to 100"),
        ({"shift": 51}, "from -50 to 50"),
        ({"threshold": 1.01}, "from 0 to 1"),
        ({"smooth": float("nan")}, "smooth"),
        ({"decontaminate": "1"}, "decontaminate"),
        ({"feather": True}, "feather"),
        ({"blur": 1}, "“blur”"),
    ],
)
def test_wrong_values_are_refused_by_a_sentence(options, word):
    with pytest.raises(CutawayError, match=word) as failure:
        Refinement.of(options)
    assert failure.value.code == "bad-option"


def test_what_is_left_out_keeps_its_default():
    assert Refinement.of({"feather": None, "shift": 2}) == Refinement(shift=2)


def test_a_preview_gets_lengths_of_its_own_size():
    assert Refinement(4, 2, -8, 0.5, 0.25).scaled(0.25) == Refinement(1, 0.5, -2, 0.5, 0.25)
