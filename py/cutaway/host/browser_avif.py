"""AVIF in the browser: libavif in a worker of its own, which lives as long as one picture."""

import asyncio
from typing import Any

from js import Object
from pyodide.ffi import JsException, to_js

import cutaway_bridge as bridge
from cutaway.errors import CutawayError
from cutaway.models import policy
from cutaway.values import Bytes, Device, Words

#: Time for a picture before the worker counts as stuck, and more of it for each pixel, by whether
#: it has threads: a slow phone needs about 20 s a megapixel on one. With threads the encoder stood
#: still once in Firefox; then it is tried without.
PATIENCE = {True: (10, 15e-6), False: (60, 60e-6)}
#: Columns of tiles as powers of two, at most: each thread can take one, and each costs a few bytes.
MOST_TILES = 3
#: What the encoder must be told and nobody chooses: colour at full resolution (3 is 4:4:4),
#: lossless alpha, nothing softened or denoised.
FIXED = {
    "qualityAlpha": 100,
    "subsample": 3,
    "tileRowsLog2": 0,
    "chromaDeltaQ": False,
    "sharpness": 0,
    "tune": 0,
    "denoiseLevel": 0,
    "enableSharpYUV": False,
}
#: Failures by code, with what a person can do.
SENTENCES = {
    "avif-missing": "The AVIF encoder could not be fetched. Check the connection and try again, or "
    "choose WebP or PNG.",
    "timeout": "The AVIF encoder took too long and was ended. Choose WebP or PNG.",
}
TOO_MUCH = (
    "This picture was too much for the AVIF encoder here. Choose WebP or PNG, or a smaller size."
)


class AvifDesk:
    """Encodes one picture after the other: two at once would need twice the memory."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._user: int | None = None

    async def encode(
        self, job: int, pixels: Bytes | Words, quality: int, speed: int, device: Device
    ) -> bytes:
        """As ``Engine.encode_avif``; the caller finds out whether it was cancelled meanwhile."""
        options = {
            "quality": quality,
            "speed": speed,
            "lossless": quality == 100,
            "bitDepth": 8 if pixels.itemsize == 1 else 10,
        }
        async with self._lock:
            self._user = job
            try:
                threads = policy.threads(device)
                if threads > 1:
                    try:
                        return await _encoded(pixels, options, threads)
                    except CutawayError as error:
                        if error.code != "timeout" or self._user != job:
                            raise
                return await _encoded(pixels, options, 1)
            finally:
                self._user = None

    def cancel(self, job: int) -> None:
        """Ends the worker if it works for this job."""
        if self._user == job:
            self._user = None
            bridge.endAvif()


async def _encoded(pixels: Bytes | Words, options: dict[str, Any], threads: int) -> bytes:
    height, width = pixels.shape[:2]
    tiles = {"tileColsLog2": min(threads.bit_length() - 1, MOST_TILES)}
    given = to_js(FIXED | options | tiles, dict_converter=Object.fromEntries)
    least, a_pixel = PATIENCE[threads > 1]
    seconds = least + a_pixel * height * width
    try:
        data = await bridge.encodeAvif(pixels, width, height, given, threads > 1, seconds)
    except JsException as error:
        code = getattr(error, "code", None) or "avif-failed"
        if code in SENTENCES:
            raise CutawayError(code, SENTENCES[code]) from None
        raise CutawayError("avif-failed", TOO_MUCH) from None
    encoded: bytes = data.to_bytes()
    return encoded
