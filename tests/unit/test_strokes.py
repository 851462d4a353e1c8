"""strokes: what a brush covers is what its path and size say, at every size."""

from math import pi

import numpy as np
import pytest
from PIL import Image

from cutaway.hand.edits import Path, Stroke, edits_of
from cutaway.hand.painting import Easel, Paint, brushed, toward
from cutaway.hand.strokes import PIECE, Plane, coverage, spans

FULL = Plane(0, 0, 1, 1, 300, 200)


def stroke(points, size=40, hardness=1.0, what="keep", smart=False):
    given = {"kind": "stroke", "what": what, "size": size, "hardness": hardness, "points": points}
    return edits_of([given | {"smart": smart}])[0]


def drawn(asked, plane=FULL):
    """Its coverage over all of a plane."""
    whole = np.zeros((plane.rows, plane.columns), np.uint8)
    found = coverage(asked, plane)
    if found is not None:
        whole[found[1]] = found[0]
    return whole


def union_of_discs(asked, plane=FULL, steps=160):
    """How deep the middle of each pixel lies in the discs along a path, one by one."""
    y, x = np.indices((plane.rows, plane.columns)) + 0.5
    x, y = plane.left + x * plane.across, plane.top + y * plane.down
    points = asked.path.points
    depth = np.full(x.shape, -np.inf)
    for start, end in zip(points, [*points[1:], points[-1]], strict=True):
        for share in np.linspace(0, 1, steps):
            at = start + share * (end - start)
            away = np.hypot(x - at[0], y - at[1])
            depth = np.maximum(depth, at[2] * asked.size / 2 - away)
    return depth


def wandering(count, seed=0, pressure=True):
    """A path as a hand draws it."""
    turns = np.random.default_rng(seed).normal(0, 0.12, (count, 2)).cumsum(0)
    steps = turns / np.linalg.norm(turns, axis=1, keepdims=True) * 2
    places = (150, 100) + steps.cumsum(0) * 0.6
    pressed = 0.6 + 0.4 * np.sin(np.arange(count) / 9) if pressure else np.ones(count)
    return np.column_stack([places, pressed]).tolist()


@pytest.mark.parametrize(
    "points",
    [
        [[150, 100]],
        [[150.3, 99.6, 0.4]],
        [[60, 60], [220, 130]],
        [[60, 60, 1], [220, 130, 0.2]],
        [[60, 60, 0], [220, 130, 1]],
        [[100, 100, 1], [104, 101, 0.1]],
        [[50, 50], [250, 50], [250, 150], [60, 160]],
        [[-10, -10], [310, 210]],
    ],
)
def test_a_hard_brush_covers_the_discs_along_its_path_to_within_a_pixel(points):
    asked = stroke(points)
    depth, found = union_of_discs(asked), drawn(asked)
    assert (found[depth > 0.6] == 255).all()
    assert (found[depth < -1] == 0).all()
    rim = np.abs(depth) < 0.5
    assert np.abs(found[rim] / 255 - (depth[rim] + 0.5)).mean() < 0.03


def test_a_discs_area_is_the_discs():
    for radius in (1, 3, 17.3, 60):
        found = drawn(stroke([[150.2, 99.7]], 2 * radius)).sum() / 255
        assert found == pytest.approx(pi * radius**2, rel=0.04 if radius > 1 else 0.1)


def test_softness_falls_from_the_middle_on_and_half_hard_is_solid_in_its_middle():
    row = drawn(stroke([[150.5, 100.5]], 100, 0))[100, 150:205].astype(int)
    assert row[0] > 250
    assert (np.diff(row) <= 0).all()
    assert row[25] == pytest.approx(128, abs=8)
    assert row[52] == 0
    half = drawn(stroke([[150.5, 100.5]], 100, 0.5))[100, 150:205].astype(int)
    assert (half[:25] == 255).all()
    assert 0 < half[38] < 255


