"""The separate subjects of a matte: which there are, and whose every pixel is."""

import numpy as np
import pytest

from cutaway.composing.frame import Box
from cutaway.hand.parting import TILE
from cutaway.hand.subjects import SIDE, SPECK, listed, only, subjects, without
from cutaway.values import Bytes

#: Larger than the small picture, so that its pixels are several of the matte's, and no multiple.
HEIGHT, WIDTH = 3 * SIDE - 101, 3 * SIDE - 50


def blob(x: float, y: float, radius: float, soft: float = 12, most: float = 1) -> Bytes:
    """A disc with a soft border so many pixels wide."""
    down, across = np.ogrid[:HEIGHT, :WIDTH]
    away = np.hypot(across + 0.5 - x, down + 0.5 - y)
    return np.rint(255 * most * np.clip((radius - away) / soft + 0.5, 0, 1)).astype(np.uint8)


def together(*parts: Bytes) -> Bytes:
    return np.maximum.reduce(parts)


@pytest.fixture(scope="module")
def three() -> Bytes:
    """A large one on the right, a middle one on the left, a small one below, with wide borders."""
    return together(blob(760, 420, 240), blob(240, 300, 160, 60), blob(330, 850, 90, 30))


def test_they_are_listed_largest_first(three: Bytes) -> None:
    found = subjects(three)
    assert len(found) == 3
    shares = [each.share for each in found]
    assert shares == sorted(shares, reverse=True)
    for each, (x, y, radius) in zip(
        found, [(760, 420, 240), (240, 300, 160), (330, 850, 90)], strict=True
    ):
        assert each.share == pytest.approx(np.pi * radius**2 / three.size, rel=0.03)
        assert np.hypot(each.x - x, each.y - y) < radius / 4, "well inside"
        assert three[int(each.y), int(each.x)] == 255


def test_a_box_holds_all_of_the_soft_border_and_no_more(three: Bytes) -> None:
    for each in subjects(three):
        rows, columns = (
            np.flatnonzero(only(three, each.x, each.y).any(axis=axis)) for axis in (1, 0)
        )
        own = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        assert each.box == own


def test_every_pixel_is_in_one_of_them_as_it_was(three: Bytes) -> None:
    hazy = np.maximum(three, np.random.default_rng(3).integers(0, 9, three.shape, np.uint8))
    for alpha in (three, hazy):
        before = alpha.copy()
        alone = [only(alpha, each.x, each.y) for each in subjects(alpha)]
        assert np.array_equal(np.sum(alone, axis=0), alpha)
        assert (np.count_nonzero(alone, axis=0) <= 1).all()
        assert np.array_equal(alpha, before)


def test_what_is_dropped_is_what_its_layer_has(three: Bytes) -> None:
    for each in subjects(three):
        rest = without(three, each.x, each.y)
        assert np.array_equal(rest + only(three, each.x, each.y), three)
        assert rest[int(each.y), int(each.x)] == 0


def test_dropping_one_leaves_the_others_as_they_were(three: Bytes) -> None:
    found = subjects(three)
    for gone in found:
        rest = subjects(without(three, gone.x, gone.y))
        assert [(each.x, each.y, each.box) for each in rest] == [
            (each.x, each.y, each.box) for each in found if each != gone
        ]


def test_a_soft_border_is_the_nearest_subject_s() -> None:
    """Two with borders that run into each other: the line between them is the middle line."""
    alpha = together(blob(300, 400, 150, 240), blob(720, 400, 150, 240))
    left, right = sorted(subjects(alpha), key=lambda each: each.x)
    assert alpha[400, 510] > 0, "they touch"
    of_left, of_right = (only(alpha, each.x, each.y) > 0 for each in (left, right))
    across = np.arange(WIDTH) + 0.5
    assert not of_left[:, across > 510 + 3].any(), "three pixels are one of the small picture"
    assert not of_right[:, across < 510 - 3].any()


def test_the_line_between_two_has_no_steps() -> None:
    alpha = np.full((1200, 1200), 30, np.uint8)
    alpha[100:300, 100:300] = alpha[700:1000, 500:1100] = 255
    _, second = subjects(alpha)
    own = only(alpha, second.x, second.y) > 0
    # Between the two, whose corners face each other, it falls gently.
    last = np.array([np.flatnonzero(own[:, x])[-1] for x in range(250, 450)])
    assert np.abs(np.diff(last)).max() <= 3
    assert len(np.unique(last)) > 40


def test_those_that_touch_softly_are_apart_and_those_that_hold_on_are_one() -> None:
    pair = [blob(300, 500, 150), blob(700, 500, 150)]
    bridge = np.zeros((HEIGHT, WIDTH), np.uint8)
    bridge[480:520, 300:700] = 110
    assert len(subjects(together(*pair, bridge))) == 2
    bridge[480:520, 300:700] = 255
    assert len(subjects(together(*pair, bridge))) == 1


def test_a_speck_belongs_to_the_nearest() -> None:
    large, small = blob(700, 400, 260), blob(180, 800, 90)
    radius = np.sqrt(SPECK * large.size / np.pi) * 0.8
    speck = blob(180, 620, radius, 4)
    alpha = together(large, small, speck)
    first, second = subjects(alpha)
    assert np.array_equal(only(alpha, second.x, second.y), together(small, speck))
    # Nor does it become one once the larger one is gone.
    rest = without(alpha, first.x, first.y)
    assert [(each.x, each.y) for each in subjects(rest)] == [(second.x, second.y)]
    assert not without(rest, second.x, second.y).any()


def test_where_all_is_small_the_largest_is_one() -> None:
    alpha = together(blob(700, 400, 9, 3), blob(300, 300, 6, 3))
    (alone,) = subjects(alpha)
    assert np.array_equal(only(alpha, alone.x, alone.y), alpha)


def test_glass_is_a_subject_too() -> None:
    alpha = blob(500, 500, 200, most=0.3)
    (glass,) = subjects(alpha)
    assert np.array_equal(only(alpha, glass.x, glass.y), alpha)


def test_a_full_matte_is_one_subject() -> None:
    alpha = np.full((50, 70), 255, np.uint8)
    (found,) = subjects(alpha)
    assert (found.box, found.share) == (Box(0, 0, 70, 50), 1)


def test_nothing_has_no_subjects() -> None:
    alpha = np.zeros((40, 30), np.uint8)
    assert subjects(alpha) == []
    assert without(alpha, 3, 3) is alpha
    assert not only(alpha, 3, 3).any()


@pytest.mark.parametrize("place", [(5.5, 5.5), (-1, 300), (240, HEIGHT + 1)])
def test_where_nothing_is_nothing_is_dropped(three: Bytes, place: tuple[float, float]) -> None:
    assert without(three, *place) is three
    assert not only(three, *place).any()


def test_a_part_of_the_photo_is_parted_as_the_whole() -> None:
    alpha = together(blob(300, 400, 150, 240), blob(720, 400, 150, 240))
    parting, found = listed(alpha)
    assert parting is not None
    assert len(found) == 2
    whole = np.full(alpha.shape, -1)
    for tile, owner in parting.pieces():
        whole[tile] = owner
    box = Box(TILE - 9, 300, 2 * TILE + 31, 3 * TILE)
    seen = np.full(alpha.shape, -1)
    for tile, owner in parting.pieces(box):
        seen[tile] = owner
    inside = (slice(box.top, box.bottom), slice(box.left, box.right))
    assert np.array_equal(seen[inside], whole[inside])
    assert (seen >= 0).sum() == seen[inside].size
    assert len(np.unique(seen[inside])) == 2
