"""Every kind of file that people have: generated ones, and hard ones from a collection."""

import asyncio
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, features

from cutaway.errors import CutawayError
from cutaway.host.native import NativeEngine
from cutaway.icc import profile_of
from cutaway.models import registry
from cutaway.options import Options
from cutaway.read import PLAIN_INKS, read_any
from cutaway.reading import decoding, found
from cutaway.refine import refine
from cutaway.road import remove_background
from cutaway.segment import prepare, segment
from cutaway.values import Attempt
from tests.unit.doubles import FakeEngine, encoded, scene

HARD = Path(__file__).parents[3] / "shared" / "inputs"
ENGINE = NativeEngine()
AVIF = pytest.mark.skipif(not features.check("avif"), reason="this Pillow knows no AVIF")
RGB = Image.fromarray(scene(90, 61))
SOFT = RGB.copy()
SOFT.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 90).astype(np.uint8), (61, 1))))
LOSSLESS = {"quality": 100, "subsampling": "4:4:4"}

#: The codes of what is not read, by the file's id in the collection.
REFUSED = {
    "heic-iphone13": "unsupported-format",
    "heic-example": "unsupported-format",
    "svg": "unsupported-format",
    "jp2": "unsupported-format",
    "bomb-png-268mp": "too-large",
    "bomb-png-4gp": "too-large",
    "bomb-gif": "too-large",
    "trunc-jpeg": "truncated",
    "trunc-jpeg-thumbor": "truncated",
    "trunc-png": "truncated",
    "corrupt-header-jpeg": "broken",
    "broken-png": "broken",
    "empty-file": "empty-file",
    "text-as-jpg": "not-an-image",
    "html-as-png": "not-an-image",
}
#: EXIF turns these by a quarter; every other size of the manifest is the upright one.
QUARTER_TURNED = {f"exif-landscape-{n}" for n in (5, 6, 7, 8)} | {"exif-portrait-6"}
#: Files with clear pixels beside those of the class "alpha".
CLEAR = {"png-adam7-rgba16", "gif-anim", "webp-anim", "avif-anim", "nosubject-pattern"}
DEEP = {"png16-rgb", "png-adam7-rgba16", "tiff", "avif-hdr-p3"}
GREY = {"person-gray", "png8-graya"}


def opened(data, salvage=False):
    return asyncio.run(read_any(data, ENGINE, salvage))


def refusal(data):
    with pytest.raises(CutawayError) as failure:
        opened(data)
    assert failure.value.sentence.endswith(".")
    return failure.value


def pixels(image):
    return np.asarray(image.convert("RGBA")).astype(int)


@pytest.fixture(scope="module")
def collection():
    manifest = HARD / "manifest.json"
    if not manifest.exists():
        pytest.skip("the collection of hard input files is not beside the project")
    return {entry["id"]: entry for entry in json.loads(manifest.read_text("utf-8"))}


def contents(entry):
    return (HARD / entry["file"]).read_bytes()


def test_every_file_of_the_collection_does_what_it_should(collection):
    assert set(REFUSED) <= set(collection)
    for id, entry in collection.items():
        if id in REFUSED:
            assert refusal(contents(entry)).code == REFUSED[id], id
            continue
        photo = opened(contents(entry))
        size = (entry["width"], entry["height"])
        assert (photo.width, photo.height) == (size[::-1] if id in QUARTER_TURNED else size), id
        assert photo.opaque == (entry["class"] != "alpha" and id not in CLEAR), id
        assert photo.deep == (id in DEEP), id
        assert photo.grey == (id in GREY), id
        frames = entry.get("frames", 1)
        assert any(f"first of {frames}" in notice for notice in photo.notices) == (frames > 1), id
        if "icc" in entry and entry["mode"] != "CMYK":
            with Image.open(HARD / entry["file"]) as image:
                assert photo.icc == image.info["icc_profile"], id


def test_heic_is_refused_by_name_and_with_a_way_out(collection):
    for id in ("heic-iphone13", "heic-example"):
        sentence = refusal(contents(collection[id])).sentence
        assert "HEIC" in sentence
        assert "JPEG" in sentence


def test_the_eight_orientations_of_one_photo_look_the_same(collection):
    first, *others = [
        opened(contents(collection[f"exif-landscape-{number}"])).pixels[::4, ::4].astype(int)
        for number in range(1, 9)
    ]
    for other in others:
        assert np.abs(other - first).mean() < 6


def test_the_same_photo_in_other_colours_looks_the_same(collection):
    shots = {id: opened(contents(collection[id])) for id in collection if id.startswith("person-")}
    reference = shots["person-rgb"].pixels.astype(int)
    for id, allowed in (("person-png", 8), ("person-cmyk", 25)):
        assert np.abs(shots[id].pixels - reference).mean() < allowed, id
    grey = np.asarray(Image.fromarray(reference.astype(np.uint8)).convert("L")).astype(int)
    assert np.abs(shots["person-gray"].pixels[..., 0] - grey).mean() < 8


def test_the_same_photo_in_other_formats_has_the_same_matte(collection):
    model = registry.entry("isnet-768")
    weights = ENGINE._folder / "isnet-768.onnx"
    if not weights.exists():
        pytest.skip("the weights of ISNet are not in the build's cache")
    attempt = Attempt("cpu", 1, "")

    async def matte(id):
        photo = opened_photos[id]
        await ENGINE.load(model, attempt, lambda *_: None)
        mask, _ = await segment(prepare(photo, model.contract), model, attempt, ENGINE)
        return refine(mask, photo).alpha > 127

    wanted = {"person-png": 0.97, "person-gray": 0.95, "person-cmyk": 0.95, "png-as-jpg": 0.97}
    opened_photos = {id: opened(contents(collection[id])) for id in ("person-rgb", *wanted)}
    reference = asyncio.run(matte("person-rgb"))
    for id, overlap in wanted.items():
        other = asyncio.run(matte(id))
        assert (other & reference).sum() / (other | reference).sum() > overlap, id


