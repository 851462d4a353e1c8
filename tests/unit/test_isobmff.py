"""isobmff: what is put into an AVIF is found there by another reader, and the pixels stay."""

import io

import numpy as np
import pytest
from PIL import Image, features

from cutaway.encode.isobmff import extended
from cutaway.errors import CutawayError
from cutaway.host import native_avif
from cutaway.icc import profile_of
from cutaway.reading import heif
from tests.unit.doubles import scene
from tests.unit.test_formats import EXIF, XMP

ICC = profile_of(12)

pytestmark = pytest.mark.skipif(not features.check("avif"), reason="Pillow without AVIF")


@pytest.fixture(params=["soft", "opaque"])
def bare(request):
    rgba = np.full((30, 40, 4), 255, np.uint8)
    rgba[..., :3] = scene(40, 30)
    if request.param == "soft":
        rgba[..., 3] = np.linspace(0, 255, 40)
    return native_avif.encode(rgba, 80, 9)


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


@pytest.mark.parametrize("icc", [None, ICC])
@pytest.mark.parametrize("exif", [None, EXIF])
@pytest.mark.parametrize("xmp", [None, XMP])
def test_all_that_is_put_in_is_found_and_nothing_else(bare, icc, exif, xmp):
    made = extended(bare, icc, exif, xmp)
    still = heif.opened(made)
    assert (still.icc, still.exif, still.xmp) == (icc, exif, xmp)
    assert Image.open(io.BytesIO(made)).info.get("icc_profile") == icc
    assert (pixels(made) == pixels(bare)).all()
    if icc is exif is xmp is None:
        assert made == bare


@pytest.mark.parametrize("data", [b"", b"\0\0\0\x10ftypavif", b"\0\0\0\x08meta", b"\0\0\0\2meta"])
def test_what_is_no_avif_is_told(data):
    with pytest.raises(CutawayError) as failure:
        extended(data, ICC, None, None)
    assert failure.value.code == "avif-failed"


def test_a_file_cut_anywhere_raises_nothing_else(bare):
    for keep in range(0, bare.index(b"mdat"), 7):
        with pytest.raises(CutawayError) as failure:
            extended(bare[:keep], ICC, EXIF, XMP)
        assert failure.value.code == "avif-failed"
