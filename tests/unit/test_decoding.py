"""What the host decodes: told beforehand how large it is, and put together of colour and alpha."""

import asyncio
import io
import struct

import numpy as np
import pytest
from PIL import Image, features

from cutaway.errors import CutawayError
from cutaway.host.native import NativeEngine
from cutaway.icc import profile_of
from cutaway.read import read_any
from cutaway.reading import decoding, heif, limits
from cutaway.reading.headers import gif_frames, jpeg2000_size, jpeg_xl_size, tiff_pages
from cutaway.reading.tone import HLG, PQ, tone_curve
from tests.unit.doubles import encoded, scene

RGB = Image.fromarray(scene(70, 41))
SOFT = RGB.copy()
SOFT.putalpha(RGB.convert("L"))
AVIF = pytest.mark.skipif(not features.check("avif"), reason="this Pillow knows no AVIF")


class Shown:
    """What a browser would hand over of a picture."""

    def __init__(self, image):
        self.pixels = np.asarray(image.convert("RGBA"))
        self.height, self.width = self.pixels.shape[:2]
        self.closed = False

    def part(self, left, top, width, height):
        return self.pixels[top : top + height, left : left + width]

    def close(self):
        self.closed = True


class Browser:
    """An engine whose browser decodes everything to the same picture."""

    def __init__(self, image):
        self.shown = Shown(image)
        self.asked = []

    async def decode(self, data, mime, space):
        self.asked.append((mime, space))
        return self.shown


def opened(data, engine=None):
    return asyncio.run(read_any(data, engine or NativeEngine()))


def code_of(data, engine=None):
    with pytest.raises(CutawayError) as failure:
        opened(data, engine)
    return failure.value.code


def jpeg2000(width, height):
    return b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0\0\0\x16ihdr" + struct.pack(">II", height, width)


def codestream(width, height):
    return b"\xff\x4f\xff\x51" + struct.pack(">HHIIII", 47, 0, width + 5, height + 7, 5, 7)


def jpeg_xl(*fields):
    """A header of (value, bits) fields, the lowest bit first."""
    packed, at = 0, 0
    for value, bits in fields:
        packed |= value << at
        at += bits
    return b"\xff\x0a" + packed.to_bytes(20, "little")


def test_sizes_are_told_by_headers():
    assert jpeg2000_size(jpeg2000(320, 240)) == (320, 240)
    assert jpeg2000_size(codestream(320, 240)) == (320, 240)
    assert jpeg2000_size(b"\xff\x4f\xff\x51") == (0, 0)
    assert jpeg_xl_size(jpeg_xl((1, 1), (7, 5), (1, 3))) == (64, 64)
    assert jpeg_xl_size(jpeg_xl((1, 1), (7, 5), (5, 3))) == (113, 64)
    assert jpeg_xl_size(jpeg_xl((0, 1), (1, 2), (2999, 13), (0, 3), (1, 2), (3999, 13))) == (
        4000,
        3000,
    )
    assert jpeg_xl_size(b"nothing") == (0, 0)


def test_frames_and_pages_are_counted():
    shades = [Image.new("P", (9, 9), shade) for shade in range(60)]
    data = encoded(RGB.quantize(50), "GIF", save_all=True, append_images=shades)
    with Image.open(io.BytesIO(data)) as image:
        assert gif_frames(data) == image.n_frames
    assert gif_frames(data[:40]) == 1
    for pages in (1, 3):
        data = encoded(RGB, "TIFF", save_all=True, append_images=[RGB] * (pages - 1))
        assert tiff_pages(data) == pages
    loop = b"II*\0\x08\0\0\0" + b"\0\0" + b"\x08\0\0\0"
    assert tiff_pages(loop) == 1000


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (jpeg2000(70, 41), "image/jp2"),
        (codestream(70, 41), "image/jp2"),
        (jpeg_xl((0, 1), (0, 2), (40, 9), (0, 3), (0, 2), (69, 9)), "image/jxl"),
    ],
)
def test_what_the_browser_shows_comes_in_display_p3(data, mime):
    engine = Browser(SOFT)
    photo = opened(data, engine)
    assert engine.asked == [(mime, "display-p3")]
    assert engine.shown.closed
    assert (photo.rgba == engine.shown.pixels).all()
    assert photo.icc == profile_of(12)
    assert "Display P3" in photo.notices[0]


