"""The ``test`` command: ruff, mypy, the unit tests while the site is built, the browser tests."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.browsers import CHROMIUM, FIREFOX, WEBKIT, Browser
from tools.environment import ROOT
from tools.parts import CACHE, make_ready, models_of_the_build
from tools.problems import Problem
from tools.programs import run
from tools.progress import Progress

#: Carried for tests alone: its convolutions are float32, so every processor gives its very mask.
EXACT = "isnet-w8"
#: Where the tests of the page keep their pictures of it.
PICTURES = ROOT / ".artefacts"
#: Pytest's exit code where no test was chosen.
NOTHING = 5


def check(arguments: Sequence[str]) -> int:
    """Run every check; ``arguments`` go to pytest. Gives the exit code of the first that fails."""
    os.chdir(ROOT)
    progress = Progress()
    shutil.rmtree(PICTURES, ignore_errors=True)
    if wants(CHROMIUM.tests, arguments):
        require_chromium(progress)
    for browser in (FIREFOX, WEBKIT):
        if wants(browser.tests, arguments):
            offer(browser, progress)
    make_ready(progress, models=tested())
    for tool in (["ruff", "check"], ["mypy"]):
        progress.say(f"Running {tool[0]}")
        code = subprocess.run([sys.executable, "-m", *tool]).returncode
        if code:
            return code
    return run_tests(arguments, _build)


def wants(tests: str, arguments: Sequence[str]) -> bool:
    """Whether these arguments let ``tests`` run: they do unless they name other tests only."""
    wanted = ROOT / tests
    named = [path for path in map(_path, arguments) if path]
    return not named or any(
        path.is_relative_to(wanted) or wanted.is_relative_to(path) for path in named
    )


def require_chromium(progress: Progress) -> None:
    """Make sure that Chromium is there; installs Debian's where this is allowed."""
    if not CHROMIUM.missing:
        return
    advice = (
        "install it (sudo apt install chromium), name another one in CUTAWAY_CHROMIUM, "
        "or run python3 build.py test tests/unit."
    )
    if "CUTAWAY_CHROMIUM" in os.environ:
        raise Problem(f"CUTAWAY_CHROMIUM names {CHROMIUM.path}, which does not exist: {advice}")
    if os.geteuid() != 0:
        raise Problem(f"Chromium is missing, and only root can install it: {advice}")
    try:
        install(CHROMIUM, progress)
    except Problem as problem:
        raise Problem(f"{problem} Chromium is missing: {advice}") from problem


def offer(browser: Browser, progress: Progress) -> None:
    """Install a browser where this is allowed; where it stays away its tests are skipped."""
    if not browser.missing:
        return
    if os.geteuid() == 0:
        try:
            install(browser, progress)
        except Problem as problem:
            progress.say(str(problem))
    if browser.missing:
        progress.say(f"{browser.missing}. Its tests are skipped.")


def install(browser: Browser, progress: Progress) -> None:
    """Install Debian's packages of a browser. Raises ``Problem`` where that fails."""
    progress.say(f"Installing {browser.name} with apt-get")
    settings = {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "--no-install-recommends", *browser.packages]
    run(["apt-get", "update"], "reading Debian's package lists", environment=settings)
    run(command, f"installing {browser.name}", environment=settings)


@dataclass(frozen=True)
class Session:
    """A run of pytest. Its tests are seconds each or far less, so they are shared out by file."""

    tests: str
    options: tuple[str, ...] = ()

    def run(self, arguments: Sequence[str]) -> int:
        """Run what the arguments choose among these tests; gives pytest's exit code."""
        named = [word for word in arguments if _path(word)]
        words = [word for word in arguments if word not in named]
        mine = [word for word in named if _below(word, self.tests)] or [self.tests]
        command = [sys.executable, "-m", "pytest", *self.options, *words, *mine]
        return subprocess.run(command).returncode


#: They share nothing, so that two files are at work at a time.
UNIT = Session("tests/unit", ("-n", "2", "--dist", "loadfile"))
#: One at a time and in order: each has both processors for its browser.
IN_BROWSER = Session(CHROMIUM.tests)


def chosen(arguments: Sequence[str]) -> list[Session]:
    """The sessions that have tests which these arguments let run."""
    return [session for session in (UNIT, IN_BROWSER) if wants(session.tests, arguments)]


def _path(word: str) -> Path | None:
    """What of the project a word names, unless it is an option or an option's value."""
    path = (ROOT / word.partition("::")[0]).resolve()
    return path if word[:1] != "-" and path.exists() else None


def _below(word: str, tests: str) -> bool:
    path = _path(word)
    return path is not None and path.is_relative_to(ROOT / tests)


def run_tests(arguments: Sequence[str], build: Callable[[Progress], None]) -> int:
    """Run the sessions in turn until one fails, and build the site before the browser's.

    Raises ``Problem`` where the site cannot be built.
    """
    sessions = chosen(arguments)
    building = Building(build) if IN_BROWSER in sessions else None
    codes = []
    for session in sessions:
        if building and session is IN_BROWSER:
            building.finish()
        codes.append(session.run(arguments))
        if codes[-1] not in (0, NOTHING):
            break
    return codes[-1] if codes[-1] != NOTHING else min(codes)


class Building:
    """The site is built anew while the unit tests run; what that says is told at the end."""

    def __init__(self, build: Callable[[Progress], None]) -> None:
        self._said = io.StringIO()
        self._pool = ThreadPoolExecutor(1)
        self._done = self._pool.submit(build, Progress(self._said))

    def finish(self) -> None:
        """Wait for the site. Raises ``Problem`` where it cannot be built."""
        try:
            self._done.result()
        finally:
            self._pool.shutdown()
            print(self._said.getvalue(), flush=True)


def tested() -> list[str]:
    """The models that the site under test carries."""
    return [*models_of_the_build(), EXACT]


def _build(progress: Progress) -> None:
    from tools import third_party
    from tools.assemble import assemble

    notices = third_party.text(tested(), CACHE / "parts")
    assemble(ROOT / "dist", progress, models=tested(), notices=notices)
