"""AVIF in the browser: libavif in a worker of its own, which lives as long as one picture."""

import asyncio

from js import Object
from pyodide.ffi import JsException, to_js

import cutaway_bridge as bridge
from cutaway import policy
from cutaway.errors import CutawayError
from cutaway.values import Bytes, Device, Words

#: Time for a picture before the worker counts as stuck, and more of it for each pixel: a slow phone
#: needs about 20 s a megapixel on one thread.
SECONDS, SECONDS_A_PIXEL = 60, 60e-6
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
        threads = policy.threads(device)
        options = {
            "quality": quality,
            "speed": speed,
            "lossless": quality == 100,
            "bitDepth": 8 if pixels.itemsize == 1 else 10,
            "tileColsLog2": min(threads.bit_length() - 1, MOST_TILES),
        }
        height, width = pixels.shape[:2]
        given = to_js(FIXED | options, dict_converter=Object.fromEntries)
        seconds = SECONDS + SECONDS_A_PIXEL * height * width
        async with self._lock:
            self._user = job
            try:
                data = await bridge.encodeAvif(pixels, width, height, given, threads > 1, seconds)
            except JsException as error:
                code = getattr(error, "code", None) or "avif-failed"
                if code in SENTENCES:
                    raise CutawayError(code, SENTENCES[code]) from None
                raise CutawayError("avif-failed", TOO_MUCH) from None
            finally:
                self._user = None
        encoded: bytes = data.to_bytes()
        return encoded

    def cancel(self, job: int) -> None:
        """Ends the worker if it works for this job."""
        if self._user == job:
            bridge.endAvif()
