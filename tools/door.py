"""What a person may type after ``build.py``. Standard library only: it runs before ``.venv`` is."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tools.environment import ROOT

HELP = """\
commands:
  serve [--port N] [--host H] [--models …]
                                build the site and serve it, with the headers it is deployed with
  dist [--out DIR] [--models …] build the site into DIR (dist)
  test [pytest arguments…]      ruff, mypy and pytest; builds the site for the browser tests
  audit [--webgpu] [ID…]        run models in a real browser and write down which may be offered

--models takes ids with commas between them, or all; pyproject.toml has the usual ones.
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"build.py: {message}; python3 build.py --help shows what is possible.\n")


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Read the command line; ends the program with code 2 when it makes no sense.

    The result has ``command`` and that command's own options; for ``test`` these are
    ``arguments``, a list for pytest.
    """
    # Everything after "test" is pytest's, whatever it looks like.
    if words and words[0] == "test":
        return argparse.Namespace(command="test", arguments=list(words[1:]))
    parser = _Parser(
        prog="build.py",
        usage="python3 build.py COMMAND …",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(
        dest="command",
        required=True,
        metavar="COMMAND",
        parser_class=_Parser,
        help=argparse.SUPPRESS,
    )
    serve = commands.add_parser("serve", prog="build.py serve")
    serve.add_argument("--port", type=_port, default=8000, metavar="N")
    serve.add_argument("--host", default="127.0.0.1", metavar="H")
    dist = commands.add_parser("dist", prog="build.py dist")
    dist.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR")
    for command in (serve, dist):
        command.add_argument("--models", metavar="ID,ID…")
    audit = commands.add_parser("audit", prog="build.py audit")
    audit.add_argument("ids", nargs="*", metavar="ID")
    audit.add_argument("--webgpu", action="store_true")
    commands.add_parser("test")  # so that it is named among the choices
    if not words:
        parser.error("a command is missing (serve, dist, test or audit)")
    return parser.parse_args(words)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (0 to 65535)")
    return int(text)
