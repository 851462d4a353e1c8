"""What `worker/python.js` registers with Pyodide under the name `cutaway_bridge`."""

from collections.abc import Awaitable
from typing import Any

from pyodide.ffi import JsProxy

build: str
"""Identity of the site's build."""

models: JsProxy
"""Ids of the models that the site carries, an array."""

def device() -> Awaitable[JsProxy]:
    """The facts of `values.Device`, as an object."""

def load(
    model: str, provider: str, threads: int, seconds: float, report: JsProxy
) -> Awaitable[Any]:
    """``{network, store, milliseconds}``; `report(done, total)` in bytes meanwhile.

    After `seconds` without a byte or an answer the worker is ended.
    """

def run(
    model: str, names: JsProxy, arrays: JsProxy, outputs: JsProxy, seconds: float
) -> Awaitable[Any]:
    """``{outputs: {name: {data, shape}}, milliseconds}``; past `seconds` the worker is ended."""

def reset() -> None:
    """Ends the inference worker."""

def evict(model: str) -> Awaitable[None]:
    """Forgets the kept pieces of a model."""

def breathe() -> Awaitable[None]:
    """One turn of the event loop, so that messages arrive."""

def stored() -> Awaitable[JsProxy]:
    """``[{id, bytes, stored}]`` for each model that this build carries."""

def recall() -> Awaitable[str]:
    """The text that `remember` kept, over visits; empty when there is none."""

def remember(text: str) -> Awaitable[None]:
    """Keeps a text on this device."""
