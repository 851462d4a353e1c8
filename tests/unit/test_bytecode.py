"""Python for the browser: what is kept, that it is always the same, and that Pyodide can use it."""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import subprocess
import sys
import zipfile
from importlib.machinery import SourcelessFileLoader
from pathlib import Path
from typing import Any

import pytest

from tools import bytecode, compile_zip, nodejs
from tools.problems import Problem

ROOT = Path(__file__).parents[2]
PARTS = ROOT / ".cache" / "parts"
CACHE = ROOT / ".cache" / "bytecode"
IMPORTS = """
import io, json
import numpy, micropip
import PIL.Image, PIL.PngImagePlugin, PIL.JpegImagePlugin, PIL.WebPImagePlugin
import PIL.TiffImagePlugin, PIL.GifImagePlugin, PIL.BmpImagePlugin
from importlib.metadata import version
import PIL.IcoImagePlugin, PIL.ImageCms, PIL.ImageDraw, PIL.ImageFilter, PIL.ImageOps
import numpy.linalg, numpy.ma, numpy.random

pixels = numpy.random.default_rng(1).integers(0, 256, (4, 6, 3), dtype=numpy.uint8)
sizes = {}
for kind in ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP"):
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, kind)
    sizes[kind] = PIL.Image.open(file).convert("RGB").size
json.dumps({
    "versions": [version(name) for name in ("numpy", "pillow", "micropip")],
    "sizes": sizes,
    "inverse": numpy.linalg.inv(numpy.eye(2) * 2).tolist(),
})
"""
NODE_SCRIPT = """
import { readFile } from "node:fs/promises";
const [core, archive, code] = process.argv.slice(2);
globalThis.fetch = () => { throw new Error("asked the network"); };
const { loadPyodide } = await import(core + "/pyodide.mjs");
const pyodide = await loadPyodide({ indexURL: core + "/" });
const extractDir = pyodide.runPython("import site; site.getsitepackages()[0]");
for (const [i, file] of archive.split(",").entries()) {
  const content = new Uint8Array(await readFile(file));
  if (i) pyodide.FS.writeFile("/cutaway.zip", content);
  pyodide.unpackArchive(content, "zip", { extractDir });
}
console.log(pyodide.runPython(await readFile(code, "utf8")));
"""


#: What only JavaScript's side of Pyodide gives, or only a browser.
GIVEN = """
import sys, types
bridge = types.ModuleType("cutaway_bridge")
bridge.build = "build"
sys.modules["cutaway_bridge"] = bridge
"""
ALL_OF_OURS = """
import importlib, json, zipfile
names = [name[:-4].replace("/", ".") for name in zipfile.ZipFile("/cutaway.zip").namelist()
         if name.endswith(".pyc")]
for name in names:
    importlib.import_module(name.removesuffix(".__init__"))
json.dumps(sorted(names))
"""


