"""refine: a ``Mask`` → a ``Matte`` at the photo's full size."""

import numpy as np
from PIL import Image

from cutaway.pillow import Tile, array_of, bands, tiles
from cutaway.refining.edge import Edge, edge_of
from cutaway.values import Bytes, Floats, Mask, Matte, Photo

#: Bicubic rather than Lanczos: on masks from models both err alike against true alpha (mean .0684
#: with u2netp, .0637 with ISNet at 768), but Lanczos rings: it lifts 13 times as many background
#: pixels off 0, and takes 40 % longer.
ENLARGING = Image.Resampling.BICUBIC
#: Rows and columns of the pieces in which the edge is brought to full size.
TILE = (128, 256)


def refine(mask: Mask, photo: Photo) -> Matte:
    """Brings the mask to the photo's size, with the edge that the photo's colours tell.

    Transparency that the photo had is multiplied in; such a photo has its edge already, and its
    colours tell nothing of it.
    """
    alpha = enlarged(mask, photo)
    edge = edge_of(mask, photo) if photo.opaque else None
    if edge is not None:
        _blend(edge, alpha, photo)
    return Matte(alpha)


def enlarged(mask: Mask, photo: Photo) -> Bytes:
    """The mask at full size, times the transparency the photo had: uint8, shape (height, width).

    It is enlarged as floats, with half-pixel centres, and rounded once at the end. It is done in
    bands of rows, so that a full-size float picture never exists; each band reads what it needs of
    the mask beyond its own rows, so the bands join without a seam.
    """
    rows, columns = mask.values.shape
    # Pillow cuts floats off when it makes bytes of them; the weights sum to 1, so the half stays.
    scaled = Image.fromarray(mask.values * np.float32(255) + np.float32(0.5))
    alpha = np.empty((photo.height, photo.width), np.uint8)
    ratio = rows / photo.height
    for top, bottom in bands(photo.height, photo.width * 4):
        box = (0, top * ratio, columns, bottom * ratio)
        band = scaled.resize((photo.width, bottom - top), ENLARGING, box).convert("L")
        if not photo.opaque:
            clear = Image.new("L", band.size)
            band = Image.composite(band, clear, Image.fromarray(photo.rgba[top:bottom, :, 3]))
        alpha[top:bottom] = array_of(band)
    return alpha


def _blend(edge: Edge, alpha: Bytes, photo: Photo) -> None:
    """Mixes the edge into the enlarged mask, in place, as far as it is trusted."""
    unknown = Image.fromarray(edge.unknown)
    planes = [edge.offset]
    if edge.slope is not None:
        planes += [*edge.slope]
    pictures = [Image.fromarray(plane) for plane in planes]
    for tile in tiles(alpha.shape, *TILE):
        here = _at_full_size(unknown, tile, alpha.shape, Image.Resampling.NEAREST)
        if not here.any():
            continue
        offset, *slope = (
            _at_full_size(picture, tile, alpha.shape, Image.Resampling.BILINEAR)[here]
            for picture in pictures
        )
        solved: Floats = offset * np.float32(255)
        colours = photo.rgba[tile][here]
        for channel, steepness in enumerate(slope):
            solved += steepness * colours[:, channel]
        masked = alpha[tile][here].astype(np.float32)
        masked += np.float32(edge.trust) * (np.clip(solved, 0, 255) - masked)
        alpha[tile][here] = (masked + np.float32(0.5)).astype(np.uint8)


def _at_full_size(
    small: Image.Image, tile: Tile, shape: tuple[int, ...], filter: Image.Resampling
) -> Floats:
    """The part of a small picture that covers a tile of the full size, at that size."""
    rows, columns = tile
    down, across = small.height / shape[0], small.width / shape[1]
    box = (columns.start * across, rows.start * down, columns.stop * across, rows.stop * down)
    size = (columns.stop - columns.start, rows.stop - rows.start)
    return np.asarray(small.resize(size, filter, box))
