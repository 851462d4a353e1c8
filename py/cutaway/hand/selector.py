"""selector: a photo and the model that answers prompts about it; nothing is asked twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

from cutaway.hand.edits import Edit, Select
from cutaway.hand.select import Answer, Embedding, Prompt, answer_of, feeds
from cutaway.models import policy, registry
from cutaway.models.model import Network, Prompted
from cutaway.models.policy import Plan, Step
from cutaway.receipt import ModelFacts
from cutaway.segment import prepare
from cutaway.trip import Trip
from cutaway.values import Mask, Photo

#: Answers that are kept, the last ones: 0.8 MB each.
KEPT = 24


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds that the model took: 0 where nothing had to be asked."""

    encode: float
    decode: float


class Selector:
    """What is known of one photo: its embedding, and the answers to prompts so far."""

    def __init__(self, photo: Photo) -> None:
        self._photo = photo
        self._embedding: Embedding | None = None
        self._answers: dict[Prompt, Answer] = {}
        #: Which model has answered; None as long as none has.
        self.model: ModelFacts | None = None

    def known(self, select: Select) -> bool:
        """Whether the answer to a selection is there."""
        return Prompt.of(select) in self._answers

    def mask(self, select: Select) -> Mask:
        """The chosen candidate of a selection whose answer is there."""
        return self.answer(Prompt.of(select)).mask(select.candidate)

    def answer(self, prompt: Prompt) -> Answer:
        """The answer to a prompt, which is there."""
        answer = self._answers[prompt] = self._answers.pop(prompt)  # the last to be forgotten
        return answer

    async def ask(self, prompts: Iterable[Prompt], trip: Trip) -> Spent:
        """Has the model answer these prompts, as far as it has not.

        The photo is encoded if it was not, and the engine is held meanwhile.

        Raises
        ------
        CutawayError
            ``"not-carried"`` or ``"not-available"``; as from the engine; ``"inference-failed"``
            when no provider could run it.
        """
        prompts = list(dict.fromkeys(prompts))
        unknown = [prompt for prompt in prompts if prompt not in self._answers]
        if not unknown:
            return Spent(0, 0)
        model = registry.selecting(await trip.engine.carried())
        encoded = 0.0
        async with trip.engine.turn():
            if self._embedding is None:
                self._embedding, encoded = await self._encoded(model, trip)
            started = perf_counter()
            for step in (step for prompt in unknown for step in prompt.steps()):
                if step not in self._answers:
                    self._answers[step] = await self._answered(step, model, trip)
        self.model = ModelFacts.of(model)
        for prompt in prompts:
            self.answer(prompt)
        self._forget(len(prompts))
        return Spent(encoded, (perf_counter() - started) * 1000)

    async def _encoded(self, model: Prompted, trip: Trip) -> tuple[Embedding, float]:
        spent = 0.0

        async def attempted(step: Step[Network]) -> Embedding:
            nonlocal spent
            await _loaded(step, model, trip)
            trip.report("segment", 0, 1, "step", model.id)
            started = perf_counter()
            ran = await trip.engine.run(step.model, step.attempt, prepared)
            spent = (perf_counter() - started) * 1000
            trip.succeeded(step, ran.milliseconds)
            trip.report("segment", 1, 1, "step", model.id)
            return ran.outputs

        prepared = prepare(self._photo, model.contract)
        plan = await _planned(model.encoder, trip)
        return await trip.first_that_works(plan, attempted), spent

    async def _answered(self, prompt: Prompt, model: Prompted, trip: Trip) -> Answer:
        assert self._embedding is not None
        size = model.contract.size
        scale = size / self._photo.width, size / self._photo.height
        earlier = prompt.steps()[:-1]
        before = self._answers[earlier[-1]] if earlier else None
        fed = feeds(prompt, self._embedding, before, scale)

        async def attempted(step: Step[Network]) -> Answer:
            await _loaded(step, model, trip)
            ran = await trip.engine.run(step.model, step.attempt, fed)
            return answer_of(ran.outputs)

        return await trip.first_that_works(await _planned(model.decoder, trip), attempted)

    def _forget(self, needed: int) -> None:
        """Lets go of answers that were not asked for lately."""
        for prompt in list(self._answers)[: -max(KEPT, needed)]:
            del self._answers[prompt]


async def _loaded(step: Step[Network], model: Prompted, trip: Trip) -> None:
    """Makes a network ready; the bytes that are told are of both, as of one model."""
    before = 0 if step.model is model.encoder else model.encoder.bytes

    def arrived(done: int, total: int) -> None:
        trip.report("model", before + done, model.bytes, "bytes", model.id)

    await trip.loaded(step, arrived)


async def _planned(network: Network, trip: Trip) -> Plan[Network]:
    device = await trip.engine.device()
    return policy.plan(device, network, (), "auto", trip.notebook)


async def prepare_edits(edits: Iterable[Edit], selector: Selector, trip: Trip) -> Spent:
    """Has everything answered that is selected among these edits."""
    prompts = [Prompt.of(edit) for edit in edits if isinstance(edit, Select)]
    return await selector.ask(prompts, trip)
