"""What `worker/python.js` registers with Pyodide under the name `cutaway_bridge`."""

from collections.abc import Awaitable
from typing import Any

from pyodide.ffi import JsProxy

build: str
"""Identity of the site's build."""

models: JsProxy
"""Ids of the models that the site carries, an array."""

def heap() -> int:
    """Bytes of Python's memory; it never shrinks."""

def device() -> Awaitable[JsProxy]:
    """The facts of `values.Device`, as an object."""

def load(
    model: str, provider: str, threads: int, seconds: float, report: JsProxy
) -> Awaitable[Any]:
    """``{network, store, milliseconds}``; `report(done, total)` in bytes meanwhile.

    After `seconds` without a byte or an answer the worker is ended.
    """

def inspect(model: str) -> Awaitable[JsProxy]:
    """``{inputs, outputs}`` of a loaded model, each ``[{name, type, shape}]``."""

def run(
    model: str, names: JsProxy, arrays: JsProxy, outputs: JsProxy, seconds: float
) -> Awaitable[Any]:
    """``{outputs: {name: {data, shape, half}}, milliseconds}``.

    Past `seconds` the worker is ended.
    """

def up() -> bool:
    """Whether there is an inference worker that lives."""

def reset() -> None:
    """Ends the inference worker."""

def decode(data: JsProxy, mime: str, space: str) -> Awaitable[JsProxy]:
    """A picture that `worker/decode.js` decodes: ``{width, height, part, close}``."""

def encodeAvif(
    pixels: Any, width: int, height: int, options: JsProxy, threads: bool, seconds: float
) -> Awaitable[Any]:
    """An AVIF of RGBA pixels, a ``Uint8Array``; past `seconds` the worker is ended."""

def endAvif() -> None:
    """Ends the AVIF worker."""

def evict(model: str) -> Awaitable[None]:
    """Forgets the kept pieces of a model that the build carries."""

def own(parts: JsProxy) -> None:
    """Tells which own models there are now, ``[{id, bytes, sha256, pieces}]``."""

def forget(id: str) -> Awaitable[None]:
    """Forgets the kept pieces of an own model that no other one has."""

def breathe() -> Awaitable[None]:
    """One turn of the event loop, so that messages arrive."""

def stored() -> Awaitable[JsProxy]:
    """``[{id, bytes, stored}]`` for each model that this build carries, and each own one."""

def room() -> Awaitable[JsProxy | None]:
    """``{quota, usage}`` of the site's storage in bytes, where the browser tells."""

def recall(name: str = ...) -> Awaitable[str]:
    """The text that `remember` kept under this name, over visits; empty when there is none."""

def remember(text: str, name: str = ...) -> Awaitable[bool]:
    """Keeps a text on this device, where there is room."""
