"""The browser's side: the engine over `worker/python.js`, and what the page may call.

The only module that imports `pyodide`, `js` or the bridge. Every function the page reaches returns
``{"value": …}`` or ``{"failure": {"code", "message"}}``, so that no traceback crosses a thread.
"""

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, ParamSpec

import numpy as np
from js import Object
from pyodide.ffi import JsException, JsProxy, create_proxy, to_js

import cutaway_bridge as bridge
from cutaway import encode, policy, registry, road
from cutaway.errors import CutawayError, EngineError
from cutaway.host.engine import Loaded, Ran, Report
from cutaway.registry import Model
from cutaway.values import Attempt, Device, Floats

P = ParamSpec("P")

#: Failures that another provider cannot mend, with the sentence a person needs.
FINAL = {
    "network": "The model could not be fetched. Check the connection and try again: "
    "what has arrived is kept.",
    "model-damaged": "The model arrived damaged twice. The copy on the server seems to be wrong: "
    "try again later.",
}
#: Photos under way at once: while one is in inference the next is read and the last is encoded.
PIPELINE = 2


class _Shared:
    """What the jobs share: the one inference worker, and who no longer wants it."""

    def __init__(self) -> None:
        self.places = asyncio.Semaphore(PIPELINE)
        self.inference = asyncio.Lock()
        self.attempt: Attempt | None = None
        self.inferring: int | None = None
        self.cancelled: set[int] = set()


_shared = _Shared()


class BrowserEngine:
    """ONNX Runtime Web in the inference worker, for one job."""

    def __init__(self, job: int) -> None:
        self._job = job

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        async with _shared.inference:
            self._check()
            _shared.inferring = self._job
            try:
                yield
            finally:
                _shared.inferring = None

    async def device(self) -> Device:
        return await _device()

    async def load(self, model: Model, attempt: Attempt, report: Report) -> Loaded:
        if _shared.attempt not in (None, attempt):
            await self.reset()  # ONNX Runtime fixes its threads when it first starts
        _shared.attempt = attempt
        noted = create_proxy(report)
        try:
            loaded = await bridge.load(model.id, attempt.provider, attempt.threads, noted)
        except JsException as error:
            raise self._explained(error) from None
        finally:
            noted.destroy()
        return Loaded(loaded.network, loaded.store, loaded.milliseconds)

    async def run(self, model: Model, attempt: Attempt, feeds: Mapping[str, Floats]) -> Ran:
        names = to_js(list(feeds))
        arrays = to_js(list(feeds.values()), depth=1)
        outputs = to_js([model.contract.output])
        seconds = policy.watchdog(model, attempt)
        try:
            ran = await bridge.run(model.id, names, arrays, outputs, seconds)
        except JsException as error:
            raise self._explained(error) from None
        named = {name: _array(getattr(ran.outputs, name)) for name in [model.contract.output]}
        return Ran(named, ran.milliseconds)

    async def reset(self) -> None:
        _shared.attempt = None
        bridge.reset()

    async def breathe(self) -> None:
        await bridge.breathe()
        self._check()

    def _check(self) -> None:
        if self._job in _shared.cancelled:
            raise CutawayError("cancelled", "Cancelled. The photo is still here.")

    def _explained(self, error: JsException) -> CutawayError:
        """A failure of the worker as an error that the road understands."""
        self._check()
        code: str = getattr(error, "code", None) or "engine-failed"
        if code in FINAL:
            return CutawayError(code, FINAL[code])
        return EngineError(code, "The model could not run here.", f"{code}: {error.message}")


def _array(tensor: Any) -> Floats:
    """A float32 array from ``{data: Float32Array, shape}``, in one copy."""
    array = np.empty(tuple(tensor.shape), np.float32)
    tensor.data.assign_to(array)
    return array


async def _device() -> Device:
    return Device(**(await bridge.device()).to_py())


def _answer(function: Callable[P, Awaitable[Any]]) -> Callable[P, Awaitable[JsProxy]]:
    """Wraps a value or a failure for JavaScript."""

    @wraps(function)
    async def answered(*args: P.args, **kwargs: P.kwargs) -> JsProxy:
        try:
            reply = {"value": await function(*args, **kwargs)}
        except CutawayError as error:
            reply = _failure(error.code, error.sentence)
        except MemoryError:
            reply = _failure(
                "out-of-memory",
                "This photo needs more memory than the browser gives. Try a smaller one.",
            )
        except Exception:
            traceback.print_exc()
            reply = _failure(
                "unexpected",
                "Something went wrong inside Cutaway. The photo is unharmed: try again.",
            )
        return to_js(reply, dict_converter=Object.fromEntries)

    return answered


def _failure(code: str, sentence: str) -> dict[str, Any]:
    return {"failure": {"code": code, "message": sentence}}


async def _bytes(blob: Any) -> bytes:
    contents: bytes = (await blob.arrayBuffer()).to_bytes()
    return contents


@_answer
async def remove_background(job: int, photo: JsProxy, options: JsProxy, report: Any) -> Any:
    """A photo's blob → ``{"data", "mime", "receipt"}``."""
    engine = BrowserEngine(job)
    try:
        asked = road.Options.of(options.to_py())
        async with _shared.places:
            await engine.breathe()
            result = await road.remove_background(await _bytes(photo), asked, engine, report)
    finally:
        _shared.cancelled.discard(job)
    return {
        "data": result.file.data,
        "mime": result.file.mime,
        "receipt": result.receipt.to_dict(),
    }


def cancel(job: int) -> None:
    """Marks a job as no longer wanted; inference under way for it is ended at once."""
    _shared.cancelled.add(job)
    if _shared.inferring == job:
        _shared.attempt = None
        bridge.reset()


@_answer
async def mask(cutout: JsProxy) -> Any:
    """One of our PNGs, as a blob → its matte as a grey PNG, ``{"data", "mime"}``."""
    file = encode.mask_of(await _bytes(cutout))
    return {"data": file.data, "mime": file.mime}


@_answer
async def device() -> Any:
    """Facts about the device and what policy makes of them for the default model."""
    return policy.describe(await _device(), registry.choose("auto"))


@_answer
async def models() -> Any:
    """The registry's models, each with what of it is stored."""
    kept = {part["id"]: part["stored"] for part in (await bridge.stored()).to_py()}
    return [
        model.summary() | {"available": model.id in kept, "stored": kept.get(model.id, 0)}
        for model in registry.models()
    ]
