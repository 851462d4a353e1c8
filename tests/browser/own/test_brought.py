"""Models that people bring run, by address and by file, and give the mask they should."""

import base64
import hashlib
import io
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from PIL import Image

from cutaway.models.families import find
from cutaway.read import read
from cutaway.refine import refine
from cutaway.refining.regions import without_specks
from cutaway.values import Mask
from tests.browser.own import graphs
from tests.browser.own.desk import Desk
from tests.browser.own.elsewhere import Elsewhere
from tools.reference import HALF, IMAGENET, Words

PLAIN = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
#: The families that must run, as their makers give them, and what turns their output into a mask.
BROUGHT = {
    "rmbg-1.4": (Words(1024, 255, HALF, "input", "output", stretch=True), False),
    "rmbg-2.0": (Words(1024, 255, IMAGENET, "pixel_values", "alphas"), False),
    "birefnet": (Words(1024, 255, IMAGENET, "input_image", "output_image"), True),
    "ben2": (Words(1024, 255, PLAIN, "input", "output", stretch=True), False),
}


@cache
def demanded(model: Path, family: str, photo: Path) -> NDArray[np.float32]:
    """The mask, 0 to 255, by the contract's words and the native ONNX Runtime."""
    words, logits = BROUGHT[family]
    with Image.open(photo) as image:
        scaled = np.asarray(image, np.float32) / np.float32(words.divisor)
    mean, std = (np.array(three, np.float32) for three in words.colours)
    tensor = np.ascontiguousarray(((scaled - mean) / std).transpose(2, 0, 1)[None])
    session = onnxruntime.InferenceSession(model)
    mask = session.run([words.output], {words.input: tensor})[0][0, 0].astype(np.float32)
    if words.stretch:
        mask = (mask - mask.min()) / (mask.max() - mask.min())
    if logits:
        mask = 1 / (1 + np.exp(-mask))
    return mask * 255


@cache
def refined(model: Path, family: str, photo: Path) -> NDArray[np.uint8]:
    """The matte that follows from that mask."""
    mask = without_specks((demanded(model, family, photo) / 255).astype(np.float32))
    return refine(Mask(mask), read(photo.read_bytes())).alpha


def picture(text: str) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))))


@pytest.mark.parametrize("way", ["address", "file"])
@pytest.mark.parametrize("family", BROUGHT)
def test_a_brought_model_gives_the_mask_that_its_contract_demands(
    shared: Desk, elsewhere: Elsewhere, folder: Path, photo: Path, family: str, way: str
) -> None:
    file = folder / f"{family}.onnx"
    candidate = shared.open(f"{elsewhere.url}{file.name}" if way == "address" else file)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    assert (candidate["id"], candidate["sha256"]) == (f"own-{sha256[:12]}", sha256)
    assert candidate["family"] == family, "its names, types and sizes give it away"
    assert candidate["bytes"] == file.stat().st_size
    assert candidate["source"] == ("127.0.0.1" if way == "address" else file.name)
    assert candidate["title"] == family
    wanted = demanded(file, family, photo)
    assert wanted.std() > 20
    tried = shared.try_out(candidate, photo)
    assert tried["provider"] == "wasm"
    assert np.abs(picture(tried["mask"]) - wanted).max() <= 1
    entry = shared.accept(candidate, "Mine")
    assert (entry["id"], entry["title"], entry["tier"]) == (candidate["id"], "Mine", "pro")
    answer = shared.bench.cut(photo, model=entry["id"])
    matte = refined(file, family, photo)
    assert np.abs(answer.matte.astype(int) - matte).max() <= 2
    assert answer.receipt["model"] == {"id": entry["id"], "title": "Mine", "sha256": sha256}
    assert answer.receipt["retries"] == []


def test_the_dry_run_shows_the_known_picture_and_its_mask(shared: Desk, folder: Path) -> None:
    tried = shared.try_out(shared.open(folder / "tiny.onnx"))
    shown, mask = picture(tried["photo"]), picture(tried["mask"])
    assert shown.shape == (512, 512, 3)
    assert mask.shape == (512, 512)
    assert mask[280, 200] > mask[20, 20] + 50, "the disc is redder than what lies around it"
    assert tried["milliseconds"] > 0


def test_several_pieces_are_put_together_again(shared: Desk, elsewhere: Elsewhere) -> None:
    """More than one piece and a rest, by address, with its progress in real bytes."""
    file = elsewhere.root / "heavy.onnx"
    graphs.heavy(file, 11_000_000)
    before = len(shared.pieces())
    candidate = shared.open(f"{elsewhere.url}heavy.onnx")
    assert len(shared.pieces()) == before + 3
    done = [note["done"] for note in candidate["notes"] if note["model"] == ""]
    assert done == sorted(done)
    assert done[-1] == candidate["bytes"] == file.stat().st_size
    assert {note["total"] for note in candidate["notes"]} == {file.stat().st_size}
    assert {(note["stage"], note["unit"]) for note in candidate["notes"]} == {("model", "bytes")}


def test_families_are_told_with_their_contracts(shared: Desk) -> None:
    told = shared.page.evaluate("cutaway.own.families()")
    assert [family["id"] for family in told][-1] == "custom"
    assert set(BROUGHT) < {family["id"] for family in told}
    for family in told:
        assert family["contract"] == find(family["id"]).contract.to_dict()
        assert family["note"]
