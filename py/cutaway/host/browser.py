"""What the page may call, through `worker/python.js`.

Every function returns ``{"value": …}`` or ``{"failure": {"code", "message"}}``, so that no
traceback crosses a thread.
"""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import wraps
from typing import Any, ParamSpec

from js import Object
from pyodide.ffi import JsProxy, to_js

import cutaway_bridge as bridge
from cutaway import __version__, encode, families, policy, recipe, registry, road
from cutaway.adjust import Refinement
from cutaway.errors import CutawayError
from cutaway.held import Held
from cutaway.host import browser_own
from cutaway.host.browser_engine import BrowserEngine, Workshop
from cutaway.notebook import Notebook
from cutaway.options import Options
from cutaway.preview import preview as small_cutout
from cutaway.tiers import offer

P = ParamSpec("P")

#: Photos under way at once: while one is in inference the next is read and the last is encoded.
PIPELINE = 2

_places = asyncio.Semaphore(PIPELINE)
#: Files are read one after the other: a small one must not overtake a large one before it.
_intake = asyncio.Lock()
_workshop = Workshop()
_notebook = Notebook(bridge.build)
_held = Held()


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


async def _options(options: JsProxy) -> Options:
    given = options.to_py()
    named = given.get("model") not in (None, "auto")
    return Options.of(given, (await browser_own.shelf()).models if named else ())


async def _bytes(blob: Any) -> bytes:
    contents: bytes = (await blob.arrayBuffer()).to_bytes()
    return contents


@_answer
async def start(settings: JsProxy) -> Any:
    """Takes the page's settings and what is remembered about this device → ``{"idleSeconds"}``.

    ``idleSeconds`` and ``watchdogSeconds`` replace the usual ones; ``device`` replaces facts that
    were probed, for tests and for people who know better.
    """
    global _notebook
    asked = settings.to_py()
    _workshop.watchdog = asked.get("watchdogSeconds")
    _workshop.assumed = asked.get("device", {})
    _notebook = Notebook.parse(await bridge.recall(), bridge.build)
    await browser_own.shelf()
    return {"idleSeconds": asked.get("idleSeconds", policy.IDLE_SECONDS)}


@_answer
async def remove_background(
    job: int, photo: JsProxy, options: JsProxy, report: Any, before: int
) -> Any:
    """A photo's blob → ``{"data", "mime", "receipt", "held"}``.

    ``before`` is what ``held`` was of a cutout of the same photo with the same options except
    ``refine``, or 0: while that photo is held only what follows the refinement runs.
    """
    engine = BrowserEngine(job, _workshop)
    _workshop.photos.add(job)
    try:
        asked = await _options(options)
        async with _places:
            await engine.breathe()
            last = _held.result(before)
            if last is not None:
                result = await road.refine_again(last, asked.refine, engine, report)
            else:
                _held.clear()
                async with _intake:
                    data = await _bytes(photo)
                result = await road.remove_background(data, asked, engine, report, _notebook)
    finally:
        _workshop.photos.discard(job)
        _workshop.cancelled.discard(job)
        await bridge.remember(_notebook.to_text())
    held = job if last is None else before
    _held.keep(held, result)
    return {
        "data": result.file.data,
        "mime": result.file.mime,
        "receipt": result.receipt.to_dict(),
        "held": held,
    }


@_answer
async def preview(held: int, refine: JsProxy, side: int) -> Any:
    """A small cutout of a held photo by another refinement → ``{"data", "mime"}``."""
    small = _held.small(held, side)
    if small is None:
        raise CutawayError(
            "not-held", "This photo is no longer held. Refine it once, then it is again."
        )
    file = small_cutout(small, Refinement.of(refine.to_py()))
    return {"data": file.data, "mime": file.mime}


@_answer
async def prepare(job: int, options: JsProxy, report: Any) -> Any:
    """Loads and warms the model that these options lead to → ``{"model", "provider"}``."""
    engine = BrowserEngine(job, _workshop)
    try:
        asked = await _options(options)
        step = await road.warm_up(asked, engine, report, _notebook)
    finally:
        _workshop.cancelled.discard(job)
        await bridge.remember(_notebook.to_text())
    return {"model": step.model.id, "provider": step.attempt.provider}


def cancel(job: int) -> None:
    """Marks a job as no longer wanted; inference under way for it is ended at once."""
    _workshop.cancel(job)


