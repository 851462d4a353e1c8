"""The mask that a contract demands, straight from its words, with none of Cutaway's code."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

PARTS = Path(__file__).parents[1] / ".cache" / "parts"
WEIGHTS = PARTS / "models"
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
HALF = ((0.5, 0.5, 0.5), (1.0, 1.0, 1.0))
#: As the models' makers give them: size, divisor, mean and std, input, output, activation.
KNOWN: dict[str, tuple[int, str, Any, str, str, str]] = {
    "u2netp": (320, "max", IMAGENET, "input.1", "1959", "stretch"),
    "isnet-768": (768, "255", HALF, "input", "output", "none"),
    "isnet": (1024, "255", HALF, "input", "output", "none"),
    "isnet-w8": (1024, "255", HALF, "input", "output", "none"),
}


def reference(picture: Image.Image, id: str) -> NDArray[np.float32]:
    """The mask of an opaque RGB picture, at the model's size, 0 to 1."""
    size, divisor, (mean, std), name, output, activation = KNOWN[id]
    pixels = np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR))
    scaled = pixels.astype(np.float32) / (pixels.max() if divisor == "max" else 255)
    normal = (scaled - np.float32(mean)) / np.float32(std)
    session = onnxruntime.InferenceSession(WEIGHTS / f"{id}.onnx")
    tensor = np.ascontiguousarray(normal.transpose(2, 0, 1)[None])
    mask: NDArray[np.float32] = session.run([output], {name: tensor})[0][0, 0]
    if activation == "stretch":
        mask = (mask - mask.min()) / (mask.max() - mask.min())
    return mask
