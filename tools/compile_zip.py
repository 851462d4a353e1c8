"""Turns a zip of Python source into a zip of bytecode. Runs inside Pyodide, see ``bytecode.mjs``.

Bytecode belongs to the interpreter that wrote it, so the browser's own has to write it.
"""

import io
import zipfile
from importlib.util import MAGIC_NUMBER, source_hash
from marshal import dumps

#: PEP 552: the file names its source by hash, and nobody looks whether the source has changed.
UNCHECKED_HASH = (0b01).to_bytes(4, "little")


def compile_zip(archive: bytes, prefix: str) -> bytes:
    """Return ``archive`` with each ``x.py`` replaced by a sourceless ``x.pyc``, not compressed.

    ``prefix`` stands before the names in tracebacks. Compiled like ``python -OO``: numpy refuses
    to lose its docstrings unless its assertions about them go too.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".py"):
                content, name = compile_source(content, prefix + name), name + "c"
            target.writestr(name, content)
    return out.getvalue()


def compile_source(source: bytes, path: str) -> bytes:
    """Return the content of a ``.pyc`` file; ``ValueError`` where the source is no Python."""
    try:
        code = compile(source, path, "exec", dont_inherit=True, optimize=2)
    except SyntaxError as error:
        raise ValueError(f"{path}, line {error.lineno}: {error.msg}") from error
    return MAGIC_NUMBER + UNCHECKED_HASH + source_hash(source) + dumps(code)
