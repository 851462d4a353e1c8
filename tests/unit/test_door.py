"""The door: what may be typed, what is said when it makes no sense, and what a test run does."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tools import __main__ as tools_main
from tools import check, chromium, door
from tools.problems import Problem
from tools.progress import Progress

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The door and what is behind it, without an environment."""
    for name in ("build.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["serve", "--port", "many"],
        ["serve", "--port", "70000"],
        ["serve", "away"],
        ["dist", "--out"],
        ["--verbose"],
    ],
)
def test_nonsense_is_answered_with_a_sentence_and_makes_nothing(
    checkout: Path, words: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, checkout / "build.py", *words], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("build.py: ")
    assert done.stderr.count("\n") == 1
    assert not (checkout / ".venv").exists()


def test_help_names_every_command(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, checkout / "build.py", "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert all(f"  {name} [" in done.stdout for name in tools_main.COMMANDS)


def test_what_may_be_typed() -> None:
    serve = door.parse(["serve", "--port", "0", "--host", "0.0.0.0"])
    assert (serve.command, serve.port, serve.host) == ("serve", 0, "0.0.0.0")
    assert door.parse(["dist"]).out == ROOT / "dist"
    assert door.parse(["dist", "--out", "x"]).out == Path("x")
    words = ["-k", "store", "--port", "tests/unit", "--help"]
    assert door.parse(["test", *words]).arguments == words


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Problem("The cat sat on it."), "build.py: The cat sat on it.\n"),
        (OSError(28, "x"), "build.py: The disk is full: no space left while running dist. "),
    ],
)
def test_a_failure_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    sentence: str,
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(tools_main, "make_ready", fail)
    assert tools_main.main(["dist"]) == 1
    told = capsys.readouterr().err
    assert told.startswith(sentence)
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], True),
        (["-k", "store"], True),
        (["tests"], True),
        (["tests/browser/test_page.py::test_it"], True),
        (["tests/unit", "tests/browser"], True),
        (["tests/unit"], False),
        (["-x", "tests/unit/test_door.py::test_what_may_be_typed"], False),
    ],
)
def test_the_browser_is_only_wanted_where_its_tests_may_run(
    arguments: list[str], wanted: bool
) -> None:
    assert check.wants_browser(arguments) == wanted


def test_chromium_that_is_not_where_it_should_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(chromium, "PATH", str(tmp_path / "chromium"))
    monkeypatch.setattr(check.os, "geteuid", lambda: 1000)
    with pytest.raises(Problem, match=r"only root can install it: .*apt install chromium"):
        check.require_chromium(Progress())
    monkeypatch.setenv("CUTAWAY_CHROMIUM", "set")
    with pytest.raises(Problem, match=r"^CUTAWAY_CHROMIUM names .*, which does not exist"):
        check.require_chromium(Progress())


def test_root_gets_chromium_from_debian(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(chromium, "PATH", str(tmp_path / "chromium"))
    monkeypatch.delenv("CUTAWAY_CHROMIUM", raising=False)
    monkeypatch.setattr(check.os, "geteuid", lambda: 0)
    monkeypatch.setattr(check, "run", lambda command, *_, **__: ran.append(command))
    check.require_chromium(Progress())
    assert [command[:2] for command in ran] == [["apt-get", "update"], ["apt-get", "install"]]
    assert "chromium" in ran[1]


def item(path: str) -> Any:
    @contextmanager
    def nothing() -> Iterator[None]:
        yield

    capture = SimpleNamespace(global_and_fixture_disabled=nothing)
    plugins = SimpleNamespace(getplugin=lambda name: capture)
    return SimpleNamespace(path=ROOT / path, config=SimpleNamespace(pluginmanager=plugins))


def test_the_site_is_built_once_before_the_first_browser_test() -> None:
    done: list[str] = []
    site = check.FreshSite(lambda: done.append("built"))
    items = [item("tests/browser/test_b.py"), item("tests/unit/test_a.py")]
    items.append(item("tests/browser/test_c.py"))
    site.pytest_collection_modifyitems(items)
    for each in items:
        site.pytest_runtest_protocol(each)
        done.append(each.path.name)
    assert done == ["test_a.py", "built", "test_b.py", "test_c.py"]


def test_a_failed_build_ends_the_run() -> None:
    def fail() -> None:
        raise Problem("No space.")

    with pytest.raises(pytest.exit.Exception, match="No space") as caught:
        check.FreshSite(fail).pytest_runtest_protocol(item("tests/browser/test_b.py"))
    assert caught.value.returncode == 1
