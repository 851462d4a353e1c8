"""cut: colour and matte side by side."""

import numpy as np
import pytest

from cutaway.cut import cut
from cutaway.foreground import foreground
from cutaway.values import Matte
from tests.unit.doubles import photo, rgb_profile


@pytest.mark.parametrize(("width", "height"), [(64, 48), (1, 1), (7, 301)])
def test_colour_stays_where_it_is_opaque_and_goes_where_it_is_clear(width, height):
    """Between the two it becomes the subject's: see test_foreground."""
    shot = photo(width, height, icc=rgb_profile())
    alpha = np.random.default_rng(1).choice([0, 1, 127, 254, 255], (height, width)).astype(np.uint8)
    cutout = cut(shot, Matte(alpha))
    assert (cutout.rgba[..., 3] == alpha).all()
    assert (cutout.rgba[alpha == 255][:, :3] == shot.pixels[alpha == 255]).all()
    assert (cutout.rgba[alpha == 0] == 0).all()
    assert cutout.rgba.flags.c_contiguous
    assert cutout.icc == shot.icc


@pytest.mark.parametrize("strength", [0, 0.5, 1])
def test_how_much_of_the_old_background_goes_is_asked_for(strength):
    shot = photo(64, 48)
    alpha = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
    cutout = cut(shot, Matte(alpha), strength)
    colour = foreground(shot, Matte(alpha), strength)
    seen = alpha > 0
    assert (cutout.rgba[seen][:, :3] == colour[seen][:, :3]).all()
    assert (cutout.rgba[..., 3] == alpha).all()
    assert (cutout.rgba[seen][:, :3] == shot.pixels[seen]).all() == (strength == 0)


def test_what_was_transparent_stays_so():
    had = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
    matte = Matte(np.full((48, 64), 200, np.uint8))
    cutout = cut(photo(64, 48, had), matte)
    assert (cutout.rgba[..., 3] == np.minimum(had, 200)).all()
    assert (cutout.rgba[had == 0] == 0).all()


def test_the_photo_is_kept_as_it_was():
    shot = photo(30, 20)
    before = shot.rgba.copy()
    cut(shot, Matte(np.zeros((20, 30), np.uint8)))
    assert (shot.rgba == before).all()
