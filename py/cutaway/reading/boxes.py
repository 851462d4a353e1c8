"""The boxes of an ISO base media file (ISO/IEC 14496-12), read without trusting any length."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

#: More boxes on one level, and more numbers in all, than any picture has.
_MOST_BOXES = 10_000
_MOST_NUMBERS = 1_000_000


class Box(NamedTuple):
    """A box's type, where it begins, and where its content begins and ends."""

    kind: bytes
    at: int
    start: int
    end: int


class Boxes:
    """A file as boxes and numbers; every reading that leaves the file is a ``ValueError``."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._read = 0

    def within(self, start: int, end: int) -> Iterator[Box]:
        """The boxes between two places, which they must fill."""
        for _ in range(_MOST_BOXES):
            if start >= end:
                return
            size, content = self.number(start, 4), start + 8
            kind = self._data[start + 4 : content]
            if size == 1:
                size = self.number(content, 8)
                content += 8
            stop = end if size == 0 else start + size
            if not content <= stop <= end:
                raise ValueError(f"the end of {kind!r} is missing")
            yield Box(kind, start, content, stop)
            start = stop
        raise ValueError("too many boxes")

    def inside(self, box: Box) -> Iterator[Box]:
        """The boxes that fill a box."""
        return self.within(box.start, box.end)

    def number(self, at: int, size: int) -> int:
        """A whole number of ``size`` bytes, 0 for none."""
        self._read += 1
        if at + size > len(self._data) or self._read > _MOST_NUMBERS:
            raise ValueError("a number lies beyond the end")
        return int.from_bytes(self._data[at : at + size], "big")

    def pair(self, at: int, form: str) -> tuple[int, int]:
        """Two whole numbers, by a format of ``struct``."""
        if at + struct.calcsize(form) > len(self._data):
            raise ValueError("a number lies beyond the end")
        first, second = struct.unpack_from(form, self._data, at)
        return first, second
