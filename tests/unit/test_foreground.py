"""foreground: no old background shines through, and nothing else changes."""

import tracemalloc

import numpy as np
import pytest
from PIL import Image

from cutaway import foreground as module
from cutaway.foreground import foreground
from cutaway.values import Matte, Photo
from tests.unit.doubles import disc, photo, scene

SHAPES = [(1, 1), (1, 5000), (5000, 1), (3, 2), (131, 259)]


def soft(width, height):
    large = np.asarray(Image.fromarray(disc(160) * 255).resize((width, height)))
    return large.clip(0, 255).astype(np.uint8)


def mixed(width=300, height=220, transparency=None):
    """A photo of an orange, grainy subject before blue; its matte and the subject alone."""
    grain = np.random.default_rng(4).integers(-12, 13, (height, width, 1))
    subject = (np.array([220, 140, 60]) + grain).astype(np.uint8)
    background = np.broadcast_to(np.array([20, 60, 200], np.uint8), subject.shape)
    alpha = soft(width, height)
    share = alpha[..., None] / 255
    rgba = np.full((height, width, 4), 255, np.uint8)
    rgba[..., :3] = np.rint(share * subject + (1 - share) * background)
    if transparency is not None:
        rgba[..., 3] = transparency
        alpha = np.rint(alpha * (transparency / 255)).astype(np.uint8)
    return Photo(rgba, transparency is None, None, "PNG", 1), Matte(alpha), subject


def error(colour, subject, matte):
    """Root mean square of what is seen, where it is soft, whatever lies behind."""
    where = (matte.alpha > 0) & (matte.alpha < 255)
    share = matte.alpha[where, None] / 255
    difference = share * (colour[..., :3][where].astype(float) - subject[where])
    return float(np.sqrt(np.mean(difference**2)))


def test_the_old_background_goes():
    shot, matte, subject = mixed()
    before, after = (error(each, subject, matte) for each in (shot.rgba, foreground(shot, matte)))
    assert before > 15
    assert after < before / 6


@pytest.mark.parametrize(("width", "height"), SHAPES)
def test_what_is_not_soft_keeps_its_colour(width, height):
    shot = photo(width, height)
    alpha = np.random.default_rng(1).choice([0, 1, 127, 254, 255], (height, width)).astype(np.uint8)
    rgba = foreground(shot, Matte(alpha))
    still = (alpha == 0) | (alpha == 255)
    assert (rgba[still] == shot.rgba[still]).all()
    assert rgba.shape == shot.rgba.shape
    assert rgba.flags.c_contiguous


@pytest.mark.parametrize("alpha", [1, 128, 254])
def test_a_photo_without_any_sure_pixel_looks_about_as_before(alpha):
    shot = photo(90, 70)
    rgba = foreground(shot, Matte(np.full((70, 90), alpha, np.uint8)))
    difference = np.abs(rgba[..., :3].astype(int) - shot.pixels) * (alpha / 255)
    assert difference.mean() < 5


def test_strength_0_changes_nothing_and_one_half_goes_half_the_way():
    shot, matte, _ = mixed()
    before = shot.rgba.copy()
    none, half, full = (foreground(shot, matte, strength) for strength in (0, 0.5, 1))
    assert (none == shot.rgba).all()
    assert none is not shot.rgba
    way = (shot.pixels.astype(float) + full[..., :3]) / 2
    assert np.abs(half[..., :3] - way).max() <= 1
    assert (shot.rgba == before).all()


def test_colours_of_a_photo_that_was_transparent_are_no_mixture():
    """A cutout that is cut again keeps its colours, also where it was soft."""
    transparency = soft(300, 220)
    shot = photo(300, 220, transparency)
    assert (foreground(shot, Matte(transparency)) == shot.rgba).all()


def test_a_mixture_is_undone_in_a_transparent_photo_too():
    transparency = np.full((220, 300), 140, np.uint8)
    shot, matte, subject = mixed(transparency=transparency)
    before, after = (error(each, subject, matte) for each in (shot.rgba, foreground(shot, matte)))
    assert before > 7
    assert after < before / 5


def test_a_hard_matte_costs_no_estimate(monkeypatch):
    monkeypatch.setattr(module, "_estimated", None)  # would fail when called
    shot = photo(300, 200)
    alpha = np.where(np.arange(300) < 90, 0, 255).astype(np.uint8)
    rgba = foreground(shot, Matte(np.repeat(alpha[None], 200, 0)))
    assert (rgba == shot.rgba).all()


def test_pieces_join_without_a_seam(monkeypatch):
    shot, matte, _ = mixed(700, 500)
    pieces = foreground(shot, matte).astype(int)
    monkeypatch.setattr(module, "TILE", (1000, 1000))
    assert np.abs(pieces - foreground(shot, matte)).max() <= 1


def test_no_full_size_float_picture_exists():
    shot = Photo(np.dstack([scene(3000, 2000), np.full((2000, 3000), 255, np.uint8)]), True, None,
                 "PNG", 1)  # fmt: skip
    matte = Matte(soft(3000, 2000))
    tracemalloc.start()
    try:
        foreground(shot, matte)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak - shot.rgba.nbytes < 30_000_000  # a float32 RGB picture alone takes 72 MB
