"""The Python environment ``.venv``: made, filled with exact pins, and left alone when it is right.

Everything here is standard library and runs on the machine's own Python, also on a Debian whose
``python3-venv`` and ``python3-pip`` are not installed.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tools.files import alone, written
from tools.problems import Problem, explain
from tools.programs import run
from tools.progress import Progress, watching

ROOT = Path(__file__).resolve().parent.parent

#: The extras that a build needs, and those that its tests need.
SITE = ("native", "build")
TEST = (*SITE, "test")

#: Set for every pip: a person's own settings must not send packages elsewhere than into ``.venv``.
PIP_SETTINGS = {
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
}


class Environment:
    """The virtual environment of one checkout."""

    def __init__(self, root: Path = ROOT, progress: Progress | None = None) -> None:
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self._root = root
        self._stamp = self.folder / "pins.json"
        self._progress = progress or Progress()
        self._project: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text())

    def prepare(self, extras: Iterable[str]) -> Path:
        """Make sure the package, its dependencies and ``extras`` are there; give the interpreter.

        A stamp holds a hash of the pins, so nothing is done when nothing has changed.
        """
        wanted = {name: self._hash(name) for name in ("cutaway", *extras)}
        with alone(self._root / ".cache" / "environment.lock"):
            stamps = self._stamps()
            missing = [name for name in wanted if stamps.get(name) != wanted[name]]
            if missing:
                if not stamps:
                    self._create()
                self._install(missing)
                with written(self._stamp) as temporary:
                    temporary.write_text(json.dumps(stamps | wanted, indent=1))
        return self.python

    def pins(self, name: str) -> list[str]:
        """The exact pins of an extra; ``"cutaway"`` stands for what the package itself needs."""
        project = self._project["project"]
        if name == "cutaway":
            return list(project["dependencies"])
        return list(project["optional-dependencies"][name])

    def _hash(self, name: str) -> str:
        settings = self._project["tool"]["cutaway"]
        facts = [self.pins(name), settings["pip"], settings["constraints"]]
        if name == "cutaway":
            facts += [self._project["build-system"], self._project["project"].get("scripts")]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def _stamps(self) -> dict[str, str]:
        if not os.access(self.python, os.X_OK):
            return {}
        try:
            return dict(json.loads(self._stamp.read_text()))
        except (OSError, ValueError):
            return {}

    def _create(self) -> None:
        self._progress.say(f"Making {self.folder.name} with Python {sys.version.split()[0]}")
        try:
            venv.EnvBuilder(clear=True, symlinks=True, with_pip=False).create(self.folder)
        except OSError as error:
            raise explain(error, f"making {self.folder.name}") from error
        with self._some_pip() as pip:
            self._pip(pip, [self._project["tool"]["cutaway"]["pip"]], "Installing pip")

    def _install(self, names: list[str]) -> None:
        pins = sorted({pin for name in names for pin in self.pins(name)})
        pip: list[str | Path] = [self.python, "-m", "pip"]
        self._pip(pip, pins, "Installing Python packages")
        if "cutaway" in names:
            self._pip(pip, ["--no-deps", "--editable", str(self._root)], "Installing cutaway")

    def _pip(self, pip: list[str | Path], what: list[str], title: str) -> None:
        """Run ``pip install``; constraints pin what the pins themselves depend on."""
        settings = self._project["tool"]["cutaway"]
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            constraints = Path(folder) / "constraints.txt"
            constraints.write_text("\n".join(settings["constraints"]))
            environment = PIP_SETTINGS | {"TMPDIR": folder}
            command = [
                *pip,
                "install",
                "--quiet",
                "--retries=2",
                "--constraint",
                constraints,
                *what,
            ]
            with watching(self.folder, title, 0, self._progress):
                run(command, title[0].lower() + title[1:], environment=environment)

    @contextlib.contextmanager
    def _some_pip(self) -> Iterator[list[str | Path]]:
        """A pip to begin with: from inside Python, the machine's own, or the wheel in Debian."""
        if importlib.util.find_spec("ensurepip"):
            run([self.python, "-m", "ensurepip", "--default-pip"], "setting pip up")
            yield [self.python, "-m", "pip"]
        elif importlib.util.find_spec("pip"):
            yield [sys.executable, "-m", "pip", "--python", self.python]
        else:
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                yield [self.python, debian_pip(Path(folder)) / "pip"]


def debian_pip(folder: Path) -> Path:
    """Download Debian's package of pip, without installing it, and give the wheel inside.

    Needs no administrator. Raises ``Problem`` with what to install where that fails.
    """
    doing = "fetching pip from Debian (python3-pip-whl)"
    try:
        run(["apt-get", "download", "python3-pip-whl"], doing, folder=folder)
        package = next(folder.glob("python3-pip-whl*.deb"))
        run(["dpkg", "-x", package, folder / "tree"], doing)
        return next(folder.glob("tree/usr/share/python-wheels/pip-*.whl"))
    except (Problem, StopIteration) as error:
        raise Problem(
            "This Python has no pip and none could be fetched: install the package python3-venv "
            f"(apt install python3-venv) and run the same command again. ({error})"
        ) from error
