"""read: whatever the bytes are, a Photo or a CutawayError with what to do."""

import struct

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from cutaway.read import PLAIN_INKS, read
from cutaway.reading import found
from tests.unit.doubles import encoded, png, profile, rgb_profile, scene, sixteen

ORIENTATION = 0x0112
RGB = Image.fromarray(scene(45, 31))
GREY = RGB.convert("L")
RGBA = RGB.copy()
RGBA.putalpha(GREY.transpose(Image.Transpose.ROTATE_180))
RGBA.putpixel((0, 0), (9, 9, 9, 0))
XMP = b'<x:xmpmeta><rdf:RDF><rdf:Description tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'

#: Pillow's way to store an upright picture so that EXIF turns it upright again.
STORED = {
    1: [],
    2: [Image.Transpose.FLIP_LEFT_RIGHT],
    3: [Image.Transpose.ROTATE_180],
    4: [Image.Transpose.FLIP_TOP_BOTTOM],
    5: [Image.Transpose.TRANSPOSE],
    6: [Image.Transpose.ROTATE_90],
    7: [Image.Transpose.TRANSVERSE],
    8: [Image.Transpose.ROTATE_270],
}


def exif(orientation):
    block = Image.Exif()
    block[ORIENTATION] = orientation
    return block


def pixels(image):
    return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_photo_is_upright(orientation, format):
    stored = RGB
    for turn in STORED[orientation]:
        stored = stored.transpose(turn)
    how = {"lossless": True} if format == "WEBP" else {}
    photo = read(encoded(stored, format, exif=exif(orientation), **how))
    assert (photo.width, photo.height) == RGB.size
    allowed = 40 if format == "JPEG" else 0
    assert np.abs(photo.pixels.astype(int) - pixels(RGB)).mean() <= allowed / 4
    assert np.abs(photo.pixels.astype(int) - pixels(RGB)).max() <= allowed * 6


def test_only_true_exif_turns_a_photo():
    """Browsers do not look into text chunks and XMP for an orientation, so neither is done here."""
    raw = exif(6).tobytes()
    text = PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", f"\nexif\n{len(raw)}\n{raw.hex()}\n")
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    assert read(encoded(RGB, "PNG", pnginfo=text)).width == RGB.width
    assert read(encoded(RGB, "JPEG", xmp=xmp)).width == RGB.width


@pytest.mark.parametrize(
    "block", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0" + b"x" * 40]
)
def test_a_damaged_exif_block_does_no_harm(block):
    assert read(encoded(RGB, "JPEG", exif=block)).width == RGB.width


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_ignored(orientation):
    assert read(encoded(RGB, "JPEG", exif=exif(orientation))).width == RGB.width


PALETTE = RGB.quantize(200)
MODES = [
    ("RGB", RGB, "PNG", RGB),
    ("L", GREY, "PNG", GREY),
    ("1", GREY.convert("1"), "PNG", GREY.convert("1")),
    ("P", PALETTE, "PNG", PALETTE),
    ("GIF", PALETTE, "GIF", PALETTE),
    ("BMP", RGB, "BMP", RGB),
    ("TIFF", RGB, "TIFF", RGB),
    ("CMYK", RGB.convert("CMYK"), "TIFF", RGB.convert("CMYK")),
    ("RGBX", RGB.convert("RGBX"), "TIFF", RGB),
]


@pytest.mark.parametrize(("image", "format", "wanted"), [row[1:] for row in MODES])
def test_every_mode_becomes_rgb(image, format, wanted):
    photo = read(encoded(image, format))
    assert (photo.pixels == pixels(wanted)).all()
    assert photo.opaque
    assert photo.alpha is None
    assert photo.rgba.flags.c_contiguous
    assert (photo.rgba[..., 3] == 255).all()
    assert photo.format == format
    assert photo.size == len(encoded(image, format))


def test_transparency_is_kept():
    for format, how in (("PNG", {}), ("WEBP", {"lossless": True, "exact": True}), ("TIFF", {})):
        photo = read(encoded(RGBA, format, **how))
        assert not photo.opaque
        assert (photo.alpha == np.asarray(RGBA)[..., 3]).all()
        assert (photo.pixels == np.asarray(RGBA)[..., :3]).all()


def test_transparency_of_grey_and_of_palettes_is_kept():
    with_alpha = RGBA.convert("LA")
    assert (read(encoded(with_alpha, "PNG")).alpha == np.asarray(with_alpha)[..., 1]).all()
    by_index = bytes(range(200))
    photo = read(encoded(PALETTE, "PNG", transparency=by_index))
    assert (photo.alpha == np.frombuffer(by_index, np.uint8)[np.asarray(PALETTE)]).all()


def test_a_colour_that_stands_for_transparent_is_honoured():
    image = Image.new("RGB", (4, 2), (10, 20, 30))
    image.putpixel((2, 1), (1, 2, 3))
    alpha = read(encoded(image, "PNG", transparency=(1, 2, 3))).alpha
    assert alpha.tolist() == [[255] * 4, [255, 255, 0, 255]]


def test_a_sixteen_bit_colour_key_hides_no_other_colour():
    key = struct.pack(">3H", 0x0102, 0x0102, 0x0102)
    near = np.full((1, 4, 3), 0x0202, ">u2")  # its low bytes are the key's
    photo = read(png(4, 1, 16, 2, [near.tobytes()], (b"tRNS", key)))
    assert photo.opaque


def test_an_alpha_channel_that_is_full_counts_as_none():
    image = RGB.copy()
    image.putalpha(255)
    assert read(encoded(image, "PNG")).opaque


