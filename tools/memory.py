"""Memory of the pages of a browser that this process has started (Linux)."""

import os
import threading
from pathlib import Path
from types import TracebackType


def of_pages() -> int:
    """Bytes that the renderer processes below this process hold, shared pages counted once."""
    parents = _parents()
    return sum(
        _proportional(pid) for pid in parents if _is_renderer(pid) and _is_below(pid, parents)
    )


def of_browser() -> int:
    """Bytes that the browsers' own processes below this process hold: files in memory lie there."""
    parents = _parents()
    return sum(_proportional(pid) for pid in parents if _is_main(pid) and _is_below(pid, parents))


def peak_of_pages() -> int:
    """The most that one renderer process below this process has ever held, by the system's count.

    Bytes without mapped files, which are the browser itself. Taking it costs nothing while the
    page works, as watching would.
    """
    parents = _parents()
    found = [_highest(pid) for pid in parents if _is_renderer(pid) and _is_below(pid, parents)]
    return max(found, default=0)


class Peak:
    """Watches ``of_pages`` from a thread; ``bytes`` is the largest value seen."""

    def __init__(self, seconds: float = 0.1) -> None:
        self.bytes = 0
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(self._seconds):
            self.bytes = max(self.bytes, of_pages())


def _parents() -> dict[int, int]:
    """Every process and its parent."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text()
            except OSError:
                continue  # it has ended meanwhile
            found[int(entry.name)] = int(status.rpartition(")")[2].split()[1])
    return found


def _is_renderer(pid: int) -> bool:
    try:
        return b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _is_main(pid: int) -> bool:
    """Whether it is a browser's first process: it alone is not told its type."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"--remote-debugging-pipe" in command and b"--type=" not in command


def _is_below(pid: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        if pid == os.getpid():
            return True
        pid = parents[pid]
    return False


def _proportional(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    (line,) = (line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) * 1024


def _highest(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    sizes = dict(line.split(":", 1) for line in status.splitlines() if line.endswith(" kB"))
    if "VmHWM" not in sizes:
        return 0  # it is ending
    return (int(sizes["VmHWM"].split()[0]) - int(sizes["RssFile"].split()[0])) * 1024
