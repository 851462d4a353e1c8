"""Brotli copies of the files of a site, made once for each content."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import brotli

from tools.files import written
from tools.progress import Report
from tools.stage import File

#: Already compressed, or weights, which do not shrink.
INCOMPRESSIBLE = (".png", ".jpg", ".webp", ".avif", ".woff2", ".bin")
#: A copy must save this share of the bytes, else it is left out.
WORTHWHILE = 0.03


def compress(root: Path, files: Iterable[File], cache: Path, report: Report) -> dict[str, int]:
    """Put ``x.br`` beside each file of ``root`` that shrinks; return address → compressed bytes."""
    wanted = [file for file in files if not file.url.endswith(INCOMPRESSIBLE)]
    missing = {file.sha256: file for file in wanted if not _kept(cache, file).is_file()}
    total = sum(file.bytes for file in missing.values())
    done = 0
    # Brotli works outside Python's lock, so threads are enough to use every core.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {pool.submit(_make, root, file, cache): file for file in missing.values()}
        for job in as_completed(jobs):
            job.result()
            done += jobs[job].bytes
            report("Compressing", done, total)
    return {file.url: size for file in wanted if (size := _place(root, file, cache))}


def _kept(cache: Path, file: File) -> Path:
    return cache / f"{file.sha256}.br"


def _make(root: Path, file: File, cache: Path) -> None:
    content = (root / file.url).read_bytes()
    with written(_kept(cache, file)) as temporary:
        temporary.write_bytes(brotli.compress(content, quality=11, lgwin=24))


def _place(root: Path, file: File, cache: Path) -> int | None:
    compressed = _kept(cache, file).read_bytes()
    if len(compressed) > file.bytes * (1 - WORTHWHILE):
        return None
    (root / f"{file.url}.br").write_bytes(compressed)
    return len(compressed)
