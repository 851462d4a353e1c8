"""The door: what may be typed, what is said when it makes no sense, and what a test run does."""

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tools import __main__ as tools_main
from tools import check, door
from tools.browsers import CHROMIUM, FIREFOX, WEBKIT, Browser
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
        ["dist", "--models"],
        ["audit", "--port", "1"],
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
    assert door.parse(["dist"]).models is None
    assert door.parse(["serve", "--models", "u2netp,isnet"]).models == "u2netp,isnet"
    audit = door.parse(["audit", "u2netp", "isnet", "--webgpu"])
    assert (audit.ids, audit.webgpu) == (["u2netp", "isnet"], True)
    assert (door.parse(["audit"]).ids, door.parse(["audit"]).webgpu) == ([], False)
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
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(tools_main, "make_ready", fail)
    assert tools_main.main(["dist"]) == 1
    told = capsys.readouterr().err
    assert told.startswith(sentence)
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], "chromium firefox webkit"),
        (["-k", "store"], "chromium firefox webkit"),
        (["tests"], "chromium firefox webkit"),
        (["tests/browser/test_page.py::test_drop"], "chromium"),
        (["tests/browser/test_firefox.py"], "chromium firefox"),
        (["tests/unit", "tests/browser"], "chromium firefox webkit"),
        (["tests/unit"], ""),
        (["-x", "tests/unit/test_door.py::test_what_may_be_typed"], ""),
    ],
)
def test_a_browser_is_only_wanted_where_its_tests_may_run(
    arguments: list[str], wanted: str
) -> None:
    kinds = {"chromium": CHROMIUM, "firefox": FIREFOX, "webkit": WEBKIT}
    got = [name for name, browser in kinds.items() if check.wants(browser.tests, arguments)]
    assert got == wanted.split()


@pytest.mark.parametrize("browser", [CHROMIUM, FIREFOX, WEBKIT])
def test_what_a_browser_needs_for_its_tests_is_there(browser: Browser) -> None:
    assert (ROOT / browser.tests).exists()


def test_a_missing_browser_is_a_sentence(tmp_path: Path) -> None:
    there, absent = tmp_path / "there", tmp_path / "absent"
    there.touch()
    assert Browser("Lynx", (there,), ("lynx",), "tests").missing == ""
    sentence = Browser("Lynx", (there, absent), ("lynx", "font"), "tests").missing
    assert sentence == f"Lynx is not installed ({absent} missing): sudo apt install lynx font"


