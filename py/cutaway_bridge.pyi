"""What `worker/python.js` registers with Pyodide under the name `cutaway_bridge`."""

from collections.abc import Awaitable
from typing import Any

from pyodide.ffi import JsProxy

def device() -> Awaitable[JsProxy]:
    """The facts of `values.Device`, as an object."""

def load(model: str, provider: str, threads: int, report: JsProxy) -> Awaitable[Any]:
    """``{network, store, milliseconds}``; `report(done, total)` in bytes meanwhile."""

def run(
    model: str, names: JsProxy, arrays: JsProxy, outputs: JsProxy, seconds: float
) -> Awaitable[Any]:
    """``{outputs: {name: {data, shape}}, milliseconds}``; past `seconds` the worker is ended."""

def reset() -> None:
    """Ends the inference worker."""

def breathe() -> Awaitable[None]:
    """One turn of the event loop, so that messages arrive."""

def stored() -> Awaitable[JsProxy]:
    """``[{id, bytes, stored}]`` for each model that this build carries."""
