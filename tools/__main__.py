"""The commands of ``build.py``, inside the environment that it made."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools import door
from tools.environment import ROOT
from tools.parts import make_ready
from tools.problems import Problem, explain
from tools.progress import Progress


def main(words: Sequence[str]) -> int:
    """Run one command; gives the exit code."""
    chosen = door.parse(words)
    try:
        return COMMANDS[chosen.command](chosen)
    except Problem as problem:
        print(f"build.py: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"build.py: {explain(error, f'running {chosen.command}')}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def dist(chosen: argparse.Namespace) -> int:
    """Build the site."""
    _assemble(chosen.out)
    return 0


def serve(chosen: argparse.Namespace) -> int:
    """Build the site and serve it until interrupted."""
    from tools.serve import main as serve_folder

    folder = _assemble(ROOT / "dist")
    serve_folder(folder, chosen.host, chosen.port)
    return 0


def test(chosen: argparse.Namespace) -> int:
    """Check everything."""
    from tools.check import check

    return check(chosen.arguments)


def _assemble(out: Path) -> Path:
    from tools.assemble import assemble

    progress = Progress()
    make_ready(progress)
    return assemble(out, progress)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "dist": dist,
    "serve": serve,
    "test": test,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
