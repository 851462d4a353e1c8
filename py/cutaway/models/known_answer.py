"""The known-answer check: whether a provider computes what the model is known to say.

A GPU can be finite and wrong: black, ghosted or shifted masks look like success. So before one is
believed, the model is run once on a fixed picture and its mask compared with the one that the
native ONNX Runtime gives (``answer`` in the registry).
"""

from collections.abc import Mapping

import numpy as np
from PIL import Image

from cutaway.errors import EngineError
from cutaway.models.registry import Contract, Model
from cutaway.segment import interpret, normalise
from cutaway.values import Bytes, Floats

#: The answer is the mask's thumbnail, this many values a side.
SIDE = 8
#: In 255ths, on average and at most. Providers differ by rounding; a shift by half a value of the
#: thumbnail is far beyond (tests/unit/test_known_answer.py).
MEAN_TOLERANCE = 3.0
LARGEST_TOLERANCE = 16.0


def question(contract: Contract) -> dict[str, Floats]:
    """The model's input for the fixed picture: a square of its size, whatever its fit."""
    return {contract.input: normalise(picture(contract.size), contract)}


def picture(size: int) -> Bytes:
    """The fixed picture, RGB, shape (size, size, 3): a bright, striped disc off a slope's centre.

    A model that knows people only sees the disc as clearly as any other.
    """
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / np.float32(size)
    disc = np.hypot(x - np.float32(0.4), y - np.float32(0.55)) < 0.25
    stripes = (np.floor(y * 16) % 2).astype(bool)
    pixels = np.empty((size, size, 3), np.uint8)
    pixels[..., 0] = np.where(disc, np.where(stripes, 250, 215), 40 + 40 * x)
    pixels[..., 1] = np.where(disc, np.where(stripes, 90, 60), 60 + 50 * y)
    pixels[..., 2] = np.where(disc, 40, 90 + 30 * x)
    return pixels


def answer(outputs: Mapping[str, Floats], contract: Contract) -> Bytes:
    """The thumbnail of the mask in ``outputs``: uint8, shape (8, 8)."""
    mask = Image.fromarray(interpret(outputs, contract).values * np.float32(255))
    small: Floats = np.asarray(mask.resize((SIDE, SIDE), Image.Resampling.BOX))
    return np.rint(small).clip(0, 255).astype(np.uint8)


def check(outputs: Mapping[str, Floats], model: Model) -> None:
    """Compares with the known answer.

    Raises
    ------
    EngineError
        ``"wrong-answer"`` when it differs by more than rounding can, ``"unusable-mask"`` as from
        ``interpret``.
    """
    wanted = np.frombuffer(bytes.fromhex(model.answer), np.uint8).reshape(SIDE, SIDE)
    apart = np.abs(answer(outputs, model.contract).astype(np.int16) - wanted)
    if apart.mean() > MEAN_TOLERANCE or apart.max() > LARGEST_TOLERANCE:
        raise EngineError(
            "wrong-answer",
            "The model's answer to a known question is wrong here.",
            f"the known answer was missed by {apart.mean():.1f} on average, {apart.max()} at most",
        )
