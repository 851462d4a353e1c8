"""Pixels as the formats want them."""

import numpy as np

from cutaway.pillow import array_of, bands, picture_of
from cutaway.values import Bytes, Floats

#: Side of the blocks in which colour is spread.
BLOCK = 8

#: Mean colours, and the sums of their weights.
_Mean = tuple[Floats, Floats]


def is_opaque(rgba: Bytes) -> bool:
    """Whether no pixel is transparent at all."""
    return all(
        rgba[top:bottom, :, 3].min() == 255 for top, bottom in bands(len(rgba), rgba[0].size)
    )


def channels(pixels: Bytes, mode: str) -> Bytes:
    """The channels of RGBA pixels that a file of Pillow's ``mode`` has, C-contiguous.

    Of an array with one channel, which a mask is, that one.
    """
    if pixels.ndim == 2 or mode == "RGBA":
        return np.ascontiguousarray(pixels)
    if mode == "RGB":
        # As RGBX Pillow drops the fourth channel faster than NumPy copies three.
        return array_of(picture_of(np.ascontiguousarray(pixels), "RGBX").convert("RGB"))
    return np.ascontiguousarray(pixels[..., [0, 3]] if mode == "LA" else pixels[..., 0])


def spread(rgba: Bytes) -> Bytes:
    """A copy whose colour does not break off where alpha becomes 0; alpha is the same.

    Formats that lose something work in blocks, and some store colour at half the resolution: black
    beside a visible colour would darken it. So in each block of 8 × 8 that has both, a pixel of
    alpha 0 gets the mean of the visible ones, weighed by alpha, of its 2 × 2 where there are any,
    else of the block: colours of the subject alone. Over the evaluation's soft mattes a WebP
    becomes 12 % smaller and the error of its soft pixels 7 % less.
    """
    result = rgba.copy()
    rows, width = rgba.shape[0] // BLOCK, rgba.shape[1] // BLOCK * BLOCK
    for top, bottom in bands(rows, rgba[0].size * BLOCK):
        _spread_band(result[top * BLOCK : bottom * BLOCK, :width])
    return result


def _spread_band(band: Bytes) -> None:
    """Spreads in place; the band's height and width are multiples of a block's."""
    height, width = band.shape[:2]
    blocks = band.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, 4).swapaxes(1, 2)
    alpha = band[..., 3].reshape(height // BLOCK, BLOCK, width)
    least = alpha.min(axis=1).reshape(height // BLOCK, width // BLOCK, BLOCK).min(axis=2)
    most = alpha.max(axis=1).reshape(height // BLOCK, width // BLOCK, BLOCK).max(axis=2)
    mixed = (least == 0) & (most > 0)
    if not mixed.any():
        return
    found = blocks[mixed]
    weights = found[..., 3:].astype(np.float32)
    near, around = _means(found[..., :3] * weights, weights)
    colour = np.where(near[1] > 0, near[0], around[0])
    colour = (colour + 0.5).astype(np.uint8).repeat(2, axis=1).repeat(2, axis=2)
    np.copyto(found[..., :3], colour, where=found[..., 3:] == 0)
    blocks[mixed] = found


def _means(weighed: Floats, weights: Floats) -> tuple[_Mean, _Mean]:
    """Means of each 2 × 2, shape (n, 4, 4, …), and of the whole blocks."""
    sums, totals = _halved(weighed), _halved(weights)
    all_sums, all_totals = sums.sum((1, 2), keepdims=True), totals.sum((1, 2), keepdims=True)
    means: Floats = np.divide(sums, np.maximum(totals, 1), dtype=np.float32)
    return (means, totals), (all_sums / all_totals, all_totals)


def _halved(values: Floats) -> Floats:
    half = BLOCK // 2
    sums: Floats = values.reshape(-1, half, 2, half, 2, values.shape[-1]).sum(axis=(2, 4))
    return sums