def test_where_a_stroke_meets_itself_it_covers_no_more():
    once = drawn(stroke([[60, 100], [240, 100]], 60, 0))
    there_and_back = drawn(stroke([[60, 100], [240, 100], [60, 100]], 60, 0))
    assert np.abs(once.astype(int) - there_and_back).max() <= 1


@pytest.mark.parametrize("times", [2, 3.7, 8])
def test_a_small_picture_of_a_stroke_is_the_stroke_made_small(times):
    asked = stroke(wandering(120), 44, 0.6)
    size = round(300 / times), round(200 / times)
    plane = Plane(0, 0, 300 / size[0], 200 / size[1], *size)
    expected = np.asarray(Image.fromarray(drawn(asked)).resize(size, Image.Resampling.BOX))
    away = np.abs(drawn(asked, plane).astype(int) - expected)
    assert away.max() < 64
    assert away.mean() < 1.2


def test_a_part_has_the_very_pixels_of_the_whole():
    asked = stroke(wandering(200, seed=3), 150, 0.4)
    whole = drawn(asked)
    for place in [(slice(0, 200), slice(0, 300)), (slice(37, 181), slice(101, 290)),
                  (slice(PIECE, PIECE + 1), slice(5, 299))]:  # fmt: skip
        assert (drawn(asked, FULL.part(place)) == whole[place]).all()


@pytest.mark.parametrize(
    "points",
    [[[-500, 40]], [[150, 100, 0]], [[150, 100, 0], [170, 100, 0]], [[1e6, 1e6], [9e5, 1e6]]],
)
def test_what_is_outside_or_has_no_pressure_covers_nothing(points):
    assert not drawn(stroke(points)).any()


def test_a_stroke_that_only_passes_by_outside_covers_its_part():
    found = drawn(stroke([[-1e6, 100], [1e6, 100]], 20))
    assert (found[92:108] == 255).all()
    assert not found[:88].any()


def test_thousands_of_points_become_few_pieces_that_lie_beside_none():
    points = wandering(4000, seed=1)
    dense = Path(np.array(points))
    pieces = spans(dense, 30, 0.1)
    assert len([*pieces]) < 1500
    sparse = drawn(stroke(points, 30))
    every = union_of_discs(stroke(points[:400], 30), steps=3)
    part = drawn(stroke(points[:400], 30))
    assert (part[every > 0.8] == 255).all()
    assert (part[every < -0.8] == 0).all()
    assert (sparse >= part).mean() > 0.999


def test_a_size_that_changes_in_its_place_is_drawn_at_its_widest():
    jump = drawn(stroke([[100, 100, 0.1], [100, 100, 1], [180, 100, 0.1]]))
    assert jump[100, 85] == 255
    assert (drawn(stroke([[100, 100, 0.1], [100, 100, 1]])) >= drawn(stroke([[100, 100]]))).all()


def test_pieces_of_a_path_stay_while_it_grows():
    points = np.array(wandering(300, seed=2))
    before = spans(Path(points[:150]), 30, 0.1).settled
    assert spans(Path(points), 30, 0.1).settled[: len(before)] == before


@pytest.fixture
def matte():
    alpha = np.asarray(Image.linear_gradient("L").resize((300, 200)))
    return Paint(alpha, alpha)


def test_keeping_removing_and_restoring_do_what_they_say(matte):
    automatic = matte.alpha
    strokes = [stroke([[80, 100]], 60), stroke([[100, 100]], 60, what="remove"),
               stroke([[110, 100]], 60, what="restore")]  # fmt: skip
    kept = brushed(matte, automatic, None, (strokes[0],), FULL)
    assert (kept.alpha[90:110, 60:100] == 255).all()
    assert (kept.share[90:110, 60:100] == 255).all()
    removed = brushed(kept, automatic, None, (strokes[1],), FULL)
    assert (removed.alpha[90:110, 80:120] == 0).all()
    assert (removed.share == kept.share).all(), "what is seen no more has the colour it had"
    restored = brushed(removed, automatic, None, (strokes[2],), FULL)
    for found in (restored.alpha, restored.share):
        assert (found[90:110, 90:130] == automatic[90:110, 90:130]).all()
    away = slice(0, 60)
    assert (restored.alpha[away] == automatic[away]).all()
    assert (matte.alpha == automatic).all(), "nothing is written to"
    at_once = brushed(matte, automatic, None, tuple(strokes), FULL)
    assert (at_once.alpha == restored.alpha).all()


