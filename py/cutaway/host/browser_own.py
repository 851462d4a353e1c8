"""Own models in the browser: opened, tried out, kept and forgotten in the python worker."""

import io
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from typing import Any

from js import Object
from PIL import Image
from pyodide.ffi import to_js

import cutaway_bridge as bridge
from cutaway import complaint
from cutaway.encode import encode_mask
from cutaway.errors import CutawayError, EngineError
from cutaway.host.browser_engine import BrowserEngine, Workshop
from cutaway.models import families, known_answer, own, policy
from cutaway.models.notebook import Notebook
from cutaway.models.own import Candidate, OwnModel, Part, Tried
from cutaway.models.shelf import Shelf
from cutaway.read import read_any
from cutaway.refine import enlarged
from cutaway.segment import interpret, prepare
from cutaway.trip import Report
from cutaway.values import Attempt

#: Under which name the shelf is remembered.
NAME = "own-models"
#: Side of the known picture as it is shown, in pixels.
SHOWN = 512
#: A picture on which a model is tried has at most so many pixels.
LARGEST_TRIAL = 4096**2
#: Milliseconds for a photo that people are told of beforehand.
LONG = 8000

#: Parts that are being looked at, and are not on the shelf yet.
_opening: dict[str, Part] = {}


async def shelf() -> Shelf:
    """The own models as they are now: another tab may have changed them."""
    found = Shelf.parse(await bridge.recall(NAME), time.time())
    parts = [asdict(part) for part in (found.parts() | _opening).values()]
    bridge.own(to_js(parts, dict_converter=Object.fromEntries))
    return found


async def limit(workshop: Workshop, address: str | None) -> int:
    """Bytes that may come from this address; from a file where there is none."""
    if address is not None:
        own.host(address)
    device = await workshop.device()
    if "storage" not in workshop.assumed:
        # The facts of the start are old: models have come and gone since.
        room = await bridge.room()
        device = replace(device, storage=None if room is None else room.to_py())
    return own.limit(device)


async def opened(job: int, workshop: Workshop, told: Any, place: str, report: Report) -> Any:
    """A part in the store → a candidate, as plain values."""
    part = Part.of(told)
    source, title = own.origin(place)
    custom = families.find(families.CUSTOM)
    begin = own.model_of(
        part, title=title, source=source, family=custom.id, contract=custom.contract
    )
    _opening[part.id] = part
    try:
        await shelf()
        async with _loaded(job, workshop, begin, report) as (engine, _):
            graph = await engine.inspect(begin)
        candidate = Candidate(part, source, title, graph, time.time())
        described = candidate.to_dict()
        await _keep((await shelf()).with_candidate(candidate))
    finally:
        del _opening[part.id]
    return described


async def tried(
    job: int,
    workshop: Workshop,
    id: str,
    form: Mapping[str, Any],
    data: bytes | None,
    report: Report,
) -> dict[str, Any]:
    """A candidate's mask of a picture, or of the known one; ``known`` is that one where it ran."""
    candidate = (await shelf()).candidate(id)
    model = _filled_in(candidate, form)
    known = _known_picture() if data is None else None
    photo = await read_any(known or data or b"", BrowserEngine(job, workshop))
    if photo.width * photo.height > LARGEST_TRIAL:
        raise CutawayError("too-large", "Try a model on a small picture, of up to 4096 × 4096.")
    contract = model.contract
    feeds = known_answer.question(contract) if known else prepare(photo, contract)
    async with _loaded(job, workshop, model, report) as (engine, attempt):
        report("segment", 0, 1, "step", id)
        ran = await engine.run(model, attempt, feeds)
        mask = interpret(ran.outputs, contract)
        report("segment", 1, 1, "step", id)
    answer = known_answer.answer(ran.outputs, contract).tobytes().hex() if known else ""
    outcome = Tried(contract, answer, round(ran.milliseconds))
    await _keep((await shelf()).with_candidate(replace(candidate, tried=outcome)))
    notices = [own.crowded(model, await workshop.device())]
    if ran.milliseconds > LONG:
        notices.append(f"A photo takes about {ran.milliseconds / 1000:.0f} s with this model here.")
    return {
        "mask": encode_mask(enlarged(mask, photo)).data,
        "known": known,
        "milliseconds": ran.milliseconds,
        "provider": attempt.provider,
        "notices": [notice for notice in notices if notice],
    }