@_answer
async def mask(cutout: JsProxy) -> Any:
    """One of our PNGs, as a blob → its matte as a grey PNG, ``{"data", "mime"}``."""
    file = encode.mask_of(await _bytes(cutout))
    return {"data": file.data, "mime": file.mime}


@_answer
async def uncertainty(held: int) -> Any:
    """Where the cutout of a held photo is uncertain, as a grey PNG → ``{"data", "mime"}``."""
    result = _held.result(held)
    if result is None:
        raise CutawayError(
            "not-held", "This photo is no longer held. Cut it out again, then it is."
        )
    levels = result.uncertainty.at(result.photo.width, result.photo.height)
    file = encode.encode_mask(levels)
    return {"data": file.data, "mime": file.mime}


@_answer
async def device() -> Any:
    """Facts about the device and what policy makes of them for the default model."""
    return policy.describe(await _workshop.device(), registry.choose("auto"), _notebook)


@_answer
async def models() -> Any:
    """The registry's entries, each with what of it is stored.

    ``available`` is false for one that this site does not carry or that is not to be had at all;
    ``automatic`` marks the one that leads when nothing is asked for. The person's own come last.
    """
    shelf = await browser_own.shelf()
    kept = {part["id"]: part["stored"] for part in (await bridge.stored()).to_py()}
    lead = recipe.choose(Options())[-1]
    return [
        entry.summary()
        | {
            "available": (not entry.bytes or entry.id in kept) and not entry.unavailable,
            "stored": kept.get(entry.id, 0),
            "automatic": entry is lead,
        }
        for entry in (*registry.entries(), *shelf.models)
    ]


@_answer
async def tiers() -> Any:
    """What this device is offered and recommended: ``tiers.Offer`` as plain values."""
    facts = await _workshop.device()
    kept = {part["id"]: part["stored"] for part in (await bridge.stored()).to_py()}
    return asdict(offer(facts, kept, kept, _notebook))


@_answer
async def diagnostics() -> Any:
    """All that is known about this device and what happened on it, for people to read and copy."""
    facts = policy.describe(await _workshop.device(), registry.choose("auto"), _notebook)
    return {
        "version": __version__,
        "build": bridge.build,
        "device": facts,
        "checks": _notebook.checks,
        "failures": _notebook.failures,
        "tally": _notebook.summary(),
        "heap": bridge.heap(),
    }


@_answer
async def store_list() -> Any:
    """What is kept of each model, ``[{"id", "bytes", "stored"}]``; candidates are none yet."""
    shelf = await browser_own.shelf()
    known = {*bridge.models.to_py(), *(model.id for model in shelf.models)}
    return [part for part in (await bridge.stored()).to_py() if part["id"] in known]


@_answer
async def own_limit(address: str | None) -> Any:
    """Bytes that a model may have that comes from this address, or from a file."""
    return await browser_own.limit(_workshop, address)


@_answer
async def own_open(job: int, part: JsProxy, place: str, report: Any) -> Any:
    """What the fetcher or the store took in → a candidate."""
    return await browser_own.opened(job, _workshop, part.to_py(), place, report)


@_answer
async def own_try(job: int, id: str, form: JsProxy, photo: JsProxy | None, report: Any) -> Any:
    """One run of a candidate → ``{"mask", "known", "milliseconds", "provider", "notices"}``."""
    data = None if photo is None else await _bytes(photo)
    return await browser_own.tried(job, _workshop, id, form.to_py(), data, report)


@_answer
async def own_accept(job: int, id: str, form: JsProxy, report: Any) -> Any:
    """A candidate becomes a model → its entry, as in ``models``."""
    model = await browser_own.accepted(job, _workshop, id, form.to_py(), report)
    return model.summary() | {"available": True, "stored": model.bytes, "automatic": False}


@_answer
async def own_discard(id: str) -> Any:
    """Forgets a candidate."""
    await browser_own.discard(id)


@_answer
async def own_forget(id: str) -> Any:
    """Forgets an own model."""
    await browser_own.forget(id)


@_answer
async def own_forget_all() -> Any:
    """Forgets all own models, once the store is empty."""
    await browser_own.forget_all()


@_answer
async def own_refresh() -> Any:
    """Tells the store's side which own models there are."""
    await browser_own.shelf()


@_answer
async def own_families() -> Any:
    """The families, ``[{"id", "title", "note", "contract"}]``."""
    return [family.to_dict() for family in families.FAMILIES]
