"""A file at an address, read in pieces by HTTP range requests."""

import http.client
import io
import urllib.error
import urllib.request
from typing import IO

from tools.problems import Unreachable

#: Bytes asked for at once: large enough that a wheel of some megabytes takes few requests.
BLOCK = 1 << 20

#: How often a block is asked for again after a broken answer.
TRIES = 3

#: Seconds without a byte after which a server counts as gone.
TIMEOUT = 60


def open_ranged(address: str) -> IO[bytes]:
    """Open a file for reading and seeking.

    Raises ``Unreachable``, now or while reading, when the server is gone or sends no ranges.
    """
    return io.BufferedReader(_RangedFile(address), BLOCK)


class _RangedFile(io.RawIOBase):
    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        self._host = urllib.request.Request(address).host
        self._position = 0
        self._size = self._measure()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        length = min(len(buffer), self._size - self._position)
        if length <= 0:
            return 0
        data, _ = self._ask(self._position, length)
        buffer[:length] = data
        self._position += length
        return length

    def _measure(self) -> int:
        _, headers = self._ask(0, 1)
        total = (headers.get("Content-Range") or "").rpartition("/")[2]
        if not total.isdigit():
            raise Unreachable(f"{self._host} does not say how large the file is.")
        return int(total)

    def _ask(self, start: int, length: int) -> tuple[bytes, http.client.HTTPMessage]:
        headers = {"Range": f"bytes={start}-{start + length - 1}"}
        request = urllib.request.Request(self._address, headers=headers)
        trouble: Exception | None = None
        for _ in range(TRIES):
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                    if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
                        raise Unreachable(f"{self._host} does not send parts of a file.")
                    data = answer.read(length)
                    if len(data) == length:
                        return data, answer.headers
                    trouble = EOFError("the answer was cut short")
            except urllib.error.HTTPError as error:
                raise Unreachable(f"{self._host} answered {error.code}.") from error
            except (OSError, http.client.HTTPException) as error:
                trouble = error
        raise Unreachable(f"{self._host} does not answer: {trouble}.") from trouble
