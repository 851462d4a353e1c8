"""Progress in bytes: one line that updates on a terminal, plain lines elsewhere."""

import contextlib
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

#: Called with (what, done, total): what is being done, and bytes; total 0 means unknown.
Report = Callable[[str, int, int], None]

#: Seconds between two lines: a terminal's line is rewritten in place, a log's lines pile up.
TERMINAL_PAUSE = 0.1
LOG_PAUSE = 5.0


class Progress:
    """Writes progress; an instance is a ``Report``."""

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream or sys.stdout
        self._clock = clock
        self._terminal = self._stream.isatty()
        self._open = False
        self._last: tuple[str, float] | None = None

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show ``done`` of ``total`` bytes."""
        finished = total > 0 and done >= total
        now = self._clock()
        if not finished and self._last is not None:
            pause = TERMINAL_PAUSE if self._terminal else LOG_PAUSE
            if self._last[0] == what and now - self._last[1] < pause:
                return
        if self._last is not None and self._last[0] != what:
            self._end_line()
        self._last = None if finished else (what, now)
        line = f"{what}: {megabytes(done, total)}"
        if self._terminal:
            # A line that wraps could not be rewritten.
            columns = shutil.get_terminal_size().columns
            self._stream.write(f"\r\x1b[2K{line[: columns - 1]}")
            self._open = True
            if finished:
                self._end_line()
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def say(self, sentence: str) -> None:
        """Write a line of its own."""
        self._end_line()
        self._last = None
        self._stream.write(f"{sentence}\n")
        self._stream.flush()

    def _end_line(self) -> None:
        if self._open:
            self._stream.write("\n")
            self._open = False


def megabytes(done: int, total: int) -> str:
    """``12.3 of 45.6 MB``, or ``12.3 MB`` when the total is not known."""
    if total > 0:
        return f"{done / 1e6:.1f} of {total / 1e6:.1f} MB"
    return f"{done / 1e6:.1f} MB"


def folder_bytes(folder: Path) -> int:
    """Bytes of all files under a folder that others may be changing meanwhile."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(place, name).lstat().st_size
    return total


@contextlib.contextmanager
def watching(folder: Path, what: str, total: int, report: Report) -> Iterator[None]:
    """Report how a folder grows while another program fills it.

    npm and pip tell a program nothing about bytes; what they have written so far tells enough.
    """
    finished = threading.Event()
    before = folder_bytes(folder)
    most = 0

    def watch() -> None:
        nonlocal most
        while not finished.wait(0.5):
            most = max(most, folder_bytes(folder) - before)
            if most:
                report(what, min(most, total - 1) if total else most, total)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
    if total or most:
        report(what, total or most, total or most)
