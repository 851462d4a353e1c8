"""read, given what is no photo: every refusal has its code and sentence, and nothing escapes."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from cutaway.errors import CutawayError
from cutaway.read import read
from cutaway.reading import found, limits, upright
from cutaway.reading.headers import webp_size
from tests.unit.doubles import encoded, png, scene, sixteen

RGB = Image.fromarray(scene(45, 31))
GREY = RGB.convert("L")
RGBA = RGB.copy()
RGBA.putalpha(GREY)
PALETTE = RGB.quantize(200)


def code_of(data):
    with pytest.raises(CutawayError) as failure:
        read(data)
    assert failure.value.sentence.endswith(".")
    return failure.value.code


def box(*brands):
    content = b"ftyp" + brands[0] + b"\0\0\0\0" + b"".join(brands[1:])
    return struct.pack(">I", len(content) + 4) + content + b"\0" * 40


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b"", "empty-file", "empty"),
        (box(b"heic", b"mif1", b"heic"), "unsupported-format", "HEIC"),
        (box(b"mif1", b"mif1", b"heic"), "unsupported-format", "HEIC"),
        (box(b"avif", b"mif1"), "unsupported-format", "AVIF"),
        (box(b"mif1", b"miaf", b"avif"), "unsupported-format", "AVIF"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported-format", "SVG"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<svg width="1">', "unsupported-format", "SVG"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "unsupported-format", "JPEG 2000"),
        (b"\xff\x0a\x10\x20", "unsupported-format", "JPEG XL"),
        (b"\0\0\1\0\1\0\x10\x10", "broken", "ICO"),
        (b"8BPS\0\1", "unsupported-format", "Photoshop"),
        (b"II*\0\x10\0\0\0CR\2\0", "unsupported-format", "camera raw"),
        (b"P6 2 2 255 ", "unsupported-format", "PNM"),
        (box(b"isom", b"mp42"), "not-an-image", "video"),
        (b"%PDF-1.7\n", "not-an-image", "PDF"),
        (b"PK\3\4\x14\0", "not-an-image", "ZIP"),
        (b"ID3\3\0", "not-an-image", "sound"),
        (b"<!DOCTYPE html><title>x</title>", "not-an-image", "HTML"),
        (b"\xef\xbb\xbf\n<html lang=en>", "not-an-image", "HTML"),
        ("Guten Tag, schöne Welt".encode(), "not-an-image", "plain text"),
        ("Guten Tag".encode("utf-16"), "not-an-image", "plain text"),
        (b'{"a": 1}', "not-an-image", "plain text"),
        (bytes(range(256)), "not-an-image", "unknown kind"),
    ],
)
def test_what_is_no_readable_picture_is_named(data, code, word):
    assert code_of(data) == code
    with pytest.raises(CutawayError, match=word):
        read(data)


WHOLE = {
    "JPEG": encoded(RGB, "JPEG"),
    "progressive JPEG": encoded(RGB, "JPEG", progressive=True),
    "CMYK JPEG": encoded(RGB.convert("CMYK"), "JPEG"),
    "PNG": encoded(RGBA, "PNG"),
    "palette PNG": encoded(PALETTE, "PNG", transparency=bytes(range(200))),
    "16-bit PNG": png(64, 8, 16, 2, sixteen(3)[1]),
    "WEBP": encoded(RGBA, "WEBP"),
    "lossless WEBP": encoded(RGB, "WEBP", lossless=True),
    "GIF": encoded(PALETTE, "GIF", save_all=True, append_images=[GREY.quantize(8)]),
    "BMP": encoded(RGB, "BMP"),
    "TIFF": encoded(RGB, "TIFF"),
    "deflated TIFF": encoded(RGB, "TIFF", compression="tiff_deflate"),
    "LZW TIFF": encoded(GREY, "TIFF", compression="tiff_lzw"),
    "float TIFF": encoded(Image.fromarray(np.ones((9, 7), np.float32)), "TIFF"),
}


@pytest.mark.parametrize(
    "name", ["JPEG", "progressive JPEG", "PNG", "palette PNG", "GIF", "BMP", "TIFF"]
)
@pytest.mark.parametrize("share", [0.75, 0.9])
def test_a_file_cut_short_is_called_incomplete(name, share):
    data = WHOLE[name] if name != "GIF" else encoded(PALETTE, "GIF", interlace=0)
    assert code_of(data[: int(len(data) * share)]) == "truncated"


@pytest.mark.parametrize("name", ["WEBP", "lossless WEBP"])
def test_of_what_is_decoded_as_a_whole_no_part_is_offered(name):
    assert code_of(WHOLE[name][: len(WHOLE[name]) // 2]) == "broken"


LARGE = Image.fromarray(scene(160, 120))
HALVES = {
    "JPEG": encoded(LARGE, "JPEG", quality=90),
    "grey JPEG": encoded(LARGE.convert("L"), "JPEG", quality=90),
    "PNG": encoded(LARGE, "PNG"),
    "PNG with alpha": encoded(RGBA.resize((160, 120)), "PNG"),
    "GIF": encoded(LARGE.quantize(200), "GIF", interlace=0),
    "BMP": encoded(LARGE, "BMP"),
    "TIFF": encoded(LARGE, "TIFF"),
}


@pytest.mark.parametrize("name", list(HALVES))
def test_what_there_is_of_a_file_is_taken_and_the_rest_is_clear(name):
    data = HALVES[name]
    whole, part = read(data), read(data[: len(data) * 6 // 10], salvage=True)
    assert part.notices == (found.SALVAGED,)
    rows = slice(-20, None) if name == "BMP" else slice(None, 20)
    assert (part.rgba[rows] == whole.rgba[rows]).all()
    missing = slice(None, 20) if name == "BMP" else slice(-20, None)
    assert (part.rgba[missing] == 0).all()
    clear = (part.rgba[..., 3] == 0).mean() - (whole.rgba[..., 3] == 0).mean()
    assert 0.2 < clear < 0.65


def test_what_is_missing_of_a_turned_photo_lies_at_its_stored_end():
    block = Image.Exif()
    block[0x0112] = 6
    data = encoded(LARGE, "JPEG", quality=90, exif=block)
    part = read(data[: len(data) * 6 // 10], salvage=True)
    assert (part.width, part.height) == (120, 160)
    assert (part.rgba[:, :20, 3] == 0).all()
    assert (part.rgba[:, -20:, 3] == 255).all()


def test_of_a_progressive_photo_all_is_taken_less_fine():
    data = encoded(LARGE, "JPEG", quality=90, progressive=True)
    whole, part = read(data), read(data[: len(data) * 8 // 10], salvage=True)
    assert (part.rgba[..., 3] == 255).mean() > 0.95
    assert np.abs(part.pixels.astype(int) - whole.pixels).mean() < 20


def test_a_whole_file_is_not_changed_by_salvage():
    assert (read(WHOLE["JPEG"], salvage=True).rgba == read(WHOLE["JPEG"]).rgba).all()
    assert read(WHOLE["JPEG"], salvage=True).notices == ()


def test_a_file_without_any_pixels_cannot_be_salvaged():
    data = WHOLE["BMP"][:54]
    assert code_of(data) == "truncated"
    with pytest.raises(CutawayError) as failure:
        read(data, salvage=True)
    assert failure.value.code == "broken"


def test_an_interlaced_picture_is_not_offered_in_part():
    gif = encoded(PALETTE, "GIF", interlace=1)
    assert code_of(gif[: len(gif) * 3 // 4]) == "broken"
    rows = [bytes(8)]
    data = bytearray(png(8, 8, 8, 0, rows))
    data[28] = 1
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    assert code_of(bytes(data[:-20])) == "broken"


def test_without_a_header_no_part_is_offered():
    assert code_of(WHOLE["JPEG"][:200]) == "broken"
    assert code_of(WHOLE["PNG"][:30]) == "broken"


def test_a_damaged_file_is_called_damaged():
    data = bytearray(WHOLE["PNG"])
    data[60:90] = bytes(30)
    assert code_of(bytes(data)) == "broken"


@pytest.mark.parametrize("name", list(WHOLE))
def test_every_cut_gives_an_error_or_the_whole_photo(name):
    data = WHOLE[name]
    whole = read(data).rgba
    for length in range(len(data)):
        try:
            photo = read(data[:length])
        except CutawayError:
            continue
        assert (photo.rgba == whole).all(), f"a different photo from the first {length} bytes"


mutations = st.lists(
    st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(sorted(WHOLE)), mutations, st.booleans())
def test_no_mutation_escapes(name, changes, near_the_start):
    data = bytearray(WHOLE[name])
    reach = min(80, len(data)) if near_the_start else len(data)
    for place, value in changes:
        data[place % reach] = value
    only_expected(bytes(data))


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=80), st.sampled_from([data[:12] for data in WHOLE.values()] + [b""]))
@example(b"\0" * 30, b"RIFF\x16\0\0\0WEBP")
def test_no_bytes_escape(data, start):
    only_expected(start + data)


def only_expected(data):
    """Any other exception than a CutawayError fails the test by itself."""
    try:
        photo = read(data)
    except CutawayError as error:
        code = error.code
    else:
        code = "read" if photo.rgba.shape == (photo.height, photo.width, 4) else "misshapen"
    assert code in {"read", "empty-file", "not-an-image", "unsupported-format", *FROM_DECODERS}


FROM_DECODERS = ("truncated", "too-large", "broken")


def huge_png(width, height):
    return png(width, height, 8, 0, [])


def huge_webp(width, height):
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + size
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def huge_jpeg(width, height):
    """The size stands in the frame header, after the marker SOF0."""
    data = bytearray(WHOLE["JPEG"])
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        huge_png(12_000, 10_001),
        huge_png(65_536, 1),
        huge_png(1, 65_536),
        huge_png(200_000, 200_000),
        huge_jpeg(65_000, 65_000),
        huge_jpeg(12_000, 10_001),
        huge_webp(16_383, 16_383),
        b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + b"\0\0\0" + b"," + bytes(4)
        + struct.pack("<HH", 60_000, 60_000) + b"\0\2\0;",
    ],
)  # fmt: skip
def test_too_large_is_told_before_memory_is_taken(data, monkeypatch):
    def refuse(*_):
        raise AssertionError("memory was taken")

    monkeypatch.setattr(Image.core, "new", refuse)
    monkeypatch.setattr(Image.core, "fill", refuse)
    assert code_of(data) == "too-large"


@pytest.mark.parametrize("name", ["lossless WEBP", "WEBP"])
def test_a_webps_size_is_read_as_pillow_reads_it(name):
    with Image.open(io.BytesIO(WHOLE[name])) as image:
        assert webp_size(WHOLE[name]) == image.size
    plain = encoded(RGB, "WEBP")
    assert plain[12:16] == b"VP8 "
    assert webp_size(plain) == RGB.size


def test_just_within_the_limit_is_read(monkeypatch):
    monkeypatch.setattr(limits, "MAX_PIXELS", RGB.width * RGB.height)
    assert read(WHOLE["PNG"]).width == RGB.width
    monkeypatch.setattr(limits, "MAX_PIXELS", RGB.width * RGB.height - 1)
    assert code_of(WHOLE["PNG"]) == "too-large"


def test_running_out_of_memory_is_an_error_that_can_be_explained(monkeypatch):
    def exhausted(*_args, **_kwargs):
        raise MemoryError

    monkeypatch.setattr(upright.np, "empty", exhausted)
    assert code_of(WHOLE["PNG"]) == "too-large"


def test_a_file_of_too_many_bytes_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "MAX_BYTES", len(WHOLE["PNG"]) - 1)
    assert code_of(WHOLE["PNG"]) == "too-large"
    monkeypatch.setattr(limits, "MAX_BYTES", len(WHOLE["PNG"]))
    assert read(WHOLE["PNG"]).width == RGB.width
