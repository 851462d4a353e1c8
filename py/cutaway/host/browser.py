"""What the page may call, through `worker/python.js`; what it may ask lies in ``browser_facts``.

What is ``answered`` comes as ``{"value": …}`` or as ``{"failure": {"code", "message"}}``.
"""

import asyncio
from typing import Any

from pyodide.ffi import JsProxy

import cutaway_bridge as bridge
from cutaway import encode, road
from cutaway.composing.presets import presets
from cutaway.finish import image_of, settled
from cutaway.forecast import forecast
from cutaway.host import browser_own, browser_select, browser_subjects
from cutaway.host.browser_engine import BrowserEngine
from cutaway.host.browser_facts import device as device
from cutaway.host.browser_facts import diagnostics as diagnostics
from cutaway.host.browser_facts import listed
from cutaway.host.browser_facts import models as models
from cutaway.host.browser_facts import store_list as store_list
from cutaway.host.browser_facts import tiers as tiers
from cutaway.host.browser_state import engine_for, held_result, here, options_of, write_down
from cutaway.host.crossing import answered, bytes_of, drawable, looking, plain
from cutaway.models import families, policy
from cutaway.models.notebook import Notebook
from cutaway.options import Options
from cutaway.read import read_any
from cutaway.trip import Trip
from cutaway.view import part_of
from cutaway.view import view as view_of

#: Photos under way at once: while one is in inference the next is read and the last is encoded.
PIPELINE = 2

_places = asyncio.Semaphore(PIPELINE)
#: Files are read one after the other: a small one must not overtake a large one before it.
_intake = asyncio.Lock()


@answered
async def start(settings: JsProxy) -> Any:
    """Takes the page's settings and what is remembered about this device → ``{"idleSeconds"}``.

    ``idleSeconds`` and ``watchdogSeconds`` replace the usual ones; ``device`` replaces facts that
    were probed, for tests and for people who know better.
    """
    asked = settings.to_py()
    here.workshop.watchdog = asked.get("watchdogSeconds")
    here.workshop.assumed = asked.get("device", {})
    here.notebook = Notebook.parse(await bridge.recall(), bridge.build)
    await browser_own.shelf()
    return {"idleSeconds": asked.get("idleSeconds", policy.IDLE_SECONDS)}


@answered
async def remove_background(
    job: int, photo: JsProxy, options: JsProxy, report: Any, before: int, look: Any = None
) -> Any:
    """A photo's blob → ``{"data", "mime", "receipt", "held"}``.

    ``look`` is called with a first look, as from ``view``, where more than one model is asked.

    ``before`` is what ``held`` was of a cutout of the same photo, or 0: while that photo is held
    only what follows from the changed options runs.
    """
    engine = BrowserEngine(job, here.workshop)
    here.workshop.photos.add(job)
    try:
        asked = await options_of(options)
        async with _places:
            await engine.breathe()
            last = here.held.result(before)
            if last is not None and not asked.same_mask(last.finished.options):
                last = None
            if last is not None:
                result = await road.change(last, asked, engine, report, here.notebook)
            else:
                here.held.clear()
                async with _intake:
                    data = await bytes_of(photo)
                shown = looking(look)
                result = await road.remove_background(
                    data, asked, engine, report, here.notebook, shown
                )
    finally:
        here.workshop.photos.discard(job)
        here.workshop.cancelled.discard(job)
        await write_down()
    held = job if last is None else before
    here.held.keep(held, result)
    return {
        "data": result.file.data,
        "mime": result.file.mime,
        "receipt": result.receipt.to_dict(),
        "held": held,
    }


@answered
async def view(held: int, asked: JsProxy) -> Any:
    """A part of a held photo's picture by other options, small.

    ``asked`` has ``edits``, ``refine``, ``background``, ``shadow``, ``frame``, ``preset``,
    ``what``, ``region`` and ``side``; what is missing is the default. → ``{"rgba", "columns",
    "rows", "width", "height"}``: straight pixels in sRGB and how many, and the whole picture's
    size.
    """
    given = await plain(asked.to_py())
    how = {name: given.pop(name, None) for name in ("what", "region", "side")}
    options = Options.of(given)
    result, region = held_result(held), how["region"]
    engine = await engine_for(result, options)
    return drawable(
        view_of(
            result,
            options.refine,
            options.scene,
            how["what"] or "cutout",
            None if region is None else part_of(region),
            how["side"] or 1000,
            await image_of(options.scene, result.sources, engine),
            options.edits,
        )
    )


@answered
async def estimate(held: int, options: JsProxy) -> Any:
    """About how large the file of a held photo would be by other options → ``{"bytes"}``."""
    result, asked = held_result(held), await options_of(options)
    return {"bytes": await forecast(result, asked, await engine_for(result, asked))}


