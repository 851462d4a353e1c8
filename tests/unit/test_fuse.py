"""Fusing masks: the mean, at the size of the largest."""

import numpy as np
import pytest

from cutaway import recipe
from cutaway.fuse import fuse
from cutaway.options import Options
from cutaway.values import Mask
from tests.unit.doubles import disc


def test_one_mask_stays_itself() -> None:
    mask = Mask(disc(64))
    assert fuse((mask,)) is mask


def test_the_mean_of_two_at_the_larger_size() -> None:
    large, small = disc(96), disc(32)
    fused = fuse((Mask(small), Mask(large))).values
    assert fused.shape == (96, 96)
    assert fused.dtype == np.float32
    # The same disc at both sizes: the mean differs only where the edge is.
    assert np.abs(fused - large).mean() < 0.01
    assert np.allclose(fuse((Mask(large), Mask(1 - large))).values, 0.5)


def test_the_mean_never_leaves_the_range() -> None:
    step = np.zeros((16, 16), np.float32)
    step[:, 8:] = 1  # enlarging it rings beyond 0 and 1
    fused = fuse((Mask(step), Mask(np.kron(step, np.ones((4, 4), np.float32))))).values
    assert fused.min() >= 0
    assert fused.max() <= 1


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (Options(), ["u2netp"]),
        (Options(speed="fast"), ["u2netp"]),
        (Options(speed="balanced"), ["u2netp", "isnet-768"]),
        (Options(speed="best"), ["u2netp", "isnet"]),
        (Options(model="isnet"), ["isnet"]),
    ],
)
def test_what_runs_for_which_options(options: Options, ids: list[str]) -> None:
    assert [model.id for model in recipe.choose(options)] == ids
