"""isobmff: a profile and metadata put into an AVIF file, by ISO/IEC 14496-12 and 23008-12.

The browser's encoder writes pixels and nothing else. What it writes is always the same few boxes,
so no more than those are understood: a ``meta`` box before the data, with one primary item.
(``heif`` reads whatever there is.)
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from cutaway.errors import CutawayError

#: Kinds of items that hold metadata, and what names and describes them in an ``infe`` box.
_EXIF, _XMP = b"Exif", b"mime"
_NAMES = {_EXIF: b"Exif\0", _XMP: b"XMP\0application/rdf+xml\0"}
#: Before the EXIF in its item: how many bytes come before its own header.
_EXIF_OFFSET = b"\0\0\0\0"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an item's only extent lies in the file."""

    id: int
    offset: int
    length: int


def extended(data: bytes, icc: bytes | None, exif: bytes | None, xmp: bytes | None) -> bytes:
    """An AVIF file with a profile and metadata put in; None puts in nothing.

    Raises
    ------
    CutawayError
        ``"avif-failed"`` when the file is not built as expected.
    """
    if icc is None and exif is None and xmp is None:
        return data
    try:
        return _extended(data, icc, exif, xmp)
    except (IndexError, KeyError, ValueError, struct.error) as error:
        raise CutawayError(
            "avif-failed", "The AVIF could not be put together. Choose WebP or PNG instead."
        ) from error


def _extended(data: bytes, icc: bytes | None, exif: bytes | None, xmp: bytes | None) -> bytes:
    boxes = list(_boxes(data))
    at = [kind for kind, _ in boxes].index(b"meta")
    meta = list(_meta(data))
    parts = dict(meta)
    primary = _number(parts[b"pitm"], 4)
    items = []
    if exif is not None:
        items.append((_EXIF, _EXIF_OFFSET + exif))
    if xmp is not None:
        items.append((_XMP, xmp))
    places = _places(parts[b"iloc"])
    first = max(place.id for place in places) + 1
    kinds = {first + n: kind for n, (kind, _) in enumerate(items)}
    if icc is not None:
        parts[b"iprp"] = _with_profile(parts[b"iprp"], primary, icc)
    if items:
        parts[b"iinf"] = _with_names(parts[b"iinf"], kinds)
        parts[b"iref"] = parts.get(b"iref", bytes(4)) + _descriptions(kinds, primary)

    def made(moved: int, end: int) -> bytes:
        """The ``meta`` box when the data lies ``moved`` bytes further on."""
        new = [_Place(place.id, place.offset + moved, place.length) for place in places]
        for id, (_, content) in zip(kinds, items, strict=True):
            new.append(_Place(id, end, len(content)))
            end += len(content)
        parts[b"iloc"] = _locations(new)
        order = [kind for kind, _ in meta] + [kind for kind in parts if kind not in dict(meta)]
        return _box(b"meta", bytes(4) + b"".join(_box(kind, parts[kind]) for kind in order))

    moved = len(made(0, 0)) - len(_box(*boxes[at]))
    boxes_made = [_box(kind, body) for kind, body in boxes]
    boxes_made[at] = made(moved, len(data) + moved + 8)
    if items:
        boxes_made.append(_box(b"mdat", b"".join(content for _, content in items)))
    return b"".join(boxes_made)


def _with_profile(iprp: bytes, primary: int, icc: bytes) -> bytes:
    """The properties with a profile for the primary item."""
    parts = dict(_boxes(iprp))
    index = len(list(_boxes(parts[b"ipco"]))) + 1
    ipma = parts[b"ipma"]
    if ipma[:4] != bytes(4) or index > 127:
        raise ValueError("associations of another kind")
    made, at = [ipma[:8]], 8
    for _ in range(_number(ipma, 4, 4)):
        id, count = struct.unpack_from(">HB", ipma, at)
        known = ipma[at + 3 : at + 3 + count]
        more = bytes([index]) if id == primary else b""
        made.append(struct.pack(">HB", id, count + len(more)) + known + more)
        at += 3 + count
    ipco = parts[b"ipco"] + _box(b"colr", b"prof" + icc)
    return _box(b"ipco", ipco) + _box(b"ipma", b"".join(made))


def _with_names(iinf: bytes, kinds: dict[int, bytes]) -> bytes:
    """The list of items with these among them."""
    count = struct.pack(">H", _number(iinf, 4) + len(kinds))
    infes = [
        _box(b"infe", struct.pack(">IHH", 2 << 24, id, 0) + kind + _NAMES[kind])
        for id, kind in kinds.items()
    ]
    return iinf[:4] + count + iinf[6:] + b"".join(infes)


def _descriptions(kinds: dict[int, bytes], primary: int) -> bytes:
    """References that say: each of these items describes the primary one."""
    return b"".join(_box(b"cdsc", struct.pack(">HHH", id, 1, primary)) for id in kinds)


def _places(iloc: bytes) -> list[_Place]:
    version, sizes, count = iloc[0], _number(iloc, 4), _number(iloc, 6)
    if version != 0 or sizes != 0x4400 or len(iloc) != 8 + 14 * count:
        raise ValueError("items in several pieces")
    entries = struct.iter_unpack(">HHHII", iloc[8:])
    return [_Place(id, offset, length) for id, _, _, offset, length in entries]


def _locations(places: list[_Place]) -> bytes:
    entries = [struct.pack(">HHHII", at.id, 0, 1, at.offset, at.length) for at in places]
    return struct.pack(">IHH", 0, 0x4400, len(places)) + b"".join(entries)


def _meta(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    return _boxes(dict(_boxes(data))[b"meta"][4:])


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each box."""
    at = 0
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length < 8 or at + length > len(data):
            raise ValueError("a box of no possible length")
        yield kind, data[at + 8 : at + length]
        at += length


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _number(content: bytes, at: int, length: int = 2) -> int:
    return int.from_bytes(content[at : at + length], "big")
