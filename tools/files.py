"""Files that are either whole or absent, and knowing at once that they are the right ones."""

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.problems import WrongFile, explain


@dataclass(frozen=True, slots=True)
class Pin:
    """What a file must be: its SHA-256 (64 hex digits) and, where known, its length in bytes."""

    sha256: str
    bytes: int | None = None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as 64 hex digits, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def written(target: Path) -> Iterator[Path]:
    """Give a temporary path beside ``target``; it takes the target's name only if all went well.

    Raises ``Problem`` when the system refuses (disk full, not allowed); nothing half-written stays.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(target)
    except OSError as error:
        raise explain(error, f"writing {target.name}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Let one process at a time do something; another waits until it has finished."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a")
    except OSError as error:
        raise explain(error, f"opening {lock.name}") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def check(path: Path, pin: Pin, name: str) -> None:
    """Raise ``WrongFile`` unless the file is exactly the pinned one."""
    size = path.stat().st_size
    found = sha256_of(path)
    if found != pin.sha256:
        raise WrongFile(
            f"{name} is not the file it should be ({size:,} bytes, SHA-256 {found[:16]}…, "
            f"pinned {pin.sha256[:16]}…), so it was thrown away; run the same command again."
        )


class Stamps:
    """Remembers which files were already checked, so that a second run reads none of them again.

    A stamp holds a file's SHA-256 together with its size and modification time; when either of
    those has changed, the file is read again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._known: dict[str, list[object]] = json.loads(path.read_text())
        except (OSError, ValueError):
            self._known = {}

    def holds(self, file: Path, pin: Pin) -> bool:
        """Whether ``file`` is there and is the pinned one."""
        try:
            state = file.stat()
        except OSError:
            return False
        if pin.bytes not in (None, state.st_size):
            return False
        stamp = [pin.sha256, state.st_size, state.st_mtime_ns]
        if self._known.get(str(file)) == stamp:
            return True
        if sha256_of(file) != pin.sha256:
            return False
        self.accept(file, pin)
        return True

    def accept(self, file: Path, pin: Pin) -> None:
        """Remember a file whose SHA-256 has just been checked."""
        state = file.stat()
        self._known[str(file)] = [pin.sha256, state.st_size, state.st_mtime_ns]
        with written(self._path) as temporary:
            temporary.write_text(json.dumps(self._known, indent=0, sort_keys=True))
