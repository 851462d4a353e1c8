"""estimate: about how large a file will be, from a sample that is really written.

Tiles that show nothing cost next to nothing. Of the others some are taken, evenly over the picture,
laid side by side, and written as the file would be; what they cost on average the rest will cost,
too. A picture without more whole tiles than that is written as it is, and the answer is exact.
"""

from dataclasses import replace

import numpy as np

from cutaway.encode import encode
from cutaway.host.engine import Engine
from cutaway.output import Output
from cutaway.pillow import tiles
from cutaway.values import Bytes, Picture

#: Side of a tile in pixels, and how many tiles are written: 0.4 megapixels.
TILE = 64
ACROSS, DOWN = 12, 8


async def estimate(picture: Picture, output: Output, engine: Engine) -> int:
    """Bytes that the file of a picture will have, about.

    Raises
    ------
    CutawayError
        As from ``encode``.
    """
    shape = picture.rgba.shape[:2]
    places = [place for place in tiles(shape, TILE, TILE) if _shows(picture, place)]
    whole = [place for place in places if picture.rgba[place].shape[:2] == (TILE, TILE)]
    if len(whole) <= ACROSS * DOWN:
        return await _size(picture, output, engine)
    # One out of each of so many equal stretches; always the same place would follow columns.
    start = np.linspace(0, len(whole), ACROSS * DOWN + 1)
    chosen = np.random.default_rng(0).uniform(start[:-1], start[1:]).astype(int)
    sample = _mosaic([picture.rgba[whole[number]] for number in chosen])
    bare = replace(picture, icc=None, exif=None, xmp=None)
    written = await _size(replace(bare, rgba=sample), output, engine)
    shown = sum(picture.rgba[place].size // 4 for place in places)
    carried = sum(len(block or b"") for block in (picture.icc, picture.exif, picture.xmp))
    return carried + round(written * shown / (ACROSS * DOWN * TILE * TILE))


async def _size(picture: Picture, output: Output, engine: Engine) -> int:
    return len((await encode(picture, output, engine)).data)


def _shows(picture: Picture, place: tuple[slice, slice]) -> bool:
    """Whether any pixel of a tile is not clear."""
    return bool(picture.rgba[(*place, 3)].any())


def _mosaic(parts: list[Bytes]) -> Bytes:
    rows = [np.hstack(parts[start : start + ACROSS]) for start in range(0, len(parts), ACROSS)]
    return np.ascontiguousarray(np.vstack(rows))