def test_nothing_is_kept_against_the_photos_own_transparency(matte):
    clear = np.full((200, 300), 90, np.uint8)
    clear[:, 150:] = 0
    kept = brushed(matte, matte.alpha, clear, (stroke([[150, 100]], 100),), FULL)
    assert (kept.alpha[80:120, 110:150] == 90).all()
    assert (kept.alpha[80:120, 150:190] == 0).all()


def test_a_large_photo_is_worked_through_in_bands_without_a_seam():
    alpha = np.zeros((2600, 2000), np.uint8)
    plane = Plane(0, 0, 1, 1, 2000, 2600)
    asked = stroke([[900, 0], [1000, 2600, 0.3]], 1200, 0.5)
    found = brushed(Paint(alpha, alpha), alpha, None, (asked,), plane).alpha
    assert (found == drawn(asked, plane)).all()


def test_an_easel_shows_the_same_however_it_came_to_the_strokes(matte):
    points = wandering(90, seed=4)
    first = stroke(points[:40], 50, 0.7)
    last = stroke(points[40:], 30, 0.2, "remove")
    easel = Easel(matte, matte.alpha, None, FULL)
    for end in range(1, 41, 6):
        easel.painted((stroke(points[:end], 50, 0.7),))
    for end in range(41, 91, 7):
        easel.painted((first, stroke(points[40:end], 30, 0.2, "remove")))
    grown = easel.painted((first, last))
    expected = brushed(matte, matte.alpha, None, (first, last), FULL)
    assert (grown.alpha == expected.alpha).all()
    assert (grown.share == expected.share).all()
    undone = easel.painted((first,))
    assert (undone.alpha == brushed(matte, matte.alpha, None, (first,), FULL).alpha).all()
    assert (easel.painted(()).alpha == matte.alpha).all()
    assert (easel.painted((last,)).alpha == brushed(
        matte, matte.alpha, None, (last,), FULL
    ).alpha).all()  # fmt: skip
    assert (easel.painted((first, last)).alpha == grown.alpha).all()


def test_an_easel_goes_on_after_many_strokes_and_their_undoing(matte):
    strokes = tuple(
        stroke([[20 * n, 30], [20 * n, 150]], 25, what=("keep", "remove")[n % 2])
        for n in range(1, 14)
    )
    easel = Easel(matte, matte.alpha, None, FULL)
    for count in [*range(1, 14), *range(12, 0, -1), 13]:
        expected = brushed(matte, matte.alpha, None, strokes[:count], FULL)
        assert (easel.painted(strokes[:count]).alpha == expected.alpha).all()


def test_halves_are_rounded_and_the_ends_are_exact():
    levels = np.arange(256, dtype=np.uint8)
    for goal in (0, 77, 255):
        for covered in (0, 1, 127, 254, 255):
            found = toward(levels, np.uint8(goal), np.full(256, covered, np.uint8))
            exact = levels + (goal - levels.astype(float)) * covered / 255
            assert np.abs(found - exact).max() <= 0.51


def test_a_brush_knows_nothing_of_a_stroke_that_is_no_longer_the_same(matte):
    easel = Easel(matte, matte.alpha, None, FULL)
    easel.painted((Stroke("keep", 40, 1, False, Path(np.array([[50.0, 50, 1], [90, 50, 1]]))),))
    moved = Stroke("keep", 40, 1, False, Path(np.array([[51.0, 50, 1], [90, 50, 1]])))
    expected = brushed(matte, matte.alpha, None, (moved,), FULL).alpha
    assert (easel.painted((moved,)).alpha == expected).all()