@answered
async def select(job: int, held: int, asked: JsProxy, report: Any) -> Any:
    """What is meant where somebody points; ``asked`` has ``points`` and ``box`` as an edit has.

    See ``browser_select``.
    """
    engine = BrowserEngine(job, here.workshop)
    try:
        trip = Trip(engine, report, here.notebook)
        return await browser_select.selected(held_result(held), await plain(asked.to_py()), trip)
    finally:
        here.workshop.cancelled.discard(job)
        await write_down()


@answered
async def subjects(held: int, asked: JsProxy) -> Any:
    """The separate subjects of a held photo, largest first; ``asked`` has ``edits``.

    → ``[{"x", "y", "box", "share", "drops", "seen"}]``: a place well inside, what it covers, the
    edits that drop it as places in ``edits``, and a thumbnail as from ``view``.
    """
    result, options = held_result(held), Options.of(await plain(asked.to_py()))
    engine = await engine_for(result, options)
    return await browser_subjects.listed(result, options.edits, engine)


@answered
async def layers(
    job: int, held: int, options: JsProxy, asked: JsProxy, report: Any, take: Any
) -> Any:
    """Each subject of a held photo as a file, handed to ``take``: see ``browser_subjects``."""
    engine = BrowserEngine(job, here.workshop)
    try:
        wanted, how = await options_of(options), await plain(asked.to_py())
        async with _places:
            await engine.breathe()
            trip = Trip(engine, report, here.notebook)
            await browser_subjects.written(held_result(held), wanted, how, trip, take)
    finally:
        here.workshop.cancelled.discard(job)


@answered
async def list_presets() -> Any:
    """What marketplaces ask, each as the options that lead there."""
    return [preset.to_dict() for preset in presets()]


@answered
async def prepare(job: int, options: JsProxy, report: Any) -> Any:
    """Loads and warms the model that these options lead to → ``{"model", "provider"}``."""
    engine = BrowserEngine(job, here.workshop)
    try:
        asked = await options_of(options)
        step = await road.warm_up(asked, engine, report, here.notebook)
    finally:
        here.workshop.cancelled.discard(job)
        await write_down()
    return {"model": step.model.id, "provider": step.attempt.provider}


def cancel(job: int) -> None:
    """Marks a job as no longer wanted; inference under way for it is ended at once."""
    here.workshop.cancel(job)


@answered
async def mask(cutout: JsProxy, held: int, options: JsProxy) -> Any:
    """The matte of a cutout of ours as a grey PNG, ``{"data", "mime"}``.

    ``options`` are what the cutout was made by. Where they put nothing around it the file itself
    tells, else the photo must be held.
    """
    asked = await options_of(options)
    scene = settled(asked)[0]
    if scene.background is None and scene.shadow is None:
        written = await read_any(await bytes_of(cutout), BrowserEngine(0, here.workshop))
        file = encode.encode_mask(written.rgba[..., 3])
    else:
        result = held_result(held)
        await engine_for(result, asked)
        file = encode.encode_mask(result.mask(asked))
    return {"data": file.data, "mime": file.mime}


@answered
async def uncertainty(held: int) -> Any:
    """Where the cutout of a held photo is uncertain, as a grey PNG → ``{"data", "mime"}``."""
    result = held_result(held)
    levels = result.uncertainty.at(result.photo.width, result.photo.height)
    file = encode.encode_mask(levels)
    return {"data": file.data, "mime": file.mime}


@answered
async def own_limit(address: str | None) -> Any:
    """Bytes that a model may have that comes from this address, or from a file."""
    return await browser_own.limit(here.workshop, address)


@answered
async def own_open(job: int, part: JsProxy, place: str, report: Any) -> Any:
    """What the fetcher or the store took in → a candidate."""
    return await browser_own.opened(job, here.workshop, part.to_py(), place, report)


@answered
async def own_try(job: int, id: str, form: JsProxy, photo: JsProxy | None, report: Any) -> Any:
    """One run of a candidate → ``{"mask", "known", "milliseconds", "provider", "notices"}``."""
    data = None if photo is None else await bytes_of(photo)
    return await browser_own.tried(job, here.workshop, id, form.to_py(), data, report)


@answered
async def own_accept(job: int, id: str, form: JsProxy, report: Any) -> Any:
    """A candidate becomes a model → its entry, as in ``models``."""
    model = await browser_own.accepted(job, here.workshop, id, form.to_py(), report)
    return listed(model, model.bytes)


@answered
async def own_discard(id: str) -> Any:
    """Forgets a candidate."""
    await browser_own.discard(id)


@answered
async def own_forget(id: str) -> Any:
    """Forgets an own model."""
    await browser_own.forget(id)


@answered
async def own_forget_all() -> Any:
    """Forgets all own models, once the store is empty."""
    await browser_own.forget_all()


@answered
async def own_refresh() -> Any:
    """Tells the store's side which own models there are."""
    await browser_own.shelf()


@answered
async def own_families() -> Any:
    """The families, ``[{"id", "title", "note", "contract"}]``."""
    return [family.to_dict() for family in families.FAMILIES]
