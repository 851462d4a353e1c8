"""Each model's contract, against small masks that were made without any code of the package.

The references are thumbnails of the masks that ``tools.reference`` gives for one photograph; a
dark one, so that dividing by 255 and by the photo's maximum differ. They are made anew by
``python -m tests.unit.test_contracts`` in the project's root, with ``py`` on the path.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cutaway.host.native import NativeEngine
from cutaway.models import registry
from cutaway.read import read
from cutaway.segment import interpret, prepare
from cutaway.values import Attempt
from tests.unit.doubles import encoded
from tools.reference import HALF, IMAGENET, KNOWN, PARTS, WEIGHTS, reference

REFERENCES = Path(__file__).parent / "references"
#: Mean difference of two thumbnails, in 255ths, that counts as the same. Wrong contracts give 1.1
#: or more; the same contract on another processor gives little but rounding.
SAME = 0.6
IDS = [model.id for model in registry.models()]
ON_CPU = Attempt("cpu", 2, "")


def photograph() -> Image.Image:
    """The astronaut (NASA, public domain) at a quarter of its brightness."""
    with Image.open(PARTS / "photos" / "astronaut.png") as picture:
        return picture.convert("RGB").point(lambda value: value // 4)


def thumbnail(mask: np.ndarray) -> np.ndarray:
    grey = Image.fromarray(np.rint(mask * 255).clip(0, 255).astype(np.uint8))
    return np.asarray(grey.resize((32, 32), Image.Resampling.BOX)).astype(int)


def apart(mask: np.ndarray, id: str) -> float:
    """Mean difference from the stored reference, in 255ths."""
    with Image.open(REFERENCES / f"{id}.png") as stored:
        return float(np.abs(thumbnail(mask) - np.asarray(stored)).mean())


def have(id: str) -> bool:
    return (WEIGHTS / f"{id}.onnx").exists() and (PARTS / "photos").exists()


@pytest.fixture(scope="module", params=IDS)
def model(request):
    if not have(request.param):
        pytest.skip("the build has not fetched these weights and photographs yet")
    return registry.find(request.param)


@pytest.fixture(scope="module")
def masked(model):
    """Our own mask of the photograph under a contract, on one loaded engine."""
    engine = NativeEngine(WEIGHTS)
    asyncio.run(engine.load(model, ON_CPU, lambda done, total: None))
    photo = read(encoded(photograph(), "PNG"))

    def run(contract):
        ran = asyncio.run(engine.run(model, ON_CPU, prepare(photo, contract)))
        return interpret(ran.outputs, contract).values

    return run


@pytest.fixture(scope="module")
def ours(model, masked):
    return masked(model.contract)


def test_every_model_has_a_reference():
    assert set(IDS) == set(KNOWN) == {path.stem for path in REFERENCES.glob("*.png")}


def test_our_mask_is_the_references(model, ours):
    assert np.abs(ours - reference(photograph(), model.id)).mean() <= 2 / 255


def test_our_mask_is_the_stored_one(model, ours):
    assert apart(ours, model.id) < SAME


@pytest.mark.parametrize("field", ["mean", "std", "scale"])
def test_another_contract_is_noticed(model, masked, field):
    """Each change is a mix-up with another family's contract."""
    of_imagenet = model.contract.mean != (0.5, 0.5, 0.5)
    halves = model.contract.std == (0.5, 0.5, 0.5)
    mistake = {
        # MODNet hardly minds the small step to ImageNet's mean
        "mean": HALF[0] if of_imagenet else (0.0, 0.0, 0.0) if halves else IMAGENET[0],
        "std": (1.0, 1.0, 1.0) if halves else (0.5, 0.5, 0.5),
        "scale": "255" if model.contract.scale == "max" else "max",
    }
    wrong = replace(model.contract, **{field: mistake[field]})
    assert apart(masked(wrong), model.id) > 1.5 * SAME


if __name__ == "__main__":
    REFERENCES.mkdir(exist_ok=True)
    for id in KNOWN:
        grey = thumbnail(reference(photograph(), id)).astype(np.uint8)
        Image.fromarray(grey).save(REFERENCES / f"{id}.png", optimize=True)
