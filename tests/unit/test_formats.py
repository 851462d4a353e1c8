"""encode and verify for every format: what comes back, and what bad files are found out."""

import asyncio
import io
import struct
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, features

from cutaway.encode import encode
from cutaway.encode.pixels import spread
from cutaway.errors import CutawayError
from cutaway.estimate import estimate
from cutaway.host import native_avif
from cutaway.icc import profile_of
from cutaway.output import AVIF, FORMATS, JPEG, PNG, WEBP, Output
from cutaway.values import Picture
from cutaway.verify import verify
from tests.unit.doubles import FakeEngine, rgb_profile, scene

SIDE = 160
EXIF = b"II*\0\x08\0\0\0\x01\0\x0e\x01\x02\0\x05\0\0\0\x1a\0\0\0\0\0\0\0note\0"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>'
WAYS = [
    {"format": PNG},
    {"format": PNG, "effort": "small"},
    {"format": WEBP},
    {"format": WEBP, "quality": 30},
    {"format": WEBP, "lossless": True},
    {"format": AVIF},
    {"format": AVIF, "quality": 30},
    {"format": JPEG},
    {"format": JPEG, "quality": 30, "effort": "small"},
]
needs_avif = pytest.mark.skipif(not features.check("avif"), reason="Pillow without AVIF")


def ways(*formats, least=1):
    """Every way of these formats, of at least this quality, as parameters of a test."""
    return pytest.mark.parametrize(
        "way",
        [
            pytest.param(way, marks=needs_avif if way["format"] == AVIF else (), id=_named(way))
            for way in WAYS
            if way["format"] in formats and Output.of(way).level >= least
        ],
    )


def _named(way):
    return "-".join(str(value).removeprefix("image/") for value in way.values())


def made(alpha, colour=None):
    """A picture with this alpha; colour is 0 where alpha is 0, as everywhere on the road."""
    rgba = np.empty((*alpha.shape, 4), np.uint8)
    rgba[..., :3] = scene(alpha.shape[1], alpha.shape[0]) if colour is None else colour
    rgba[..., 3] = alpha
    rgba[alpha == 0] = 0
    return rgba


def opaque():
    return made(np.full((SIDE, SIDE), 255, np.uint8))


