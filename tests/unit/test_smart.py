"""smart: a rough stroke comes to lie on the photo's edge."""

from dataclasses import replace

import numpy as np
import pytest

from cutaway.hand import smart
from cutaway.hand.edits import edits_of
from cutaway.hand.smart import snapped
from cutaway.values import Photo

WIDTH, HEIGHT = 360, 260
ROWS, COLUMNS = np.indices((HEIGHT, WIDTH)) + 0.5
#: A wavy band across the photo: its upper and lower edge.
UPPER, LOWER = 90 + 9 * np.sin(COLUMNS / 23), 160 + 7 * np.cos(COLUMNS / 17)
BAND = (ROWS > UPPER) & (ROWS < LOWER)


def shot(alpha=None):
    """A photo of the band: two colours with a camera's noise."""
    noise = np.random.default_rng(7).normal(0, 6, (HEIGHT, WIDTH, 3))
    colours = np.where(BAND[..., None], (190, 140, 110), (70, 110, 90)) + noise
    rgba = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    rgba[..., :3] = colours.clip(0, 255)
    if alpha is not None:
        rgba[..., 3] = alpha
    return Photo(rgba, alpha is None, None, "PNG", 1)


def stroke(what="keep", points=((60, 132), (150, 118), (300, 130)), size=64):
    given = {
        "kind": "stroke",
        "what": what,
        "size": size,
        "points": [list(each) for each in points],
    }
    return edits_of([{**given, "smart": True}])[0]


def covered(photo, alpha, asked):
    """What a stroke covers of the whole photo."""
    whole = np.zeros((HEIGHT, WIDTH), np.uint8)
    found = snapped(photo, alpha, asked)
    if found is not None:
        whole[found.tile] = found.covered
    return whole


def test_what_is_kept_ends_where_the_photo_has_its_edge():
    found = covered(shot(), np.zeros((HEIGHT, WIDTH), np.uint8), stroke())
    middle = (COLUMNS > 70) & (COLUMNS < 290)
    inside, outside = (
        (ROWS > UPPER + 3) & (ROWS < LOWER - 3),
        (ROWS < UPPER - 3) | (ROWS > LOWER + 3),
    )
    assert (found[middle & inside] > 240).mean() > 0.99
    assert (found[middle & outside] < 15).mean() > 0.99
    assert not found[:, 352:].any(), "far from the stroke nothing happens"


def test_what_is_removed_spares_the_subject():
    asked = stroke("remove", ((60, 72), (180, 60), (300, 70)), 60)
    found = covered(shot(), np.full((HEIGHT, WIDTH), 255, np.uint8), asked)
    here = (COLUMNS > 70) & (COLUMNS < 290)
    assert (found[here & BAND & (ROWS > UPPER + 3)] < 15).mean() > 0.99
    assert (found[here & (ROWS > 55) & (ROWS < UPPER - 3)] > 240).mean() > 0.99


def test_a_stroke_on_even_ground_keeps_about_its_form():
    asked = stroke("remove", ((180, 30),), 40)
    found = covered(shot(), np.full((HEIGHT, WIDTH), 255, np.uint8), asked)
    away = np.hypot(COLUMNS - 180, ROWS - 30)
    assert (found[away < 17] > 127).mean() > 0.95
    assert not found[away > 31].any()


@pytest.mark.parametrize(
    "asked",
    [
        stroke(points=((10, 10),), size=1),
        stroke(points=((0, 0),), size=3),
        stroke(points=((359.9, 259.9), (380, 300)), size=30),
        stroke(points=((180, 130),), size=5000),
        stroke("remove", points=((-20, 100), (400, 100)), size=2),
    ],
)
def test_the_smallest_and_the_largest_are_drawn(asked):
    alpha = np.full((HEIGHT, WIDTH), 0 if asked.what == "keep" else 255, np.uint8)
    assert covered(shot(), alpha, asked).any()


def test_a_stroke_outside_covers_nothing():
    asked = stroke(points=((-300, -300), (-200, -300)))
    assert snapped(shot(), np.zeros((HEIGHT, WIDTH), np.uint8), asked) is None


def test_a_photo_of_one_colour_has_no_edge_to_follow():
    plain = replace(shot(), rgba=np.full((HEIGHT, WIDTH, 4), 255, np.uint8))
    found = covered(plain, np.zeros((HEIGHT, WIDTH), np.uint8), stroke(points=((180, 130),)))
    away = np.hypot(COLUMNS - 180, ROWS - 130)
    assert (found[away < 28] > 127).mean() > 0.95
    assert not found[away > 49].any()


def test_nothing_is_kept_against_the_photos_own_transparency():
    alpha = np.full((HEIGHT, WIDTH), 100, np.uint8)
    found = covered(shot(alpha), np.zeros((HEIGHT, WIDTH), np.uint8), stroke())
    assert found.max() == 100


def test_around_too_large_a_stroke_it_is_plain(monkeypatch):
    monkeypatch.setattr(smart, "MOST", 100)
    found = covered(shot(), np.zeros((HEIGHT, WIDTH), np.uint8), stroke(points=((180, 95),)))
    away = np.hypot(COLUMNS - 180, ROWS - 95)
    assert (found[away < 31] == 255).all()
    assert not found[away > 33].any()
