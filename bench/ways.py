"""What others do with the same weights: their steps before and after inference, written anew.

Each works on the same ONNX file as the package, so only what surrounds the model differs. They
were read in rembg 2.0.86 (``sessions``, ``bg``), @imgly/background-removal 1.7.0 (``inference``,
``utils``) and transformers.js 4 (``pipelines/image-segmentation``, ``utils/image``).

``"rembg"``
    The photo by Lanczos to the model's size and divided by its own maximum; the answer stretched to
    0..1, cut to 8 bits and brought to the photo's size by Lanczos. What it writes by default is
    colour × alpha beside alpha.
``"rembg+matting"``
    From that mask a trimap (above 240, below 10, both eroded by 10 × 10), closed-form alpha and
    multilevel foreground colours, all by PyMatting.
``"imgly"``
    Photo and mask by bilinear interpolation whose first pixels coincide (so the last do not), the
    mask cut to 8 bits before it is enlarged.
``"transformers.js"``
    The mask cut to 8 bits before it is enlarged by bilinear interpolation with half-pixel centres,
    as a canvas does; the photo reduced the same way. The answer is taken as it is.

imgly serves ISNet alone. For another model its scaling is kept, and scale, mean, std and stretch
are the contract's; so are those of transformers.js, whose models bring their own.
"""

import io
from collections.abc import Mapping
from contextlib import redirect_stdout
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.masks import outputs
from cutaway.host.engine import Engine
from cutaway.models.registry import Classical, Contract, Model
from cutaway.segment import interpret, normalise
from cutaway.values import Bytes, Floats

PEERS = ("rembg", "imgly", "transformers.js")
MATTING = "rembg+matting"
Places = NDArray[np.intp]

LANCZOS = Image.Resampling.LANCZOS


def can_run(entry: Model | Classical) -> bool:
    """Whether it is a model for squares: they squeeze every photo into one."""
    return isinstance(entry, Model) and entry.contract.fit == "square"


def answer(peer: str, pixels: Bytes, model: Model, engine: Engine) -> Bytes:
    """A peer's cutout of a photo.

    Parameters
    ----------
    peer : str
        One of ``PEERS``.
    pixels : uint8 array, shape (height, width, 3)
        The photo.

    Returns
    -------
    uint8 array, shape (height, width, 4)
        As the peer would write it; ``"rembg"`` therefore with darkened colours.
    """
    contract = model.contract
    height, width = pixels.shape[:2]
    said = outputs(engine, model, {contract.input: _FEEDS[peer](pixels, contract)})
    mask = _levels(peer, said, contract)
    if peer == "rembg":
        alpha = np.asarray(Image.fromarray(mask).resize((width, height), LANCZOS))
        return darkened(pixels, alpha)
    enlarged = bilinear(mask[..., None], height, width, half=peer == "transformers.js")
    return np.dstack([pixels, enlarged[..., 0]])


def matted(pixels: Bytes, mask: Bytes) -> tuple[Bytes, float]:
    """rembg's alpha matting of its own mask; the cutout, and the seconds it took.

    Where it finds no alpha (no certain subject or background), rembg keeps the mask.
    """
    from pymatting import estimate_alpha_cf, estimate_foreground_ml

    started = perf_counter()
    photo = pixels / 255.0
    try:
        with redirect_stdout(io.StringIO()):  # PyMatting prints how its solver fares
            alpha = estimate_alpha_cf(photo, trimap(mask) / 255.0)
    except ValueError:
        alpha = mask / 255.0
    cutout = np.dstack([estimate_foreground_ml(photo, alpha), alpha])
    return np.clip(cutout * 255, 0, 255).astype(np.uint8), perf_counter() - started


def trimap(mask: Bytes) -> Bytes:
    """rembg's: 255 surely subject, 0 surely background, else 128."""
    from scipy.ndimage import binary_erosion

    square = np.ones((10, 10), np.uint8)
    known = np.full(mask.shape, 128, np.uint8)
    known[binary_erosion(mask > 240, square)] = 255
    known[binary_erosion(mask < 10, square, border_value=1)] = 0
    return known


def darkened(pixels: Bytes, alpha: Bytes) -> Bytes:
    """Colour × alpha beside alpha: what a paste over clear black makes of a photo."""
    clear = Image.new("RGBA", (pixels.shape[1], pixels.shape[0]), 0)
    return np.asarray(Image.composite(Image.fromarray(pixels), clear, Image.fromarray(alpha)))


def bilinear(values: Bytes, rows: int, columns: int, half: bool) -> Bytes:
    """Bilinear interpolation without antialiasing, as JavaScript's peers do it.

    Parameters
    ----------
    values : uint8 array, shape (height, width, channels)
    half : bool
        True: pixels are squares, their centres are mapped (a canvas), and results are rounded.
        False: pixels are points, the first ones coincide (imgly), and fractions are cut off.
    """
    top, bottom, down = _places(values.shape[0], rows, half)
    left, right, across = _places(values.shape[1], columns, half)
    above = values[top].astype(np.float32)
    above += down[:, None, None] * (values[bottom] - above)
    mixed = above[:, left]
    mixed += across[None, :, None] * (above[:, right] - mixed)
    return (mixed + np.float32(0.5) if half else mixed).astype(np.uint8)


def _places(size: int, wanted: int, half: bool) -> tuple[Places, Places, Floats]:
    """For each place wanted: the two places it lies between, and how far it is past the first."""
    shift = 0.5 if half else 0.0
    at = np.clip((np.arange(wanted) + shift) * (size / wanted) - shift, 0, size - 1)
    first = np.floor(at).astype(np.intp)
    return first, np.minimum(np.ceil(at).astype(np.intp), size - 1), (at - first).astype(np.float32)


def _rembg_feed(pixels: Bytes, contract: Contract) -> Floats:
    shape = contract.shape(pixels.shape[1], pixels.shape[0])
    seen = np.asarray(Image.fromarray(pixels).resize(shape, LANCZOS))
    seen = (seen / max(float(seen.max()), 1e-6) - contract.mean) / contract.std
    return seen.transpose(2, 0, 1)[None].astype(np.float32)


def _imgly_feed(pixels: Bytes, contract: Contract) -> Floats:
    columns, rows = contract.shape(pixels.shape[1], pixels.shape[0])
    seen = bilinear(pixels, rows, columns, half=False)
    if contract.mean == (0.5, 0.5, 0.5) and contract.std == (1, 1, 1):
        scaled = (seen.astype(np.float32) - 128) / np.float32(256)
        return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])
    return normalise(seen, contract)


def _canvas_feed(pixels: Bytes, contract: Contract) -> Floats:
    columns, rows = contract.shape(pixels.shape[1], pixels.shape[0])
    return normalise(bilinear(pixels, rows, columns, half=True), contract)


_FEEDS = {"rembg": _rembg_feed, "imgly": _imgly_feed, "transformers.js": _canvas_feed}


def _levels(peer: str, said: Mapping[str, Floats], contract: Contract) -> Bytes:
    """The mask in 8 bits at the model's size; all of them cut fractions off."""
    raw = said[contract.output]
    if peer == "rembg":
        raw = (raw - raw.min()) / (raw.max() - raw.min())
    elif peer == "imgly":
        raw = interpret(said, contract).values
    return (np.clip(raw.reshape(raw.shape[-2:]), 0, 1) * 255).astype(np.uint8)
