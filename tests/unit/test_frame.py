"""frame: the right window of the photo, and its pixels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cutaway.composing.frame import Box, Window, placed, subject_box, window_of
from cutaway.composing.scene import Frame
from cutaway.errors import CutawayError
from tests.unit.doubles import photo
from tests.unit.staging import block, soft

SIZE = (600, 400)
SUBJECT = Box(200, 100, 300, 250)


def close(window, *wanted):
    found = (window.left, window.top, window.width, window.height)
    assert np.allclose(found, wanted, atol=1)


def test_the_subject_is_where_alpha_can_be_seen():
    alpha = block(50, 40, 10, 5, 30, 35)
    assert subject_box(alpha) == Box(10, 5, 30, 35)
    alpha[0, 0] = 31
    assert subject_box(alpha) == Box(10, 5, 30, 35)
    alpha[0, 0] = 32
    assert subject_box(alpha) == Box(0, 0, 30, 35)
    assert subject_box(np.zeros((4, 9), np.uint8)) is None


def test_no_frame_is_the_whole_photo():
    assert window_of(SIZE, SUBJECT, None) == window_of(SIZE, SUBJECT, Frame())
    assert window_of(SIZE, SUBJECT, None).plain


def test_a_margin_is_kept_on_every_side():
    window = window_of(SIZE, SUBJECT, Frame("subject", (1, 1), 0.1))
    close(window, 156, 82, 187, 187)  # 150 of them are 80 %
    assert (window.columns, window.rows) == (188, 188)
    assert window.plain


def test_both_sizes_give_the_aspect_and_one_gives_the_other():
    both = window_of(SIZE, SUBJECT, Frame("subject", (1, 1), 0, 400, 100))
    assert (both.columns, both.rows) == (400, 100)
    assert both.width / both.height == pytest.approx(4)
    assert both.height == pytest.approx(150)
    wide = window_of(SIZE, SUBJECT, Frame("subject", (16, 9), 0, width=1600))
    assert (wide.columns, wide.rows) == (1600, 900)
    tall = window_of(SIZE, SUBJECT, Frame("photo", (4, 5), 0, height=1000))
    assert (tall.columns, tall.rows) == (800, 1000)


def test_within_the_photo_the_window_is_as_large_as_can_be_and_holds_the_subject():
    close(window_of(SIZE, SUBJECT, Frame("photo", (1, 1))), 50, 0, 400, 400)
    close(window_of(SIZE, Box(500, 0, 590, 90), Frame("photo", (1, 1))), 200, 0, 400, 400)
    wide = window_of(SIZE, Box(10, 100, 590, 200), Frame("photo", (1, 1)))
    close(wide, 10, -140, 580, 580)


@pytest.mark.parametrize(
    ("box", "sides"),
    [
        (Box(100, 100, 200, 400), "bottom"),
        (Box(100, 0, 200, 300), "top"),
        (Box(0, 100, 200, 300), "left"),
        (Box(400, 100, 600, 300), "right"),
        (Box(0, 100, 200, 400), "left bottom"),
    ],
)
@pytest.mark.parametrize("aspect", [None, (1, 1), (4, 5), (16, 9)])
@pytest.mark.parametrize("size", [None, 333])
def test_where_the_photo_cuts_the_subject_off_the_picture_ends(box, sides, aspect, size):
    window = window_of(SIZE, box, Frame("subject", aspect, 0.2, size))
    ends = {
        "left": window.left,
        "top": window.top,
        "right": window.left + window.width - SIZE[0],
        "bottom": window.top + window.height - SIZE[1],
    }
    for side in sides.split():
        assert abs(ends[side]) < 1e-6
        border = {"right": SIZE[0], "bottom": SIZE[1]}.get(side, 0)
        assert getattr(window.ground, side) == border


def test_a_subject_cut_off_on_both_sides_stays_in_the_middle():
    window = window_of(SIZE, Box(0, 100, 600, 200), Frame("subject", (1, 1), 0.1))
    close(window, 0, -150, 600, 600)
    window = window_of(SIZE, Box(100, 0, 200, 400), Frame("subject", (1, 1), 0.1))
    close(window, -50, 0, 400, 400)


def test_without_a_subject_the_photo_is_framed():
    close(window_of(SIZE, None, Frame("subject", (1, 1), 0.1)), 0, -100, 600, 600)


def test_a_frame_without_measure_is_refused():
    with pytest.raises(CutawayError, match="too large") as failure:
        window_of((10_000, 10_000), None, Frame("subject", (100, 1)))
    assert failure.value.code == "too-large"


frames = st.builds(
    Frame,
    st.sampled_from(["photo", "subject"]),
    st.none() | st.tuples(st.integers(1, 20), st.integers(1, 20)),
    st.floats(0, 0.45),
    st.none() | st.integers(1, 500),
    st.none() | st.integers(1, 500),
)


@st.composite
def photos(draw):
    """A photo's size and where in it the subject lies."""
    width, height = draw(st.integers(1, 400)), draw(st.integers(1, 400))
    left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    right, bottom = draw(st.integers(left + 1, width)), draw(st.integers(top + 1, height))
    return (width, height), Box(left, top, right, bottom)


