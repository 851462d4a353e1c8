"""uncertainty: made-up masks whose order is plain to see."""

import numpy as np
import pytest

from cutaway.uncertainty import (
    CHECK,
    NOTHING,
    SIDE,
    Terms,
    figure_of,
    terms_of,
    uncertainty,
)
from cutaway.values import Mask

GROUND = np.zeros((320, 320), np.float32)
Y, X = np.mgrid[0:320, 0:320].astype(np.float32)


def disc(softness=2.0, top=1.0, at=160, radius=80):
    """A disc whose edge is ``softness`` pixels wide and whose inside is ``top``."""
    away = np.hypot(X - at, Y - at)
    return (np.clip((radius - away) / softness + 0.5, 0, 1) * top).astype(np.float32)


def scattered():
    """The disc's area in 16 small discs, none touching another."""
    values = GROUND.copy()
    for row in range(40, 320, 80):
        for column in range(40, 320, 80):
            values[np.hypot(X - column, Y - row) < 20] = 1
    return values


def of(*values):
    """What the mean of these masks has."""
    masks = [Mask(each) for each in values]
    return uncertainty(Mask(np.mean(values, axis=0)), masks)


def figure(*values):
    return of(*values).figure


def reason(*values):
    return of(*values).reason


def test_a_crisp_disc_is_certain():
    found = uncertainty(Mask(disc()))
    assert found.figure < 0.2 < CHECK
    assert not found.check
    assert found.reason == ""


def test_the_softer_the_more_uncertain():
    figures = [figure(disc(softness)) for softness in (1, 10, 40, 120)]
    assert figures == sorted(figures)
    assert figures[-1] > CHECK > figures[0]
    assert reason(disc(120)) == "Whole areas are neither kept nor removed."


def test_a_blob_that_is_neither_is_more_uncertain_than_a_wide_outline():
    half_sure = disc(top=0.6)
    assert figure(half_sure) > figure(disc(40)) > figure(disc())
    assert reason(half_sure) == "Whole areas are neither kept nor removed."


def test_pieces_are_more_uncertain_than_one():
    assert figure(scattered()) > CHECK > figure(disc())
    assert reason(scattered()) == "Some of it lies apart from the subject."
    assert terms_of(Mask(scattered())).loose == pytest.approx(15 / 16, abs=0.02)
    assert terms_of(Mask(disc())).loose == 0


def test_what_winds_is_one_piece():
    values = GROUND.copy()
    for turn, row in enumerate(range(20, 300, 40)):
        values[row : row + 10, 20:300] = 1
        column = 290 if turn % 2 else 20
        values[row : row + 50, column : column + 10] = 1
    assert terms_of(Mask(values)).loose == 0
    values[130:180, :60] = 0  # one of its turns is gone
    assert terms_of(Mask(values)).loose > 0.3


def test_disagreement_raises_it():
    assert figure(disc(), disc(), disc()) < figure(disc())
    figures = [figure(disc(), disc(at=160 + shift)) for shift in (0, 10, 30, 60)]
    assert figures == sorted(figures)
    assert figures[-1] > CHECK > figures[0]
    assert reason(disc(), disc(at=220)) == "The models disagree about what belongs to the subject."
    chosen = uncertainty(Mask(disc()), [Mask(disc()), Mask(disc(at=220))])
    assert figure(disc(), disc()) < chosen.figure < figure(disc(), disc(at=220))
    alone = terms_of(Mask(disc(top=0.6)), [Mask(disc(top=0.6))])
    assert alone.disagreement == 0


def test_masks_may_have_any_sizes():
    small = Mask(np.ascontiguousarray(disc()[::2, ::2]))
    tall = Mask(np.repeat(disc(), 2, axis=0))
    assert uncertainty(small).figure == pytest.approx(figure(disc()), abs=0.02)
    found = uncertainty(Mask(disc()), [small, tall, Mask(disc())])
    assert found.figure == pytest.approx(figure(disc(), disc(), disc()), abs=0.02)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3, 2)])
@pytest.mark.parametrize(
    ("value", "told", "level"),
    [
        (0, "Next to nothing was kept.", 0),
        (0.6, "Next to nothing was removed.", 245),
        (1, "Next to nothing was removed.", 0),
    ],
)
def test_flat_masks_of_any_shape_are_worth_a_look(shape, value, told, level):
    found = uncertainty(Mask(np.full(shape, value, np.float32)))
    assert found.figure == 1
    assert found.check
    assert found.reason == told
    assert found.map.shape == (SIDE, SIDE)
    assert (found.map == level).all()


def test_values_beyond_0_and_1_count_as_these():
    assert figure(disc() * 3 - 1) == pytest.approx(figure(np.clip(disc() * 3 - 1, 0, 1)))


@pytest.mark.parametrize("fused", [False, True])
def test_every_term_only_raises_it(fused):
    base = Terms(0.1, 0.0, 0.0, 0.0, 0.3, fused)
    least = figure_of(base)
    assert 0 < least < CHECK
    for more in (
        Terms(0.4, 0.0, 0.0, 0.0, 0.3, fused),
        Terms(0.1, 0.1, 0.0, 0.0, 0.3, fused),
        Terms(0.1, 0.0, 0.2, 0.0, 0.3, fused),
        Terms(0.1, 0.0, 0.0, 0.2, 0.3, fused),
    ):
        assert least < figure_of(more) < 1
    assert figure_of(Terms(0.1, 0.0, 0.0, 0.0, NOTHING / 2, fused)) == 1


def test_the_map_is_bright_where_it_is_undecided():
    found = uncertainty(Mask(disc(40)))
    assert found.map.dtype == np.uint8
    assert found.map[SIDE // 2, SIDE // 2] == found.map[0, 0] == 0
    edge = round((160 + 80) / 320 * SIDE)
    assert found.map[SIDE // 2, edge] > 240
    whole = found.at(640, 480)
    assert (whole.shape, whole.dtype) == ((480, 640), np.uint8)
    assert whole[240, 480] > 240
    assert whole[240, 320] == whole[0, 0] == 0


def test_the_map_shows_where_models_disagree():
    found = uncertainty(Mask(disc()), [Mask(disc()), Mask(disc(at=220))])
    one, both = 250 * SIDE // 320, 190 * SIDE // 320
    assert found.map[one, one] == 255
    assert found.map[both, both] == 0
