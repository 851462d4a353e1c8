"""Stand-ins that the tests of the road share: made-up photos, an engine without a model."""

import io
import struct
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cutaway.errors import EngineError
from cutaway.host import native_avif, native_decoder
from cutaway.host.engine import Decoded, Loaded, Ran, Report
from cutaway.icc import profile_of
from cutaway.models.known_answer import SIDE, question
from cutaway.models.policy import Company
from cutaway.models.registry import Model
from cutaway.values import Attempt, Bytes, Device, Floats, Photo, Words

NATIVE = Device(webgpu=None, isolated=True, cores=2, memory=None, bundle="native")


def scene(width: int, height: int) -> Bytes:
    """RGB with slopes, an edge and some grain, so that a flipped or shifted copy is never equal."""
    y, x = np.mgrid[0:height, 0:width]
    red = 255 * x // max(1, width - 1)
    green = 255 * y // max(1, height - 1)
    blue = np.where(x * 2 > y + width // 3, 200, 30)
    grain = np.random.default_rng(7).integers(-9, 10, (height, width, 3))
    return np.clip(np.stack([red, green, blue], -1) + grain, 0, 255).astype(np.uint8)


def photo(width: int, height: int, alpha: Bytes | None = None, icc: bytes | None = None) -> Photo:
    rgba = np.full((height, width, 4), 255, np.uint8)
    rgba[..., :3] = scene(width, height)
    if alpha is not None:
        rgba[..., 3] = alpha
    return Photo(rgba, alpha is None, icc, "PNG", 1)


def encoded(image: Image.Image, format: str, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **how)
    return file.getvalue()


def png(width, height, depth, colour, rows, *extra):
    """A PNG that Pillow cannot write: any depth and colour type, unfiltered rows.

    ``extra`` are (kind, content) of chunks that stand before the pixels.
    """

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = [(b"IHDR", header), *extra, (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*parts) for parts in chunks)


def sixteen(channels):
    values = np.linspace(0, 65535, 64 * 8 * channels).astype(">u2").reshape(8, 64, channels)
    return values, [row.tobytes() for row in values]


def disc(size: int) -> Floats:
    """A soft disc, off centre: 0 outside, 1 inside."""
    y, x = np.mgrid[0:size, 0:size] / size
    return (np.clip((0.3 - np.hypot(x - 0.45, y - 0.55)) * 12 + 0.5, 0, 1)).astype(np.float32)


def rgb_profile(length: int = 600) -> bytes:
    """An ICC profile of a wide RGB space, Display P3, with zeros after it."""
    body = profile_of(12)
    return length.to_bytes(4, "big") + body[4:] + bytes(length - len(body))


def profile(space: bytes, length: int = 600) -> bytes:
    body = bytearray(np.random.default_rng(3).integers(0, 256, length, np.uint8).tobytes())
    body[0:4], body[16:20], body[36:40] = length.to_bytes(4, "big"), space, b"acsp"
    return bytes(body)


class FakeEngine:
    """Answers the known question rightly, and every other with a disc.

    ``failures`` maps a provider and threads to what goes wrong: ``"load"`` and ``"run"`` raise,
    ``"corrupt"`` is a load that fails until the model is evicted, ``"lie"`` a wrong answer to the
    known question; an array is answered in place of the disc.
    """

    decoder = "Pillow"

    def __init__(
        self,
        device: Device = NATIVE,
        failures: Mapping[tuple[str, int], str | NDArray[np.float32]] | None = None,
    ) -> None:
        self.facts = device
        self.failures = failures or {}
        self.calls: list[str] = []
        self.loaded: tuple[str, Attempt] | None = None
        self.others: Company | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        self.calls.append("turn")
        try:
            yield
        finally:
            self.calls.append("turn over")

    async def device(self) -> Device:
        return self.facts

    def company(self, pixels: int) -> Company | None:
        return self.others and replace(self.others, pixels=pixels)

    async def carried(self) -> None:
        """Every model of the registry."""

    async def load(self, model: Model, attempt: Attempt, report: Report) -> Loaded:
        self.calls.append(f"load {attempt.provider} {attempt.threads}")
        trouble = self._trouble(attempt)
        if isinstance(trouble, str) and trouble == "load":
            raise EngineError("load-failed", "It failed.", "no adapter")
        if isinstance(trouble, str) and trouble == "corrupt" and "evict" not in self.calls:
            raise EngineError("load-failed", "It failed.", "protobuf parsing failed")
        if self.loaded == (model.id, attempt):
            return Loaded(0, 0, 0.0)
        self.loaded = (model.id, attempt)
        report(10, 100)
        report(100, 100)
        return Loaded(100, 7, 5.0)

    async def run(self, model: Model, attempt: Attempt, feeds: Mapping[str, Floats]) -> Ran:
        contract = model.contract
        asked = np.array_equal(feeds[contract.input], question(contract)[contract.input])
        what = "ask" if asked else "run"
        self.calls.append(f"{what} {attempt.provider} {attempt.threads}")
        trouble = self._trouble(attempt)
        if isinstance(trouble, str) and trouble == "run":
            raise EngineError("run-failed", "It failed.", "device lost")
        if asked and not (isinstance(trouble, str) and trouble == "lie"):
            small = np.frombuffer(bytes.fromhex(model.answer), np.uint8).reshape(SIDE, SIDE)
            block = contract.size // SIDE
            answer = np.kron(small / np.float32(255), np.ones((block, block), np.float32))
        else:
            answer = trouble if isinstance(trouble, np.ndarray) else disc(contract.size)
        return Ran({contract.output: answer[None, None]}, 42.0)

    async def decode(self, data: bytes, mime: str, space: str) -> Decoded:
        return native_decoder.decode(data, mime, space)

    async def encode_avif(self, pixels: Bytes | Words, quality: int, speed: int) -> bytes:
        return native_avif.encode(pixels, quality, speed)

    async def evict(self, model: Model) -> None:
        self.calls.append("evict")

    async def reset(self) -> None:
        self.calls.append("reset")
        self.loaded = None

    async def breathe(self) -> None:
        self.calls.append("breathe")

    def _trouble(self, attempt: Attempt) -> str | NDArray[np.float32] | None:
        return self.failures.get((attempt.provider, attempt.threads))
