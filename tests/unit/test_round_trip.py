"""A photo's profile and values, from its file to the cutout's, where a format loses nothing."""

import asyncio
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cutaway.icc import profile_of
from cutaway.options import Options
from cutaway.road import remove_background
from tests.unit.doubles import FakeEngine, encoded, scene
from tests.unit.test_formats import grey_profile

HARD = Path(__file__).parents[3] / "shared" / "inputs" / "files"
LOSSLESS = [{"format": "image/png"}, {"format": "image/webp", "lossless": True}]
PLAIN = Image.fromarray(scene(150, 110))
MADE = {
    "Display P3": encoded(PLAIN, "PNG", icc_profile=profile_of(12)),
    "grey, gamma 1.8": encoded(PLAIN.convert("L"), "PNG", icc_profile=grey_profile()),
    "P3 as JPEG": encoded(PLAIN, "JPEG", icc_profile=profile_of(12), quality=95),
    "grey as JPEG": encoded(PLAIN.convert("L"), "JPEG", icc_profile=grey_profile()),
}
COLLECTED = ["adobergb-2000.jpg", "adobergb-eos7d.jpg", "a98-jpeg.jpg", "p3-png.png"]


def cutout_of(data, way):
    options = Options.of({"model": "u2netp"} | way)
    return asyncio.run(remove_background(data, options, FakeEngine(), lambda *_: None)).file


def assert_unchanged(data, way):
    """Profile byte for byte, and the photo's values wherever nothing is transparent."""
    original = Image.open(io.BytesIO(data))
    found = Image.open(io.BytesIO(cutout_of(data, way).data))
    assert original.info["icc_profile"]
    if original.mode == "L" and way["format"] == "image/webp":
        assert "icc_profile" not in found.info  # told in the receipt: WebP knows no grey
        return
    assert found.info["icc_profile"] == original.info["icc_profile"]
    values, wanted = np.asarray(found.convert("RGBA")), np.asarray(original.convert("RGBA"))
    full = (values[..., 3] == 255) & (wanted[..., 3] == 255)
    assert full.any()
    assert (values[full] == wanted[full]).all()


@pytest.mark.parametrize("way", LOSSLESS, ids=["png", "webp"])
@pytest.mark.parametrize("name", MADE)
def test_made_files_keep_profile_and_values(name, way):
    assert_unchanged(MADE[name], way)


@pytest.mark.parametrize("way", LOSSLESS, ids=["png", "webp"])
@pytest.mark.parametrize("name", COLLECTED)
def test_collected_files_keep_profile_and_values(name, way):
    file = HARD / name
    if not file.is_file():
        pytest.skip("the collection of hard files is not beside the project")
    assert_unchanged(file.read_bytes(), way)


def test_metadata_is_kept_only_where_it_is_wanted():
    exif = Image.Exif()
    exif[0x010E] = "a note"
    exif[0x0112] = 6
    data = encoded(PLAIN, "JPEG", exif=exif)
    for way in LOSSLESS:
        stripped = Image.open(io.BytesIO(cutout_of(data, way).data))
        assert "exif" not in stripped.info
        kept = Image.open(io.BytesIO(cutout_of(data, way | {"metadata": "keep"}).data)).getexif()
        assert (kept[0x010E], kept[0x0112]) == ("a note", 1)
