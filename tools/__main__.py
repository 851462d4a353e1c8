"""The commands of ``build.py``, inside the environment that it made."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools import door
from tools.environment import ROOT
from tools.parts import CACHE, make_ready, models_of_the_build
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
    _assemble(chosen.out, chosen.models)
    return 0


def serve(chosen: argparse.Namespace) -> int:
    """Build the site and serve it until interrupted."""
    from tools.serve import main as serve_folder

    folder = _assemble(ROOT / "dist", chosen.models)
    serve_folder(folder, chosen.host, chosen.port)
    return 0


def test(chosen: argparse.Namespace) -> int:
    """Check everything."""
    from tools.check import check

    return check(chosen.arguments)


def audit(chosen: argparse.Namespace) -> int:
    """Run models in a real browser; a model that does not pass makes this fail."""
    from tools.audit import audit as run

    return run(chosen.ids, webgpu=chosen.webgpu)


def _assemble(out: Path, wanted: str | None) -> Path:
    from tools import third_party
    from tools.assemble import assemble

    models = models_of_the_build(wanted)
    progress = Progress()
    make_ready(progress, models=models)
    notices = third_party.text(models, CACHE / "parts")
    if wanted is None:
        third_party.write(notices)
    return assemble(out, progress, models=models, notices=notices)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "dist": dist,
    "serve": serve,
    "test": test,
    "audit": audit,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
