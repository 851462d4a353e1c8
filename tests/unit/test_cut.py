"""cut: colour and matte side by side."""

import numpy as np
import pytest

from cutaway.cut import cut
from cutaway.values import Matte
from tests.unit.doubles import photo, rgb_profile


@pytest.mark.parametrize(("width", "height"), [(64, 48), (1, 1), (7, 301)])
def test_colour_stays_where_it_is_seen_and_goes_where_it_is_not(width, height):
    shot = photo(width, height, icc=rgb_profile())
    alpha = np.random.default_rng(1).choice([0, 1, 127, 254, 255], (height, width)).astype(np.uint8)
    cutout = cut(shot, Matte(alpha))
    assert (cutout.rgba[..., 3] == alpha).all()
    assert (cutout.rgba[alpha > 0][:, :3] == shot.pixels[alpha > 0]).all()
    assert (cutout.rgba[alpha == 0] == 0).all()
    assert cutout.rgba.flags.c_contiguous
    assert cutout.icc == shot.icc


def test_the_photo_is_kept_as_it_was():
    shot = photo(30, 20)
    before = shot.rgba.copy()
    cut(shot, Matte(np.zeros((20, 30), np.uint8)))
    assert (shot.rgba == before).all()
