"""Pieces of a mask, and those too small to be meant."""

import numpy as np
import pytest

from cutaway.refining.regions import Flags, grown, labelled, shrunk, small, without_specks
from cutaway.values import Floats
from tests.unit.doubles import disc


def drawn(text: str) -> Flags:
    return np.array([[sign != "." for sign in line] for line in text.split()])


def with_square(values: Floats, top: int, left: int, side: int, value: float) -> Floats:
    changed = values.copy()
    changed[top : top + side, left : left + side] = value
    return changed


def test_pieces_are_told_apart_and_counted() -> None:
    labels, count = labelled(
        drawn(
            """
            a..bb
            a...b
            aa...
            ....c
            """
        )
    )
    assert count == 3
    assert labels.tolist() == [
        [1, 0, 0, 2, 2],
        [1, 0, 0, 0, 2],
        [1, 1, 0, 0, 0],
        [0, 0, 0, 0, 3],
    ]


@pytest.mark.parametrize(
    "shape",
    [
        "a.a aaa",  # joined from below
        "a.a.a aaa.a ..aaa",  # twice
        "aaaa a..a a.aa aaa.",  # around a hole
        "a.. .a. ..a",  # by corners, one way
        "..a .a. a..",  # and the other
        "a",
    ],
)
def test_what_hangs_together_is_one_piece(shape: str) -> None:
    flags = drawn(shape)
    labels, count = labelled(flags)
    assert count == 1
    assert np.array_equal(labels, flags.astype(int))


def test_nothing_has_no_pieces() -> None:
    labels, count = labelled(np.zeros((3, 4), bool))
    assert count == 0
    assert not labels.any()


def test_pieces_are_those_of_a_search_pixel_by_pixel() -> None:
    flags = np.random.default_rng(5).random((40, 53)) < 0.35
    labels, count = labelled(flags)
    seen = np.zeros(flags.shape, bool)
    found = 0
    for start in zip(*np.nonzero(flags), strict=True):
        if seen[start]:
            continue
        found += 1
        piece = np.zeros(flags.shape, bool)
        piece[start] = True
        while (wider := grown(piece, 1) & flags).sum() > piece.sum():
            piece = wider
        assert np.array_equal(labels == labels[start], piece)
        seen |= piece
    assert found == count > 20


def test_growing_and_shrinking() -> None:
    point = drawn("..... ..... ..a.. ..... .....")
    assert grown(point, 1).sum() == 9
    assert grown(point, 2).all()
    assert not shrunk(point, 1).any()
    assert np.array_equal(shrunk(grown(point, 1), 1), point)
    assert shrunk(np.ones((4, 4), bool), 2).all()


def test_a_small_picture_holds_means() -> None:
    values = np.zeros((8, 4), np.float32)
    values[:4] = 0.5
    assert small(values, 2).tolist() == [[0.5, 0.5], [0.0, 0.0]]


def test_specks_go_and_the_subject_stays_as_it_was() -> None:
    subject = disc(320)
    specked = with_square(subject, 10, 10, 6, 1.0)
    specked = with_square(specked, 300, 200, 4, 0.4)
    cleaned = without_specks(specked)
    assert cleaned.dtype == np.float32
    assert cleaned[:40, :40].max() == cleaned[290:, 180:230].max() == 0
    assert np.array_equal(cleaned[40:280, 40:280], subject[40:280, 40:280])
    assert specked[12, 12] == 1  # what came in is as it was


def test_what_is_large_enough_stays() -> None:
    subject = disc(320)
    assert without_specks(subject) is subject
    two = with_square(subject, 2, 2, 30, 1.0)
    assert without_specks(two) is two


def test_a_speck_beside_the_subject_takes_nothing_of_it() -> None:
    """Two cells of the small picture apart: neither the subject nor its soft edge is touched."""
    values = np.zeros((192, 192), np.float32)
    values[50:150, 50:150] = 1
    values[50:150, 150] = 0.3
    cleaned = without_specks(with_square(values, 100, 153, 2, 1.0))
    assert np.array_equal(cleaned[:, :151], values[:, :151])
    assert cleaned[:, 153:].max() == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (7, 3), (512, 512)])
@pytest.mark.parametrize("value", [0.0, 0.05, 0.5, 1.0])
def test_masks_of_one_value_stay(shape: tuple[int, int], value: float) -> None:
    values = np.full(shape, value, np.float32)
    assert without_specks(values) is values
