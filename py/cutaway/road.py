"""The road: the bytes of a photo in, the bytes of a cutout and a receipt out."""

from dataclasses import dataclass
from time import perf_counter

from cutaway import __version__, policy, recipe, registry
from cutaway.cut import cut
from cutaway.encode import encode
from cutaway.fuse import fuse
from cutaway.host.engine import Engine
from cutaway.notebook import Notebook
from cutaway.options import Options
from cutaway.policy import Plan, Step
from cutaway.read import read
from cutaway.receipt import (
    FileFacts,
    Milliseconds,
    ModelFacts,
    PhotoFacts,
    ProviderFacts,
    Receipt,
    Traffic,
)
from cutaway.refine import refine
from cutaway.registry import Model
from cutaway.segment import prepare, segment
from cutaway.trip import Report, Trip
from cutaway.values import File, Floats, Mask, Photo
from cutaway.verify import verify


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The written file and the receipt for it."""

    file: File
    receipt: Receipt


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
        Model or speed, provider, format.
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
    mask = await _segmented(photo, await _planned(options, trip), trip)
    await engine.breathe()
    with trip.stage("refine"):
        matte = refine(mask, photo)
    await engine.breathe()
    with trip.stage("cut"):
        cutout = cut(photo, matte)
    await engine.breathe()
    with trip.stage("encode"):
        file = encode(cutout)
    await engine.breathe()
    with trip.stage("verify"):
        verification = verify(file, cutout)
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
        retries=tuple(trip.retries),
        notices=tuple(trip.notices),
        milliseconds=Milliseconds(**trip.milliseconds),
        bytes=Traffic(trip.network, trip.store),
        file=FileFacts(file.mime, len(file.data), file.width, file.height),
        verification=verification,
    )
    return Result(file, receipt)


async def warm_up(options: Options, engine: Engine, report: Report, notebook: Notebook) -> Step:
    """Loads the models that these options lead to, and on a GPU runs each once.

    Gives the last step that succeeded; raises like ``remove_background``.
    """
    trip = Trip(engine, report, notebook)
    plans = await _planned(options, trip)
    async with engine.turn():
        for plan in plans:
            await trip.first_that_works(plan, trip.warmed)
    return trip.ran[-1]


async def _planned(options: Options, trip: Trip) -> tuple[Plan, ...]:
    """A plan for each model of the recipe."""
    device, carried = await trip.engine.device(), await trip.engine.carried()
    if options.provider == "webgpu":
        trip.notebook.forgive(policy.adapter(device))
    return tuple(
        policy.plan(
            device, model, registry.smaller(model, carried), options.provider, trip.notebook
        )
        for model in recipe.choose(options, carried)
    )


async def _segmented(photo: Photo, plans: tuple[Plan, ...], trip: Trip) -> Mask:
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
    fused = fuse(tuple(masks.values()))
    trip.milliseconds["prepare"] += (perf_counter() - started) * 1000
    return fused
