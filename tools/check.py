"""The ``test`` command: ruff, mypy, then pytest, which builds the site once it needs it."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest

from tools.browsers import CHROMIUM, FIREFOX, WEBKIT, Browser
from tools.environment import ROOT
from tools.parts import CACHE, make_ready, models_of_the_build
from tools.problems import Problem
from tools.programs import run
from tools.progress import Progress

#: Carried for tests alone: its convolutions are float32, so every processor gives its very mask.
EXACT = "isnet-w8"
BROWSER_TESTS = ROOT / "tests" / "browser"


def check(arguments: Sequence[str]) -> int:
    """Run every check; ``arguments`` go to pytest. Gives the exit code of the first that fails."""
    os.chdir(ROOT)
    progress = Progress()
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
    return int(pytest.main(list(arguments), plugins=[FreshSite(_build)]))


def wants(tests: str, arguments: Sequence[str]) -> bool:
    """Whether these arguments let ``tests`` run: they do unless they name other tests only."""
    wanted = ROOT / tests
    paths = [(ROOT / word.partition("::")[0]).resolve() for word in arguments if word[:1] != "-"]
    named = [path for path in paths if path.exists()]
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


class FreshSite:
    """A pytest plugin: browser tests come last, and the site is built anew before the first."""

    def __init__(self, build: Callable[[], None]) -> None:
        self._build = build
        self._built = False

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=_in_browser)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        if self._built or not _in_browser(item):
            return
        self._built = True
        capture = item.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            print(flush=True)
            try:
                self._build()
            except Problem as problem:
                pytest.exit(str(problem), returncode=1)


def _in_browser(item: pytest.Item) -> bool:
    return item.path.is_relative_to(BROWSER_TESTS)


def tested() -> list[str]:
    """The models that the site under test carries."""
    return [*models_of_the_build(), EXACT]


def _build() -> None:
    from tools import third_party
    from tools.assemble import assemble

    notices = third_party.text(tested(), CACHE / "parts")
    assemble(ROOT / "dist", Progress(), models=tested(), notices=notices)