class Machine:
    """A machine without browsers: what is installed on it, and what is said."""

    def __init__(self, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.ran: list[list[str]] = []
        self.said: list[str] = []
        self.browser = Browser("Lynx", (folder / "lynx",), ("lynx",), "tests/browser")
        self.progress: Any = SimpleNamespace(say=self.said.append)
        self._patch = patch
        patch.delenv("CUTAWAY_CHROMIUM", raising=False)
        patch.setattr(check, "CHROMIUM", self.browser)
        patch.setattr(check, "run", self._run)

    def user(self, number: int) -> None:
        self._patch.setattr(check.os, "geteuid", lambda: number)

    def _run(self, command: list[str], *_: Any, **__: Any) -> None:
        self.ran.append(command)
        if "install" in command:
            self.browser.path.touch()

    def without_network(self) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise Problem("No network.")

        self._patch.setattr(check, "run", fail)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    made = Machine(monkeypatch, tmp_path)
    made.user(0)
    return made


@pytest.mark.parametrize("required", [True, False])
def test_root_gets_browsers_from_debian(machine: Machine, required: bool) -> None:
    if required:
        check.require_chromium(machine.progress)
    else:
        check.offer(machine.browser, machine.progress)
    assert [command[:2] for command in machine.ran] == [
        ["apt-get", "update"],
        ["apt-get", "install"],
    ]
    assert machine.ran[1][-1] == "lynx"
    assert machine.said == ["Installing Lynx with apt-get"]


def test_a_browser_that_is_there_is_left_alone(machine: Machine) -> None:
    machine.browser.path.touch()
    check.require_chromium(machine.progress)
    check.offer(machine.browser, machine.progress)
    assert machine.ran == machine.said == []


def test_without_chromium_there_is_no_run(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.without_network()
    with pytest.raises(Problem, match=r"^No network\. Chromium is missing: .*apt install chromium"):
        check.require_chromium(machine.progress)
    machine.user(1000)
    with pytest.raises(Problem, match=r"only root can install it: .*apt install chromium"):
        check.require_chromium(machine.progress)
    monkeypatch.setenv("CUTAWAY_CHROMIUM", "set")
    with pytest.raises(Problem, match=r"^CUTAWAY_CHROMIUM names .*, which does not exist"):
        check.require_chromium(machine.progress)


def test_without_another_browser_the_run_goes_on(machine: Machine) -> None:
    machine.user(1000)
    check.offer(machine.browser, machine.progress)
    machine.user(0)
    machine.without_network()
    check.offer(machine.browser, machine.progress)
    skipped = f"{machine.browser.missing}. Its tests are skipped."
    assert machine.said == [skipped, "Installing Lynx with apt-get", "No network.", skipped]


class Pytest:
    """In place of pytest: what it is told to run, and how that ends."""

    def __init__(self, patch: pytest.MonkeyPatch, *codes: int) -> None:
        self.ran: list[str] = []
        self._codes = iter(codes)
        patch.setattr(check.subprocess, "run", self._run)

    def build(self, progress: Progress) -> None:
        progress.say("Build 1")
        self.ran.append("built")

    def _run(self, command: list[str]) -> Any:
        self.ran.append(" ".join(word for word in command[3:] if word not in check.UNIT.options))
        return SimpleNamespace(returncode=next(self._codes))


@pytest.mark.parametrize(
    ("arguments", "ran"),
    [
        ([], ["tests/unit", "tests/browser"]),
        (["-k", "store"], ["-k store tests/unit", "-k store tests/browser"]),
        (["tests/unit/test_door.py"], ["tests/unit/test_door.py"]),
        (
            ["tests/browser/test_page.py::test_drop", "-x"],
            ["-x tests/browser/test_page.py::test_drop"],
        ),
        (["tests/unit", "tests/browser/own"], ["tests/unit", "tests/browser/own"]),
    ],
)
def test_the_site_is_built_before_the_first_browser_test(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], ran: list[str]
) -> None:
    run = Pytest(monkeypatch, 0, 0)
    assert check.run_tests(arguments, run.build) == 0
    assert [each for each in run.ran if each != "built"] == ran
    in_browser = [index for index, each in enumerate(run.ran) if "tests/browser" in each]
    assert ("built" in run.ran) == bool(in_browser)
    assert all(run.ran.index("built") < index for index in in_browser)


@pytest.mark.parametrize(
    ("codes", "code", "sessions"),
    [
        ((0, 0), 0, 2),
        ((1, 0), 1, 1),
        ((0, 1), 1, 2),
        ((5, 0), 0, 2),
        ((0, 5), 0, 2),
        ((5, 5), 5, 2),
    ],
)
def test_the_run_ends_as_its_tests_do(
    monkeypatch: pytest.MonkeyPatch, codes: tuple[int, ...], code: int, sessions: int
) -> None:
    """5 is pytest's code where no test was chosen."""
    run = Pytest(monkeypatch, *codes)
    assert check.run_tests([], run.build) == code
    assert len([each for each in run.ran if each != "built"]) == sessions


def test_a_failed_build_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(progress: Progress) -> None:
        progress.say("Compressing")
        raise Problem("No space.")

    run = Pytest(monkeypatch, 0)
    with pytest.raises(Problem, match="No space"):
        check.run_tests([], fail)
    assert run.ran == ["tests/unit"]
    assert "Compressing" in capsys.readouterr().out