def soft(width=24, colour=None):
    """A disc whose edge is ``width`` pixels wide."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] - SIDE / 2
    distance = np.hypot(x, y) - SIDE / 3
    alpha = np.clip(0.5 - distance / width, 0, 1) * 255
    return made(np.rint(alpha).astype(np.uint8), colour)


def clear():
    return made(np.zeros((SIDE, SIDE), np.uint8))


def lines():
    """Lines of one pixel: opaque across, half transparent down."""
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    alpha[:, ::9] = 128
    alpha[::7] = 255
    return made(alpha, (200, 60, 30))


PICTURES = {"opaque": opaque, "soft": soft, "clear": clear, "lines": lines}


def written(picture, way):
    return asyncio.run(encode(picture, Output.of(way), FakeEngine()))


def verified(file, picture, way):
    return asyncio.run(verify(file, picture, Output.of(way), FakeEngine()))


def decoded(data):
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture


@ways(*FORMATS)
@pytest.mark.parametrize("kind", PICTURES)
def test_every_format_keeps_alpha_straight_and_exact(way, kind):
    rgba = PICTURES[kind]()
    if way["format"] == JPEG:
        rgba[..., 3] = 255
    picture = Picture(rgba, None)
    file = written(picture, way)
    found = np.asarray(decoded(file.data).convert("RGBA"))
    assert (found[..., 3] == rgba[..., 3]).all()
    seen = rgba[..., 3] > 0
    if Output.of(way).exact:
        assert (found[seen] == rgba[seen]).all()
    verification = verified(file, picture, way)
    assert (verification.alpha, verification.size) == ("exact", True)
    assert (verification.colour == "exact") == Output.of(way).exact
    assert (file.mime, file.width, file.height) == (way["format"], SIDE, SIDE)


@ways(*FORMATS)
def test_a_profile_and_metadata_come_back_byte_for_byte(way):
    picture = Picture(opaque(), profile_of(12), False, EXIF, XMP)
    file = written(picture, way)
    facts = decoded(file.data).info
    assert facts["icc_profile"] == picture.icc
    assert facts["exif"].removeprefix(b"Exif\0\0") == EXIF
    assert facts["xmp"] == XMP
    verified(file, picture, way)


@ways(*FORMATS)
def test_nothing_is_carried_that_was_not_asked_for(way):
    facts = decoded(written(Picture(opaque(), None), way).data).info
    assert not {"exif", "xmp", "icc_profile"} & facts.keys()


@ways(*FORMATS)
def test_a_grey_picture_stays_grey_or_becomes_what_srgb_shows(way):
    gamma = grey_profile()
    rgba = opaque()
    rgba[..., :3] = rgba[..., :1]
    picture = Picture(rgba, gamma, True)
    file = written(picture, way)
    found = decoded(file.data)
    if way["format"] in (PNG, JPEG):
        assert (found.mode, found.info["icc_profile"], file.notices) == ("L", gamma, ())
    else:
        assert "icc_profile" not in found.info
        assert "grey" in file.notices[0]
        # Gamma 1.8 is lighter in the middle than sRGB.
        middle = np.abs(rgba[..., 0].astype(int) - 128) < 3
        assert np.asarray(found.convert("L"))[middle].mean() > 140
    verified(file, picture, way)


def grey_profile():
    """A profile for grey with gamma 1.8, put together from its parts."""

    def text(kind, content):
        return kind + bytes(4) + content

    curve = text(b"curv", struct.pack(">IH", 1, round(1.8 * 256)))
    white = text(b"XYZ ", struct.pack(">3i", 63190, 65536, 54061))
    words = text(
        b"mluc", struct.pack(">II2s2sII", 1, 12, b"en", b"US", 8, 28) + "grey".encode("utf-16-be")
    )
    tags = [(b"desc", words), (b"cprt", words), (b"wtpt", white), (b"kTRC", curve)]
    at, table, body = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, content in tags:
        content += bytes(-len(content) % 4)
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content
    size = 132 - 4 + 4 + 12 * len(tags) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += struct.pack(">3i", 63190, 65536, 54061) + bytes(48)
    return head + table + body


@ways(PNG, WEBP, AVIF)
def test_colour_multiplied_by_alpha_is_found(way):
    """What a canvas would have kept, in a file that claims to be straight."""
    picture = Picture(soft(colour=(210, 160, 120)), None)
    alpha = picture.rgba[..., 3:].astype(np.uint16)
    bad = picture.rgba.copy()
    bad[..., :3] = (bad[..., :3] * alpha + 127) // 255
    with pytest.raises(CutawayError) as failure:
        verified(written(Picture(bad, None), way), picture, way)
    assert failure.value.code == "verification-failed"


@ways(WEBP, AVIF, least=60)  # at low quality only the whole fringe is certain
def test_a_dark_fringe_is_found(way):
    """Half of what multiplying would do, which is what a careless blend leaves."""
    picture = Picture(soft(colour=(210, 160, 120)), None)
    alpha = picture.rgba[..., 3:].astype(np.uint16)
    bad = picture.rgba.copy()
    bad[..., :3] = (bad[..., :3] * (128 + alpha // 2) + 127) // 255
    with pytest.raises(CutawayError, match=r"dark|colours"):
        verified(written(Picture(bad, None), way), picture, way)


@ways(*FORMATS)
def test_a_file_cut_short_is_found(way):
    picture = Picture(opaque(), None)
    file = written(picture, way)
    for keep in (0, 11, len(file.data) // 2, len(file.data) - 9, len(file.data) - 1):
        with pytest.raises(CutawayError) as failure:
            verified(replace(file, data=file.data[:keep]), picture, way)
        assert failure.value.code == "verification-failed"


@ways(*FORMATS)
def test_another_size_is_found(way):
    picture = Picture(opaque(), None)
    with pytest.raises(CutawayError, match=f"{SIDE} × {SIDE - 1}"):
        verified(written(Picture(picture.rgba[:-1].copy(), None), way), picture, way)


@ways(*FORMATS)
def test_a_lost_or_changed_profile_is_found(way):
    picture = Picture(opaque(), profile_of(12))
    for icc in (None, profile_of(1)):
        with pytest.raises(CutawayError, match="profile"):
            verified(written(Picture(picture.rgba, icc), way), picture, way)


@ways(*FORMATS)
def test_metadata_that_nobody_asked_for_is_found(way):
    picture = Picture(opaque(), None)
    for more in ({"exif": EXIF}, {"xmp": XMP}):
        with pytest.raises(CutawayError, match=r"EXIF|XMP"):
            verified(written(replace(picture, **more), way), picture, way)


@ways(PNG, WEBP, AVIF)
def test_lost_transparency_is_found(way):
    picture = Picture(soft(), None)
    bad = picture.rgba.copy()
    bad[..., 3] = 255
    with pytest.raises(CutawayError, match="transparency"):
        verified(written(Picture(bad, None), way), picture, way)


@ways(*FORMATS)
def test_shifted_colours_are_found(way):
    picture = Picture(opaque(), None)
    bad = picture.rgba.copy()
    bad[..., 0] = np.minimum(bad[..., 0], 235) + 20
    bad[..., 2] = np.maximum(bad[..., 2], 20) - 20
    with pytest.raises(CutawayError, match="colours"):
        verified(written(Picture(bad, None), way), picture, way)


@ways(*FORMATS)
def test_a_strip_of_another_picture_is_found(way, monkeypatch):
    monkeypatch.setattr("cutaway.verify.STRIP", SIDE * 4 * 32)
    picture = Picture(opaque(), None)
    bad = picture.rgba.copy()
    bad[-32:] = bad[:32, ::-1]
    with pytest.raises(CutawayError, match="colours"):
        verified(written(Picture(bad, None), way), picture, way)


def test_jpeg_wants_a_background():
    with pytest.raises(CutawayError) as failure:
        written(Picture(soft(), None), {"format": JPEG})
    assert failure.value.code == "not-opaque"


def test_a_side_that_webp_cannot_have_is_told():
    with pytest.raises(CutawayError, match="16383") as failure:
        written(Picture(np.zeros((1, 16384, 4), np.uint8), None), {"format": WEBP})
    assert failure.value.code == "too-large"


def test_what_a_jpeg_has_no_room_for_is_left_out_and_told():
    picture = Picture(opaque(), None, exif=EXIF + bytes(70_000), xmp=XMP + b" " * 70_000)
    file = written(picture, {"format": JPEG})
    assert [("EXIF" in notice, "XMP" in notice) for notice in file.notices] == [
        (True, False),
        (False, True),
    ]
    verified(file, picture, {"format": JPEG})


@pytest.mark.parametrize("way", [{"depth": 10}, {"lossless": True}])
def test_natively_an_avif_says_what_it_cannot_be(way):
    with pytest.raises(CutawayError) as failure:
        written(Picture(soft(), None), {"format": AVIF, **way})
    assert failure.value.code == "avif-failed"


def test_ten_bits_are_told_to_the_encoder(monkeypatch):
    seen = []
    monkeypatch.setattr(native_avif, "encode", lambda *given: seen.append(given) or b"")
    picture = Picture(soft(), None)
    written(picture, {"format": AVIF, "depth": 10, "quality": 100})
    pixels, quality, _ = seen[0]
    assert (pixels.dtype, quality) == (np.uint16, 99)
    visible = picture.rgba[..., 3] > 0
    assert (pixels[visible] >> 2 == picture.rgba[visible]).all()
    assert (pixels[picture.rgba == 255] == 1023).all()


def test_spreading_changes_only_what_nobody_sees():
    rgba = soft(8, (210, 160, 120))
    found = spread(rgba)
    assert (found[rgba[..., 3] > 0] == rgba[rgba[..., 3] > 0]).all()
    assert (found[..., 3] == rgba[..., 3]).all()
    hidden = found[rgba[..., 3] == 0][:, :3]
    changed = hidden[hidden.any(axis=1)]
    assert len(changed) > 100
    assert (changed == (210, 160, 120)).all()


@ways(*FORMATS)
def test_the_estimate_is_near(way):
    y, x = np.mgrid[0:1200, 0:1000]
    alpha = np.where(np.hypot(x - 500, y - 600) < 420, 255, 0).astype(np.uint8)
    rgba = made(alpha)
    if way["format"] == JPEG:
        rgba[..., 3] = 255
    picture = Picture(rgba, rgb_profile())
    told = asyncio.run(estimate(picture, Output.of(way), FakeEngine()))
    assert told == pytest.approx(len(written(picture, way).data), rel=0.25)


@ways(*FORMATS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (100, 90)])
def test_the_estimate_of_a_small_picture_is_exact(way, shape):
    picture = Picture(made(np.full(shape, 255, np.uint8)), None)
    told = asyncio.run(estimate(picture, Output.of(way), FakeEngine()))
    assert told == len(written(picture, way).data)


@needs_avif
def test_what_nobody_here_can_read_is_not_let_out(monkeypatch):
    picture = Picture(opaque(), None)
    file = written(picture, {"format": AVIF})

    async def decode(*_):
        raise CutawayError("not-decoded", "")

    monkeypatch.setattr(FakeEngine, "decode", decode)
    with pytest.raises(CutawayError, match="Choose another format") as failure:
        verified(file, picture, {"format": AVIF})
    assert failure.value.code == "verification-failed"


@ways(WEBP, JPEG)
def test_where_the_host_cannot_read_it_pillow_does(way, monkeypatch):
    picture = Picture(opaque(), None)

    async def decode(*_):
        raise CutawayError("not-decoded", "")

    monkeypatch.setattr(FakeEngine, "decode", decode)
    assert verified(written(picture, way), picture, way).decoder == "Pillow"
