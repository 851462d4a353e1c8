"""view: what is shown is what will be, at every zoom."""

import numpy as np
import pytest
from PIL import Image

from cutaway import icc
from cutaway.colour import to_srgb
from cutaway.composing.scene import Scene
from cutaway.errors import CutawayError
from cutaway.refining.adjust import Refinement
from cutaway.values import Photo
from cutaway.view import part_of
from tests.unit.doubles import encoded, photo, scene
from tests.unit.staging import Stage, soft, stage

REFINEMENTS = [
    Refinement(),
    Refinement(feather=9, shift=-4, smooth=3),
    Refinement(shift=12, threshold=0.5, decontaminate=0.4),
]
SCENES = [
    {},
    {"background": "#3366cc"},
    {"background": {"kind": "gradient", "from": "#ff0000", "to": "#0000ff", "angle": 30}},
    {"background": {"kind": "blur", "radius": 9}, "shadow": {"kind": "drop"}},
    {"background": encoded(Image.fromarray(scene(400, 300)), "PNG")},
    {"frame": {"crop": "subject", "aspect": "4:5", "margin": 0.2}},
    {"background": {"kind": "blur", "radius": 3}, "shadow": {"kind": "contact"},
     "frame": {"crop": "subject", "aspect": "1:1", "margin": 0.3}},
]  # fmt: skip


@pytest.fixture(scope="module")
def shot():
    return stage(700, 500)


@pytest.mark.parametrize("refinement", REFINEMENTS)
@pytest.mark.parametrize("wanted", SCENES)
def test_a_region_at_full_size_is_the_pictures(shot, refinement, wanted):
    whole = shot.picture(refinement, **wanted).rgba
    height, width = whole.shape[:2]
    for left, top, right, bottom in [
        (0, 0, 200, 150),
        (233, 101, 430, 307),
        (width - 90, height - 80, width, height),
        (300, 200, 301, 201),
    ]:
        seen = shot.view(refinement, Scene.of(wanted), region=(left, top, right, bottom))
        assert (seen.width, seen.height) == (width, height)
        assert seen.rgba.shape == (bottom - top, right - left, 4)
        part = whole[top:bottom, left:right].astype(int)
        # What is enlarged from a small size, a shadow or a blur, may be rounded otherwise.
        most = 1 if "shadow" in wanted or "background" in wanted else 0
        assert np.abs(seen.rgba - part).max() <= most