def test_a_cutout_is_never_less_clear_than_its_photo(collection):
    for id, entry in collection.items():
        if entry["class"] not in ("alpha", "tiny", "aspect"):
            continue
        data = contents(entry)
        options = Options.of({"model": "u2netp"})
        road = remove_background(data, options, FakeEngine(), lambda *_: None)
        result = asyncio.run(road)
        with Image.open(io.BytesIO(result.file.data)) as image:
            alpha = pixels(image)[..., 3]
        assert alpha.shape == (entry["height"], entry["width"]), id
        assert (alpha <= opened(data).rgba[..., 3]).all(), id


def test_what_there_is_of_a_truncated_file_may_be_taken(collection):
    for id, share in (("trunc-jpeg", 0.98), ("trunc-png", 0.9), ("trunc-jpeg-thumbor", 0.58)):
        photo = opened(contents(collection[id]), salvage=True)
        clear = photo.rgba[..., 3] == 0
        assert abs(clear.mean() - share) < 0.02, id
        assert not clear[0].any(), id
        assert photo.notices == (found.SALVAGED,), id


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (20_000, 1), (2, 2), (3, 65_500)])
@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_odd_sizes_come_back_as_they_are(size, format):
    data = encoded(Image.fromarray(scene(*size)), format)
    road = remove_background(data, Options.of({"model": "u2netp"}), FakeEngine(), lambda *_: None)
    with Image.open(io.BytesIO(asyncio.run(road).file.data)) as image:
        assert image.size == size


INKS = RGB.convert("CMYK")
KINDS = {
    "progressive JPEG": encoded(RGB, "JPEG", progressive=True, quality=95),
    "grey JPEG": encoded(RGB.convert("L"), "JPEG", quality=95),
    "CMYK JPEG": encoded(INKS, "JPEG", quality=98),
    "palette PNG": encoded(RGB.quantize(255), "PNG"),
    "grey and alpha PNG": encoded(SOFT.convert("LA"), "PNG"),
    "WebP": encoded(SOFT, "WEBP", quality=95),
    "GIF": encoded(RGB, "GIF"),
    "TIFF": encoded(SOFT, "TIFF"),
    "BMP": encoded(RGB, "BMP"),
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_that_pillow_writes_is_read(kind):
    photo = opened(KINDS[kind])
    with Image.open(io.BytesIO(KINDS[kind])) as image:
        wanted = pixels(image)
    seen = wanted[..., 3:] > 0
    assert np.abs((photo.rgba - wanted) * seen).max() <= 1
    assert photo.opaque == (wanted[..., 3].min() == 255)


@AVIF
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("sampling", ["4:4:4", "4:2:0"])
def test_an_avif_has_the_pixels_that_pillow_finds(mode, sampling):
    data = encoded(SOFT.convert(mode), "AVIF", quality=80, subsampling=sampling)
    photo = opened(data)
    with Image.open(io.BytesIO(data)) as image:
        assert (photo.rgba == pixels(image)).all()
    assert photo.format == "AVIF"
    assert photo.opaque == (mode != "RGBA")


@AVIF
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_avif_is_turned_once(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    photo = opened(encoded(SOFT, "AVIF", exif=block, **LOSSLESS))
    reference = opened(encoded(SOFT, "AVIF", **LOSSLESS)).rgba
    turned = Image.fromarray(reference)
    wanted = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }  # fmt: skip
    if orientation in wanted:
        turned = turned.transpose(wanted[orientation])
    assert (photo.rgba == np.asarray(turned)).all()
    tags = Image.Exif()
    tags.load(photo.exif or b"")
    assert tags.get(0x0112, 1) == 1


@AVIF
def test_an_avif_keeps_its_profile_and_its_values():
    icc = profile_of(12)
    plain = opened(encoded(RGB, "AVIF", **LOSSLESS))
    wide = opened(encoded(RGB, "AVIF", icc_profile=icc, **LOSSLESS))
    assert (plain.icc, wide.icc) == (None, icc)
    assert np.abs(wide.pixels - pixels(RGB)[..., :3]).max() <= 3


@AVIF
def test_of_an_animated_avif_the_first_frame_is_taken():
    others = [Image.new("RGBA", RGB.size, (255, shade, 0, 255)) for shade in (0, 120, 240)]
    data = encoded(SOFT, "AVIF", save_all=True, append_images=others, **LOSSLESS)
    photo = opened(data)
    assert photo.notices[0] == "Only the first of 4 pictures in this AVIF was taken."
    assert np.abs(photo.rgba[..., 3] - pixels(SOFT)[..., 3]).max() <= 2


def test_inks_go_through_their_profile(collection):
    entry = collection["cmyk-progressive"]
    photo = opened(contents(entry))
    assert photo.notices == (decoding.INKS,)
    assert photo.icc is None
    with Image.open(HARD / entry["file"]) as image:
        source = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        wanted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), 1, "RGB")
    assert np.abs(photo.pixels - pixels(wanted)[..., :3]).mean() < 1


def test_inks_without_a_profile_are_about_right():
    photo = opened(KINDS["CMYK JPEG"])
    assert photo.notices == (PLAIN_INKS,)
    assert np.abs(photo.pixels - pixels(RGB)[..., :3]).mean() < 6
