"""matting: alpha from colours, against a dense solution and cases with a known answer."""

import numpy as np
import pytest

from cutaway.refining import matting
from cutaway.refining.matting import solve


def dense(colours, alpha, unknown):
    """The same equations (Levin et al. 2008, with the mask's own weight), solved exactly."""
    height, width = unknown.shape
    count = height * width
    laplacian = np.zeros((count, count))
    index = np.arange(count).reshape(height, width)
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            window = index[y - 1 : y + 2, x - 1 : x + 2].ravel()
            inside = colours.reshape(-1, 3)[window].astype(float)
            centred = inside - inside.mean(0)
            spread = centred.T @ centred / 9 + np.eye(3) * float(matting.NOISE) / 9
            part = np.eye(9) - (1 + centred @ np.linalg.inv(spread) @ centred.T) / 9
            laplacian[np.ix_(window, window)] += part
    free, known = np.flatnonzero(unknown), np.flatnonzero(~unknown)
    flat = alpha.ravel().astype(float)
    prior = float(matting.PRIOR) + float(matting.SURE) * (2 * flat[free] - 1) ** 4
    left = laplacian[np.ix_(free, free)] + np.diag(prior)
    right = prior * flat[free] - laplacian[np.ix_(free, known)] @ flat[known]
    flat[free] = np.linalg.solve(left, right)
    return flat.reshape(height, width)


def scene(height=14, width=15):
    """A soft vertical edge between two colours, with noise; alpha is known at both sides."""
    truth = np.clip((np.arange(width, dtype=np.float32) - 4) / 6, 0, 1)[None].repeat(height, 0)
    near, far = np.float32([0.8, 0.5, 0.2]), np.float32([0.1, 0.3, 0.6])
    colours = truth[..., None] * near + (1 - truth[..., None]) * far
    noise = np.random.default_rng(2).normal(0, 0.02, colours.shape)
    unknown = np.zeros((height, width), bool)
    unknown[:, 3:12] = True
    guess = np.where(unknown, np.float32(0.5), truth)
    return (colours + noise).astype(np.float32), guess, unknown, truth


def test_the_equations_are_those_of_the_paper(monkeypatch):
    monkeypatch.setattr(matting, "FINE", 400)
    monkeypatch.setattr(matting, "ENOUGH", 1e-7)
    colours, guess, unknown, _ = scene()
    exact = np.clip(dense(colours, guess, unknown), 0, 1)
    assert np.abs(solve(colours, guess, unknown) - exact).max() < 0.01


def test_a_mixture_of_two_colours_is_found():
    colours, guess, unknown, truth = scene(60, 64)
    before = np.abs(guess - truth)[unknown].mean()
    assert np.abs(solve(colours, guess, unknown) - truth)[unknown].mean() < before / 4


def test_what_is_known_stays():
    colours, guess, unknown, _ = scene(40, 30)
    solved = solve(colours, guess, unknown)
    assert (solved[~unknown] == guess[~unknown]).all()
    assert solved.dtype == np.float32
    assert solved.min() >= 0
    assert solved.max() <= 1


@pytest.mark.parametrize("shape", [(3, 3), (3, 200), (2, 2), (1, 9), (16, 16), (17, 33)])
def test_any_shape_and_nothing_known(shape):
    rng = np.random.default_rng(4)
    colours = rng.random((*shape, 3), np.float32)
    guess = rng.random(shape, np.float32)
    solved = solve(colours, guess, np.ones(shape, bool))
    assert solved.shape == shape
    assert np.isfinite(solved).all()


def test_a_flat_picture_keeps_the_guess_smooth_and_finite():
    guess = np.linspace(0, 1, 40, dtype=np.float32)[None].repeat(40, 0)
    unknown = (guess > 0.2) & (guess < 0.8)
    solved = solve(np.full((40, 40, 3), 0.5, np.float32), guess, unknown)
    assert np.isfinite(solved).all()
    assert np.abs(np.diff(solved, axis=1)).max() < 0.3


def test_nothing_unknown_is_the_guess():
    guess = np.random.default_rng(0).random((20, 20), np.float32)
    colours, unknown = np.zeros((20, 20, 3), np.float32), np.zeros((20, 20), bool)
    assert (solve(colours, guess, unknown) == guess).all()
