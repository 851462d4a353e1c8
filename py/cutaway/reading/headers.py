"""Sizes and counts from a file's own headers, where its decoder tells them too late or never."""

import struct
from collections.abc import Iterator
from itertools import islice

#: Width to height by the ratio that a JPEG XL header names; 0 is none of them.
_RATIOS = ((0, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
#: More blocks of a GIF than are looked at.
_BLOCKS = 200_000
#: More pages of a TIFF than are counted.
_PAGES = 1000

Size = tuple[int, int]


def webp_size(data: bytes) -> Size:
    """Width and height of a WebP; (0, 0) where they cannot be told."""
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        packed = int.from_bytes(body[1:5], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def jpeg2000_size(data: bytes) -> Size:
    """Width and height of a JPEG 2000, from its first header; (0, 0) where there is none."""
    at = data.find(b"ihdr", 0, 4096)
    if at >= 0 and len(data) >= at + 12:
        height, width = struct.unpack_from(">II", data, at + 4)
        return width, height
    at = data.find(b"\xff\x4f\xff\x51", 0, 4096)
    if at >= 0 and len(data) >= at + 24:
        right, bottom, left, top = struct.unpack_from(">4I", data, at + 8)
        return max(0, right - left), max(0, bottom - top)
    return 0, 0


def jpeg_xl_size(data: bytes) -> Size:
    """Width and height of a JPEG XL (ISO/IEC 18181-1, SizeHeader); (0, 0) where there is none."""
    at = data.find(b"\xff\x0a", 0, 4096)
    if at < 0:
        return 0, 0
    bits = _Bits(data[at + 2 : at + 18])
    small = bits.take(1)
    height = bits.length(small)
    ratio = bits.take(3)
    if not ratio:
        return bits.length(small), height
    across, down = _RATIOS[ratio]
    return height * across // down, height


def gif_frames(data: bytes) -> int:
    """Frames of a GIF, at least 1; counting ends where the file does, or after many blocks."""
    return max(1, sum(1 for _ in _gif_frames(data)))


def gif_is_interlaced(data: bytes) -> bool:
    """Whether the rows of a GIF's first frame do not come one after the other."""
    return any(flags & 0x40 for flags in islice(_gif_frames(data), 1))


def tiff_pages(data: bytes) -> int:
    """Pages of a TIFF, up to a thousand; 1 for a BigTIFF."""
    order = "<" if data[:2] == b"II" else ">"
    count, at = 0, 4
    try:
        if struct.unpack_from(f"{order}H", data, 2)[0] != 42:
            return 1
        while count < _PAGES and (start := struct.unpack_from(f"{order}I", data, at)[0]):
            count += 1
            at = start + 2 + 12 * struct.unpack_from(f"{order}H", data, start)[0]
    except struct.error:
        pass  # the last page that is whole was the last one
    return max(1, count)


def _gif_frames(data: bytes) -> Iterator[int]:
    """The flags of one frame after the other."""
    at, blocks = 13 + _table(data, 10), 0
    while at < len(data) and blocks < _BLOCKS:
        kind, blocks = data[at : at + 1], blocks + 1
        if kind == b",":
            yield data[at + 9] if at + 9 < len(data) else 0
            at += 11 + _table(data, at + 9)
        elif kind == b"!":
            at += 2
        else:
            break
        while at < len(data) and data[at] and blocks < _BLOCKS:
            at += 1 + data[at]
            blocks += 1
        at += 1


def _table(data: bytes, at: int) -> int:
    """Bytes of the colour table that the flags at this place announce."""
    flags = data[at] if at < len(data) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


class _Bits:
    """Bits of a JPEG XL, the lowest of a byte first; beyond the end there are zeros."""

    def __init__(self, data: bytes) -> None:
        self._rest = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._rest & ((1 << count) - 1)
        self._rest >>= count
        return value

    def length(self, small: int) -> int:
        """A side: in steps of 8 up to 256, or with as many bits as it says."""
        return 8 * (1 + self.take(5)) if small else 1 + self.take((9, 13, 18, 30)[self.take(2)])
