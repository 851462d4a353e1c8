"""Writes ``py/cutaway/models/registry.json``: the same values give the same text."""

import json
from pathlib import Path
from typing import Any

from tools.environment import ROOT
from tools.files import written

REGISTRY = ROOT / "py" / "cutaway" / "models" / "registry.json"


def read(path: Path = REGISTRY) -> dict[str, Any]:
    """The document as it stands."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def write(document: dict[str, Any], path: Path = REGISTRY) -> None:
    """Write entries in their order and audits by id; what is short stands on one line."""
    ordered = document | {"audit": dict(sorted(document["audit"].items()))}
    with written(path) as temporary:
        temporary.write_text(_text(ordered) + "\n", encoding="utf-8")


def _text(value: Any, indent: str = "") -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or _is_short(value):
        return line
    deeper = indent + "  "
    if isinstance(value, list):
        items = [_text(item, deeper) for item in value]
    else:
        items = [
            f"{json.dumps(key, ensure_ascii=False)}: {_text(item, deeper)}"
            for key, item in value.items()
        ]
    opening, closing = ("[", "]") if isinstance(value, list) else ("{", "}")
    return f"{opening}\n{deeper}" + f",\n{deeper}".join(items) + f"\n{indent}{closing}"


def _is_short(value: Any) -> bool:
    """Whether it fits a line: nothing inside has an inside of its own, and lists are numbers."""
    if not value:
        return True
    return isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)
