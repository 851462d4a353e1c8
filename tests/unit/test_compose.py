"""compose: what stands around a subject, and what stays of the subject itself."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from cutaway import icc
from cutaway.colour import from_srgb, to_srgb
from cutaway.compose import compose
from cutaway.errors import CutawayError
from cutaway.refining.adjust import Refinement
from cutaway.values import Photo
from tests.unit.doubles import encoded, photo, scene
from tests.unit.staging import Stage, block, soft, stage

P3 = icc.profile_of(12)
SHAPES = [(1, 1), (1, 5000), (5000, 1), (3, 2), (131, 259)]
SCENES = {
    "colour": {"background": "#3366cc"},
    "gradient": {"background": {"kind": "gradient", "from": "#ff0000", "to": "#0000ff"}},
    "blur": {"background": {"kind": "blur", "radius": 9}},
    "image": {"background": encoded(Image.fromarray(scene(40, 30)), "PNG")},
    "drop": {"shadow": {"kind": "drop"}},
    "contact": {"background": "#ffffff", "shadow": {"kind": "contact"}},
    "frame": {"frame": {"crop": "subject", "aspect": "1:1", "margin": 0.1, "width": 50}},
}
FULL = np.full((220, 300), 255, np.uint8)


def picture_of(rgba, **how):
    return Stage(Photo(rgba, bool((rgba[..., 3] == 255).all()), None, "PNG", 1), **how)


def test_without_a_scene_the_cutout_is_the_picture():
    whole = stage(icc=P3)
    cutout = whole.cut()
    picture = compose(cutout, whole.arranged())
    assert picture.rgba is cutout.rgba
    assert (picture.icc, picture.grey, picture.exif, picture.xmp) == (P3, False, None, None)


@settings(deadline=None)
@given(arrays(np.uint8, (9, 7, 4)), st.binary(min_size=3, max_size=3))
def test_a_colour_behind_is_exact_to_the_bit(pixels, rgb):
    """Where alpha is 255 the subject's, where it is 0 the colour's, and between the nearest."""
    shot = Photo(np.ascontiguousarray(pixels), False, None, "PNG", 1)
    found = Stage(shot, pixels[..., 3].copy())
    cutout = found.cut().rgba
    made = found.picture(background="#" + rgb.hex()).rgba
    alpha = cutout[..., 3:].astype(float) / 255
    wanted = np.rint(alpha * cutout[..., :3] + (1 - alpha) * np.frombuffer(rgb, np.uint8))
    assert np.abs(made[..., :3] - wanted).max() <= 0.5
    assert (made[..., 3] == 255).all()
    assert (made[cutout[..., 3] == 255] == cutout[cutout[..., 3] == 255]).all()
    assert (made[cutout[..., 3] == 0][:, :3] == list(rgb)).all()


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize(("width", "height"), SHAPES)
@pytest.mark.parametrize("level", [0, 90, 255])
def test_any_shape_and_any_matte_become_a_picture(name, width, height, level):
    alpha = np.full((height, width), level, np.uint8)
    found = stage(width, height, alpha)
    picture = found.picture(**SCENES[name])
    rgba = picture.rgba
    assert rgba.flags.c_contiguous
    assert not rgba[rgba[..., 3] == 0].any()
    if "background" in SCENES[name]:
        assert (rgba[..., 3] == 255).all()
    if name != "frame":
        assert rgba.shape == (height, width, 4)
        if level == 255:
            assert (rgba == found.photo.rgba).all()
    else:
        assert rgba.shape[1] == 50


@pytest.mark.parametrize("name", [name for name in SCENES if name != "frame"])
def test_nothing_changes_the_subject(name):
    found = stage()
    cutout = found.cut().rgba
    rgba = found.picture(**SCENES[name]).rgba
    solid = cutout[..., 3] == 255
    assert (rgba[solid] == cutout[solid]).all()


@pytest.mark.parametrize("name", SCENES)
def test_bands_join_without_a_seam(name, monkeypatch):
    found = stage(700, 500)
    pieces = found.picture(**SCENES[name]).rgba.astype(int)
    monkeypatch.setattr("cutaway.compose.bands", lambda height, length: [(0, height)])
    assert np.abs(pieces - found.picture(**SCENES[name]).rgba).max() <= 1


@pytest.mark.parametrize(
    ("angle", "first", "last"),
    [(0, (-1, 0), (0, 0)), (180, (0, 0), (-1, 0)), (90, (0, 0), (0, -1)), (135, (0, 0), (-1, -1))],
)
def test_a_gradient_runs_along_its_angle_from_end_to_end(angle, first, last):
    found = stage(300, 220, np.zeros((220, 300), np.uint8))
    ends = {"from": "#102030", "to": "#f0e0d0"}
    rgb = found.picture(background={"kind": "gradient", "angle": angle, **ends}).rgba[..., :3]
    assert np.abs(rgb[first].astype(int) - [16, 32, 48]).max() <= 1
    assert np.abs(rgb[last].astype(int) - [240, 224, 208]).max() <= 1
    red = rgb[..., 0].astype(int)
    across, down = np.diff(red, axis=1), np.diff(red, axis=0)
    assert set(np.unique(np.sign(across))) <= ({0, 1} if angle in (90, 135) else {0})
    assert set(np.unique(np.sign(down))) <= ({0, 1} if angle in (180, 135) else {0, -1})
    assert (rgb[..., 0].mean() - 128) < 1.5


@pytest.mark.parametrize("size", [(40, 30), (900, 300), (300, 900), (1, 1)])
def test_an_image_covers_everything_with_its_middle_in_the_middle(size):
    file = encoded(Image.fromarray(scene(*size)), "PNG")
    found = stage(300, 220, np.zeros((220, 300), np.uint8))
    rgb = found.picture(background={"kind": "image", "image": file}).rgba[..., :3]
    scale = max(300 / size[0], 220 / size[1])
    left, top = (size[0] - 300 / scale) / 2, (size[1] - 220 / scale) / 2
    box = (left, top, size[0] - left, size[1] - top)
    wanted = Image.fromarray(scene(*size)).resize((300, 220), Image.Resampling.BICUBIC, box)
    assert np.abs(rgb.astype(int) - np.asarray(wanted)).max() <= 1


def test_a_clear_image_lies_on_white():
    clear = np.zeros((20, 20, 4), np.uint8)
    clear[:, 10:] = [200, 0, 0, 128]
    found = stage(100, 100, np.zeros((100, 100), np.uint8))
    rgba = found.picture(background=encoded(Image.fromarray(clear), "PNG")).rgba
    assert (rgba[:, 5] == 255).all()
    assert np.abs(rgba[50, 95].astype(int) - [227, 127, 127, 255]).max() <= 2


def test_an_image_that_cannot_be_read_is_told_as_the_backgrounds():
    with pytest.raises(CutawayError, match="The background image") as failure:
        stage().picture(background=b"hello")
    assert failure.value.code == "not-an-image"


def shot_with_a_block(sharp_background=False):
    """A red block before blue and green stripes, and the same place without it."""
    y, x = np.mgrid[0:220, 0:300]
    behind = np.where((x // 20 + sharp_background * (y // 20)) % 2, 60, 200)
    rgba = np.full((220, 300, 4), 255, np.uint8)
    rgba[..., 0], rgba[..., 1], rgba[..., 2] = 0, behind, 255 - behind
    empty = rgba.copy()
    alpha = block(300, 220, 90, 60, 200, 160)
    rgba[alpha == 255, :3] = [255, 0, 0]
    return Stage(Photo(rgba, True, None, "PNG", 1), alpha), empty


@pytest.mark.parametrize("radius", [0, 1, 6, 25, 200])
def test_nothing_of_the_subject_is_in_the_blurred_background(radius):
    found, _ = shot_with_a_block()
    arrangement = found.arranged(background={"kind": "blur", "radius": radius})
    under = arrangement.backdrop.at((0, 0, 300, 220), (300, 220)).copy()
    rgba = under.view(np.uint8).reshape(220, 300, 4)
    assert rgba[..., 0].max() <= 1


def test_the_farther_it_is_blurred_the_less_is_left_of_the_stripes():
    found, empty = shot_with_a_block()
    spread = []
    for radius in (0, 2, 6, 15, 40):
        rgba = found.picture(background={"kind": "blur", "radius": radius}).rgba
        spread.append(float(rgba[:50, :, 1].std()))
        if radius == 0:
            assert np.abs(rgba[:50].astype(int) - empty[:50]).mean() < 1
    assert spread == sorted(spread, reverse=True)
    assert spread[0] > 60
    assert spread[-1] < 15


def test_a_photo_that_is_all_subject_has_a_background_too():
    found = stage(300, 220, FULL)
    arrangement = found.arranged(background={"kind": "blur"})
    under = arrangement.backdrop.at((0, 0, 300, 220), (300, 220)).copy().view(np.uint8)
    mean = found.photo.pixels.mean(axis=(0, 1))
    assert np.abs(under.reshape(-1, 4)[:, :3] - mean).max() <= 2


def test_beyond_the_photo_the_blurred_background_goes_on():
    found, _ = shot_with_a_block()
    frame = {"crop": "subject", "aspect": "1:1", "margin": 0.4}
    rgba = found.picture(background={"kind": "blur", "radius": 5}, frame=frame).rgba
    assert rgba.shape[0] == rgba.shape[1] == 550
    assert (rgba[..., 3] == 255).all()
    assert rgba[0, :, 1].std() > 30
    assert rgba[0, :, 0].max() <= 1


def shade(found, **how):
    """How dark a shadow makes white, 0 to 255; where the subject is, nothing."""
    shadow = {"kind": "drop", "distance": 0, "blur": 4, "opacity": 0.5} | how
    rgba = found.picture(background="#ffffff", shadow=shadow).rgba.astype(int)
    dark = 255 - rgba[..., 0]
    return np.where(found.alpha > 0, 0, dark)


@pytest.fixture(scope="module")
def thing():
    return stage(300, 220, block(300, 220, 100, 60, 180, 140))


@pytest.mark.parametrize("kind", ["drop", "contact"])
def test_more_opacity_is_darker_everywhere(thing, kind):
    darks = [shade(thing, kind=kind, opacity=opacity) for opacity in (0, 0.3, 0.6, 1)]
    assert not darks[0].any()
    for less, more in pairwise(darks):
        assert (more >= less).all()
        assert more.sum() > less.sum()


def test_a_shadow_fades_outward_and_reaches_farther_the_softer_it_is(thing):
    reach = []
    for blur in (2, 6, 12):
        dark = shade(thing, blur=blur)
        right = dark[100, 180:]
        assert (np.diff(right) <= 1).all()
        reach.append(int((dark > 3).sum()))
    assert reach == sorted(reach)
    assert reach[0] < reach[-1] / 2


@pytest.mark.parametrize(
    ("angle", "side"), [(0, "above"), (90, "right"), (180, "below"), (270, "left"), (-90, "left")]
)
def test_a_shadow_falls_where_it_is_told_to(thing, angle, side):
    dark = shade(thing, angle=angle, distance=20, blur=2)
    sums = {
        "above": dark[:60].sum(),
        "below": dark[140:].sum(),
        "left": dark[:, :100].sum(),
        "right": dark[:, 180:].sum(),
    }
    assert max(sums, key=sums.get) == side
    assert sums[side] > 5 * sorted(sums.values())[-2]


def test_a_contact_shadow_lies_at_the_foot_alone(thing):
    dark = shade(thing, kind="contact")
    assert dark[140:142, 105:175].min() > 20
    assert dark[:120].max() == 0
    assert dark[200:].max() == 0


def test_a_thing_on_legs_has_a_shadow_under_each():
    alpha = block(300, 220, 80, 40, 220, 120)
    alpha[120:180, 85:95] = alpha[120:180, 205:215] = 255
    dark = shade(Stage(photo(300, 220), alpha), kind="contact", blur=1)
    assert dark[180, 86:94].min() > 20
    assert dark[180, 206:214].min() > 20
    assert dark[110:, 130:170].max() == 0


def test_a_shadow_on_nothing_is_half_clear_and_keeps_the_subject():
    found = stage(300, 220)
    rgba = found.picture(shadow={"kind": "drop", "distance": 8, "colour": "#204060"}).rgba
    cutout = found.cut().rgba
    assert (rgba[..., 3] >= cutout[..., 3]).all()
    alone = (cutout[..., 3] == 0) & (rgba[..., 3] > 0)
    assert alone.any()
    assert (rgba[alone][:, :3] == [32, 64, 96]).all()
    white = found.picture(
        background="#ffffff", shadow={"kind": "drop", "distance": 8, "colour": "#204060"}
    )
    share = rgba[..., 3:].astype(float) / 255
    over = share * rgba[..., :3] + (1 - share) * 255
    assert np.abs(over - white.rgba[..., :3]).max() <= 2.5


def test_a_refined_edge_throws_a_refined_shadow(thing):
    scene = {"background": "#ffffff", "shadow": {"kind": "drop", "distance": 0, "blur": 8}}
    grown = thing.picture(Refinement(shift=20), **scene).rgba
    plain = thing.picture(**scene).rgba
    assert (grown[100, 201:206, 0] < 250).any()
    assert (plain[100, 195:, 0] == 255).all()


def test_colours_are_brought_into_the_photos_profile():
    found = stage(300, 220, np.zeros((220, 300), np.uint8), icc=P3)
    red = from_srgb((255, 0, 0), P3)
    assert red != (255, 0, 0)
    picture = found.picture(background="#ff0000")
    assert picture.icc == P3
    assert (picture.rgba[..., :3] == red).all()
    ends = {"from": "#ff0000", "to": "#ff0000"}
    assert (found.picture(background={"kind": "gradient", **ends}).rgba[..., :3] == red).all()
    file = encoded(Image.new("RGB", (9, 9), (255, 0, 0)), "PNG")
    assert (found.picture(background=file).rgba[..., :3] == red).all()
    same = encoded(Image.new("RGB", (9, 9), (255, 0, 0)), "PNG", icc_profile=P3)
    assert (found.picture(background=same).rgba[..., :3] == (255, 0, 0)).all()
    assert (found.picture(background="#ffffff").rgba == 255).all()
    shadow = {"kind": "drop", "colour": "#ff0000", "distance": 9}
    shown = stage(icc=P3).picture(shadow=shadow).rgba
    alone = (shown[..., 3] > 0) & (soft(300, 220) == 0)
    assert (shown[alone][:, :3] == red).all()


def grey_profile():
    """A profile for grey with a gamma of 2.2."""
    tags = {b"kTRC": b"curv\0\0\0\0\0\0\0\1" + (int(2.2 * 256)).to_bytes(2, "big")}
    body = icc._assembled(tags)
    return body[:16] + b"GRAY" + body[20:]


def grey_stage(profile):
    level = scene(300, 220)[..., 1]
    rgba = np.full((220, 300, 4), 255, np.uint8)
    rgba[..., :3] = level[..., None]
    return Stage(Photo(rgba, True, profile, "PNG", 1, grey=True), soft(300, 220))


@pytest.mark.parametrize("profile", [None, grey_profile()])
def test_a_grey_photo_stays_grey_among_greys_and_only_there(profile):
    found = grey_stage(profile)
    plain = {"background": "#808080", "shadow": {"kind": "drop"}}
    for scene_ in ({}, plain, {"background": {"kind": "blur"}}):
        picture = found.picture(**scene_)
        assert (picture.grey, picture.icc) == (True, profile)
        rgb = picture.rgba[..., :3]
        assert (rgb == rgb[..., :1]).all()
    picture = found.picture(background="#ff0000")
    assert (picture.grey, picture.icc) == (False, None)
    assert (picture.rgba[0, 0, :3] == (255, 0, 0)).all()
    solid = found.alpha == 255
    wanted = found.photo.pixels if profile is None else to_srgb(found.photo.pixels, profile)
    assert (picture.rgba[solid][:, :3] == wanted[solid]).all()
    told = found.arranged(background="#ff0000").notices
    assert any("grey" in notice for notice in told) == (profile is not None)


def test_a_profile_that_is_not_understood_is_told():
    found = stage(icc=b"nonsense" * 50)
    told = found.arranged(background="#ff0000").notices
    assert any("profile" in notice for notice in told)
    assert not found.arranged().notices


def test_enlarging_is_told():
    found = stage(300, 220)
    large = {"crop": "subject", "width": 1200}
    told = found.arranged(frame=large).notices
    assert any("enlarged" in notice for notice in told)
    small = {"crop": "subject", "width": 30}
    assert not found.arranged(frame=small).notices


def test_no_full_size_float_picture_exists():
    size = (3000, 2000)
    rgba = np.dstack([scene(*size), np.full(size[::-1], 255, np.uint8)])
    found = Stage(Photo(rgba, True, None, "PNG", 1), soft(*size))
    cutout = found.cut()
    wanted = {"background": {"kind": "blur", "radius": 12}, "shadow": {"kind": "drop"}}
    tracemalloc.start()
    try:
        compose(cutout, found.arranged(**wanted))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak - rgba.nbytes < 30_000_000  # a float32 RGB picture alone takes 72 MB