@pytest.mark.parametrize(
    "data",
    [
        jpeg2000(65_000, 65_000),
        codestream(65_000, 65_000),
        jpeg_xl((0, 1), (3, 2), (100_000, 30), (1, 3)),
    ],
)
def test_a_bomb_is_refused_before_the_browser_gets_it(data):
    engine = Browser(RGB)
    assert code_of(data, engine) == "too-large"
    assert engine.asked == []


def test_what_nobody_can_decode_is_named():
    for data in (jpeg2000(9, 9), jpeg_xl((1, 1), (1, 5), (1, 3))):
        assert code_of(data) == "unsupported-format"


@AVIF
def test_an_avif_bomb_is_refused_before_it_is_decoded():
    data = bytearray(encoded(RGB, "AVIF"))
    at = data.index(b"ispe") + 8
    data[at : at + 8] = struct.pack(">II", 65_000, 65_000)
    engine = Browser(RGB)
    assert code_of(bytes(data), engine) == "too-large"
    assert engine.asked == []


@AVIF
def test_an_avif_of_another_size_than_it_says_is_broken(monkeypatch):
    data = encoded(RGB, "AVIF")
    engine = Browser(RGB.resize((35, 41)))
    assert code_of(data, engine) == "broken"
    assert engine.shown.closed
    monkeypatch.setattr(limits, "MAX_PIXELS", 70 * 41 - 1)
    assert code_of(data) == "too-large"


@AVIF
def test_pixels_that_did_not_come_are_noticed():
    """A canvas that found no memory is clear, and says nothing."""
    assert code_of(encoded(RGB, "AVIF"), Browser(Image.new("RGBA", RGB.size))) == "broken"


@AVIF
@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_an_avif_whose_end_is_missing_is_broken(share):
    data = encoded(SOFT, "AVIF")
    assert code_of(data[: int(len(data) * share)]) == "broken"


@AVIF
def test_the_parts_of_an_avif_are_laid_open():
    data = encoded(SOFT, "AVIF", quality=100, subsampling="4:4:4")
    still = heif.opened(data)
    with Image.open(io.BytesIO(data)) as whole:
        wanted = np.asarray(whole.convert("RGBA"))
    with Image.open(io.BytesIO(still.colour)) as colour:
        assert colour.mode == "RGB"
        assert (np.asarray(colour) == wanted[..., :3]).all()
    with Image.open(io.BytesIO(still.alpha)) as alpha:
        assert (np.asarray(alpha.convert("L")) == wanted[..., 3]).all()
    assert len(still.colour) == len(still.alpha) == len(data)


@AVIF
def test_colours_that_were_multiplied_by_alpha_are_divided_again():
    data = encoded(SOFT, "AVIF", quality=100, subsampling="4:4:4")
    plain = opened(data)
    straight, alpha = plain.rgba[..., :3].astype(float), plain.rgba[..., 3:] / 255
    change = decoding._with_alpha(premultiplied=True)
    there = np.dstack([np.rint(straight * alpha), np.full(alpha.shape, 255)]).astype(np.uint8)
    mask = np.repeat(plain.rgba[..., 3:], 4, axis=2)
    pixels = change(mask, there.view(np.uint32)[..., 0]).view(np.uint8).reshape(there.shape)
    assert (pixels[..., 3] == plain.rgba[..., 3]).all()
    error = np.abs(pixels[..., :3] - straight)
    assert (error <= 0.5 / np.maximum(alpha, 0.01) + 1).all()


def test_hdr_keeps_its_darks_and_compresses_its_lights():
    for transfer in (PQ, HLG):
        curve = tone_curve(transfer)
        assert curve.shape == (256,)
        assert (np.diff(curve.astype(int)) >= 0).all()
        assert curve[0] == 0
        assert 250 <= curve[255] <= 255
    white = round(255 * 0.58)  # 203 cd/m² in PQ
    assert 215 < tone_curve(PQ)[white] < 240
    assert tone_curve(13) is None
