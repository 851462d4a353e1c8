"""scribbles: rough signs are obeyed, and what they say nothing of stays as it was."""

import numpy as np
import pytest

from cutaway.errors import CutawayError
from cutaway.hand.edits import edits_of
from cutaway.hand.scribbles import hints_of, scribbled
from cutaway.values import Matte, Photo

WIDTH, HEIGHT = 240, 180
ROWS, COLUMNS = np.indices((HEIGHT, WIDTH)) + 0.5
LEFT = np.hypot(COLUMNS - 70, ROWS - 90) < 40
RIGHT = np.hypot(COLUMNS - 170, ROWS - 90) < 40
CLEAR = Matte(np.zeros((HEIGHT, WIDTH), np.uint8))


def shot():
    """Two discs of different colours on a third, with a camera's noise."""
    noise = np.random.default_rng(5).normal(0, 5, (HEIGHT, WIDTH, 3))
    colours = np.select(
        [LEFT[..., None], RIGHT[..., None]], [np.array((190, 60, 50)), np.array((60, 80, 190))],
        np.array((150, 160, 140)),
    )  # fmt: skip
    rgba = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    rgba[..., :3] = (colours + noise).clip(0, 255)
    return Photo(rgba, True, None, "PNG", 1)


def scribble(what, *points, size=8):
    given = {"kind": "scribble", "what": what, "size": size}
    return edits_of([{**given, "points": [list(each) for each in points]}])[0]


def mask(scribbles, matte):
    """At the photo's size, which is below the segmenter's."""
    values = scribbled(shot(), scribbles, matte).values
    assert values.shape == (HEIGHT, WIDTH)
    return values > 0.5


def share(found, region):
    return found[region].mean()


def test_what_the_matte_lacks_is_added_and_the_rest_stays():
    found = mask([scribble("keep", (160, 80), (180, 100))], Matte(LEFT * np.uint8(255)))
    assert share(found, RIGHT) > 0.95
    assert share(found, LEFT) > 0.95
    assert share(found, ~(LEFT | RIGHT)) < 0.02


def test_what_it_has_too_much_is_taken_away():
    both = Matte((LEFT | RIGHT) * np.uint8(255))
    found = mask([scribble("remove", (160, 80), (180, 100))], both)
    assert share(found, RIGHT) < 0.05
    assert share(found, LEFT) > 0.95


def test_a_matte_without_a_subject_tells_nothing():
    found = mask(
        [scribble("keep", (60, 90), (80, 90)), scribble("remove", (170, 80), (170, 100))], CLEAR
    )
    assert share(found, LEFT) > 0.9
    assert share(found, RIGHT) < 0.1


def test_the_later_of_two_scribbles_counts_where_they_meet():
    hints = hints_of([scribble("keep", (50, 50)), scribble("remove", (50, 50))], 100, 100)
    assert set(np.unique(hints)) == {-1, 0}
    assert hints.dtype == np.int8


@pytest.mark.parametrize("size", [0.2, 3, 60])
def test_a_scribble_is_seen_in_a_large_photo_however_thin_it_is(size):
    hints = hints_of([scribble("keep", (1000, 2000), (1400, 2000), size=size)], 8000, 6000)
    assert max(hints.shape) <= 576
    assert (hints == 1).any()


def test_a_scribble_outside_the_photo_says_nothing():
    assert not hints_of([scribble("keep", (-900, -900))], 100, 100).any()


def test_a_photo_of_one_colour_with_nothing_to_go_by_is_refused():
    plain = Photo(np.full((HEIGHT, WIDTH, 4), 255, np.uint8), True, None, "PNG", 1)
    with pytest.raises(CutawayError) as caught:
        scribbled(plain, [scribble("keep", (60, 90))], CLEAR)
    assert caught.value.code == "no-subject"
