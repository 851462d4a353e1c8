"""The road: the bytes of a photo in, the bytes of a cutout and a receipt out."""

from dataclasses import dataclass, replace
from time import perf_counter

from cutaway import __version__, lite, policy, recipe, registry
from cutaway.adjust import Refinement, adjust
from cutaway.cut import cut
from cutaway.encode import encode
from cutaway.fuse import Vote, fuse
from cutaway.host.engine import Engine
from cutaway.notebook import Notebook
from cutaway.options import Options
from cutaway.policy import Computation, Plan, Step
from cutaway.read import read
from cutaway.receipt import (
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
from cutaway.registry import Model
from cutaway.segment import prepare, segment
from cutaway.trip import Report, Trip
from cutaway.uncertainty import Uncertainty, uncertainty
from cutaway.values import File, Floats, Mask, Matte, Photo, Verification
from cutaway.verify import verify


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The written file, the receipt for it, and what another refinement would start from.

    ``matte`` is as ``refine`` made it, before any control.
    """

    file: File
    receipt: Receipt
    photo: Photo
    matte: Matte
    uncertainty: Uncertainty


async def remove_background(
    data: bytes,
    options: Options,
    engine: Engine,
    report: Report,
    notebook: Notebook | None = None,
) -> Result:
    """Takes a photo along the whole road.

    Parameters
    ----------
    data : bytes
        The photo's file.
    options : Options
        Model or speed, provider, format, refinement.
    engine : Engine
        Runs the model.
    report : callable
        Told of progress; see ``Report``.
    notebook : Notebook, optional
        What this device has taught; what is learnt now is noted there.

    Raises
    ------
    CutawayError
        As from ``read`` and ``verify``, from the engine, or ``"inference-failed"`` when every
        step of the plan failed.
    """
    started = perf_counter()
    trip = Trip(engine, report, notebook or Notebook("native"))
    with trip.stage("read"):
        photo = read(data)
    await engine.breathe()
    mask, uncertain = await _mask(photo, options, trip)
    await engine.breathe()
    with trip.stage("refine"):
        matte = refine(mask, photo)
        adjusted = adjust(matte, options.refine)
    file, verification = await _written(photo, adjusted, options.refine, trip)
    trip.milliseconds["total"] = (perf_counter() - started) * 1000
    lead, attempt = trip.ran[-1].model, trip.ran[-1].attempt
    receipt = Receipt(
        version=__version__,
        build=trip.notebook.build,
        photo=PhotoFacts(photo.width, photo.height, photo.format, photo.size),
        model=ModelFacts.of(lead),
        fused_with=tuple(ModelFacts.of(step.model) for step in trip.ran[:-1]),
        provider=ProviderFacts(
            options.provider, attempt.provider, attempt.threads, attempt.reason, trip.first_run
        ),
        uncertainty=UncertaintyFacts.of(uncertain),
        refinement=options.refine,
        retries=tuple(trip.retries),
        notices=tuple(trip.notices),
        milliseconds=Milliseconds(**trip.milliseconds),
        bytes=Traffic(trip.network, trip.store),
        file=FileFacts(file.mime, len(file.data), file.width, file.height),
        verification=verification,
    )
    return Result(file, receipt, photo, matte, uncertain)


async def refine_again(
    result: Result, refinement: Refinement, engine: Engine, report: Report
) -> Result:
    """Runs only what follows a changed refinement; raises like ``remove_background``.

    The receipt goes on telling which model ran and how; times and bytes are of this run alone.
    """
    started = perf_counter()
    trip = Trip(engine, report, Notebook("native"))
    with trip.stage("refine"):
        adjusted = adjust(result.matte, refinement)
    file, verification = await _written(result.photo, adjusted, refinement, trip)
    trip.milliseconds["total"] = (perf_counter() - started) * 1000
    receipt = replace(
        result.receipt,
        refinement=refinement,
        milliseconds=Milliseconds(**({"read": 0.0} | trip.milliseconds)),
        bytes=Traffic(0, 0),
        file=FileFacts(file.mime, len(file.data), file.width, file.height),
        verification=verification,
    )
    return Result(file, receipt, result.photo, result.matte, result.uncertainty)


async def _written(
    photo: Photo, matte: Matte, refinement: Refinement, trip: Trip
) -> tuple[File, Verification]:
    """The stages after the matte."""
    await trip.engine.breathe()
    with trip.stage("cut"):
        cutout = cut(photo, matte, refinement.decontaminate)
    await trip.engine.breathe()
    with trip.stage("encode"):
        file = encode(cutout)
    await trip.engine.breathe()
    with trip.stage("verify"):
        verification = verify(file, cutout)
    return file, verification


async def warm_up(
    options: Options, engine: Engine, report: Report, notebook: Notebook
) -> Step | Computation:
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


async def _mask(photo: Photo, options: Options, trip: Trip) -> tuple[Mask, Uncertainty]:
    method = recipe.method(options)
    if method is not None:
        mask = await _computed(photo, policy.computation(method), trip)
        return mask, uncertainty(mask)
    return await _segmented(photo, await _planned(options, trip, photo.width * photo.height), trip)


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


async def _planned(options: Options, trip: Trip, pixels: int = 0) -> tuple[Plan, ...]:
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
    photo: Photo, plans: tuple[Plan, ...], trip: Trip
) -> tuple[Mask, Uncertainty]:
    """The mask of all models of the recipe, each by the first step of its plan that works.

    The photo is prepared before the engine's turn is awaited: another one may be in inference.
    """
    prepared: dict[str, dict[str, Floats]] = {}

    def feeds_for(model: Model) -> dict[str, Floats]:
        if model.id not in prepared:
            started = perf_counter()
            prepared[model.id] = prepare(photo, model.contract)
            trip.milliseconds["prepare"] += (perf_counter() - started) * 1000
        return prepared[model.id]

    async def attempted(step: Step) -> Mask:
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
    asked = perf_counter()
    async with trip.engine.turn():
        trip.milliseconds["wait"] = (perf_counter() - asked) * 1000
        for plan in plans:
            mask = await trip.first_that_works(plan, attempted)
            # A model that stood in for another may have run already.
            masks[trip.ran[-1].model.id] = mask
    started = perf_counter()
    fused = fuse([Vote(mask, recipe.role(id)) for id, mask in masks.items()])
    uncertain = uncertainty(fused.mask, fused.believed)
    trip.milliseconds["prepare"] += (perf_counter() - started) * 1000
    return fused.mask, uncertain