@pytest.mark.parametrize(("colour", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_sixteen_bits_are_scaled_down(colour, channels):
    values, rows = sixteen(channels)
    photo = read(png(64, 8, 16, colour, rows))
    wanted = values.astype(float) / 257
    shades = wanted[..., :1] if channels < 3 else wanted[..., :3]
    assert np.abs(photo.pixels - shades).max() <= 1
    if channels in (2, 4):
        assert np.abs(photo.alpha - wanted[..., -1]).max() <= 1
    assert len(np.unique(photo.pixels)) > 128


def test_sixteen_bit_grey_is_rounded():
    values, rows = sixteen(1)
    assert (read(png(64, 8, 16, 0, rows)).pixels == np.rint(values / 257)).all()


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (np.array([[0, 0.5, 1]], np.float32), [0, 128, 255]),
        (np.array([[-10, 0, 10]], np.float32), [0, 128, 255]),
        (np.array([[0, 0.25, np.nan]], np.float32), [0, 64, 0]),
        (np.array([[0, 32768, 65535]], np.int32), [0, 128, 255]),
        (np.array([[0, 502_000, 1_000_000]], np.int32), [0, 128, 255]),
        (np.array([[-7, -7, -7]], np.int32), [0, 0, 0]),
    ],
)
def test_deep_grey_is_brought_to_eight_bits(values, wanted):
    photo = read(encoded(Image.fromarray(values), "TIFF"))
    assert photo.pixels[0, :, 1].tolist() == wanted


def test_inks_become_colours_and_are_not_inverted():
    inks = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    red, green, blue = read(encoded(inks, "JPEG")).pixels.mean((0, 1))
    assert red > 240
    assert max(green, blue) < 15


def test_a_colour_profile_is_carried_only_where_it_fits():
    icc = rgb_profile()
    assert read(encoded(RGB, "JPEG", icc_profile=icc)).icc == icc
    assert read(encoded(RGBA, "PNG", icc_profile=icc)).icc == icc
    assert read(encoded(RGB, "PNG")).icc is None
    assert read(encoded(RGB.convert("CMYK"), "JPEG", icc_profile=profile(b"CMYK"))).icc is None
    assert read(encoded(RGB.convert("CMYK"), "JPEG", icc_profile=icc)).icc is None
    assert read(encoded(RGB, "JPEG", icc_profile=profile(b"GRAY"))).icc is None
    assert read(encoded(RGB, "JPEG", icc_profile=b"not a profile at all")).icc is None


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_grey_photo_keeps_its_profile_for_grey(format):
    icc = profile(b"GRAY")
    photo = read(encoded(GREY, format, icc_profile=icc))
    if format == "WEBP":  # knows no grey, so a profile for grey is none for its pixels
        assert (photo.grey, photo.icc) == (False, None)
    else:
        assert (photo.grey, photo.icc) == (True, icc)
    assert read(encoded(GREY, "JPEG", icc_profile=rgb_profile())).grey is False
    assert read(encoded(GREY, "JPEG")).grey is True
    assert read(encoded(RGB, "JPEG")).grey is False


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_is_taken_and_that_is_said(format):
    others = [Image.new("RGB", RGB.size, (255, shade, 0)) for shade in (0, 200)]
    how = {"lossless": True} if format == "WEBP" else {}
    photo = read(encoded(RGB, format, save_all=True, append_images=others, **how))
    difference = np.abs(photo.pixels.astype(int) - pixels(RGB)).mean()
    assert difference < (20 if format == "GIF" else 0.01)
    name = "WebP" if format == "WEBP" else format
    assert photo.notices == (f"Only the first of 3 pictures in this {name} was taken.",)
    assert read(encoded(RGB, format, **how)).notices == ()


@pytest.mark.parametrize(
    ("data", "sentences"),
    [
        (encoded(RGB, "JPEG"), []),
        (png(64, 8, 16, 2, sixteen(3)[1]), [found.DEEP]),
        (png(64, 8, 16, 4, sixteen(2)[1]), [found.DEEP, found.CLEAR]),
        (encoded(Image.fromarray(np.ones((4, 4), np.uint16)), "TIFF"), [found.DEEP]),
        (encoded(RGBA, "PNG"), [found.CLEAR]),
        (encoded(RGB.convert("CMYK"), "JPEG"), [PLAIN_INKS]),
        (encoded(RGB, "PNG", icc_profile=profile(b"RGB ")), [found.STRANGE_PROFILE]),
        (encoded(RGB, "PNG", icc_profile=rgb_profile()), []),
    ],
)
def test_what_was_changed_is_said(data, sentences):
    photo = read(data)
    assert list(photo.notices) == sentences
    assert photo.deep == (found.DEEP in sentences)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_metadata_comes_along_with_its_orientation_corrected(format):
    block = exif(6)
    block[0x010F] = "A camera"
    photo = read(encoded(RGB, format, exif=block, xmp=XMP))
    kept = Image.Exif()
    kept.load(photo.exif)
    assert (kept.get(ORIENTATION, 1), kept[0x010F]) == (1, "A camera")
    if format in ("JPEG", "WEBP"):  # Pillow writes no XMP into the others
        assert b'tiff:Orientation="1"' in photo.xmp
    assert read(encoded(RGB, format)).exif is None
    assert read(encoded(RGB, format)).xmp is None


def test_the_largest_picture_of_an_icon_is_taken():
    photo = read(encoded(RGBA.resize((64, 64)), "ICO", sizes=[(16, 16), (64, 64)]))
    assert (photo.width, photo.height, photo.format) == (64, 64, "ICO")
    assert np.abs(photo.alpha.astype(int) - np.asarray(RGBA.resize((64, 64)))[..., 3]).max() <= 1
