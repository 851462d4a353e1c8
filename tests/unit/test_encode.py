"""encode: PNG files that any decoder reads back exactly; the other formats are in test_formats."""

import asyncio
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from cutaway import encode as module
from cutaway.cut import cut
from cutaway.encode import encode_mask
from cutaway.output import Output
from cutaway.values import Cutout, Matte, Picture
from tests.unit.doubles import FakeEngine, disc, photo, rgb_profile


def encode(cutout, **output):
    picture = Picture(cutout.rgba, cutout.icc)
    return asyncio.run(module.encode(picture, Output.of(output), FakeEngine()))


def decoded(data):
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture


def chunks(data):
    """(kind, content) of a PNG's chunks, every length and checksum checked."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = [], 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        content = data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(
            kind + content
        )
        found.append((kind, content))
        at += 12 + length
    return found


def realistic(width=900, height=700, icc=None):
    alpha = np.asarray(Image.fromarray(disc(64) * 255).resize((width, height)).convert("L"))
    return cut(photo(width, height, icc=icc), Matte(alpha))


shapes = st.tuples(st.integers(1, 40), st.integers(1, 40))


@settings(deadline=None)
@given(shapes.flatmap(lambda shape: arrays(np.uint8, (*shape, 4))))
def test_any_pixels_come_back(rgba):
    file = encode(Cutout(rgba, None))
    picture = decoded(file.data)
    mode = "RGB" if (rgba[..., 3] == 255).all() else "RGBA"
    assert (picture.mode, picture.size) == (mode, (file.width, file.height))
    assert (np.asarray(picture.convert("RGBA")) == rgba).all()


@pytest.mark.parametrize("effort", ["quick", "small"])
@pytest.mark.parametrize("size", [(900, 700), (70_000 // 4, 3), (3, 9000), (1, 1)])
def test_pictures_of_many_bands_come_back(size, effort):
    cutout = realistic(*size)
    file = encode(cutout, effort=effort)
    assert (file.mime, file.width, file.height) == ("image/png", *size)
    assert (np.asarray(decoded(file.data).convert("RGBA")) == cutout.rgba).all()


def test_the_small_file_is_smaller():
    cutout = realistic()
    assert len(encode(cutout, effort="small").data) < 0.97 * len(encode(cutout).data)


@pytest.mark.parametrize(("opaque", "mode"), [(True, "L"), (False, "LA")])
def test_a_grey_picture_is_written_grey(opaque, mode):
    rgba = realistic().rgba.copy()
    rgba[..., :3] = rgba[..., :1]
    if opaque:
        rgba[..., 3] = 255
    file = asyncio.run(module.encode(Picture(rgba, b"grey", True), Output(), FakeEngine()))
    picture = decoded(file.data)
    assert (picture.mode, picture.info["icc_profile"]) == (mode, b"grey")
    assert (np.asarray(picture.convert("RGBA")) == rgba).all()


def test_the_file_is_built_as_the_standard_says():
    icc = rgb_profile()
    found = chunks(encode(realistic(icc=icc)).data)
    kinds = [kind for kind, _ in found]
    assert kinds[0] == b"IHDR"
    assert kinds[1] == b"iCCP"
    assert set(kinds[2:-1]) == {b"IDAT"}
    assert found[-1] == (b"IEND", b"")
    name, packed = found[1][1].split(b"\0\0", 1)
    assert 1 <= len(name) <= 79
    assert zlib.decompress(packed) == icc
    inflated = zlib.decompress(b"".join(content for kind, content in found if kind == b"IDAT"))
    assert len(inflated) == 700 * (1 + 900 * 4)


def test_the_profile_is_carried_and_none_is_made_up():
    icc = rgb_profile()
    assert decoded(encode(realistic(icc=icc)).data).info["icc_profile"] == icc
    assert "icc_profile" not in decoded(encode(realistic()).data).info


def test_the_file_is_about_as_small_as_pillows():
    cutout = realistic()
    theirs = io.BytesIO()
    Image.fromarray(cutout.rgba).save(theirs, "PNG", compress_level=2)
    assert len(encode(cutout).data) < 1.15 * len(theirs.getvalue())


@settings(deadline=None)
@given(shapes.flatmap(lambda shape: arrays(np.uint8, shape)))
def test_a_mask_is_a_grey_picture(alpha):
    picture = decoded(encode_mask(alpha).data)
    assert picture.mode == "L"
    assert (np.asarray(picture) == alpha).all()
