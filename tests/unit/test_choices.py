"""choices: constants chosen again without the set that is measured."""

import numpy as np
import pytest

from bench.choices import Measured

NAN = float("nan")


@pytest.fixture
def measured():
    """Two choices: the first is the better one for the photographs of "a", by more than it loses
    with those of "b" and "c"."""
    first = [[0.9, 0.9, 0.1], [0.5, NAN, NAN], [0.5, 0.5, NAN]]
    second = [[0.1, 0.1, 0.1], [0.7, NAN, NAN], [0.7, 0.7, NAN]]
    return Measured([(1.0,), (2.0,)], np.array([first, second]), np.array(["a", "b", "c"]))


def test_the_best_of_all_is_told_by_all(measured):
    everything = np.ones(3, bool)
    assert measured.best(everything) == 0
    assert measured.best(everything, sign=-1) == 1


def test_a_set_has_no_part_in_the_choice_for_it(measured):
    unseen = measured.unseen()
    assert unseen[0].tolist() == [0.1, 0.1, 0.1], "the others would have chosen the second"
    assert unseen[1, 0] == 0.5
    assert unseen[2, 0] == 0.5


def test_less_error_is_better_and_what_has_no_meaning_does_not_count():
    scores = np.array([[[0.5, NAN, 0.1]], [[0.5, NAN, 0.2]]])
    measured = Measured([(1.0,), (2.0,)], scores, np.array(["a"]))
    assert measured.merit(0, np.array([True])) == pytest.approx(0.4)
    assert measured.best(np.array([True])) == 0