@settings(deadline=None, max_examples=300)
@given(photos(), frames)
def test_every_window_holds_the_subject(shot, frame):
    size, box = shot
    window = window_of(size, box, frame)
    # Where the photo's pixels stay what they are the sides are rounded to whole ones.
    slack = 0 if frame.width or frame.height else 1
    assert window.left <= box.left + slack + 1e-6
    assert window.top <= box.top + slack + 1e-6
    assert window.left + window.width >= box.right - slack - 1e-6
    assert window.top + window.height >= box.bottom - slack - 1e-6
    if frame.width:
        assert window.columns == frame.width
    if frame.height:
        assert window.rows == frame.height


def seen(width, height):
    rgba = photo(width, height).rgba.copy()
    rgba[..., 3] = soft(width, height)
    rgba[rgba[..., 3] == 0] = 0
    return rgba


def test_the_whole_is_the_same_array():
    rgba = seen(60, 40)
    assert placed(rgba, window_of((60, 40), None, None)) is rgba


@pytest.mark.parametrize(("left", "top"), [(0, 0), (7, 3), (-9, -4), (40, 30), (-60, 0), (100, 9)])
def test_pixels_that_are_not_resampled_are_copied(left, top):
    rgba = seen(60, 40)
    window = Window(left, top, 30, 20, 30, 20, Box(-100, -100, 200, 200))
    wide = np.zeros((240, 260, 4), np.uint8)
    wide[100:140, 100:160] = rgba
    assert (placed(rgba, window) == wide[100 + top : 120 + top, 100 + left : 130 + left]).all()


def test_a_part_has_the_pixels_of_the_whole():
    rgba = seen(300, 220)
    window = window_of((300, 220), Box(60, 40, 250, 220), Frame("subject", (1, 1), 0.1, 160))
    whole = placed(rgba, window).astype(int)
    for part in [(0, 0, 160, 160), (0, 0, 31, 47), (100, 90, 160, 160), (37, 41, 39, 42)]:
        size = (part[2] - part[0], part[3] - part[1])
        piece = placed(rgba, window.part(part, size))
        wanted = whole[part[1] : part[3], part[0] : part[2]]
        assert np.abs(piece - wanted).max() <= 1


def test_bands_join_without_a_seam():
    rgba = seen(900, 700)
    window = window_of((900, 700), Box(100, 50, 800, 700), Frame("subject", (3, 4), 0.2, 1300))
    whole = placed(rgba, window)
    rows = [
        placed(rgba, window.part((0, row, 1300, row + 1), (1300, 1))) for row in range(0, 1733, 97)
    ]
    for number, row in enumerate(rows):
        assert np.abs(row[0].astype(int) - whole[97 * number]).max() <= 1


def test_what_is_clear_has_no_weight():
    """A white subject beside clear pixels stays white, however much it is reduced."""
    rgba = np.zeros((200, 200, 4), np.uint8)
    rgba[50:151, 50:151] = 255
    for size in (70, 33, 300):
        found = placed(rgba, window_of((200, 200), None, Frame("photo", None, 0, size, size)))
        visible = found[..., 3] > 0
        assert (found[visible, :3] == 255).all()
        assert not found[~visible].any()
        assert 0.24 < found[..., 3].mean() / 255 < 0.27


def test_a_subject_at_the_border_is_not_faded_there():
    rgba = np.full((200, 300, 4), 255, np.uint8)
    whole = Box(0, 0, 300, 200)
    for frame in (Frame("subject", (3, 2), 0.2, 77), Frame("photo", None, 0, 1000)):
        found = placed(rgba, window_of((300, 200), whole, frame))
        assert (found == 255).all()


def test_a_reduced_opaque_picture_looks_like_pillows():
    rgba = photo(400, 300).rgba
    found = placed(rgba, window_of((400, 300), None, Frame("photo", None, 0, 100)))
    wanted = Image.fromarray(rgba).convert("RGB").resize((100, 75), Image.Resampling.BICUBIC)
    assert np.abs(found[..., :3].astype(int) - np.asarray(wanted)).max() <= 1
    assert (found[..., 3] == 255).all()
