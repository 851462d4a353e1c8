"""The files of a site that no one writes by hand: they name what the build has made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tools.headers import Headers
from tools.stage import File, Part

#: Modules that the page shares with the workers; ``build.js`` knows under which address they lie.
SHARED = ("calls.js", "messages.js", "timeline.js")
#: What hosts do with a copy in their cache says nothing about a response made in the browser.
NOT_FOR_BROWSERS = frozenset({"cache-control"})

Json = dict[str, Any]
#: One build of ONNX Runtime: its JavaScript and its wasm.
Flavour = tuple[File, Part]


def build_module(build: Json, worker: str) -> bytes:
    """Return ``build.js``: the build as a constant, and the modules shared with the workers."""
    shared = "".join(f'export * from "../../{worker}{name}";\n' for name in SHARED)
    return f"{shared}export const build = {compact(build)};\n".encode()


def entry_module(site: str) -> bytes:
    """Return the ``cutaway.js`` that other pages import: one address for every build."""
    return f'export * from "./{site}cutaway.js";\n'.encode()


def fill(template: bytes, site: str, worker: str) -> bytes:
    """Put the folders of the page's and the workers' files where a page names them."""
    filled = template.replace(b"{{site}}", site.rstrip("/").encode())
    return filled.replace(b"{{worker}}", worker.rstrip("/").encode())


def service_worker(source: bytes, manifest: Json) -> bytes:
    """Return the service worker with what it may keep and answer in front."""
    return f"const BUILD = {compact(manifest)};\n".encode() + source


def service_worker_manifest(
    id: str,
    shell: list[File],
    flavours: Mapping[str, Flavour],
    later: list[File],
    rules: Headers,
) -> Json:
    """Return what the service worker must know.

    ``shell`` is for every browser; of ``flavours`` a browser takes the one it can run; ``later`` is
    kept once it was asked for. What comes in pieces goes where the store looks for it (``store``).
    """
    runtimes = {}
    for name, (bundle, wasm) in flavours.items():
        in_pieces = len(wasm.pieces) > 1
        runtimes[name] = [
            asdict(bundle),
            *(asdict(piece) | ({"store": True} if in_pieces else {}) for piece in wasm.pieces),
        ]
    return {
        "id": id,
        "shell": [asdict(file) for file in shell],
        "flavours": runtimes,
        "later": [asdict(file) for file in later],
        "headers": header_rules(rules),
    }


def header_rules(rules: Headers) -> list[list[Any]]:
    """Return ``[[path, {name: value}], …]``, paths relative to the site's root."""
    made = []
    for rule in rules.rules:
        kept = {name: value for name, value in rule.headers if name.lower() not in NOT_FOR_BROWSERS}
        made.append([rule.path.removeprefix("/"), kept])
    return made


def compact(value: object) -> str:
    """Return JSON with one value a line and no other space."""
    return json.dumps(value, indent=0, separators=(",", ":"), ensure_ascii=False)
