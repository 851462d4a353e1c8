"""The mask that a contract demands, straight from its words, with none of Cutaway's code."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from tools.environment import ROOT

PARTS = ROOT / ".cache" / "parts"
WEIGHTS = PARTS / "models"

Three = tuple[float, float, float]
IMAGENET: tuple[Three, Three] = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
HALF: tuple[Three, Three] = ((0.5, 0.5, 0.5), (1.0, 1.0, 1.0))
HALVES: tuple[Three, Three] = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


@dataclass(frozen=True)
class Words:
    """A contract as the model's makers give it; ``divisor`` None is the picture's own maximum."""

    size: int
    divisor: int | None
    colours: tuple[Three, Three]
    input: str
    output: str
    stretch: bool = False
    multiple: int | None = None

    def shape(self, width: int, height: int) -> tuple[int, int]:
        """(columns, rows): the square; with ``multiple``, the photo's own proportions."""
        if self.multiple is None:
            return self.size, self.size
        step = self.size / min(width, height) / self.multiple
        return round(width * step) * self.multiple, round(height * step) * self.multiple


U2NET = Words(320, None, IMAGENET, "input.1", "1959", stretch=True)
ISNET = Words(1024, 255, HALF, "input", "output")
KNOWN = {
    "u2netp": U2NET,
    "u2netp-fp16": U2NET,
    "modnet": Words(512, 255, HALVES, "input", "output", multiple=32),
    "silueta": U2NET,
    "isnet-768": Words(768, 255, HALF, "input", "output"),
    "isnet": ISNET,
    "isnet-w8": ISNET,
    "isnet-fp16": ISNET,
    "u2net": U2NET,
}


#: SAM 2's encoder, as its makers feed it: the photo squeezed to a square.
SAM2 = Words(1024, 255, IMAGENET, "image", "image_embed")


def reference(picture: Image.Image, id: str, weights: Path = WEIGHTS) -> NDArray[np.float32]:
    """The mask of an opaque RGB picture, at the model's size, 0 to 1."""
    words = KNOWN[id]
    session = onnxruntime.InferenceSession(weights / f"{id}.onnx")
    fed = {words.input: _fed(picture, words)}
    mask: NDArray[np.float32] = session.run([words.output], fed)[0][0, 0]
    if words.stretch:
        mask = (mask - mask.min()) / (mask.max() - mask.min())
    return mask


def answer(
    picture: Image.Image, place: tuple[float, float], id: str, weights: Path = WEIGHTS
) -> NDArray[np.float32]:
    """What SAM 2 thinks best of for one place in a picture, as shares of its width and height.

    The mask at the decoder's size, 0 to 1.
    """
    encoder = onnxruntime.InferenceSession(weights / f"{id}-encoder.onnx")
    decoder = onnxruntime.InferenceSession(weights / f"{id}-decoder.onnx")
    names = [output.name for output in encoder.get_outputs()]
    read = encoder.run(names, {SAM2.input: _fed(picture, SAM2)})
    fed = dict(zip(names, read, strict=True)) | {
        "point_coords": np.array([[place]], np.float32) * SAM2.size,
        "point_labels": np.ones((1, 1), np.float32),
        "mask_input": np.zeros((1, 1, 256, 256), np.float32),
        "has_mask_input": np.zeros(1, np.float32),
    }
    masks, scores = decoder.run(["masks", "iou_predictions"], fed)
    best: NDArray[np.float32] = 1 / (1 + np.exp(-masks[0, scores[0].argmax()]))
    return best


def _fed(picture: Image.Image, words: Words) -> NDArray[np.float32]:
    pixels = np.asarray(picture.resize(words.shape(*picture.size), Image.Resampling.BILINEAR))
    scaled = pixels.astype(np.float32) / (words.divisor or pixels.max())
    mean, std = (np.array(three, np.float32) for three in words.colours)
    normal = (scaled - mean) / std
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None])
