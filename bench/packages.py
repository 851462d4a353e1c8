"""The packages that only the benchmark of quality needs.

    .venv/bin/python -m bench.packages

installs them into ``.venv``: the extra ``bench`` of pyproject.toml, and PySODMetrics without what
it depends on, because it asks for an older NumPy than it needs.
"""

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tools.environment import Environment
from tools.problems import Problem
from tools.programs import run

ROOT = Path(__file__).parents[1]


def missing() -> list[str]:
    """The pins that are not there in just this version."""
    return [pin for pin in _pins() if not _holds(pin)]


def require() -> None:
    """Ends the program with what to do, when something is missing."""
    lacking = missing()
    if lacking:
        sys.exit(f"{', '.join(lacking)} missing: run “{sys.executable} -m bench.packages” once.")


def _pins() -> list[str]:
    return [*Environment(ROOT).pins("bench"), _metrics()]


def _metrics() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(project["tool"]["cutaway"]["metrics"])


def _holds(pin: str) -> bool:
    name, _, wanted = pin.partition("==")
    try:
        return version(name) == wanted
    except PackageNotFoundError:
        return False


def main() -> None:
    try:
        python = Environment(ROOT).prepare(("native", "bench"))
        install: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            _metrics(),
        ]
        run(install, "installing PySODMetrics")
    except Problem as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
