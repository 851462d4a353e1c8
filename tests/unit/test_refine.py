"""refine: the mask at full size, in bands that nobody can see, with the edge of the photo."""

import numpy as np
import pytest
from PIL import Image

from cutaway import pillow
from cutaway.refine import ENLARGING, enlarged, refine
from cutaway.values import Mask, Photo
from tests.unit.doubles import disc, photo

SIZES = [(300, 900), (1500, 1100), (37, 2500), (2500, 37), (16, 16), (1, 1), (940, 2)]


def whole(mask, width, height):
    """The same enlargement in one piece, in floats, rounded by NumPy."""
    large = Image.fromarray(mask.values).resize((width, height), ENLARGING)
    return np.asarray(large) * 255


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_bands_equal_the_whole(width, height):
    mask = Mask(disc(96))
    alpha = enlarged(mask, photo(width, height))
    assert alpha.shape == (height, width)
    assert alpha.dtype == np.uint8
    assert np.abs(alpha - np.clip(whole(mask, width, height), 0, 255)).max() <= 0.51


def test_no_seam_lies_between_bands():
    """On a slope every row's step to the next is alike, at a band's edge as elsewhere."""
    width, height = 1200, 1500
    slope = np.repeat(np.linspace(0.1, 0.9, 60, dtype=np.float32)[:, None], 60, 1)
    alpha = enlarged(Mask(slope), photo(width, height)).astype(int)
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
    enlarged(Mask(disc(64)), photo(2000, 1500))
    assert len(made) > 5
    assert sum(made) == 2000 * 1500
    assert max(made) * 4 <= 1 << 20


def test_pixels_have_their_centres_in_the_middle():
    """A mirrored mask gives the mirrored matte: nothing is shifted by half a pixel."""
    values = disc(40)
    straight = enlarged(Mask(values), photo(403, 271))
    mirrored = enlarged(Mask(np.ascontiguousarray(values[::-1, ::-1])), photo(403, 271))
    assert np.abs(straight.astype(int) - mirrored[::-1, ::-1]).max() <= 1


def test_a_mask_of_the_photos_size_is_only_rounded():
    values = disc(50)
    alpha = enlarged(Mask(values), photo(50, 50))
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
    plain = enlarged(mask, photo(width, height))
    alpha = refine(mask, photo(width, height, had)).alpha
    assert (alpha == np.rint(plain.astype(float) * had / 255)).all()
    assert (alpha <= had).all()


def two_colours(width, height, outline):
    """A bluish ground and an orange subject whose outline is ``outline``, columns by row."""
    shape = np.arange(width)[None, :] < outline[:, None]
    rgba = np.empty((height, width, 4), np.uint8)
    rgba[:] = (40, 60, 90, 255)
    rgba[shape] = (210, 140, 60, 255)
    noise = np.random.default_rng(3).integers(-4, 5, rgba[..., :3].shape)
    rgba[..., :3] = np.clip(rgba[..., :3] + noise, 0, 255)
    return Photo(rgba, True, None, "PNG", 0), shape


@pytest.mark.parametrize(("width", "height"), [(400, 300), (2400, 1800)])
def test_a_blurred_mask_gets_the_outline_of_the_photo(width, height):
    wave = width / 2 + width / 40 * np.sin(np.arange(height) / height * 60)
    seen, shape = two_colours(width, height, wave)
    blurred = Image.fromarray((shape * 255).astype(np.uint8)).resize((40, 30), Image.Resampling.BOX)
    mask = Mask(np.asarray(blurred, np.float32) / 255)
    truth = shape * 255.0
    plain = np.abs(enlarged(mask, seen) - truth).mean()
    assert np.abs(refine(mask, seen).alpha - truth).mean() < plain / 2


def test_where_colours_tell_nothing_the_mask_stands():
    """Subject and ground are of one colour: the answer can only be softer than the mask."""
    seen = Photo(np.full((300, 400, 4), 255, np.uint8), True, None, "PNG", 0)
    mask = Mask((disc(300) > 0.5).astype(np.float32))
    assert (refine(mask, seen).alpha == enlarged(mask, seen)).all()


def test_far_from_the_outline_nothing_changes():
    seen, _ = two_colours(400, 300, np.full(300, 200.0))
    values = np.zeros((30, 40), np.float32)
    values[:, :20] = 1
    alpha = refine(Mask(values), seen).alpha
    assert (alpha[:, :150] == 255).all()
    assert (alpha[:, 250:] == 0).all()


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 3), (1, 5000), (5000, 1), (4, 900)])
def test_any_shape(size):
    width, height = size
    alpha = refine(Mask(disc(96)), photo(width, height)).alpha
    assert alpha.shape == (height, width)


def test_the_photo_and_the_mask_are_left_alone():
    seen, _ = two_colours(200, 150, np.full(150, 90.0))
    values = np.linspace(1, 0, 64, dtype=np.float32)[None, :].repeat(48, 0)
    before = seen.rgba.copy(), values.copy()
    refine(Mask(values), seen)
    assert (seen.rgba == before[0]).all()
    assert (values == before[1]).all()
