"""segment: a ``Photo`` → a ``Mask``, by one run of a model.

``prepare`` and ``interpret`` are the model's contract put to work; they hold no knowledge of any
model beyond it. ``prepare`` stands apart because it needs no engine: one photo is prepared while
another is in inference.
"""

from collections.abc import Mapping

import numpy as np
from PIL import Image

from cutaway.colour import to_srgb
from cutaway.errors import EngineError
from cutaway.host.engine import Engine
from cutaway.models.registry import Contract, Model
from cutaway.pillow import picture_of
from cutaway.values import Attempt, Bytes, Floats, Mask, Photo

#: How the photo is brought to the model's size: antialiased, from 8-bit pixels. IoU on 44
#: photographs with ground truth, bilinear / bicubic / Lanczos: u2netp .884 / .880 / .881, ISNet at
#: 768 .920 / .919 / .917; with 16 enlarged to 12 megapixels, u2netp .901 / .886 / .890.
SHRINKING = Image.Resampling.BILINEAR

#: What a transparent photo is laid on for the model's view. Of five greys this one hid the fewest
#: subjects: ten cutouts laid on it came back with IoU .895 (black .806, mid-grey .894, white .889).
BACKDROP = (192, 192, 192, 255)

#: A mask whose values lie closer together than this says nothing.
FLAT = 1e-6


def prepare(photo: Photo, contract: Contract) -> dict[str, Floats]:
    """The model's input by name: float32, shape (1, 3, rows, columns), as the contract says."""
    shape = contract.shape(photo.width, photo.height)
    # Models have learnt from sRGB. Converted after it is reduced, so that it costs next to nothing.
    seen = to_srgb(np.asarray(view(photo, shape)), photo.icc)
    return {contract.input: normalise(seen, contract)}


def normalise(pixels: Bytes, contract: Contract) -> Floats:
    """RGB, uint8, shape (rows, columns, 3) → float32, shape (1, 3, rows, columns)."""
    full = 255.0 if contract.scale == "255" else max(1.0, float(pixels.max()))
    planes = np.empty((1, 3, *pixels.shape[:2]), np.float32)
    for channel, (mean, std) in enumerate(zip(contract.mean, contract.std, strict=True)):
        plane = planes[0, channel]
        np.multiply(pixels[..., channel], np.float32(1 / (full * std)), out=plane)
        plane -= np.float32(mean / std)
    return planes


async def segment(
    feeds: Mapping[str, Floats], model: Model, attempt: Attempt, engine: Engine
) -> tuple[Mask, float]:
    """Runs a loaded model on what ``prepare`` made; the mask, and the milliseconds of the run.

    Raises
    ------
    EngineError
        When the run fails, or answers with something that is no mask (``"unusable-mask"``).
    """
    ran = await engine.run(model, attempt, feeds)
    return interpret(ran.outputs, model.contract), ran.milliseconds


def interpret(outputs: Mapping[str, Floats], contract: Contract) -> Mask:
    """The mask in a model's output.

    Raises
    ------
    EngineError
        ``"unusable-mask"`` when values are missing, not finite, or all the same: what a failing GPU
        passes off as success.
    """
    raw = outputs.get(contract.output)
    if raw is None or raw.ndim < 2 or raw.size != raw.shape[-2] * raw.shape[-1] or raw.size == 0:
        raise _unusable(f"no mask in output {contract.output!r}")
    values = raw.reshape(raw.shape[-2:]).astype(np.float32)
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise _unusable("the mask holds values that are not finite")
    if high - low < FLAT:
        raise _unusable(f"every value of the mask is {low:.6g}")
    if contract.activation == "stretch":
        values -= np.float32(low)
        values /= np.float32(high - low)
    elif contract.activation == "sigmoid":
        np.negative(values, out=values)
        with np.errstate(over="ignore"):  # infinity is right: 1 / (1 + ∞) is 0
            np.exp(values, out=values)
        values += np.float32(1)
        np.reciprocal(values, out=values)
    np.clip(values, 0, 1, out=values)
    return Mask(values)


def view(photo: Photo, shape: tuple[int, int]) -> Image.Image:
    """What the model sees: RGB, of ``shape`` (columns, rows)."""
    if photo.opaque:
        # As RGBX, because Pillow would weigh RGBA pixels by their alpha.
        return picture_of(photo.rgba, "RGBX").resize(shape, SHRINKING).convert("RGB")
    seen = picture_of(photo.rgba, "RGBA").resize(shape, SHRINKING)
    return Image.alpha_composite(Image.new("RGBA", shape, BACKDROP), seen).convert("RGB")


def _unusable(cause: str) -> EngineError:
    return EngineError("unusable-mask", "The model answered with something that is no mask.", cause)
