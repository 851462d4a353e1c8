"""The browsers that the tests, the benchmarks and the audit start."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Browser:
    """A browser, where Debian puts it and how to get it there.

    Attributes
    ----------
    programs : tuple of Path
        What must be there; the first is what a test starts.
    packages : tuple of str
        Debian's packages that bring them.
    tests : str
        The tests that need it, below the project's root.
    """

    name: str
    programs: tuple[Path, ...]
    packages: tuple[str, ...]
    tests: str

    @property
    def path(self) -> Path:
        """The program that a test starts."""
        return self.programs[0]

    @property
    def missing(self) -> str:
        """A sentence for when the browser is not there and how it gets there; empty when it is."""
        absent = [str(program) for program in self.programs if not program.exists()]
        if not absent:
            return ""
        return (
            f"{self.name} is not installed ({', '.join(absent)} missing): "
            f"sudo apt install {' '.join(self.packages)}"
        )


#: Needed by every browser test but the other browsers' own. Without a font, pages have no letters.
CHROMIUM = Browser(
    "Chromium",
    (Path(os.environ.get("CUTAWAY_CHROMIUM", "/usr/bin/chromium")),),
    ("chromium", "fonts-liberation"),
    "tests/browser",
)
FIREFOX = Browser(
    "Firefox ESR",
    (Path("/usr/bin/firefox-esr"),),
    ("firefox-esr", "fonts-liberation"),
    "tests/browser/test_firefox.py",
)
#: Its driver brings a browser of its own, which needs a display.
WEBKIT = Browser(
    "WebKitGTK",
    (Path("/usr/bin/WebKitWebDriver"), Path("/usr/bin/Xvfb")),
    ("webkit2gtk-driver", "xvfb", "fonts-liberation"),
    "tests/browser/test_webkit.py",
)

#: WebGPU on a software adapter (right, but slow), and no calling out.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
    "--gaia-url=http://localhost:9",
    "--component-updater=url-source=http://localhost:9",
    "--disable-component-update",
    "--check-for-update-interval=31536000",
    "--extensions-update-frequency=31536000",
]
