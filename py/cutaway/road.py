"""The road: the bytes of a photo in, the bytes of a cutout and a receipt out."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

from cutaway import __version__, lite
from cutaway.finish import Finished, finish
from cutaway.fuse import Vote, fuse
from cutaway.hand.edited import Hand
from cutaway.hand.selector import prepare_edits
from cutaway.host.engine import Engine
from cutaway.models import policy, recipe, registry
from cutaway.models.model import Runnable
from cutaway.models.notebook import Notebook
from cutaway.models.policy import Computation, Plan, Step
from cutaway.models.registry import Model
from cutaway.options import Options
from cutaway.read import read_any
from cutaway.receipt import (
    EditFacts,
    FileFacts,
    Milliseconds,
    ModelFacts,
    PhotoFacts,
    ProviderFacts,
    Receipt,
    Traffic,
    UncertaintyFacts,
)
from cutaway.refine import refine
from cutaway.refining.adjust import Refinement, adjust
from cutaway.result import Result
from cutaway.segment import prepare, segment
from cutaway.sources import Sources
from cutaway.trip import Report, Trip
from cutaway.uncertainty import Uncertainty, uncertainty
from cutaway.values import Floats, Mask, Photo
from cutaway.viewing.look import first_look
from cutaway.viewing.screen import View

#: Called with a first look at the cutout.
Look = Callable[[View], None]


async def remove_background(
    data: bytes,
    options: Options,
    engine: Engine,
    report: Report,
    notebook: Notebook | None = None,
    look: Look | None = None,
) -> Result:
    """Takes a photo along the whole road.

    Parameters
    ----------
    data : bytes
        The photo's file.
    options : Options
        Model or speed, provider, refinement, scene, output.
    engine : Engine
        Runs the model.
    report : callable
        Told of progress; see ``Report``.
    notebook : Notebook, optional
        What this device has taught; what is learnt now is noted there.
    look : callable, optional
        Given a first look at the cutout, once, where more than one model is asked.

    Raises
    ------
    CutawayError
        As from ``read_any``, ``encode`` and ``verify``, from the engine, or ``"inference-failed"``
        when every step of the plan failed.
    """
    started = perf_counter()
    trip = Trip(engine, report, notebook or Notebook("native"))
    with trip.stage("read"):
        photo = await read_any(data, engine, options.salvage)
    await engine.breathe()
    mask, uncertain = await _mask(photo, options, trip, look)
    ran = trip.ran
    await engine.breathe()
    with trip.stage("refine"):
        hand = Hand(Sources(photo, refine(mask, photo)))
    sources = await _edited(hand, options, trip)
    adjusted = sources.matte
    if not options.refine.keeps_alpha:
        with trip.stage("refine"):
            adjusted = adjust(adjusted, options.refine)
    finished = await finish(sources, adjusted, options, trip)
    trip.milliseconds["total"] = (perf_counter() - started) * 1000
    lead, attempt = ran[-1].model, ran[-1].attempt
    notices = (*photo.notices, *trip.notices)
    receipt = Receipt(
        version=__version__,
        build=trip.notebook.build,
        photo=PhotoFacts(photo.width, photo.height, photo.format, photo.size),
        model=ModelFacts.of(lead),
        fused_with=tuple(ModelFacts.of(step.model) for step in ran[:-1]),
        provider=ProviderFacts(
            options.provider, attempt.provider, attempt.threads, attempt.reason, trip.first_run
        ),
        uncertainty=UncertaintyFacts.of(uncertain),
        retries=tuple(trip.retries),
        bytes=Traffic(trip.network, trip.store),
        **_told(finished, notices, trip, hand),
    )
    return Result(receipt, hand, sources, uncertain, notices, finished)


async def change(
    result: Result,
    options: Options,
    engine: Engine,
    report: Report,
    notebook: Notebook | None = None,
) -> Result:
    """Runs only what follows from changed options; raises like ``remove_background``.

    The receipt goes on telling which model ran and how; times and bytes are of this run alone.
    Whatever decides about the mask (model, speed, provider, salvage) stays as it was.
    """
    started = perf_counter()
    trip = Trip(engine, report, notebook or Notebook("native"))
    last = result.finished
    sources, adjusted = result.sources, last.adjusted
    if not last.options.same_matte(options):
        sources = await _edited(result.hand, options, trip)
        with trip.stage("refine"):
            adjusted = adjust(sources.matte, options.refine)
    finished = await finish(sources, adjusted, options, trip, last)
    trip.milliseconds["total"] = (perf_counter() - started) * 1000
    notices = (*result.notices, *trip.notices)
    told = _told(finished, notices, trip, result.hand)
    receipt = replace(result.receipt, bytes=Traffic(trip.network, trip.store), **told)
    return replace(result, receipt=receipt, sources=sources, finished=finished)


async def _edited(hand: Hand, options: Options, trip: Trip) -> Sources:
    """What edits make of the automatic matte."""
    if not options.edits:
        return hand.automatic
    await prepare_edits(options.edits, hand.selector, trip)
    with trip.stage("edit"):
        sources = hand.sources(options.edits)
    await trip.engine.breathe()
    return sources


def _told(finished: Finished, notices: tuple[str, ...], trip: Trip, hand: Hand) -> dict[str, Any]:
    """What the receipt tells of the stages after the matte, and notices of before."""
    file, options = finished.file, finished.options
    return {
        "notices": (*notices, *finished.notices),
        "edits": EditFacts.of(options.edits, hand.selector.model),
        "refinement": options.refine,
        "scene": finished.scene,
        "output": options.output,
        "preset": finished.preset,
        "milliseconds": Milliseconds.of(trip.milliseconds),
        "file": FileFacts(file.mime, len(file.data), file.width, file.height),
        "verification": finished.verification,
    }


async def warm_up(
    options: Options, engine: Engine, report: Report, notebook: Notebook
) -> Step[Runnable] | Computation:
    """Loads the models that these options lead to, and on a GPU runs each once.

    Gives the last step that succeeded; raises like ``remove_background``.
    """
    method = recipe.method(options)
    if method is not None:
        return policy.computation(method)
    trip = Trip(engine, report, notebook)
    plans = await _planned(options, trip)
    async with engine.turn():
        for plan in plans:
            await trip.first_that_works(plan, trip.warmed)
    return trip.ran[-1]


async def _mask(
    photo: Photo, options: Options, trip: Trip, look: Look | None
) -> tuple[Mask, Uncertainty]:
    method = recipe.method(options)
    if method is not None:
        mask = await _computed(photo, policy.computation(method), trip)
        return mask, uncertainty(mask)
    plans = await _planned(options, trip, photo.width * photo.height)
    show = None if look is None else partial(_show, photo, options.refine, look)
    return await _segmented(photo, plans, trip, show)


async def _show(photo: Photo, refinement: Refinement, look: Look, mask: Mask) -> None:
    look(first_look(mask, photo, refinement))


async def _computed(photo: Photo, computation: Computation, trip: Trip) -> Mask:
    """The mask of a classical method; between its steps the host may breathe."""
    started = perf_counter()
    trip.report("segment", 0, 1, "step", computation.model.id)
    work = lite.steps(photo)
    while True:
        try:
            next(work)
        except StopIteration as end:
            mask: Mask = end.value
            break
        await trip.engine.breathe()
    spent = (perf_counter() - started) * 1000
    trip.milliseconds["inference"] = spent
    trip.succeeded(computation, spent)
    trip.ran = [computation]
    trip.report("segment", 1, 1, "step", computation.model.id)
    return mask


async def _planned(options: Options, trip: Trip, pixels: int = 0) -> tuple[Plan[Model], ...]:
    """A plan for each model of the recipe, for a photo of so many pixels."""
    device, carried = await trip.engine.device(), await trip.engine.carried()
    if options.provider == "webgpu":
        trip.notebook.forgive(policy.adapter(device))
    models = recipe.choose(options, carried)
    spare = policy.leaves_a_core(device, models, trip.engine.company(pixels))
    return tuple(
        policy.plan(
            device, model, registry.smaller(model, carried), options.provider, trip.notebook, spare
        )
        for model in models
    )


async def _segmented(
    photo: Photo,
    plans: tuple[Plan[Model], ...],
    trip: Trip,
    show: Callable[[Mask], Coroutine[Any, Any, None]] | None,
) -> tuple[Mask, Uncertainty]:
    """The mask of all models of the recipe, each by the first step of its plan that works.

    The photo is prepared before the engine's turn is awaited: another one may be in inference. The
    first of several masks is shown while the engine is busy with the next.
    """
    prepared: dict[str, dict[str, Floats]] = {}

    def feeds_for(model: Model) -> dict[str, Floats]:
        if model.id not in prepared:
            started = perf_counter()
            prepared[model.id] = prepare(photo, model.contract)
            trip.milliseconds["prepare"] += (perf_counter() - started) * 1000
        return prepared[model.id]

    async def attempted(step: Step[Model]) -> Mask:
        loaded = await trip.loaded(step)
        trip.first_run |= loaded.milliseconds > 0 and not trip.milliseconds["warmup"]
        trip.report("segment", 0, 1, "step", step.model.id)
        feeds = feeds_for(step.model)
        mask, spent = await segment(feeds, step.model, step.attempt, trip.engine)
        trip.milliseconds["inference"] += spent
        trip.succeeded(step, spent)
        trip.report("segment", 1, 1, "step", step.model.id)
        return mask

    for plan in plans:
        feeds_for(plan.steps[0].model)
    masks: dict[str, Mask] = {}
    showing: asyncio.Future[None] | None = None
    asked = perf_counter()
    async with trip.engine.turn():
        trip.milliseconds["wait"] = (perf_counter() - asked) * 1000
        for plan in plans:
            mask = await trip.first_that_works(plan, attempted)
            # A model that stood in for another may have run already.
            masks[trip.ran[-1].model.id] = mask
            if show is not None and len(masks) < len(plans):
                showing, show = asyncio.ensure_future(show(mask)), None
    if showing is not None:
        await showing
    started = perf_counter()
    fused = fuse([Vote(mask, recipe.role(id)) for id, mask in masks.items()])
    uncertain = uncertainty(fused.mask, fused.believed)
    trip.milliseconds["prepare"] += (perf_counter() - started) * 1000
    return fused.mask, uncertain
