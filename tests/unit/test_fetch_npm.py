"""Fetching through npm: what arrives is the pinned file, or nothing at all."""

import io
import json
import shutil
import sys
import tarfile
from pathlib import Path

import pytest

from tests.unit.fetching import CLOSED, CONTENT, left_behind, pin, quiet
from tools import nodejs
from tools.fetch import Fetcher
from tools.problems import Problem, Unreachable, WrongFile
from tools.sources import NpmSource, Package, Wanted


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


class Npm:
    """An npm of ours: ``pack`` copies an archive, or fails as npm does."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        script = folder / "npm.py"
        script.write_text(
            "import pathlib, shutil, sys\n"
            f"folder = pathlib.Path({str(folder)!r})\n"
            "failure = folder / 'failure'\n"
            "if failure.exists():\n"
            "    sys.exit(failure.read_text())\n"
            "shutil.copy(folder / f'{sys.argv[2]}.tgz', 'package.tgz')\n"
            "(folder / 'log').open('a').write(sys.argv[2] + ' ')\n"
        )
        node = nodejs.Node(Path(sys.executable), (sys.executable, str(script)))
        monkeypatch.setattr(nodejs, "find", lambda: node)

    def publish(self, name: str, content: bytes) -> None:
        (self._folder / f"{name}.tgz").write_bytes(content)

    def fail(self, words: str) -> None:
        (self._folder / "failure").write_text(words)

    @property
    def packed(self) -> list[str]:
        log = self._folder / "log"
        return log.read_text().split() if log.exists() else []


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Npm:
    folder = tmp_path / "npm"
    folder.mkdir()
    return Npm(folder, monkeypatch)


PLAIN = NpmSource(
    Package("plain@1.0.0", 1000), (Wanted("package/a.bin", "parts/a.bin", pin(CONTENT)),)
)


def test_files_come_out_of_npm_packages_once(tmp_path: Path, npm: Npm) -> None:
    npm.publish("plain@1.0.0", archive({"package/b.bin": b"no", "package/a.bin": CONTENT}))
    cache = tmp_path / "cache"
    for _ in range(2):
        Fetcher(cache, quiet).npm([PLAIN])
    assert npm.packed == ["plain@1.0.0"]
    assert left_behind(cache) == ["a.bin"]
    assert (cache / "parts/a.bin").read_bytes() == CONTENT


def test_chunks_are_joined_in_their_order_not_the_archives(tmp_path: Path, npm: Npm) -> None:
    chunks = {"c1": CONTENT[:100_000], "c2": CONTENT[100_000:250_000], "c3": CONTENT[250_000:]}
    starts = {"c1": 0, "c2": 100_000, "c3": 250_000}
    resources = {"/m": {"chunks": [{"hash": c, "offsets": [starts[c], 0]} for c in chunks]}}
    files = {f"package/dist/{c}": chunks[c] for c in ("c3", "c1", "c2")}
    files["package/dist/resources.json"] = json.dumps(resources).encode()
    npm.publish("chunked@1", archive(files))
    wanted = Wanted("package/dist/resources.json", "downloads/m.bin", pin(CONTENT), "/m")
    Fetcher(tmp_path / "cache", quiet).npm([NpmSource(Package("chunked@1", 1000), (wanted,))])
    assert (tmp_path / "cache/downloads/m.bin").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (archive({"package/a.bin": CONTENT})[:-5000], "arrived damaged"),
        (b"<html>not an archive</html>", "arrived damaged"),
        (archive({"package/other.bin": CONTENT}), r"lacks package/a\.bin"),
        (archive({"package/a.bin": CONTENT[:-1]}), "is not the file it should be"),
    ],
    ids=["truncated", "no archive", "member missing", "wrong content"],
)
def test_a_bad_npm_archive_leaves_nothing(
    tmp_path: Path, npm: Npm, content: bytes, sentence: str
) -> None:
    npm.publish("plain@1.0.0", content)
    with pytest.raises(WrongFile, match=sentence):
        Fetcher(tmp_path / "cache", quiet).npm([PLAIN])
    assert left_behind(tmp_path / "cache") == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("npm error code ENOTFOUND\nnpm error network request failed", "^No network while"),
        ("npm error code ENOSPC\nnpm error no space left on device", "^The disk is full"),
        (
            "npm warn old\nnpm error code E404\nnpm error 404 Not Found",
            "plain.*: npm error code E404",
        ),
    ],
)
def test_what_npm_says_becomes_one_sentence(
    tmp_path: Path, npm: Npm, words: str, sentence: str
) -> None:
    npm.fail(words)
    with pytest.raises(Problem, match=sentence) as caught:
        Fetcher(tmp_path / "cache", quiet).npm([PLAIN])
    assert "\n" not in str(caught.value)
    assert left_behind(tmp_path / "cache") == []


@pytest.mark.skipif(not shutil.which("npm"), reason="this machine has no npm of its own")
def test_the_real_npm_without_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", CLOSED)
    with pytest.raises(Unreachable, match=r"^No network while downloading plain"):
        Fetcher(tmp_path, quiet).npm([PLAIN])
    assert left_behind(tmp_path) == []
