"""The road: the bytes of a photo in, the bytes of a cutout and a receipt out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from time import perf_counter
from typing import Any

from cutaway import __version__, policy, registry
from cutaway.cut import cut
from cutaway.encode import encode
from cutaway.errors import CutawayError, EngineError
from cutaway.host.engine import Engine
from cutaway.read import read
from cutaway.receipt import (
    FileFacts,
    Milliseconds,
    ModelFacts,
    PhotoFacts,
    ProviderFacts,
    Receipt,
    Retry,
    Traffic,
)
from cutaway.refine import refine
from cutaway.registry import Model
from cutaway.segment import segment
from cutaway.values import Attempt, File, Mask, Photo
from cutaway.verify import verify

#: Called with (stage, done, total, unit): ``"bytes"`` for ``"model"``, else ``"step"`` from 0 to 1.
Report = Callable[[str, int, int, str], None]

PROVIDERS = ("auto", "webgpu", "wasm")
FORMATS = ("image/png",)


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may choose.

    Attributes
    ----------
    model : str
        An id of the registry, or ``"auto"``.
    provider : str
        ``"auto"``, ``"webgpu"`` or ``"wasm"``.
    format : str
        MIME type of the file: ``"image/png"``.
    """

    model: str = "auto"
    provider: str = "auto"
    format: str = "image/png"

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "Options":
        """Options from a mapping; what is missing or None keeps its default.

        Raises
        ------
        CutawayError
            ``"bad-option"``, ``"unknown-model"``, ``"unknown-provider"`` or ``"unknown-format"``.
        """
        known = [field.name for field in fields(cls)]
        given = {name: value for name, value in mapping.items() if value is not None}
        for name, value in given.items():
            if name not in known:
                raise CutawayError(
                    "bad-option",
                    f"There is no option “{name}”. The options are {', '.join(known)}.",
                )
            if not isinstance(value, str):
                raise CutawayError("bad-option", f"The option “{name}” takes text, such as “auto”.")
        options = cls(**given)
        registry.choose(options.model)
        _one_of(options.provider, PROVIDERS, "unknown-provider", "provider")
        _one_of(options.format, FORMATS, "unknown-format", "format")
        return options


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The written file and the receipt for it."""

    file: File
    receipt: Receipt


async def remove_background(
    data: bytes, options: Options, engine: Engine, report: Report, build: str = "native"
) -> Result:
    """Takes a photo along the whole road.

    Parameters
    ----------
    data : bytes
        The photo's file.
    options : Options
        Model, provider, format.
    engine : Engine
        Runs the model.
    report : callable
        Told of progress; see ``Report``.
    build : str
        Identity of the site build, for the receipt.

    Raises
    ------
    CutawayError
        As from ``read`` and ``verify``, from the engine, or ``"inference-failed"`` when every
        attempt failed.
    """
    started = perf_counter()
    trip = _Trip(engine, report)
    model = registry.choose(options.model)
    with trip.stage("read"):
        photo = read(data)
    await engine.breathe()
    async with engine.turn():
        mask, ran = await _segmented(photo, model, options.provider, trip)
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
    receipt = Receipt(
        version=__version__,
        build=build,
        photo=PhotoFacts(photo.width, photo.height, photo.format, photo.size),
        model=ModelFacts(model.id, model.title, model.sha256),
        provider=ProviderFacts(options.provider, ran.provider, ran.threads, ran.reason),
        retries=tuple(trip.retries),
        milliseconds=Milliseconds(**trip.milliseconds),
        bytes=Traffic(trip.network, trip.store),
        file=FileFacts(file.mime, len(file.data), file.width, file.height),
        verification=verification,
    )
    return Result(file, receipt)


class _Trip:
    """What is noted down along the way for the receipt."""

    def __init__(self, engine: Engine, report: Report) -> None:
        self.engine = engine
        self.report = report
        self.milliseconds = {"model": 0.0, "prepare": 0.0, "inference": 0.0}
        self.network = 0
        self.store = 0
        self.retries: list[Retry] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times a stage and reports its beginning and its end."""
        self.report(name, 0, 1, "step")
        started = perf_counter()
        yield
        self.milliseconds[name] = (perf_counter() - started) * 1000
        self.report(name, 1, 1, "step")


async def _segmented(photo: Photo, model: Model, asked: str, trip: _Trip) -> tuple[Mask, Attempt]:
    """The mask, by the first attempt that succeeds."""
    for attempt in policy.attempts(await trip.engine.device(), model, asked):
        try:
            return await _attempted(photo, model, attempt, trip), attempt
        except EngineError as error:
            trip.retries.append(Retry(attempt.provider, attempt.threads, error.cause))
            await trip.engine.reset()
    raise CutawayError(
        "inference-failed",
        f"{model.title} could not run on this device ({trip.retries[-1].cause}). "
        "Close other tabs and programs or choose a smaller model, then try again.",
    )


async def _attempted(photo: Photo, model: Model, attempt: Attempt, trip: _Trip) -> Mask:
    loaded = await trip.engine.load(
        model, attempt, lambda done, total: trip.report("model", done, total, "bytes")
    )
    trip.network += loaded.network
    trip.store += loaded.store
    trip.milliseconds["model"] += loaded.milliseconds
    trip.report("segment", 0, 1, "step")
    mask, timings = await segment(photo, model, attempt, trip.engine)
    trip.milliseconds["prepare"] += timings.prepare
    trip.milliseconds["inference"] += timings.inference
    trip.report("segment", 1, 1, "step")
    return mask


def _one_of(value: str, allowed: tuple[str, ...], code: str, what: str) -> None:
    if value not in allowed:
        raise CutawayError(
            code, f"There is no {what} “{value}”. Choose one of: {', '.join(allowed)}."
        )
