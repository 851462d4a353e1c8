"""verify: what was written is what was cut, or it is not let out."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cutaway import encode as module
from cutaway import verify as verifying
from cutaway.cut import cut
from cutaway.errors import CutawayError
from cutaway.output import Output
from cutaway.values import Cutout, Matte, Picture, Verification
from tests.unit.doubles import FakeEngine, encoded, photo, rgb_profile


def encode(cutout):
    picture = Picture(cutout.rgba, cutout.icc)
    return asyncio.run(module.encode(picture, Output(), FakeEngine()))


def verify(file, cutout):
    picture = Picture(cutout.rgba, cutout.icc)
    return asyncio.run(verifying.verify(file, picture, Output(), FakeEngine()))


@pytest.fixture
def cutout():
    alpha = np.full((800, 600), 255, np.uint8)
    alpha[:, :200] = 0
    alpha[:, 200:220] = 90
    return cut(photo(600, 800, icc=rgb_profile()), Matte(alpha))


def test_a_faithful_file_passes(cutout):
    assert verify(encode(cutout), cutout) == Verification(alpha="exact", colour="exact", size=True)


def altered(cutout, place, by):
    rgba = cutout.rgba.copy()
    rgba[place] = (int(rgba[place]) + by) % 256
    return encode(Cutout(rgba, cutout.icc))


@pytest.mark.parametrize(
    ("place", "what"),
    [
        ((799, 599, 3), "transparency"),
        ((400, 210, 3), "transparency"),
        ((0, 0, 3), "transparency"),
        ((799, 599, 2), "colours"),
        ((400, 210, 0), "colours"),
    ],
)
def test_one_changed_value_is_found(cutout, place, what):
    with pytest.raises(CutawayError, match=what) as failure:
        verify(altered(cutout, place, 1), cutout)
    assert failure.value.code == "verification-failed"


def test_colour_that_nobody_sees_may_differ(cutout):
    assert verify(altered(cutout, (5, 5, 1), 1), cutout).colour == "exact"


def test_another_size_is_found(cutout):
    file = encode(Cutout(np.ascontiguousarray(cutout.rgba[:-1]), cutout.icc))
    with pytest.raises(CutawayError, match="600 × 799"):
        verify(file, cutout)


def test_a_lost_profile_is_found(cutout):
    with pytest.raises(CutawayError, match="profile"):
        verify(encode(Cutout(cutout.rgba, None)), cutout)


def test_a_lost_alpha_channel_is_found(cutout):
    opaque = Image.fromarray(cutout.rgba).convert("RGB")
    flat = encoded(opaque, "PNG", icc_profile=cutout.icc)
    with pytest.raises(CutawayError, match="transparency"):
        verify(replace(encode(cutout), data=flat), cutout)


def test_a_wrong_checksum_is_found(cutout):
    file = encode(cutout)
    damaged = bytearray(file.data)
    damaged[-14] ^= 1  # the checksum of the last IDAT, which decoders of pixels may skip
    with pytest.raises(CutawayError, match="cannot be read"):
        verify(replace(file, data=bytes(damaged)), cutout)


@pytest.mark.parametrize("keep", [0, 4, 60, 3000, -20])
def test_a_file_cut_short_is_found(cutout, keep):
    file = encode(cutout)
    with pytest.raises(CutawayError) as failure:
        verify(replace(file, data=file.data[:keep]), cutout)
    assert failure.value.code == "verification-failed"
