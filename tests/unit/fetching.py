"""What the tests of fetching share."""

import hashlib
import random
from pathlib import Path

from tools.files import Pin

CONTENT = random.Random(1).randbytes(300_000)
#: Nobody listens there.
CLOSED = "http://127.0.0.1:9/"


def pin(content: bytes) -> Pin:
    return Pin(hashlib.sha256(content).hexdigest(), len(content))


def quiet(what: str, done: int, total: int) -> None:
    pass


def left_behind(cache: Path) -> list[str]:
    return [path.name for path in cache.rglob("*") if path.is_file() and path.name != "stamps.json"]