@pytest.mark.parametrize("size", [150, 1700])
def test_a_region_of_a_resampled_picture_is_the_pictures_too(shot, size):
    wanted = {"frame": {"crop": "subject", "aspect": "1:1", "margin": 0.1, "width": size}}
    refinement = REFINEMENTS[1]
    whole = shot.picture(refinement, **wanted).rgba.astype(int)
    region = (size // 3, size // 4, size // 3 + 60, size // 4 + 50)
    seen = shot.view(refinement, Scene.of(wanted), region=region)
    part = whole[region[1] : region[3], region[0] : region[2]]
    if size < 500:
        # A screen shows no more of it than its own size: there it is worked on small.
        assert np.abs(seen.rgba - part).mean() < 3
    else:
        # Where little is seen of a colour its rounding shows most.
        assert np.abs((seen.rgba - part) * (part[..., 3:] / 255)).max() < 1.5


@pytest.mark.parametrize("refinement", REFINEMENTS)
@pytest.mark.parametrize("wanted", SCENES)
def test_the_whole_made_small_looks_like_the_picture_made_small(shot, refinement, wanted):
    seen = shot.view(refinement, Scene.of(wanted), side=120)
    whole = Image.fromarray(shot.picture(refinement, **wanted).rgba)
    assert (seen.width, seen.height) == whole.size
    assert max(seen.rgba.shape[:2]) == 120
    small = np.asarray(whole.resize(seen.rgba.shape[1::-1], Image.Resampling.BOX)).astype(int)
    assert np.abs(seen.rgba[..., 3].astype(int) - small[..., 3]).mean() < 2.5
    solid = (small[..., 3] > 200) & (seen.rgba[..., 3] > 200)
    assert np.abs(seen.rgba[solid].astype(int) - small[solid]).mean() < 5


@pytest.mark.parametrize(
    ("size", "side", "wanted"),
    [
        ((900, 600), 300, (300, 200)),
        ((600, 900), 300, (200, 300)),
        ((5000, 1), 100, (100, 1)),
        ((1, 5000), 1000, (1, 1000)),
        ((80, 60), 300, (80, 60)),
        ((1, 1), 50, (1, 1)),
    ],
)
@pytest.mark.parametrize("what", ["cutout", "photo", "mask", "uncertainty"])
def test_a_view_has_the_size_asked_for_and_is_never_enlarged(size, side, wanted, what):
    result = stage(*size)
    seen = result.view(Refinement(feather=4), Scene(), what, side=side)
    assert seen.rgba.shape == (wanted[1], wanted[0], 4)
    assert (seen.width, seen.height) == size


@pytest.mark.parametrize("side", [90, 2000])
def test_photo_mask_and_uncertainty_lie_in_the_same_frame(shot, side):
    """A white block in the photo, the same one in the matte: they cover each other."""
    alpha = np.zeros((500, 700), np.uint8)
    alpha[100:500, 200:400] = 255
    rgba = np.full((500, 700, 4), 255, np.uint8)
    rgba[alpha == 0, :3] = 0
    result = Stage(Photo(rgba, True, None, "PNG", 1), alpha)
    wanted = Scene.of({"frame": {"crop": "subject", "aspect": "1:1", "margin": 0.3},
                       "background": "#000000"})  # fmt: skip
    cutout, photo_, mask = (
        result.view(Refinement(), wanted, what, side=side).rgba
        for what in ("cutout", "photo", "mask")
    )
    assert cutout.shape == photo_.shape == mask.shape
    assert (mask[..., 3] == 255).all()
    assert np.abs(cutout[..., 0].astype(int) - mask[..., 0]).max() <= 3
    # Beyond the photo there is nothing of it, and no subject either.
    beyond = photo_[..., 3] == 0
    assert beyond.any()
    assert not mask[beyond][:, :3].any()
    inside = photo_[..., 3] == 255
    assert np.abs(photo_[inside, 0].astype(int) - mask[inside, 0]).max() <= 3
    unsure = result.view(Refinement(), wanted, "uncertainty", side=side)
    assert unsure.rgba.shape == mask.shape
    assert not unsure.rgba[beyond][:, :3].any()
    assert unsure.rgba[..., 0].any()


def test_transparency_of_a_photo_is_seen():
    had = np.tile(np.linspace(0, 255, 400).astype(np.uint8), (300, 1))
    result = Stage(photo(400, 300, had), had)
    for refinement in (Refinement(), Refinement(shift=30)):
        rgba = result.view(refinement, Scene(), side=100).rgba
        assert (rgba[..., 3].astype(int) - had[::4, 2::4]).max() <= 4
        part = result.view(refinement, Scene(), region=(10, 10, 90, 90)).rgba
        assert (part[..., 3] <= had[10:90, 10:90]).all()
        mask = result.view(refinement, Scene(), "mask", side=100).rgba
        assert (mask[..., 0] == rgba[..., 3]).all()


def test_a_view_leaves_the_held_photo_as_it_was(shot):
    before = shot.photo.rgba.copy(), shot.alpha.copy()
    for side in (100, 2000):
        shot.view(REFINEMENTS[1], Scene.of(SCENES[3]), side=side)
    assert (shot.photo.rgba == before[0]).all()
    assert (shot.alpha == before[1]).all()


def test_moving_a_control_reads_the_photo_no_second_time(shot, monkeypatch):
    result = shot
    result.view(Refinement(), Scene(), side=100)
    monkeypatch.setattr(shot.sources, "colours", None)  # would fail when called
    result.view(Refinement(feather=3), Scene.of(SCENES[1]), side=100)


def test_for_a_screen_colours_become_srgb():
    profile = icc.profile_of(12)
    shot = stage(300, 220, icc=profile)
    seen = shot.view(Refinement(), Scene(), "photo")
    assert (seen.rgba == shot.photo.rgba).all()
    wanted = to_srgb(shot.photo.pixels, profile).astype(int)
    shown = seen.in_srgb()
    assert np.abs(shown[..., :3] - wanted).mean() < 1
    assert np.quantile(np.abs(shown[..., :3] - wanted), 0.99) <= 3
    assert (shown[..., 3] == 255).all()
    assert shot.view(Refinement(), Scene(), "mask").icc is None
    plain = stage().view(Refinement(), Scene())
    assert plain.in_srgb() is plain.rgba


def test_a_region_is_given_by_where_it_begins_and_how_large_it_is():
    assert part_of({"x": 1.5, "y": 2, "width": 3, "height": 4.2}) == (1, 2, 5, 7)


@pytest.mark.parametrize(
    "region",
    [{}, {"x": 0, "y": 0, "width": 0, "height": 5}, {"x": "0", "y": 0, "width": 5, "height": 5},
     {"x": float("nan"), "y": 0, "width": 5, "height": 5}],
)  # fmt: skip
def test_what_is_no_region_is_refused(region):
    with pytest.raises(CutawayError, match="region") as failure:
        part_of(region)
    assert failure.value.code == "bad-option"


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ({"what": "face"}, "mask"),
        ({"side": 0}, "4096"),
        ({"side": 10_000}, "4096"),
        ({"region": (700, 0, 800, 100)}, "outside"),
    ],
)
def test_what_cannot_be_shown_is_refused(shot, how, word):
    with pytest.raises(CutawayError, match=word) as failure:
        shot.view(Refinement(), Scene(), **how)
    assert failure.value.code == "bad-option"


def test_a_region_that_reaches_beyond_the_picture_is_cut_there(shot):
    seen = shot.view(Refinement(), Scene(), region=(600, 400, 900, 900))
    assert seen.rgba.shape == (100, 100, 4)


def test_a_fully_clear_or_opaque_matte_can_be_seen():
    for level in (0, 255):
        result = stage(300, 220, np.full((220, 300), level, np.uint8))
        for wanted in SCENES:
            rgba = result.view(Refinement(feather=5), Scene.of(wanted), side=64).rgba
            assert max(rgba.shape[:2]) == 64
    assert soft(3, 3).shape == (3, 3)
