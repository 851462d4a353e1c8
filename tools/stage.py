"""The folder in which a site is put together, and the values that describe what lies in it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

#: Static hosts refuse files over 25 MiB, so large parts are cut. Into rather small pieces: what is
#: lost when a page is closed in the middle of a download is at most the pieces under way.
PIECE = 5 * 1024 * 1024
#: Up to this size wasm stays one file, which the browser compiles while it arrives.
LARGEST_WASM = 20 * 1024 * 1024
LARGEST_FILE = 25 * 1024 * 1024


@dataclass(frozen=True)
class File:
    """One file of the site. ``url`` is relative to the site's root."""

    url: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Part:
    """A large part: what its pieces, joined in this order, must be."""

    id: str
    bytes: int
    sha256: str
    pieces: tuple[File, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what the store reads."""
        return asdict(self) | {"pieces": [asdict(piece) for piece in self.pieces]}


class Stage:
    """Writes files below ``root`` and remembers what they are."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, File] = {}

    def put(self, url: str, content: bytes) -> File:
        """Write one file."""
        target = self.root / url
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self.files[url] = File(url, len(content), sha256(content))
        return self.files[url]

    def put_folder(self, place: str, files: Mapping[str, bytes]) -> str:
        """Write ``files`` into ``place/<hash>/``, named after all of them; return that address."""
        folder = f"{place}/{folder_hash(files)}/"
        for name, content in sorted(files.items()):
            self.put(folder + name, content)
        return folder

    def put_part(self, id: str, content: bytes, pattern: str) -> Part:
        """Write ``content`` in pieces.

        ``pattern`` is the address of a piece, with ``{n}``, ``{of}`` and ``{hash}`` in it.
        """
        cuts = range(0, len(content), PIECE)
        pieces = []
        for n, start in enumerate(cuts, start=1):
            piece = content[start : start + PIECE]
            url = pattern.format(n=n, of=len(cuts), hash=sha256(piece)[:12])
            pieces.append(self.put(url, piece))
        return Part(id, len(content), sha256(content), tuple(pieces))

    def whole(self, id: str, url: str) -> Part:
        """Describe a file that is there already as a part of one piece."""
        file = self.files[url]
        return Part(id, file.bytes, file.sha256, (file,))

    def below(self, folder: str) -> list[File]:
        """Return the files whose addresses start with ``folder``, sorted."""
        return [self.files[url] for url in sorted(self.files) if url.startswith(folder)]


def sha256(content: bytes) -> str:
    """Return the SHA-256 as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def folder_hash(files: Mapping[str, bytes]) -> str:
    """Return 12 hex digits that depend on every name and every byte of ``files``."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def read_folder(folder: Path, without: frozenset[str] = frozenset()) -> dict[str, bytes]:
    """Return name → content of every file below ``folder``, hidden ones left out."""
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/"))
        if path.is_file() and not hidden and name not in without:
            files[name] = path.read_bytes()
    return files


def replace_folder(new: Path, target: Path) -> None:
    """Give ``new`` the name of ``target``; what was there goes only once it is out of the way."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
