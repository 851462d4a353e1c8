"""What an AVIF or HEIC file says of its picture, and the file with its parts laid open.

Browsers decode such files well, but what they hand out is turned, in other colours, and where it is
transparent its colours have been multiplied by alpha and rounded. So the container is read here
(ISO/IEC 14496-12 and 23008-12), and two files are made of the one, by changing a few bytes in
place: one that is the opaque colour alone and one that is the alpha alone, neither turned nor with
a colour space to convert from. Any decoder gives both exactly.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from cutaway.reading.boxes import Box, Boxes

_ALPHA = (
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
    b"urn:mpeg:hevc:2015:auxid:1\0",
)
_XMP = b"application/rdf+xml\0"
#: Quarter turns against the clock, then the mirror's axis (0: upside down, 1: left to right) → EXIF
#: orientation.
_TURNS = {
    (0, None): 1, (1, None): 8, (2, None): 3, (3, None): 6,
    (0, 0): 4, (1, 0): 5, (2, 0): 2, (3, 0): 7,
    (0, 1): 2, (1, 1): 7, (2, 1): 4, (3, 1): 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Still:
    """One picture of a file: the first, or the only one.

    Attributes
    ----------
    width, height : int
        In pixels, before it is turned.
    orientation : int
        How it is to be turned, as in EXIF.
    icc : bytes or None
        Its ICC profile.
    primaries, transfer : int
        By ITU-T H.273; 2 where it says nothing. An ICC profile outranks them.
    channels, bits : int
        Of the colour: 1 or 3, and bits a channel.
    frames : int
        Pictures in the file, as far as they follow one another.
    premultiplied : bool
        Whether its colours have been multiplied by alpha.
    exif, xmp : bytes or None
        As found; EXIF begins with its TIFF header.
    colour : bytes
        A file of the opaque colour alone, as it is stored.
    alpha : bytes or None
        A file of the alpha alone, as a grey picture.
    """

    width: int
    height: int
    orientation: int
    icc: bytes | None
    primaries: int
    transfer: int
    channels: int
    bits: int
    frames: int
    premultiplied: bool
    exif: bytes | None
    xmp: bytes | None
    colour: bytes
    alpha: bytes | None


@dataclass(slots=True)
class _Item:
    kind: bytes = b""
    content_type: bytes = b""
    properties: list[int] = field(default_factory=list)
    extents: list[tuple[int, int]] = field(default_factory=list)
    in_idat: bool = False


def opened(data: bytes) -> Still:
    """Reads a file's container.

    Raises
    ------
    ValueError, IndexError, KeyError
        When it is damaged, or its end is missing.
    """
    return _Container(data).still()


class _Container:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._file = boxes = Boxes(data)
        self._items: dict[int, _Item] = {}
        self._references: list[tuple[bytes, int, int, list[int]]] = []
        self._properties: list[Box] = []
        self._associations: list[tuple[int, int, int]] = []
        self._primary = self._idat = 0
        self._boxes = list(boxes.within(0, len(data)))
        meta = _first(box for box in self._boxes if box.kind == b"meta")
        parsers = {
            b"pitm": self._pitm, b"iinf": self._iinf, b"iref": self._iref,
            b"iprp": self._iprp, b"iloc": self._iloc, b"idat": self._note_idat,
        }  # fmt: skip
        for box in boxes.within(meta.start + 4, meta.end):
            if box.kind in parsers:
                parsers[box.kind](box)

    def still(self) -> Still:
        main = self._items[self._primary]
        width, height = self._file.pair(self._property(main, b"ispe") + 4, ">II")
        turn, mirror = self._byte(main, b"irot"), self._byte(main, b"imir")
        axis = None if mirror is None else mirror & 1
        channels, bits = self._depth(main)
        icc, primaries, transfer = self._colours(main)
        alpha = self._alpha()
        return Still(
            width, height, _TURNS[(turn or 0) & 3, axis], icc, primaries, transfer, channels, bits,
            self._frames(),
            any(kind == b"prem" and self._primary == item for kind, _, item, _ in self._references),
            self._exif(), self._content(b"mime", _XMP),
            self._laid_open(self._primary), None if alpha is None else self._laid_open(alpha),
        )  # fmt: skip

    def _pitm(self, box: Box) -> None:
        self._id_at = box.start + 4
        self._id_size = 4 if self._data[box.start] else 2
        self._primary = self._file.number(self._id_at, self._id_size)

    def _iinf(self, box: Box) -> None:
        for entry in self._file.within(box.start + (8 if self._data[box.start] else 6), box.end):
            size = 4 if self._data[entry.start] == 3 else 2
            at = entry.start + 4
            item = self._items.setdefault(self._file.number(at, size), _Item())
            item.kind = self._data[at + size + 2 : at + size + 6]
            _, _, item.content_type = self._data[at + size + 6 : entry.end].partition(b"\0")

    def _iref(self, box: Box) -> None:
        size = 4 if self._data[box.start] else 2
        for entry in self._file.within(box.start + 4, box.end):
            count = self._file.number(entry.start + size, 2)
            targets = [
                self._file.number(entry.start + size + 2 + size * number, size)
                for number in range(count)
            ]
            item = self._file.number(entry.start, size)
            self._references.append((entry.kind, entry.at, item, targets))

    def _iprp(self, box: Box) -> None:
        for part in self._file.inside(box):
            if part.kind == b"ipco":
                self._properties = list(self._file.inside(part))
            elif part.kind == b"ipma":
                self._ipma(part)

    def _ipma(self, box: Box) -> None:
        size = 4 if self._data[box.start] else 2
        wide = 2 if self._data[box.start + 3] & 1 else 1
        at = box.start + 8
        for _ in range(self._file.number(box.start + 4, 4)):
            item = self._items.setdefault(self._file.number(at, size), _Item())
            count = self._file.number(at + size, 1)
            at += size + 1
            for _ in range(count):
                index = self._file.number(at, wide) & (0x7FFF if wide == 2 else 0x7F)
                if index:
                    item.properties.append(index - 1)
                    self._associations.append((at, wide, index - 1))
                at += wide

    def _iloc(self, box: Box) -> None:
        version = self._data[box.start]
        sizes = self._file.number(box.start + 4, 2)
        offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
        wide = 4 if version == 2 else 2
        at = box.start + 6 + wide
        for _ in range(self._file.number(box.start + 6, wide)):
            item = self._items.setdefault(self._file.number(at, wide), _Item())
            at += wide
            if version:
                item.in_idat = self._file.number(at, 2) & 15 == 1
                at += 2
            first = self._file.number(at + 2, base)
            count = self._file.number(at + 2 + base, 2)
            at += 4 + base
            for _ in range(count):
                at += index if version else 0
                extent = self._file.number(at, offset), self._file.number(at + offset, length)
                item.extents.append((first + extent[0], extent[1]))
                at += offset + length

    def _note_idat(self, box: Box) -> None:
        self._idat = box.start

    def _found(self, item: _Item, kind: bytes) -> Iterator[Box]:
        for number in item.properties:
            if self._properties[number].kind == kind:
                yield self._properties[number]

    def _property(self, item: _Item, kind: bytes) -> int:
        """Where the content of an item's property begins."""
        return _first(self._found(item, kind)).start

    def _byte(self, item: _Item, kind: bytes) -> int | None:
        return next((self._data[box.start] for box in self._found(item, kind)), None)

    def _depth(self, item: _Item) -> tuple[int, int]:
        """Channels and bits, from ``pixi``, else from the configuration of AV1."""
        for box in self._found(item, b"pixi"):
            channels = self._data[box.start + 4]
            return (1 if channels == 1 else 3), self._data[box.start + 5]
        for box in self._found(item, b"av1C"):
            flags = self._data[box.start + 2]
            return (1 if flags & 0x10 else 3), (10 if flags & 0x40 else 8)
        return 3, 8

    def _colours(self, item: _Item) -> tuple[bytes | None, int, int]:
        icc, primaries, transfer = None, 2, 2
        for box in self._found(item, b"colr"):
            kind = self._data[box.start : box.start + 4]
            if kind == b"nclx":
                primaries, transfer = self._file.pair(box.start + 4, ">HH")
            elif kind in (b"prof", b"rICC"):
                icc = self._data[box.start + 4 : box.end]
        return icc, primaries, transfer

    def _alpha(self) -> int | None:
        for kind, _, item, targets in self._references:
            if kind == b"auxl" and self._primary in targets and item in self._items:
                for box in self._found(self._items[item], b"auxC"):
                    if self._data[box.start + 4 : box.end].startswith(_ALPHA):
                        return item
        return None

    def _frames(self) -> int:
        """Samples of the longest track."""
        longest = 1
        path = [b"trak", b"mdia", b"minf", b"stbl", b"stsz"]
        level = [box for box in self._boxes if box.kind == b"moov"]
        for kind in path:
            level = [
                box for outer in level for box in self._file.inside(outer)
                if box.kind == kind
            ]  # fmt: skip
        for box in level:
            longest = max(longest, self._file.number(box.start + 8, 4))
        return longest

    def _exif(self) -> bytes | None:
        content = self._content(b"Exif")
        if content is None or len(content) < 4:
            return None
        return content[4 + int.from_bytes(content[:4], "big") :] or None

    def _content(self, kind: bytes, content_type: bytes = b"") -> bytes | None:
        for item in self._items.values():
            if item.kind == kind and item.content_type.startswith(content_type):
                if sum(length for _, length in item.extents) > len(self._data):
                    raise ValueError("more content than the file has")
                start = self._idat if item.in_idat else 0
                return b"".join(
                    self._data[start + at : start + at + length] for at, length in item.extents
                )
        return None

    def _laid_open(self, item: int) -> bytes:
        """The file with another primary item, without alpha, turns, colour space and frames."""
        data = bytearray(self._data)
        data[self._id_at : self._id_at + self._id_size] = item.to_bytes(self._id_size, "big")
        for kind, at, _, _ in self._references:
            if kind in (b"auxl", b"prem"):
                data[at + 4 : at + 8] = b"free"
        for at, wide, number in self._associations:
            box = self._properties[number]
            if box.kind == b"colr" and data[box.start : box.start + 4] == b"nclx":
                data[box.start + 4 : box.start + 8] = struct.pack(">HH", 1, 13)
            elif box.kind in (b"irot", b"imir", b"colr"):
                data[at : at + wide] = bytes(wide)  # no property at all
        for box in self._boxes:
            if box.kind == b"moov":
                data[box.at + 4 : box.at + 8] = b"free"
            elif box.kind == b"ftyp":
                data[box.start : box.end] = data[box.start : box.end].replace(b"avis", b"avif")
        return bytes(data)


def _first(boxes: Iterator[Box]) -> Box:
    for box in boxes:
        return box
    raise ValueError("a box is missing")
