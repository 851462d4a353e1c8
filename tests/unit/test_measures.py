"""measures: against values computed by hand, and what must hold of any metric."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bench import measures

NEEDED = "py_sod_metrics", "for “python -m bench.quality” only: python -m bench.packages"
BOUNDED = [measures.iou, measures.s_measure, measures.weighted_f, measures.boundary_iou]
ERRORS = [measures.mae, measures.sad, measures.mse, measures.gradient_error]
BY_OTHERS = {measures.s_measure, measures.weighted_f}


def everywhere(picture):
    return np.ones(picture.shape, bool)


def square(size=40, first=10, last=20, shift=0):
    picture = np.zeros((size, size), np.uint8)
    picture[first:last, first + shift : last + shift] = 255
    return picture


def metric(function):
    if function in BY_OTHERS:
        pytest.importorskip(NEEDED[0], reason=NEEDED[1])
    return function


# By hand


def test_mae_sad_and_mse():
    alpha = np.array([[0, 255], [51, 0]], np.uint8)
    truth = np.array([[0, 255], [0, 255]], np.uint8)
    counts = everywhere(truth)
    assert measures.mae(alpha, truth, counts) == pytest.approx((0.2 + 1) / 4)
    assert measures.sad(alpha, truth, counts) == pytest.approx(1.2 / 1000)
    assert measures.mse(alpha, truth, counts) == pytest.approx((0.04 + 1) / 4)


def test_iou_is_taken_at_half():
    truth = np.array([[255, 255, 0, 0]], np.uint8)
    assert measures.iou(np.array([[128, 127, 128, 0]], np.uint8), truth, everywhere(truth)) == 1 / 3


def test_iou_of_nothing_with_nothing():
    nothing = np.zeros((3, 3), np.uint8)
    assert measures.iou(nothing, nothing, everywhere(nothing)) == 1
    assert measures.iou(255 - nothing, nothing, everywhere(nothing)) == 0


def test_f_over_thresholds():
    alpha, truth = np.array([[255, 128, 0, 0]], np.uint8), np.array([[255, 255, 0, 0]], np.uint8)
    curve = measures.f_curve(alpha, truth, everywhere(truth))
    assert curve[0] == pytest.approx(1.3 * 0.5 / (0.3 * 0.5 + 1))  # all taken: half of it is right
    assert curve[1:129] == pytest.approx(1)
    assert curve[129:] == pytest.approx(1.3 * 0.5 / (0.3 + 0.5))  # one of two found


def test_boundary_iou_of_shifted_outlines():
    """Two outlines 1 pixel wide, of 36 pixels each, one beside the other: 18 coincide."""
    truth = square()
    assert measures.boundary_iou(square(shift=1), truth, everywhere(truth)) == 18 / 54


def test_boundary_grows_with_the_picture():
    """0.5 % of the diagonal of 849 pixels is 4: a ring of 4 between squares 1 pixel apart."""
    truth = np.zeros((600, 600), np.uint8)
    truth[100:500, 100:500] = 255
    alpha = np.zeros_like(truth)
    alpha[101:499, 101:499] = 255
    ring = 400**2 - 392**2
    inner = 398**2 - 390**2
    both = 398**2 - 392**2
    expected = both / (ring + inner - both)
    assert measures.boundary_iou(alpha, truth, everywhere(truth)) == pytest.approx(expected)


def test_the_edge_of_the_picture_is_an_outline():
    truth = np.full((40, 40), 255, np.uint8)
    alpha = truth.copy()
    alpha[:, :5] = 0
    rim, other = 4 * 39, 2 * 35 + 2 * 38
    both = 2 * 35 + 38
    found = measures.boundary_iou(alpha, truth, everywhere(truth))
    assert found == pytest.approx(both / (rim + other - both))


def test_an_undecided_outline_has_no_boundary_iou():
    truth, counts = square(), everywhere(square())
    counts[9:21, 9:21] = False
    counts[10:20, 10:20] = True  # as drawn by people who left the border out
    assert np.isnan(measures.boundary_iou(truth, truth, counts))


def naive_gradient_error(alpha, truth):
    """As the paper has it: two-dimensional kernels of length 1, edges continued."""
    sigma, reach = 1.4, int(np.ceil(1.4 * np.sqrt(-2 * np.log(np.sqrt(2 * np.pi) * 1.4 * 0.01))))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    kernel = -x * np.exp(-(x**2 + y**2) / (2 * sigma**2))
    kernel /= np.sqrt((kernel**2).sum())

    def length(picture):
        padded = np.pad(picture / 255, reach, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
        sides = [np.einsum("ijkl,kl->ij", windows, each) for each in (kernel, kernel.T)]
        return np.hypot(*sides)

    return ((length(alpha) - length(truth)) ** 2).sum() / 1000


def test_gradient_error_is_the_papers():
    random = np.random.default_rng(1)
    alpha, truth = random.integers(0, 256, (2, 23, 31), np.uint8)
    found = measures.gradient_error(alpha, truth, everywhere(truth))
    assert found == pytest.approx(naive_gradient_error(alpha, truth), rel=1e-4)


def test_soft_band_is_soft_pixels_and_two_around():
    truth = square()
    truth[15, 30] = 128
    truth[12, 12] = 252  # a camera's noise
    band = measures.soft_band(truth, everywhere(truth))
    expected = np.zeros_like(band)
    expected[13:18, 28:33] = True
    assert np.array_equal(band, expected)


def test_band_error_sees_the_band_alone():
    truth = np.zeros((20, 20), np.uint8)
    truth[10, 10] = 128
    alpha = truth.copy()
    alpha[0, 0] = 255
    assert measures.band_error(alpha, truth, everywhere(truth)) == 0
    alpha[10, 12] = 51
    assert measures.band_error(alpha, truth, everywhere(truth)) == pytest.approx(0.2 / 25)


def test_without_softness_there_is_no_band_error():
    assert np.isnan(measures.band_error(square(), square(), everywhere(square())))


@pytest.mark.parametrize(
    ("scores", "bad", "value"),
    [
        ([3, 2, 1], [True, False, False], 1),
        ([1, 2, 3], [True, False, False], 0),
        ([3, 2, 1], [True, False, True], 0.5),
        ([2, 2, 1], [True, False, False], 0.75),
        ([5, 5, 5, 5], [True, False, True, False], 0.5),
    ],
)
def test_auroc(scores, bad, value):
    assert measures.auroc(scores, bad) == value


def test_auroc_needs_good_and_bad():
    assert np.isnan(measures.auroc([1, 2], [True, True]))
    assert np.isnan(measures.auroc([1, 2], [False, False]))


# Of any metric


SHAPES = st.tuples(st.integers(4, 12), st.integers(4, 12))
PICTURES = SHAPES.flatmap(lambda shape: arrays.arrays(np.uint8, shape))
PAIRS = SHAPES.flatmap(lambda shape: arrays.arrays(np.uint8, (2, *shape)))


@pytest.mark.parametrize("function", BOUNDED)
def test_the_truth_itself_is_perfect(function):
    truth = square()
    assert metric(function)(truth, truth, everywhere(truth)) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("function", BOUNDED)
def test_the_opposite_is_useless(function):
    truth = square()
    assert metric(function)(255 - truth, truth, everywhere(truth)) < 0.2


@pytest.mark.parametrize("function", BOUNDED)
def test_the_farther_off_the_worse(function):
    truth = square()
    values = [metric(function)(square(shift=by), truth, everywhere(truth)) for by in range(8)]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[3] > values[6]


@pytest.mark.parametrize("function", [*BOUNDED, *ERRORS])
def test_what_does_not_count_is_not_seen(function):
    truth, counts = square(), everywhere(square())
    counts[30:, :] = False
    wrong = truth.copy()
    wrong[35:38, 5:30] = 255
    # A gradient reaches a few pixels beyond what changed; rows 30 to 40 are all left out.
    seen = metric(function)(wrong, truth, counts)
    assert seen == pytest.approx(function(truth, truth, counts), abs=1e-6)
    assert seen != pytest.approx(function(wrong, truth, everywhere(truth)), abs=1e-4)


@given(PICTURES)
@settings(max_examples=40, deadline=None)
def test_no_error_without_a_difference(picture):
    assert [function(picture, picture, everywhere(picture)) for function in ERRORS] == [0] * 4


@given(PAIRS)
@settings(max_examples=40, deadline=None)
def test_errors_and_overlaps_do_not_know_which_is_which(pair):
    one, other = pair
    counts = everywhere(one)
    for function in (*ERRORS, measures.iou, measures.boundary_iou):
        assert function(one, other, counts) == pytest.approx(function(other, one, counts), rel=1e-5)


@given(PAIRS)
@settings(max_examples=40, deadline=None)
def test_mirrored_pictures_have_the_same_scores(pair):
    one, other = pair
    for turn in (lambda a: a[::-1], lambda a: a[:, ::-1], lambda a: a.T):
        for function in (*ERRORS, measures.iou, measures.boundary_iou, measures.band_error):
            here = function(one, other, everywhere(one))
            there = function(turn(one), turn(other), everywhere(turn(one)))
            assert here == pytest.approx(there, rel=1e-4, abs=1e-7, nan_ok=True)


@given(PAIRS)
@settings(max_examples=40, deadline=None)
def test_auroc_turns_round_with_the_scores(pair):
    scores, bad = pair[0].ravel().astype(float), pair[1].ravel() > 127
    value = measures.auroc(scores, bad)
    assert value == pytest.approx(1 - measures.auroc(-scores, bad), nan_ok=True)
