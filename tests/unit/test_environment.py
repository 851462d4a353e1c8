"""The environment: made once, filled with exact pins, repaired when it is broken."""

import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tools import environment, programs
from tools.environment import SITE, TEST, Environment
from tools.problems import Problem, Unreachable

ROOT = Path(__file__).parents[2]
PROJECT = """
[build-system]
requires = ["setuptools==1"]
[project]
dependencies = ["{runtime}"]
[project.optional-dependencies]
native = ["engine==1"]
build = ["graph==1"]
test = ["checker==1"]
[tool.cutaway]
pip = "pip==1"
constraints = ["below==1"]
"""


class Programs:
    """Stands in for running programs: notes their words, and fails on demand."""

    def __init__(self) -> None:
        self.ran: list[list[str]] = []
        self.constraints: set[str] = set()
        self.failing = ""

    def __call__(
        self,
        command: list[str | Path],
        doing: str,
        *,
        folder: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> str:
        self.ran.append([str(word) for word in command])
        if "--constraint" in command:
            constraints = self.ran[-1][command.index("--constraint") + 1]
            self.constraints.add(Path(constraints).read_text())
        if self.failing and self.failing in self.ran[-1]:
            raise Unreachable("No network.")
        return ""

    def installed(self) -> list[str]:
        """What pip was asked for since the last call."""
        words = [word for command in self.ran for word in command if "==" in word]
        self.ran.clear()
        return words


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Programs:
    programs = Programs()
    monkeypatch.setattr(environment, "run", programs)
    return programs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_project(tmp_path)
    return tmp_path


def write_project(root: Path, runtime: str = "arrays==1") -> None:
    (root / "pyproject.toml").write_text(PROJECT.format(runtime=runtime))


def test_pins_are_installed_once(root: Path, ran: Programs) -> None:
    python = Environment(root).prepare(SITE)
    assert python.exists()
    assert ran.installed() == ["pip==1", "arrays==1", "engine==1", "graph==1"]
    assert ran.constraints == {"below==1"}
    Environment(root).prepare(SITE)
    assert ran.ran == []


def test_tests_add_what_they_need_and_no_more(root: Path, ran: Programs) -> None:
    Environment(root).prepare(SITE)
    ran.installed()
    Environment(root).prepare(TEST)
    assert ran.installed() == ["checker==1"]
    Environment(root).prepare(SITE)
    assert ran.ran == []


def test_a_changed_pin_is_installed(root: Path, ran: Programs) -> None:
    Environment(root).prepare(SITE)
    ran.installed()
    write_project(root, runtime="arrays==2")
    Environment(root).prepare(SITE)
    assert ran.installed() == ["arrays==2"]


def test_a_failed_installation_is_tried_again(root: Path, ran: Programs) -> None:
    ran.failing = "arrays==1"
    with pytest.raises(Problem, match=r"No network\."):
        Environment(root).prepare(SITE)
    ran.failing = ""
    ran.installed()
    Environment(root).prepare(SITE)
    assert "arrays==1" in ran.installed()


def test_an_environment_whose_python_is_gone_is_made_anew(root: Path, ran: Programs) -> None:
    python = Environment(root).prepare(SITE)
    ran.installed()
    python.unlink()
    python.symlink_to(root / "a Python that was uninstalled")
    Environment(root).prepare(SITE)
    assert python.exists()
    assert "arrays==1" in ran.installed()


@pytest.mark.parametrize(
    ("present", "first"),
    [
        ({"ensurepip", "pip"}, [".venv/bin/python", "-m", "ensurepip", "--default-pip"]),
        ({"pip"}, [sys.executable, "-m", "pip", "--python", ".venv/bin/python"]),
        (set(), ["apt-get", "download", "python3-pip-whl"]),
    ],
    ids=["ensurepip", "the machine's pip", "Debian's wheel"],
)
def test_pip_is_found_somewhere(
    root: Path,
    ran: Programs,
    monkeypatch: pytest.MonkeyPatch,
    present: set[str],
    first: list[str],
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name in present or None)

    def fetch(command: list[str], doing: str, **named: Any) -> str:
        if command[0] == "apt-get":
            (named["folder"] / "python3-pip-whl_1_all.deb").touch()
        if command[0] == "dpkg":
            wheels = Path(command[3]) / "usr/share/python-wheels"
            wheels.mkdir(parents=True)
            (wheels / "pip-1-py3-none-any.whl").touch()
        return ran(command, doing, **named)

    monkeypatch.setattr(environment, "run", fetch)
    Environment(root).prepare(SITE)
    words = [word.removeprefix(f"{root}/") for word in ran.ran[0]]
    assert words[: len(first)] == first
    install = next(command for command in ran.ran if "pip==1" in command)
    assert (".whl/pip" in " ".join(install)) == (not present)


def test_without_any_pip_it_says_what_to_install(
    tmp_path: Path, ran: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran.failing = "apt-get"
    with pytest.raises(Problem, match="apt install python3-venv"):
        environment.debian_pip(tmp_path)


def test_every_pin_is_exact() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    made = Environment(ROOT)
    pins = [pin for name in ("cutaway", *TEST) for pin in made.pins(name)]
    settings = project["tool"]["cutaway"]
    pins += [*settings["constraints"], settings["pip"], settings["node"]]
    pins += project["build-system"]["requires"]
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==\d[\w.]*", pin)] == []


# Other people's programs


def script(words: str, code: int) -> list[str]:
    return [
        sys.executable,
        "-c",
        f"import sys; print({words!r}, file=sys.stderr); sys.exit({code})",
    ]


def test_a_program_that_is_missing() -> None:
    with pytest.raises(Problem, match=r"^no-such-program could not be started while looking"):
        programs.run(["no-such-program"], "looking")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "^The disk is full: .* while x"),
        ("NewConnectionError: Name or service not known", "^No network while x"),
        (
            "note\nERROR: No matching distribution\nhint",
            "x: ERROR: No matching distribution$",
        ),
        ("", "it gave no reason"),
    ],
)
def test_a_program_that_fails(words: str, sentence: str) -> None:
    with pytest.raises(Problem, match=sentence):
        programs.run(script(words, 1), "x")
