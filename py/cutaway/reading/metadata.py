"""EXIF and XMP as they may be written again: upright, of the right size, without thumbnails.

Values are changed in place, so that everything else stays byte for byte as the camera wrote it. A
thumbnail goes, because it shows the background that has just been removed. A block that cannot be
made sense of is dropped.
"""

import re
import struct
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image

ORIENTATION = 0x0112
#: Tags that hold the picture's size.
_WIDTHS, _HEIGHTS = (0x0100, 0xA002), (0x0101, 0xA003)
_EXIF_FOLDER = 0x8769
_THUMBNAIL_START, _THUMBNAIL_LENGTH = 0x0201, 0x0202
#: The two types of a whole number; only such values are ever changed.
_SHORT, _LONG = 3, 4
#: Tags of a TIFF file's own folder that tell of the photo, not of how its pixels are stored.
_TELLING = (0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x8298)
_GPS_FOLDER = 0x8825

_XMP_ORIENTATION = re.compile(rb"""(tiff:Orientation\s*(?:=\s*["']|>)\s*)\d+""")
_XMP_SIZE = r"""((?:tiff:Image{0}|exif:Pixel{1}Dimension)\s*(?:=\s*["']|>)\s*)\d+"""
_XMP_WIDTH = re.compile(_XMP_SIZE.format("Width", "X").encode())
_XMP_HEIGHT = re.compile(_XMP_SIZE.format("(?:Length|Height)", "Y").encode())
_XMP_THUMBNAILS = re.compile(rb"<(xmp|xap):Thumbnails\b.*?</\1:Thumbnails>", re.DOTALL)
_XMP_PACKET = re.compile(rb"<(?:x:xmpmeta|rdf:RDF)\b.*</(?:x:xmpmeta|rdf:RDF)\s*>", re.DOTALL)


class _Entry(NamedTuple):
    tag: int
    type: int
    length: int
    place: int


@dataclass(frozen=True, slots=True)
class Metadata:
    """EXIF, from its TIFF header on, and XMP; None where a photo has none."""

    exif: bytes | None = None
    xmp: bytes | None = None

    @classmethod
    def of(cls, exif: object, xmp: object, width: int, height: int) -> "Metadata":
        """Metadata as found → as it fits the upright picture of ``width`` × ``height``."""
        return cls(
            upright_exif(exif, width, height) if isinstance(exif, bytes) else None,
            upright_xmp(xmp, width, height) if isinstance(xmp, bytes) else None,
        )


def orientation_of(exif: object) -> int:
    """The orientation that an EXIF block tells, 1 to 8; 1 where it tells none."""
    if not isinstance(exif, bytes):
        return 1
    block = bytearray(_bare(exif))
    try:
        for entry in _Folders(block).first():
            if entry.tag == ORIENTATION:
                value = _Folders(block).number(entry)
                return value if value is not None and 1 <= value <= 8 else 1
    except (struct.error, ValueError):
        pass  # a damaged block says nothing about the pixels, which may be fine
    return 1


def upright_exif(exif: bytes, width: int, height: int) -> bytes | None:
    """EXIF whose orientation is 1 and whose size is the picture's; None for a damaged block.

    With or without the word "Exif" and two zeros in front; without them it comes back.
    """
    block = bytearray(_bare(exif))
    try:
        folders = _Folders(block)
        first = list(folders.first())
        inner = [each for entry in first if entry.tag == _EXIF_FOLDER for each in folders.at(entry)]
        for entry in (*first, *inner):
            if entry.tag == ORIENTATION:
                folders.write(entry, 1)
            elif entry.tag in _WIDTHS:
                folders.write(entry, width)
            elif entry.tag in _HEIGHTS:
                folders.write(entry, height)
        folders.drop_thumbnail()
    except (struct.error, ValueError):
        return None
    return bytes(block)


def upright_xmp(xmp: bytes, width: int, height: int) -> bytes | None:
    """XMP whose orientation is 1 and whose size is the picture's; None for a damaged packet."""
    if not _XMP_PACKET.search(xmp):
        return None
    xmp = _XMP_THUMBNAILS.sub(b"", xmp)
    xmp = _XMP_ORIENTATION.sub(rb"\g<1>1", xmp)
    xmp = _XMP_WIDTH.sub(rb"\g<1>%d" % width, xmp)
    return _XMP_HEIGHT.sub(rb"\g<1>%d" % height, xmp)


def exif_of_tiff(image: Image.Image) -> bytes | None:
    """What a TIFF file's own tags tell of the photo, as an EXIF block."""
    tags = image.getexif()
    block = Image.Exif()
    for tag in _TELLING:
        if tag in tags:
            block[tag] = tags[tag]
    for folder in (_EXIF_FOLDER, _GPS_FOLDER):
        if inner := tags.get_ifd(folder):
            block.get_ifd(folder).update(inner)
    return _bare(block.tobytes()) if len(block) or block._ifds else None


def _bare(exif: bytes) -> bytes:
    return exif.removeprefix(b"Exif\0\0")


class _Folders:
    """The folders (IFDs) of a TIFF structure, read and changed in place."""

    def __init__(self, block: bytearray) -> None:
        if bytes(block[:4]) not in (b"II*\0", b"MM\0*"):
            raise ValueError("not a TIFF structure")
        self._block = block
        self._order = "<" if block[:2] == b"II" else ">"

    def first(self) -> list[_Entry]:
        return self._entries(self._read("I", 4))

    def at(self, entry: _Entry) -> list[_Entry]:
        """The folder that an entry points at."""
        return self._entries(self._read("I", entry.place))

    def number(self, entry: _Entry) -> int | None:
        """An entry's value, where it is one whole number."""
        form = {_SHORT: "H", _LONG: "I"}.get(entry.type)
        return self._read(form, entry.place) if form and entry.length == 1 else None

    def write(self, entry: _Entry, value: int) -> None:
        if self.number(entry) is not None:
            form = "H" if entry.type == _SHORT else "I"
            value = min(value, 0xFFFF) if form == "H" else value
            struct.pack_into(self._order + form, self._block, entry.place, value)

    def drop_thumbnail(self) -> None:
        """Blanks the second folder and what it points at, cutting it off where it comes last."""
        start = self._read("I", 4)
        link = start + 2 + 12 * self._read("H", start)
        if link + 4 > len(self._block) or not (second := self._read("I", link)):
            return
        struct.pack_into("4x", self._block, link)
        entries = {entry.tag: entry for entry in self._entries(second)}
        if _THUMBNAIL_START in entries and _THUMBNAIL_LENGTH in entries:
            begin = self.number(entries[_THUMBNAIL_START]) or 0
            end = begin + (self.number(entries[_THUMBNAIL_LENGTH]) or 0)
            if begin and end >= len(self._block):
                del self._block[begin:]
            elif begin:
                self._block[begin:end] = bytes(end - begin)

    def _entries(self, start: int) -> list[_Entry]:
        places = [start + 2 + 12 * number for number in range(self._read("H", start))]
        heads = [struct.unpack_from(self._order + "HHI", self._block, place) for place in places]
        return [
            _Entry(tag, type, length, place + 8)
            for (tag, type, length), place in zip(heads, places, strict=True)
        ]

    def _read(self, form: str, at: int) -> int:
        (value,) = struct.unpack_from(self._order + form, self._block, at)
        return int(value)