async def accepted(
    job: int, workshop: Workshop, id: str, form: Mapping[str, Any], report: Report
) -> OwnModel:
    """A candidate and its form → the entry of a model that is there from now on."""
    candidate = (await shelf()).candidate(id)
    model = _filled_in(candidate, form)
    outcome = candidate.tried
    if outcome is None or outcome.contract != model.contract:
        outcome = await _asked(job, workshop, model, report)
    elif not outcome.answer:
        try:
            outcome = await _asked(job, workshop, model, report)
        except CutawayError as error:
            # It has masked a photo: it only sees nothing in the known picture.
            if error.code != "unusable-mask":
                raise
    entry = model.answered(outcome, await workshop.device())
    await _keep((await shelf()).with_model(entry))
    return entry


async def discard(id: str) -> None:
    """Forgets a candidate; a model that was accepted before stays."""
    kept = await shelf()
    await _let_go(id, kept, kept.without_candidate(id))


async def forget(id: str) -> None:
    """Forgets an own model, accepted or not."""
    kept = await shelf()
    if id not in kept.parts():
        raise CutawayError("unknown-model", f"There is no model “{id}” to delete.")
    await _let_go(id, kept, kept.without(id))


async def forget_all() -> None:
    """Empties the shelf; the store was emptied before."""
    await _keep(Shelf())


async def _let_go(id: str, before: Shelf, after: Shelf) -> None:
    """Remembers the shelf without something, then frees what only that one needed."""
    await bridge.remember(after.to_text(), NAME)
    if id in before.parts() and id not in after.parts():
        await bridge.forget(id)


async def _keep(kept: Shelf) -> None:
    if not await bridge.remember(kept.to_text(), NAME):
        raise CutawayError(
            "too-large", "The browser has no room left to keep this model. Delete another one."
        )
    await shelf()


async def _asked(job: int, workshop: Workshop, model: OwnModel, report: Report) -> Tried:
    """What the known question comes to."""
    async with _loaded(job, workshop, model, report) as (engine, attempt):
        ran = await engine.run(model, attempt, known_answer.question(model.contract))
        answer = known_answer.answer(ran.outputs, model.contract)
    return Tried(model.contract, answer.tobytes().hex(), round(ran.milliseconds))


@asynccontextmanager
async def _loaded(
    job: int, workshop: Workshop, model: OwnModel, report: Report
) -> AsyncIterator[tuple[BrowserEngine, Attempt]]:
    """The model ready to run in WASM; what goes wrong is told in words."""
    engine = BrowserEngine(job, workshop)
    attempt = policy.attempts(await workshop.device(), model, "wasm", Notebook(bridge.build))[0]
    try:
        async with engine.turn():
            try:
                await engine.load(
                    model,
                    attempt,
                    lambda done, total: report("model", done, total, "bytes", model.id),
                )
                yield engine, attempt
            except EngineError as error:
                await engine.reset()
                raise complaint.refusal(error) from None
    finally:
        workshop.cancelled.discard(job)


def _filled_in(candidate: Candidate, form: Mapping[str, Any]) -> OwnModel:
    """The entry that a form makes of a candidate."""
    return own.model_of(
        candidate.part,
        title=str(form.get("title") or candidate.title).strip(),
        source=candidate.source,
        family=families.find(form.get("family") or families.CUSTOM).id,
        contract=own.contract_of(form.get("contract"), candidate.graph),
    )


def _known_picture() -> bytes:
    """The known picture as a PNG."""
    file = io.BytesIO()
    Image.fromarray(known_answer.picture(SHOWN)).save(file, "PNG")
    return file.getvalue()
