#!/usr/bin/env python3
"""The one door: ``serve``, ``dist``, ``test``, ``audit``.

Needs Python 3.11 or later and nothing else. It makes ``.venv`` with exactly the pinned packages and
hands over to ``tools/``.
"""

import os
import sys
from typing import NoReturn

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("build.py: Python 3.11 or later is needed; this is " + sys.version.split()[0] + ".")

from tools import door, environment
from tools.problems import Problem


def main(words: list[str]) -> NoReturn:
    """Prepare the environment and become the tools inside it."""
    in_browser = door.parse(words).command in ("test", "audit")
    extras = environment.TEST if in_browser else environment.SITE
    try:
        python = environment.Environment().prepare(extras)
    except Problem as problem:
        sys.exit(f"build.py: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
    paths = [str(environment.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    sys.stdout.flush()
    # -P: the folder one happens to stand in must not be where modules come from.
    os.execv(python, [str(python), "-P", "-m", "tools", *words])


if __name__ == "__main__":
    main(sys.argv[1:])
