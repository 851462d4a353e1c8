"""edge: what counts as uncertain, and when colours are believed."""

import numpy as np

from cutaway.refining.edge import MOVED, SOFTER, edge_of, trimap, trust_in
from cutaway.values import Mask
from tests.unit.doubles import disc, photo


def test_the_trimap_is_certain_away_from_the_outline():
    guess = disc(200)
    alpha, unknown = trimap(guess)
    assert (alpha[~unknown] == (guess > 0.5)[~unknown]).all()
    assert unknown[np.abs(guess - 0.5) < 0.4].all()
    assert 0 < unknown.mean() < 0.2


def test_a_certain_mask_has_no_edge():
    assert edge_of(Mask(np.ones((32, 32), np.float32)), photo(300, 200)) is None
    assert edge_of(Mask(np.zeros((32, 32), np.float32)), photo(300, 200)) is None


def test_a_mask_that_is_unsure_everywhere_has_none_either():
    assert edge_of(Mask(np.full((32, 32), 0.5, np.float32)), photo(300, 200)) is None


def test_a_sharper_answer_is_trusted_and_a_softer_one_is_not():
    guess = disc(100)
    guess = guess * guess * (3 - 2 * guess)  # mostly near 0 or 1, as models' masks are
    unknown = (guess > 0.02) & (guess < 0.98)
    sharper = np.where(unknown, (guess > 0.5) * np.float32(1), guess)
    assert trust_in(sharper, guess, unknown) == 1
    grey = np.where(unknown, np.clip(guess, 0.49, 0.51), guess)
    assert trust_in(grey, guess, unknown) < 1
    assert SOFTER[0] < SOFTER[1]


def test_an_answer_that_moves_the_outline_far_is_not_trusted():
    guess, shrunk = disc(100), disc(100)
    shrunk[:, :45] = 0
    assert trust_in(shrunk, guess, np.ones(guess.shape, bool)) == 0
    assert MOVED[0] < MOVED[1]
