"""Profiles are read, and colours converted, as littlecms does."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from cutaway import colour, icc
from cutaway.models.registry import choose
from cutaway.segment import prepare
from tests.unit.doubles import photo, profile, scene

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
P3 = icc.profile_of(12)
PIXELS = np.random.default_rng(0).integers(0, 256, (48, 48, 3), dtype=np.uint8)


def tagged(tags, space=b"RGB "):
    """A profile of version 2 with these tags."""
    body, table, start = b"", b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, start + len(body), len(content))
        body += content
    size = start + len(body)
    head = struct.pack(">I4xI4s4s4s12x4s28x3i48x", size, 0x02100000, b"mntr", space, b"XYZ ",
                       b"acsp", 63190, 65536, 54061)  # fmt: skip
    return head + struct.pack(">I", len(tags)) + table + body


def xyz(*values):
    return struct.pack(">4s4x3i", b"XYZ ", *(round(value * 65536) for value in values))


def table_curve(gamma, count=1024):
    values = np.rint(np.linspace(0, 1, count) ** gamma * 65535).astype(">u2")
    return struct.pack(">4s4xI", b"curv", count) + values.tobytes()


def gamma_curve(gamma):
    return struct.pack(">4s4xIH", b"curv", 1, round(gamma * 256))


def parametric(kind, *values):
    fixed = [round(value * 65536) for value in values]
    return struct.pack(f">4s4xHxx{len(fixed)}i", b"para", kind, *fixed)


ADOBE = {"rXYZ": (0.60974, 0.31111, 0.01947), "gXYZ": (0.20528, 0.62567, 0.06087),
         "bXYZ": (0.14919, 0.06322, 0.74457)}  # fmt: skip
WHITE = xyz(0.9642, 1, 0.8249)


def wide(curve):
    return tagged(
        {name.encode(): xyz(*values) for name, values in ADOBE.items()}
        | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
        | {b"wtpt": WHITE}
    )


PROFILES = {
    "Display P3": P3,
    "Rec. 2020": icc.profile_of(9),
    "linear": icc.profile_of(1, 1.0),
    "one gamma": wide(gamma_curve(563 / 256)),
    "a table": wide(table_curve(1.8)),
    "parametric 0": wide(parametric(0, 2.2)),
    "parametric 1": wide(parametric(1, 2.4, 1 / 1.055, 0.055 / 1.055)),
    "parametric 2": wide(parametric(2, 2.2, 0.95, 0.02, 0.01)),
    "parametric 3": wide(parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)),
    "parametric 4": wide(parametric(4, 2.4, 0.94, 0.05, 0.077, 0.04, 0.003, 0.0)),
}


def by_littlecms(pixels, source, target):
    transform = ImageCms.buildTransform(
        io.BytesIO(source), io.BytesIO(target), "RGB", "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC
    )
    return np.asarray(ImageCms.applyTransform(Image.fromarray(pixels), transform)).astype(int)


@pytest.mark.parametrize("name", list(PROFILES))
def test_colours_become_what_littlecms_makes_of_them(name):
    there = np.abs(
        colour.to_srgb(PIXELS, PROFILES[name]) - by_littlecms(PIXELS, PROFILES[name], SRGB)
    )
    assert there.mean() < 0.5
    assert there.max() <= 3
    back = colour.converted(PIXELS, None, PROFILES[name])
    assert np.abs(back - by_littlecms(PIXELS, SRGB, PROFILES[name])).mean() < 0.5


def test_grey_is_converted_by_how_light_it_is():
    grey = tagged({b"kTRC": gamma_curve(1.8), b"wtpt": WHITE}, b"GRAY")
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    transform = ImageCms.buildTransform(io.BytesIO(grey), io.BytesIO(SRGB), "L", "RGB")
    wanted = ImageCms.applyTransform(Image.fromarray(ramp[..., 0]), transform)
    assert np.abs(colour.to_srgb(ramp, grey) - np.asarray(wanted).astype(int)).mean() < 1
    red, green, blue = colour.from_srgb((255, 0, 0), grey)
    assert red == green == blue
    light = 255 * 0.2225 ** (1 / 1.8)
    assert abs(red - light) <= 1


def test_srgb_is_left_as_it_is():
    for same in (None, SRGB, icc.profile_of(1)):
        assert colour.to_srgb(PIXELS, same) is PIXELS
        assert colour.from_srgb((12, 200, 77), same) == (12, 200, 77)


def test_a_colour_goes_there_and_back():
    for given_ in ((255, 255, 255), (0, 0, 0), (255, 0, 0), (17, 130, 240)):
        there = np.array([[colour.from_srgb(given_, P3)]], np.uint8)
        assert np.abs(colour.to_srgb(there, P3)[0, 0].astype(int) - given_).max() <= 2
    assert colour.from_srgb((255, 0, 0), P3) == (234, 51, 35)


@pytest.mark.parametrize(
    "damaged",
    [
        profile(b"RGB "),
        P3[:140],
        P3[:300],
        tagged({b"A2B0": b"mft2" + bytes(100)}),
        wide(struct.pack(">4s4xI", b"curv", 1 << 30)),
        wide(parametric(9, 1.0)),
        wide(gamma_curve(0)),
        tagged({b"kTRC": b"nonsense" * 4}, b"GRAY"),
    ],
)
def test_what_is_not_understood_counts_as_srgb(damaged):
    assert not colour.understood(damaged)
    assert colour.to_srgb(PIXELS, damaged) is PIXELS


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(P3) - 1), st.integers(0, 255)), max_size=20))
def test_no_damaged_profile_does_harm(changes):
    data = bytearray(P3)
    for place, value in changes:
        data[place] = value
    assert colour.to_srgb(PIXELS, bytes(data)).shape == PIXELS.shape


def test_profiles_made_here_are_read_elsewhere():
    for primaries in icc.PRIMARIES:
        made = ImageCms.ImageCmsProfile(io.BytesIO(icc.profile_of(primaries)))
        assert made.profile.xcolor_space == "RGB "
    assert ImageCms.getProfileDescription(io.BytesIO(P3)).strip() == "Display P3"


def test_a_model_sees_a_wide_photo_in_srgb():
    contract = choose("auto").contract
    shot = scene(320, 240)
    plain, tinted = photo(320, 240), photo(320, 240, icc=P3)
    seen, other = (prepare(each, contract)[contract.input] for each in (plain, tinted))
    assert np.abs(seen - other).max() > 0.05
    in_srgb = colour.to_srgb(shot, P3)
    plain.rgba[..., :3] = in_srgb
    assert np.abs(prepare(plain, contract)[contract.input] - other).mean() < 0.02
