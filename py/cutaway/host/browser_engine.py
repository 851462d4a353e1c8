"""The engine over `worker/python.js`: ONNX Runtime Web in the inference worker."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from pyodide.ffi import JsException, JsProxy, create_proxy, to_js

import cutaway_bridge as bridge
from cutaway.errors import CutawayError, EngineError
from cutaway.host.browser_avif import AvifDesk
from cutaway.host.browser_decoder import BrowserDecoded, decode
from cutaway.host.engine import Loaded, Ran, Report
from cutaway.models import policy
from cutaway.models.graph import Graph
from cutaway.models.model import Model, Runnable
from cutaway.models.notebook import Ahead
from cutaway.models.policy import Company
from cutaway.values import Attempt, Bytes, Device, Floats, Words

#: Failures that another provider cannot mend, with the sentence a person needs.
FINAL = {
    "network": "The model could not be fetched. Check the connection and try again: "
    "what has arrived is kept.",
    "not-carried": "This site does not carry that model. Choose another one.",
    "own-gone": "A piece of your model is damaged or gone from the browser's store. Delete the "
    "model and open it again, from where it came.",
    "model-damaged": "The model arrived damaged twice. The copy on the server seems to be wrong: "
    "try again later.",
}


class Workshop:
    """The one inference worker that all jobs share, whose photos are under way, and who gave up."""

    def __init__(self) -> None:
        self.cancelled: set[int] = set()
        self.photos: set[int] = set()
        self.watchdog: float | None = None
        self.assumed: dict[str, Any] = {}
        self.avif = AvifDesk()
        self._lock = asyncio.Lock()
        self._user: int | None = None
        self._held: dict[str, tuple[Runnable, str]] = {}
        self._threads: int | None = None
        self._device: Device | None = None

    @asynccontextmanager
    async def turn(self, job: int) -> AsyncIterator[None]:
        """One inference at a time; between turns the session stays only where it may."""
        async with self._lock:
            self._user = job
            try:
                yield
            finally:
                self._user = None
                await self._settle()

    async def _settle(self) -> None:
        models = [model for model, _ in self._held.values()]
        if models and not policy.stays_warm(models, await self.device()):
            self.reset()

    async def device(self) -> Device:
        if self._device is None:
            facts = (await bridge.device()).to_py()
            assumed = {
                name: facts[name] | value if isinstance(value, dict) and facts[name] else value
                for name, value in self.assumed.items()
            }
            self._device = Device(**(facts | assumed))
        return self._device

    def company(self, job: int, pixels: int) -> Company | None:
        return Company(pixels, self._threads) if self.photos - {job} else None

    async def make_room(self, model: Runnable, attempt: Attempt) -> int:
        """The threads for an attempt; sessions that do not fit beside the model are given up.

        ONNX Runtime fixes its threads when it starts: another number needs another worker.
        """
        device = await self.device()
        threads = attempt.threads if attempt.provider == "wasm" else policy.threads(device)
        others = [held for held, _ in self._held.values() if held.id != model.id]
        crowded = others and not policy.stays_warm((model, *others), device)
        if crowded or self._threads not in (None, threads):
            self.reset()
        self._threads = threads
        return threads

    def holds(self, model: Runnable, provider: str) -> None:
        self._held[model.id] = model, provider

    def is_warm(self, model: Runnable, provider: str) -> bool:
        """Whether the session waits there: in a batch, asking the worker would take turns."""
        return self._held.get(model.id) == (model, provider) and bridge.up()

    def ahead(self) -> Ahead | None:
        """What the next visit may load while Python boots: the first model, for a single photo.

        Never on a GPU: what is known of that one must be read before it is touched.
        """
        for model, provider in self._held.values():
            alone = self._device is not None and self._threads == policy.threads(self._device)
            if provider == "wasm" and alone:
                return Ahead(model.id, provider, self._threads or 1)
        return None

    def reset(self) -> None:
        self._held = {}
        self._threads = None
        bridge.reset()

    def cancel(self, job: int) -> None:
        """Marks a job as no longer wanted; what works for it is ended at once."""
        self.cancelled.add(job)
        self.avif.cancel(job)
        if self._user == job:
            self.reset()


class BrowserEngine:
    """The workshop as one job sees it."""

    decoder = "the browser"

    def __init__(self, job: int, workshop: Workshop) -> None:
        self._job = job
        self._workshop = workshop

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        async with self._workshop.turn(self._job):
            self._check()
            yield

    async def device(self) -> Device:
        return await self._workshop.device()

    def company(self, pixels: int) -> Company | None:
        return self._workshop.company(self._job, pixels)

    async def carried(self) -> list[str]:
        ids: list[str] = bridge.models.to_py()
        return ids

    async def load(self, model: Runnable, attempt: Attempt, report: Report) -> Loaded:
        threads = await self._workshop.make_room(model, attempt)
        if self._workshop.is_warm(model, attempt.provider):
            return Loaded(0, 0, 0.0)
        noted = create_proxy(report)
        seconds = self._patience(model, attempt)
        try:
            loaded = await bridge.load(model.id, attempt.provider, threads, seconds, noted)
        except JsException as error:
            raise self._explained(error) from None
        finally:
            noted.destroy()
        self._workshop.holds(model, attempt.provider)
        return Loaded(loaded.network, loaded.store, loaded.milliseconds, loaded.kept)

    async def run(self, model: Runnable, attempt: Attempt, feeds: Mapping[str, Floats]) -> Ran:
        names = to_js(list(feeds))
        arrays = to_js(list(feeds.values()), depth=1)
        wanted = to_js(list(model.outputs))
        seconds = self._patience(model, attempt)
        try:
            ran = await bridge.run(model.id, names, arrays, wanted, seconds)
        except JsException as error:
            raise self._explained(error) from None
        outputs = {name: _array(getattr(ran.outputs, name)) for name in model.outputs}
        return Ran(outputs, ran.milliseconds)

    async def inspect(self, model: Model) -> Graph:
        """What the graph of a loaded model tells of itself."""
        try:
            return Graph.of((await bridge.inspect(model.id)).to_py())
        except JsException as error:
            raise self._explained(error) from None

    async def decode(self, data: bytes, mime: str, space: str) -> BrowserDecoded:
        return await decode(data, mime, space)

    async def encode_avif(self, pixels: Bytes | Words, quality: int, speed: int) -> bytes:
        device = await self.device()
        try:
            return await self._workshop.avif.encode(self._job, pixels, quality, speed, device)
        finally:
            self._check()

    async def evict(self, model: Runnable) -> None:
        await bridge.evict(model.id)

    async def reset(self) -> None:
        self._workshop.reset()

    async def breathe(self) -> None:
        await bridge.breathe()
        self._check()

    def _patience(self, model: Runnable, attempt: Attempt) -> float:
        return self._workshop.watchdog or policy.watchdog(model, attempt)

    def _check(self) -> None:
        if self._job in self._workshop.cancelled:
            raise CutawayError("cancelled", "Cancelled. The photo is still here.")

    def _explained(self, error: JsException) -> CutawayError:
        """A failure of the worker as an error that the road understands."""
        self._check()
        code: str = getattr(error, "code", None) or "engine-failed"
        if code in FINAL:
            return CutawayError(code, FINAL[code])
        return EngineError(code, "The model could not run here.", f"{code}: {error.message}")


def _array(tensor: JsProxy) -> Floats:
    """A float32 array from ``{data, shape, half}``; half floats come as their bits."""
    if tensor.half:
        bits = np.empty(tuple(tensor.shape), np.uint16)
        tensor.data.assign_to(bits)
        return bits.view(np.float16).astype(np.float32)
    array = np.empty(tuple(tensor.shape), np.float32)
    tensor.data.assign_to(array)
    return array
