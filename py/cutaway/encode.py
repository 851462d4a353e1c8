"""encode: a ``Cutout`` → a ``File``, written from raw pixels.

A canvas would store colour multiplied by alpha and lose it where alpha is low. The PNG is put
together here rather than by Pillow because Pillow tries five filters on every row: with the one
filter that suits photographs, a 12-megapixel cutout takes 0.30 s in Pyodide and 7.9 MB, where
Pillow's quickest setting takes 0.44 s and 7.8 MB. (zlib's level 1: 0.25 s and 8.1 MB; level 4:
0.42 s and 6.9 MB.)
"""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from cutaway.pillow import bands
from cutaway.read import read
from cutaway.values import Bytes, Cutout, File

LEVEL = 2
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGBA = 0, 6
_UP = 2


def encode(cutout: Cutout) -> File:
    """The cutout as an RGBA PNG that carries the photo's ICC profile."""
    height, width = cutout.rgba.shape[:2]
    data = _png(cutout.rgba.reshape(height, width * 4), width, _RGBA, cutout.icc)
    return File(data, "image/png", width, height)


def encode_mask(alpha: Bytes) -> File:
    """A matte, shape (height, width), as an 8-bit grey PNG."""
    height, width = alpha.shape
    return File(_png(np.ascontiguousarray(alpha), width, _GREY, None), "image/png", width, height)


def mask_of(png: bytes) -> File:
    """The matte of an encoded cutout, as an 8-bit grey PNG; ``CutawayError`` as from ``read``."""
    return encode_mask(read(png).rgba[..., 3])


def _png(rows: Bytes, width: int, colour: int, icc: bytes | None) -> bytes:
    """A PNG of rows of bytes, shape (height, bytes a row)."""
    header = struct.pack(">IIBBBBB", width, len(rows), 8, colour, 0, 0, 0)
    chunks = [_SIGNATURE, *_chunk(b"IHDR", header)]
    if icc is not None:
        chunks += _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc))
    for piece in _deflated(rows):
        chunks += _chunk(b"IDAT", piece)
    chunks += _chunk(b"IEND", b"")
    return b"".join(chunks)


def _deflated(rows: Bytes) -> Iterator[bytes]:
    """The rows, each as its difference from the one above, compressed band by band."""
    height, length = rows.shape
    packer = zlib.compressobj(LEVEL)
    for top, bottom in bands(height, length):
        filtered = np.empty((bottom - top, length + 1), np.uint8)
        filtered[:, 0] = _UP
        first = rows[top - 1] if top else np.uint8(0)
        np.subtract(rows[top], first, out=filtered[0, 1:])
        np.subtract(rows[top + 1 : bottom], rows[top : bottom - 1], out=filtered[1:, 1:])
        if piece := packer.compress(filtered.data):
            yield piece
    yield packer.flush()


def _chunk(kind: bytes, content: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    check = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I", len(content)), kind, content, struct.pack(">I", check)
