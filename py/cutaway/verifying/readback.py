"""readback: a written file decoded again, by another decoder than its writer's where there is one.

PNG is put together here, so Pillow reads it. Pillow writes WebP and JPEG, so the host's decoder
reads them, and AVIF, too. A browser hands out colours that were multiplied by alpha and rounded; so
it is given a WebP's or an AVIF's colours and alpha apart, each of which it gives exactly. In a
lossless WebP they cannot be told apart, and Pillow reads it.
"""

import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

from cutaway.errors import CutawayError
from cutaway.host.engine import Decoded, Engine
from cutaway.output import JPEG, PNG, WEBP
from cutaway.pillow import array_of, load, opened
from cutaway.reading import heif
from cutaway.values import Bytes, File

_PILLOW = {PNG: "PNG", WEBP: "WEBP", JPEG: "JPEG"}


@dataclass(frozen=True, slots=True, eq=False)
class ReadBack:
    """What a decoder makes of a file.

    Attributes
    ----------
    decoder : str
        Who decodes.
    width, height : int
        In pixels.
    rows : callable
        The first and last + 1 of some rows → uint8, shape (rows, width, 4), straight alpha.
    """

    decoder: str
    width: int
    height: int
    rows: Callable[[int, int], Bytes]


@asynccontextmanager
async def read_back(file: File, engine: Engine) -> AsyncIterator[ReadBack]:
    """Decodes a written file; raises whatever a decoder raises for a damaged one."""
    with ExitStack() as stack:
        try:
            yield await _by_host(file, engine, stack)
        except CutawayError as error:
            if error.code != "not-decoded" or file.mime not in _PILLOW:
                raise
            yield _by_pillow(file, stack)


async def _by_host(file: File, engine: Engine, stack: ExitStack) -> ReadBack:
    async def decoded(data: bytes) -> Decoded:
        found = await engine.decode(data, file.mime, "raw")
        stack.callback(found.close)
        return found

    match file.mime:
        case "image/avif":
            still = heif.opened(file.data)
            if still.premultiplied:
                raise ValueError("its colours are marked as multiplied by alpha")
            alpha = None if still.alpha is None else await decoded(still.alpha)
            return _joined(await decoded(still.colour), alpha, 0, engine.decoder)
        case "image/jpeg":
            return _joined(await decoded(file.data), None, 0, engine.decoder)
        case "image/webp" if (colour := _opaque_webp(file.data)) is not None:
            return _joined(await decoded(colour), await decoded(file.data), 3, engine.decoder)
    raise CutawayError("not-decoded", "Pillow reads this.")


def _joined(colour: Decoded, alpha: Decoded | None, channel: int, decoder: str) -> ReadBack:
    """Colour and alpha, which is one channel of its own picture."""
    if alpha is not None and (alpha.width, alpha.height) != (colour.width, colour.height):
        raise ValueError("its alpha has another size")

    def rows(top: int, bottom: int) -> Bytes:
        pixels = colour.part(0, top, colour.width, bottom - top)
        if alpha is not None:
            pixels = pixels.copy()  # it may be the decoder's
            pixels[..., 3] = alpha.part(0, top, alpha.width, bottom - top)[..., channel]
        return pixels

    return ReadBack(decoder, colour.width, colour.height, rows)


def _by_pillow(file: File, stack: ExitStack) -> ReadBack:
    format = _PILLOW[file.mime]
    if format == "PNG":
        with opened(file.data, format) as picture:
            picture.verify()  # every checksum, and that the file has its end
    found = stack.enter_context(opened(file.data, format))
    load(found)

    def rows(top: int, bottom: int) -> Bytes:
        band = found.crop((0, top, found.width, bottom))
        return array_of(band if band.mode == "RGBA" else band.convert("RGBA"))

    return ReadBack("Pillow", found.width, found.height, rows)


def _opaque_webp(data: bytes) -> bytes | None:
    """The colour of a lossy WebP as a file of its own; None for a lossless one."""
    for kind, content in webp_chunks(data):
        if kind == b"VP8 ":
            chunk = kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
            return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk
    return None


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk; ``ValueError`` where the file is not whole."""
    if data[:4] != b"RIFF" or struct.unpack_from("<I", data, 4)[0] + 8 != len(data):
        raise ValueError("not a whole RIFF")
    at = 12
    while at < len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        if at + 8 + length > len(data):
            raise ValueError("a chunk beyond the end")
        yield kind, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
