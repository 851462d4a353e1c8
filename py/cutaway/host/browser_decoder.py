"""What Pillow cannot read, decoded by the browser through `worker/decode.js`."""

import numpy as np
from pyodide.ffi import JsException, JsProxy, to_js

import cutaway_bridge as bridge
from cutaway.errors import CutawayError
from cutaway.values import Bytes


class BrowserDecoded:
    """A picture whose pixels are the browser's."""

    def __init__(self, decoded: JsProxy) -> None:
        self._decoded = decoded
        self.width: int = decoded.width
        self.height: int = decoded.height

    def part(self, left: int, top: int, width: int, height: int) -> Bytes:
        pixels = np.empty((height, width, 4), np.uint8)
        try:
            self._decoded.part(left, top, width, height).assign_to(pixels)
        except JsException as error:
            raise _not_decoded() from error
        return pixels

    def close(self) -> None:
        self._decoded.close()


async def decode(data: bytes, mime: str, space: str) -> BrowserDecoded:
    """As ``Engine.decode``."""
    try:
        return BrowserDecoded(await bridge.decode(to_js(data), mime, space))
    except JsException as error:
        raise _not_decoded() from error


def _not_decoded() -> CutawayError:
    return CutawayError("not-decoded", "This picture could not be decoded.")
