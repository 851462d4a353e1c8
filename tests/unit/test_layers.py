"""Each subject of a cutout as a file of its own."""

import asyncio
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cutaway.errors import CutawayError
from cutaway.hand.layers import Layer, census, layer_name, layers
from cutaway.hand.thumbnails import SIDE, thumbnail
from cutaway.options import Options
from cutaway.result import Result
from cutaway.road import remove_background
from cutaway.values import Bytes, Floats
from tests.unit.doubles import FakeEngine, encoded, rgb_profile

WIDTH, HEIGHT = 480, 360
#: Middle and radius, as shares of width and height: the first is the largest.
DISCS = ((0.3, 0.5, 0.2), (0.75, 0.4, 0.15))
PROFILE = rgb_profile()


def discs(width: int, height: int, soft: float) -> Floats:
    y, x = (np.mgrid[0:height, 0:width] + 0.5) / np.array([height, width])[:, None, None]
    parts = [np.clip((r - np.hypot(x - cx, y - cy)) / soft + 0.5, 0, 1) for cx, cy, r in DISCS]
    return np.maximum(*parts).astype(np.float32)


def ignore(*_: object) -> None:
    """Nobody asks how far it has come."""


@pytest.fixture(scope="module")
def result() -> Result:
    """Two discs of two colours on grey."""
    seen = discs(WIDTH, HEIGHT, 0.01)[..., None]
    colours = np.where(np.arange(WIDTH)[None, :, None] < WIDTH / 2, (200, 40, 30), (30, 60, 190))
    pixels = (seen * colours + (1 - seen) * 128).astype(np.uint8)
    data = encoded(Image.fromarray(pixels), "PNG", icc_profile=PROFILE)
    engine = FakeEngine(failures={("cpu", 2): discs(320, 320, 0.08)})
    return asyncio.run(remove_background(data, Options.of({"speed": "fast"}), engine, ignore))


def taken(
    result: Result, placement: str = "place", which: Any = None, **options: Any
) -> list[Layer]:
    asked = Options.of(options)

    async def all_of_them() -> list[Layer]:
        job = layers(result, asked, placement, which, FakeEngine(), ignore)
        return [layer async for layer in job]

    return asyncio.run(all_of_them())


def pixels(layer: Layer) -> Bytes:
    with Image.open(io.BytesIO(layer.file.data)) as picture:
        assert picture.mode == "RGBA"
        assert picture.info["icc_profile"] == PROFILE
        return np.asarray(picture)


def cutout(result: Result) -> Bytes:
    with Image.open(io.BytesIO(result.file.data)) as picture:
        return np.asarray(picture.convert("RGBA"))


@pytest.fixture(scope="module")
def drop(result: Result) -> list[dict[str, Any]]:
    """The edits that drop each of the two."""
    counted, _ = census(result.hand, ())
    assert len(counted.subjects) == 2
    return [{"kind": "drop", "x": each.x, "y": each.y} for each in counted.subjects]


def test_laid_over_one_another_they_are_the_cutout(result: Result) -> None:
    first, second = (pixels(layer) for layer in taken(result))
    assert not ((first[..., 3] > 0) & (second[..., 3] > 0)).any()
    assert np.array_equal(first + second, cutout(result))
    assert first[180, 144, 0] == 200
    assert second[144, 360, 2] == 190


def test_cropped_they_hold_the_same_pixels_where_they_are_told_to_lie(result: Result) -> None:
    whole = cutout(result)
    laid = np.zeros_like(whole)
    for layer in taken(result, "crop"):
        seen = pixels(layer)
        assert (layer.file.height, layer.file.width) == seen.shape[:2]
        rim = seen[[0, -1], :, 3].any(axis=1).all() and seen[:, [0, -1], 3].any(axis=0).all()
        assert rim, "no more than the subject"
        laid[layer.y : layer.y + len(seen), layer.x : layer.x + seen.shape[1]] += seen
    assert np.array_equal(laid, whole)


def test_the_edge_is_as_it_is_asked_for(result: Result) -> None:
    hard = taken(result, refine={"threshold": 1})
    soft = taken(result, refine={"feather": 20})
    for one, other in zip(hard, soft, strict=True):
        assert set(np.unique(pixels(one)[..., 3])) == {0, 255}
        assert len(np.unique(pixels(other)[..., 3])) > 50


def test_every_file_is_verified(result: Result) -> None:
    for layer in taken(result):
        assert (layer.verification.alpha, layer.verification.colour) == ("exact", "exact")


def test_what_is_dropped_has_no_layer(result: Result, drop: list[dict[str, Any]]) -> None:
    (left,) = taken(result, edits=drop[:1])
    assert left.number == 1
    assert np.array_equal(pixels(left), pixels(taken(result, which=[1])[0]))


def test_dropped_ones_are_listed_with_the_edits_that_did_it(
    result: Result, drop: list[dict[str, Any]]
) -> None:
    edits = Options.of({"edits": [drop[1], drop[0], drop[1]]}).edits
    counted, _ = census(result.hand, edits)
    assert counted.subjects == census(result.hand, ())[0].subjects
    assert counted.drops == ((1,), (0, 2))
    assert counted.kept == ()


def test_without_a_subject_there_is_nothing_to_save(
    result: Result, drop: list[dict[str, Any]]
) -> None:
    with pytest.raises(CutawayError, match="Bring one back") as caught:
        taken(result, edits=drop)
    assert caught.value.code == "no-subject"


@pytest.mark.parametrize("wrong", [{"placement": "there"}, {"which": [2]}, {"which": [-1]}])
def test_what_cannot_be_meant_is_refused(result: Result, wrong: dict[str, Any]) -> None:
    with pytest.raises(CutawayError) as caught:
        taken(result, **wrong)
    assert caught.value.code == "bad-option"


def test_it_tells_how_far_it_has_come_and_can_be_ended_between_two(result: Result) -> None:
    told: list[tuple[Any, ...]] = []

    class Impatient(FakeEngine):
        async def breathe(self) -> None:
            if told and told[-1][1] == 1:
                raise CutawayError("cancelled", "Cancelled.")

    def report(*what: Any) -> None:
        told.append(what)

    done: list[Layer] = []

    async def some() -> None:
        async for layer in layers(result, Options(), "place", None, Impatient(), report):
            done.append(layer)

    with pytest.raises(CutawayError, match="Cancelled"):
        asyncio.run(some())
    assert [layer.number for layer in done] == [0]
    assert told == [("layers", 0, 2, "step", ""), ("layers", 1, 2, "step", "")]


def test_thumbnails_show_one_subject_each(result: Result) -> None:
    counted, sources = census(result.hand, ())
    assert counted.parting is not None
    first, second = (thumbnail(sources, counted.parting, number).rgba for number in (0, 1))
    for each, channel in ((first, 0), (second, 2)):
        assert SIDE * 0.6 < max(each.shape) <= SIDE
        solid = each[each[..., 3] == 255]
        assert len(solid) > each.size / 4 / 3
        assert (solid[..., :3].argmax(axis=-1) == channel).mean() > 0.99
        assert not each[0, 0, 3]


@pytest.mark.parametrize(
    ("photo", "name"),
    [
        ("two dogs.jpeg", "two dogs-subject-3.png"),
        ("a.b.jpg", "a.b-subject-3.png"),
        ("../x/y.png", "y-subject-3.png"),
        ("..\\x\\y.png", "y-subject-3.png"),
        ("", "photo-subject-3.png"),
    ],
)
def test_they_are_named_after_the_photo(photo: str, name: str) -> None:
    assert layer_name(photo, 2) == name
