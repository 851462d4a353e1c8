"""refine: the mask at full size, in bands that nobody can see."""

import numpy as np
import pytest
from PIL import Image

from cutaway import pillow
from cutaway.refine import ENLARGING, refine
from cutaway.values import Mask
from tests.unit.doubles import disc, photo

SIZES = [(300, 900), (1500, 1100), (37, 2500), (2500, 37), (16, 16), (1, 1), (940, 2)]


def whole(mask, width, height):
    """The same enlargement in one piece, in floats, rounded by NumPy."""
    large = Image.fromarray(mask.values).resize((width, height), ENLARGING)
    return np.asarray(large) * 255


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_bands_equal_the_whole(width, height):
    mask = Mask(disc(96))
    alpha = refine(mask, photo(width, height)).alpha
    assert alpha.shape == (height, width)
    assert alpha.dtype == np.uint8
    assert np.abs(alpha - np.clip(whole(mask, width, height), 0, 255)).max() <= 0.51


def test_no_seam_lies_between_bands():
    """On a slope every row's step to the next is alike, at a band's edge as elsewhere."""
    width, height = 1200, 1500
    slope = np.repeat(np.linspace(0.1, 0.9, 60, dtype=np.float32)[:, None], 60, 1)
    alpha = refine(Mask(slope), photo(width, height)).alpha.astype(int)
    steps = np.diff(alpha, axis=0)
    edges = [bottom - 1 for _, bottom in pillow.bands(height, width * 4)][:-1]
    assert len(edges) >= 5
    assert steps.min() >= 0
    assert steps.max() <= 1
    assert abs(steps[edges].mean() - steps[60:-60].mean()) < 0.15


def test_no_full_size_float_picture_exists(monkeypatch):
    made = []
    resize = Image.Image.resize

    def watched(self, *args, **kwargs):
        result = resize(self, *args, **kwargs)
        made.append(result.size[0] * result.size[1])
        return result

    monkeypatch.setattr(Image.Image, "resize", watched)
    refine(Mask(disc(64)), photo(2000, 1500))
    assert len(made) > 5
    assert sum(made) == 2000 * 1500
    assert max(made) * 4 <= 1 << 20


def test_pixels_have_their_centres_in_the_middle():
    """A mirrored mask gives the mirrored matte: nothing is shifted by half a pixel."""
    values = disc(40)
    straight = refine(Mask(values), photo(403, 271)).alpha
    mirrored = refine(Mask(np.ascontiguousarray(values[::-1, ::-1])), photo(403, 271)).alpha
    assert np.abs(straight.astype(int) - mirrored[::-1, ::-1]).max() <= 1


def test_a_mask_of_the_photos_size_is_only_rounded():
    values = disc(50)
    alpha = refine(Mask(values), photo(50, 50)).alpha
    assert (alpha == np.floor(values * 255 + np.float32(0.5))).all()


def test_full_and_empty_stay_full_and_empty():
    values = np.zeros((32, 32), np.float32)
    values[:, 16:] = 1
    alpha = refine(Mask(values), photo(640, 480)).alpha
    assert (alpha[:, :240] == 0).all()
    assert (alpha[:, 400:] == 255).all()


@pytest.mark.parametrize("size", [(700, 500), (3, 2)])
def test_transparency_the_photo_had_is_multiplied_in(size):
    width, height = size
    had = np.random.default_rng(5).integers(0, 256, (height, width), np.uint8)
    mask = Mask(disc(64))
    plain = refine(mask, photo(width, height)).alpha
    alpha = refine(mask, photo(width, height, had)).alpha
    assert (alpha == np.rint(plain.astype(float) * had / 255)).all()
    assert (alpha <= had).all()
