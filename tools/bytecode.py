"""Packs Python for the browser: byte-compiled by Pyodide itself, trimmed, always the same bytes.

Three zips: the standard library, the packages (numpy, Pillow, micropip), and ``cutaway``.
Each is kept in the cache under a name that holds the hash of everything it was made from. Nothing
inside is packed: brotli makes less of the whole than of parts that are packed already, and the
browser has nothing to unpack.
"""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tools.files import written
from tools.problems import Problem
from tools.programs import run

HERE = Path(__file__).parent
SCRIPTS = (HERE / "bytecode.mjs", HERE / "compile_zip.py")
SITE_PACKAGES = "/lib/python3.14/site-packages/"

#: What no worker can use: other processes, servers, terminals, debuggers, test runners, fall-backs
#: for C modules that are there.
UNUSED_STANDARD = re.compile(
    r"""(multiprocessing|unittest|_pyrepl|xmlrpc|wsgiref|sqlite3|curses|pydoc_data|venv|ensurepip)/
    |(pdb|bdb|cmd|pydoc|doctest|_pyio|_pydatetime|_pydecimal|mailbox|imaplib|smtplib|ftplib|poplib
    |socketserver|pickletools|optparse|profile|cProfile|pstats|trace|modulefinder|tabnanny|pyclbr
    |rlcompleter|pty|turtle|webbrowser|zipapp|shelve|wave|compileall|py_compile)\.py$
    |http/server\.py$""",
    re.VERBOSE,
)
#: Build tools, tests, parts of numpy that nothing here imports, and of Pillow what needs a desktop
#: or fonts and the formats that we do not read.
UNUSED_PACKAGES = re.compile(
    r"""numpy/(f2py|testing|distutils|_pyinstaller|doc|_core/include|_core/lib)/
    |numpy/random/(_examples|lib)/
    |numpy/(fft|polynomial|ctypeslib|core)/
    |numpy/(conftest|matlib|_configtool)\.py$
    |.*/tests/
    |PIL/(ImageTk|ImageQt|ImageWin|ImageGrab|ImageShow|_tkinter_finder|__main__|report|PSDraw)\.py$
    |PIL/(Avif|Blp|Bufr|Cur|Dcx|Dds|Eps|Fits|Fli|Fpx|Ftex|Gbr|Grib|Hdf5Stub|Icns|Im|Imt|Iptc|Jpeg2K
    |McIdas|Mic|Mpeg|Msp|Palm|Pcd|Pcx|Pdf|Pixar|Psd|Qoi|Sgi|Spider|Sun|Tga|Wmf|Xbm|Xpm|XVThumb)
    (Image|StubImage)Plugin\.py$
    |PIL/(BdfFontFile|ContainerIO|FontFile|GdImageFile|PcfFontFile|PdfParser|TarIO|WalImageFile)\.py$
    |PIL/_(imagingtk|imagingft)\.""",
    re.VERBOSE,
)
KEPT_PACKAGES = re.compile(r".*\.(py|so)$|.*\.dist-info/(METADATA|WHEEL)$|.*(LICEN[CS]E|COPYING)")
#: The command line and native inference have no use in a browser.
UNUSED_CUTAWAY = re.compile(r"cutaway/(cli\.py|__main__\.py|host/native\.py|py\.typed)$")

Files = dict[str, bytes]


def standard_library(pyodide: Path, cache: Path, node: str) -> Path:
    """Return the zip that takes the place of Pyodide's own ``python_stdlib.zip``."""
    files = {
        name: content
        for name, content in _unzip(pyodide / "python_stdlib.zip").items()
        if not UNUSED_STANDARD.match(name)
    }
    return _compiled("python_stdlib", files, "/lib/python314.zip/", pyodide, cache, node)


def packages(wheels: Path, pyodide: Path, cache: Path, node: str) -> Path:
    """Return one zip of every wheel in ``wheels``, to be unpacked into site-packages."""
    files: Files = {}
    for wheel in sorted(wheels.glob("*.whl")):
        files |= select_package_files(_unzip(wheel))
    if not files:
        raise Problem(f"There are no wheels in {wheels}: run python3 build.py dist again.")
    return _compiled("packages", files, SITE_PACKAGES, pyodide, cache, node)


def cutaway(source: Path, pyodide: Path, cache: Path, node: str) -> Path:
    """Return a zip of our own package; ``source`` is the folder ``py/cutaway``."""
    files = {
        name: file.read_bytes()
        for file in sorted(source.rglob("*"))
        if file.is_file() and file.suffix in (".py", ".json")
        and not UNUSED_CUTAWAY.match(name := f"cutaway/{file.relative_to(source).as_posix()}")
    }  # fmt: skip
    return _compiled("cutaway", files, SITE_PACKAGES, pyodide, cache, node)


def select_package_files(files: Mapping[str, bytes]) -> Files:
    """Keep what a browser can import, what names a package, and every licence."""
    return {
        name: content
        for name, content in files.items()
        if KEPT_PACKAGES.match(name) and not UNUSED_PACKAGES.match(name)
    }


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip whose bytes depend on nothing but ``files``, which lie in it as they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, also when the build runs elsewhere
            archive.writestr(entry, files[name])
    return out.getvalue()


def _compiled(name: str, files: Files, prefix: str, pyodide: Path, cache: Path, node: str) -> Path:
    """Return the compiled zip from the cache; make it when it is not there."""
    source = pack(files)
    made_from = [source, *(script.read_bytes() for script in (*SCRIPTS, Path(__file__)))]
    made_from.append((pyodide / "pyodide.asm.wasm").read_bytes())
    key = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in made_from)).hexdigest()
    target = cache / f"{name}-{key[:16]}.zip"
    if not target.is_file():
        with written(target) as temporary, tempfile.TemporaryDirectory(dir=cache) as folder:
            compiled = _unzip(_run_pyodide(source, prefix, pyodide, Path(folder), node))
            temporary.write_bytes(pack(compiled))
    return target


def _run_pyodide(source: bytes, prefix: str, pyodide: Path, folder: Path, node: str) -> Path:
    given, made = folder / "source.zip", folder / "bytecode.zip"
    given.write_bytes(source)
    command: list[str | Path] = [node, SCRIPTS[0], pyodide.resolve(), given, made, prefix]
    run(command, "byte-compiling Python for the browser")
    return made


def _unzip(file: Path) -> Files:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}
