"""What a static host decides for one request: which file, which type, which bytes of it."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}


def find(root: Path, inside: str) -> Path | None:
    """Return the file for an absolute path within the site, or ``None``; never one outside."""
    if "\0" in inside or inside == "/_headers":
        return None
    name = inside.removeprefix("/") or "index.html"
    if any(part in ("", ".", "..") for part in name.split("/")):
        return None
    try:
        file = (root / name).resolve()
        return file if file.is_file() and file.is_relative_to(root) else None
    except OSError:  # a name longer than the file system allows
        return None


def accepts_brotli(header: str | None) -> bool:
    """Whether an ``Accept-Encoding`` header allows ``br``."""
    for item in (header or "").lower().split(","):
        coding, _, weight = item.partition(";")
        if coding.strip() == "br":
            return re.fullmatch(r"\s*q=0(\.0*)?\s*", weight) is None
    return False


def matches(header: str | None, etag: str) -> bool:
    """Whether an ``If-None-Match`` header names this ``etag``."""
    known = [item.strip().removeprefix("W/") for item in (header or "").split(",")]
    return etag in known or known == ["*"]


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return (start, stop) for a single byte range, ``None`` for a whole answer.

    Raises ``ValueError`` when the range lies outside; several ranges at once get the whole file,
    as the standard allows.
    """
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", (header or "").strip())
    if found is None or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= stop:
        raise ValueError("outside the file")
    return start, stop


@lru_cache(maxsize=1024)
def digest(file: Path, size: int, changed: int) -> str:
    """Content hash for the ETag; size and time are there so that a changed file is read again."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:32]
