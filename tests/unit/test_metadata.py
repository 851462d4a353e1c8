"""metadata: upright, of the right size, without thumbnails; damaged blocks are dropped."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cutaway.reading.metadata import Metadata, orientation_of, upright_exif, upright_xmp

THUMBNAIL = b"\xff\xd8" + b"a thumbnail that shows the background" + b"\xff\xd9"


def exif(order="<", thumbnail=True):
    """Orientation, size and a maker's name; in a folder of its own the size again; a thumbnail."""

    def entry(tag, type, value):
        packed = struct.pack(order + ("H" if type == 3 else "I"), value).ljust(4, b"\0")
        return struct.pack(order + "HHI", tag, type, 1) + packed

    def folder(entries, link):
        count = struct.pack(order + "H", len(entries))
        return count + b"".join(entries) + struct.pack(order + "I", link)

    make = struct.pack(order + "HHI4s", 0x010F, 2, 4, b"Cam\0")
    inner_at = 8 + 2 + 12 * 5 + 4
    second_at = inner_at + 2 + 12 * 2 + 4
    picture_at = second_at + 2 + 12 * 2 + 4
    first = [
        entry(0x0100, 4, 400),
        entry(0x0101, 4, 300),
        make,
        entry(0x0112, 3, 6),
        entry(0x8769, 4, inner_at),
    ]
    inner = [entry(0xA002, 4, 400), entry(0xA003, 3, 300)]
    second = [entry(0x0201, 4, picture_at), entry(0x0202, 4, len(THUMBNAIL))]
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    block = head + folder(first, second_at if thumbnail else 0) + folder(inner, 0)
    return block + folder(second, 0) + THUMBNAIL if thumbnail else block


def tags_of(block):
    tags = Image.Exif()
    tags.load(block)
    return dict(tags) | dict(tags.get_ifd(0x8769)), tags.get_ifd(0x0201)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("start", [b"", b"Exif\0\0"])
def test_exif_is_upright_of_the_right_size_and_without_a_thumbnail(order, start):
    block = start + exif(order)
    assert orientation_of(block) == 6
    upright = upright_exif(block, 300, 400)
    tags, _ = tags_of(upright)
    assert (tags[0x0112], tags[0x0100], tags[0x0101]) == (1, 300, 400)
    assert (tags[0xA002], tags[0xA003], tags[0x010F]) == (300, 400, "Cam")
    assert b"thumbnail" not in upright
    assert orientation_of(upright) == 1


def test_a_thumbnail_in_the_middle_is_blanked():
    block = exif() + b"the maker's note"
    upright = upright_exif(block, 1, 1)
    assert b"thumbnail" not in upright
    assert upright.endswith(b"the maker's note")
    assert len(upright) == len(block)


def test_all_else_stays_byte_for_byte():
    block = exif(thumbnail=False)
    upright = upright_exif(block, 400, 300)
    assert [at for at in range(len(block)) if block[at] != upright[at]] == [54]


@pytest.mark.parametrize("block", [b"", b"II*\0", b"Exif\0\0", b"x" * 40, exif()[:40]])
def test_a_damaged_block_is_dropped(block):
    assert upright_exif(block, 1, 1) is None
    assert orientation_of(block) == 1


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_none(value):
    block = bytearray(exif())
    struct.pack_into("<H", block, 54, value)
    assert orientation_of(bytes(block)) == 1


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 180), st.integers(0, 255)), max_size=12))
def test_no_damaged_block_does_harm(changes):
    block = bytearray(exif())
    for place, value in changes:
        block[place % len(block)] = value
    assert orientation_of(bytes(block)) in range(1, 9)
    upright = upright_exif(bytes(block), 5, 5)
    assert upright is None or len(upright) <= len(block)


XMP = b"""<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF><rdf:Description tiff:Orientation="8" exif:PixelXDimension="400">
<exif:PixelYDimension>300</exif:PixelYDimension><dc:creator>Somebody</dc:creator>
<xmp:Thumbnails><rdf:Alt>a picture</rdf:Alt></xmp:Thumbnails>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"""


def test_xmp_is_upright_of_the_right_size_and_without_thumbnails():
    upright = upright_xmp(XMP, 300, 400)
    assert b'tiff:Orientation="1"' in upright
    assert b'exif:PixelXDimension="300"' in upright
    assert b"<exif:PixelYDimension>400<" in upright
    assert b"a picture" not in upright
    assert b"Somebody" in upright


def test_what_is_no_xmp_is_dropped():
    assert Metadata.of(None, b"nonsense", 1, 1) == Metadata()
    assert Metadata.of("text", 5, 1, 1) == Metadata()
