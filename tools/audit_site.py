"""The site that the audit runs: every model it asks for, each passed off as audited.

Only this copy of the registry says so. The product offers a model once the real file does.
"""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tools import registry_file
from tools.assemble import assemble
from tools.environment import ROOT
from tools.progress import Progress

#: A page with nothing on it but an input: other people's pages use Cutaway this way.
PAGE = '<!doctype html><title>bench</title><input type="file" id="photo">'


def build(
    folder: Path, ids: Sequence[str], progress: Progress, parts: Path = ROOT / ".cache" / "parts"
) -> Path:
    """Build the audit's site below ``folder``, with ``bench.html`` on it; give its root.

    Raises ``Problem`` when a model's weights are missing from ``parts`` or not the registry's.
    """
    project = copy_project(folder / "project", offer_all)
    site = assemble(folder / "dist", progress, models=ids, root=project, parts=parts)
    (site / "bench.html").write_text(PAGE, encoding="utf-8")
    return site


def copy_project(target: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Copy what the assembler reads of the project; ``change`` may edit the registry's document."""
    shutil.rmtree(target, ignore_errors=True)
    for name in ("site", "worker", "py/cutaway"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for name in ("_headers", "pyproject.toml", "tools/generate.py"):
        (target / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, target / name)
    (target / ".cache").symlink_to(ROOT / ".cache")
    registry = target / "py" / "cutaway" / "models" / "registry.json"
    document = registry_file.read(registry)
    change(document)
    registry_file.write(document, registry)
    return target


def offer_all(document: dict[str, Any], memory: int = 1) -> None:
    """Put an audit that nobody made beside every model of a registry's document.

    ``memory`` is what each is said to take: so little that no device is too small for one, and none
    may stand in for another.
    """
    passed = {
        "passed": True,
        "milliseconds": 1,
        "memory": memory,
        "difference": 0.0,
        "overlap": 1.0,
    }
    answered = passed | {"answer_milliseconds": 1, "answer_memory": memory}
    everywhere = {
        "neural": {"webgpu": passed, "wasm": passed},
        "prompted": {"wasm": answered},
    }
    document["audit"] = {
        entry["id"]: {
            "sha256": entry["sha256"],
            "date": "2000-01-01",
            "browser": "none",
            "onnxruntime": "none",
            "providers": everywhere[entry["kind"]],
        }
        for entry in document["models"]
        if entry["bytes"]
    }