def names(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


@pytest.fixture(scope="module")
def node() -> str:
    return str(nodejs.find().node)


@pytest.fixture(scope="module")
def packages(node: str) -> Path:
    return bytecode.packages(PARTS / "wheels", PARTS / "pyodide", CACHE, node)


@pytest.fixture(scope="module")
def core(node: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pyodide as a built site has it: standard library compiled, list of packages emptied."""
    folder = tmp_path_factory.mktemp("pyodide")
    shutil.copytree(PARTS / "pyodide", folder, dirs_exist_ok=True)
    library = bytecode.standard_library(PARTS / "pyodide", CACHE, node)
    shutil.copyfile(library, folder / "python_stdlib.zip")
    lock = json.loads((folder / "pyodide-lock.json").read_text())
    (folder / "pyodide-lock.json").write_text(json.dumps(lock | {"packages": {}}))
    return folder


def run(node: str, core: Path, archives: list[Path], code: str, folder: Path) -> Any:
    """What Python says in Pyodide that has these archives, the last of them ours where two."""
    (folder / "run.mjs").write_text(NODE_SCRIPT)
    (folder / "code.py").write_text(code)
    given = [core, ",".join(map(str, archives)), folder / "code.py"]
    command = [node, str(folder / "run.mjs"), *map(str, given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_whatever_our_package_imports_is_in_the_zips(
    node: str, core: Path, packages: Path, tmp_path: Path
) -> None:
    ours = bytecode.cutaway(ROOT / "py" / "cutaway", PARTS / "pyodide", CACHE, node)
    imported = run(node, core, [packages, ours], GIVEN + ALL_OF_OURS, tmp_path)
    assert "cutaway.host.browser" in imported
    assert imported == sorted(n[:-4].replace("/", ".") for n in names(ours) if n.endswith(".pyc"))


def test_everything_we_use_works_from_the_zips_alone(
    node: str, core: Path, packages: Path, tmp_path: Path
) -> None:
    answer = run(node, core, [packages], IMPORTS, tmp_path)
    wheels = {wheel.name.split("-")[0]: wheel.name for wheel in (PARTS / "wheels").iterdir()}
    wanted = [wheels[name].split("-")[1] for name in ("numpy", "pillow", "micropip")]
    assert answer["versions"] == wanted
    assert answer["sizes"] == {
        kind: [6, 4] for kind in ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP")
    }
    assert answer["inverse"] == [[0.5, 0.0], [0.0, 0.5]]


def test_no_source_no_tests_no_headers(packages: Path) -> None:
    kept = names(packages)
    assert not [name for name in kept if name.endswith((".py", ".pyi", ".h", ".a", ".pxd"))]
    assert not [name for name in kept if "/tests/" in name or "f2py" in name]
    assert "numpy/__init__.pyc" in kept
    assert any("LICENSE" in name for name in kept)
    assert kept == sorted(kept)


def test_licences_and_metadata_stay() -> None:
    given = dict.fromkeys(
        [
            "numpy/__init__.py",
            "numpy/_core/_multiarray_umath.cpython-314-wasm32-emscripten.so",
            "numpy/_core/tests/test_api.py",
            "numpy/_core/include/numpy/halffloat.h",
            "numpy/f2py/crackfortran.py",
            "numpy-2.4.3.dist-info/METADATA",
            "numpy-2.4.3.dist-info/RECORD",
            "numpy-2.4.3.dist-info/licenses/numpy/ma/LICENSE",
            "PIL/ImageTk.py",
            "PIL/Image.py",
        ],
        b"",
    )
    assert list(bytecode.select_package_files(given)) == [
        "numpy/__init__.py",
        "numpy/_core/_multiarray_umath.cpython-314-wasm32-emscripten.so",
        "numpy-2.4.3.dist-info/METADATA",
        "numpy-2.4.3.dist-info/licenses/numpy/ma/LICENSE",
        "PIL/Image.py",
    ]


def test_our_package_comes_without_what_a_browser_cannot_use(node: str) -> None:
    archive = bytecode.cutaway(ROOT / "py" / "cutaway", PARTS / "pyodide", CACHE, node)
    kept = names(archive)
    assert "cutaway/models/registry.json" in kept
    assert "cutaway/host/browser.pyc" in kept
    assert not {"cutaway/cli.pyc", "cutaway/host/native.pyc", "cutaway/__main__.pyc"} & set(kept)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "cutaway"
    folder.mkdir()
    (folder / "values.py").write_text("KINDS = {'a', 'b', 'c', 'd'}\n\n\ndef f():\n    return 1\n")
    (folder / "registry.json").write_text("{}")
    return folder


def test_the_same_source_gives_the_same_bytes(node: str, source: Path, tmp_path: Path) -> None:
    first = bytecode.cutaway(source, PARTS / "pyodide", tmp_path / "one", node)
    (source / "values.py").touch()
    second = bytecode.cutaway(source, PARTS / "pyodide", tmp_path / "two", node)
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_what_is_in_the_cache_is_not_made_again(node: str, source: Path, tmp_path: Path) -> None:
    made = bytecode.cutaway(source, PARTS / "pyodide", tmp_path / "kept", node)
    again = bytecode.cutaway(source, PARTS / "pyodide", tmp_path / "kept", "/no/such/node")
    assert again == made
    (source / "values.py").write_text("KINDS = 1\n")
    with pytest.raises(Problem, match="could not be started"):
        bytecode.cutaway(source, PARTS / "pyodide", tmp_path / "kept", "/no/such/node")


def test_a_mistake_in_the_source_is_named_and_leaves_nothing(
    node: str, source: Path, tmp_path: Path
) -> None:
    (source / "values.py").write_text("fine = 1\nthis is no Python\n")
    with pytest.raises(Problem, match=r"cutaway/values\.py, line 2"):
        bytecode.cutaway(source, PARTS / "pyodide", tmp_path / "kept", node)
    assert list((tmp_path / "kept").iterdir()) == []


def test_bytecode_needs_no_source_beside_it(tmp_path: Path) -> None:
    archive = bytecode.pack(
        {"deep/thing.py": b'"""Doc."""\nassert False\nVALUE = 7\n', "a.txt": b"x"}
    )
    compiled = compile_zip.compile_zip(archive, "/somewhere/")
    with zipfile.ZipFile(io.BytesIO(compiled)) as opened:
        assert opened.namelist() == ["a.txt", "deep/thing.pyc"]
        (tmp_path / "thing.pyc").write_bytes(opened.read("deep/thing.pyc"))
    loader = SourcelessFileLoader("thing", str(tmp_path / "thing.pyc"))
    spec = importlib.util.spec_from_loader("thing", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    assert module.VALUE == 7
    assert module.__doc__ is None
    assert "thing" not in sys.modules


def test_a_zip_depends_on_its_files_alone() -> None:
    files = {"b": b"2" * 100, "a": b"1"}
    packed = bytecode.pack(files)
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert {entry.compress_type for entry in opened.infolist()} == {zipfile.ZIP_STORED}
    assert packed == bytecode.pack(dict(reversed(files.items())))
    assert packed != bytecode.pack(files | {"a": b"0"})
