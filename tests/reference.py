"""The mask that a contract demands, straight from its words, with none of Cutaway's code."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from cutaway import registry

WEIGHTS = Path(__file__).parents[1] / ".cache" / "parts" / "models"


def reference_mask(photo: Path, model: str, **changed: object) -> NDArray[np.float32]:
    """Mask of an opaque photo, shape (size, size), 0..1; ``changed`` overrides the contract."""
    contract = registry.find(model).contract
    asked = {name: getattr(contract, name) for name in ("scale", "mean", "std")} | changed
    size = (contract.size, contract.size)
    pixels = np.asarray(Image.open(photo).convert("RGB").resize(size, Image.Resampling.BILINEAR))
    full = {"255": 255.0, "max": float(pixels.max())}[str(asked["scale"])]
    tensor = (pixels / full - asked["mean"]) / np.array(asked["std"])
    feed = tensor.transpose(2, 0, 1)[None].astype(np.float32)
    session = onnxruntime.InferenceSession(WEIGHTS / f"{model}.onnx")
    mask = session.run([contract.output], {contract.input: feed})[0].squeeze()
    if contract.activation == "stretch":
        mask = (mask - mask.min()) / (mask.max() - mask.min())
    return np.clip(mask, 0, 1).astype(np.float32)
