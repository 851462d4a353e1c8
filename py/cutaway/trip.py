"""One photo's way along the road: what is tried, what fails, and what is noted down meanwhile."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import TypeVar

from cutaway.errors import CutawayError, EngineError
from cutaway.host.engine import Engine, Loaded
from cutaway.host.engine import Report as Arrived
from cutaway.models import policy
from cutaway.models.known_answer import check, question
from cutaway.models.model import Model, Runnable
from cutaway.models.notebook import Notebook, Outcome
from cutaway.models.policy import Computation, Plan, R, Step
from cutaway.receipt import Retry
from cutaway.values import Attempt, Device, Floats

#: Called with (stage, done, total, unit, model): the unit is ``"bytes"`` for the stage ``"model"``,
#: else ``"step"`` from 0 to 1; the model's id for ``"model"`` and ``"segment"``, else ``""``.
Report = Callable[[str, int, int, str, str], None]

T = TypeVar("T")


class Trip:
    """One way along the road: what is tried, and what is noted down for the receipt."""

    def __init__(self, engine: Engine, report: Report, notebook: Notebook) -> None:
        self.engine = engine
        self.report = report
        self.notebook = notebook
        self.milliseconds = dict.fromkeys(("wait", "model", "warmup", "prepare", "inference"), 0.0)
        self.network = 0
        self.store = 0
        self.retries: list[Retry] = []
        self.notices: list[str] = []
        self.ran: list[Step[Runnable] | Computation] = []
        self.first_run = False

    @contextmanager
    def stage(self, name: str, model: str = "") -> Iterator[None]:
        """Times a stage and reports its beginning and its end."""
        self.report(name, 0, 1, "step", model)
        started = perf_counter()
        yield
        spent = (perf_counter() - started) * 1000
        self.milliseconds[name] = self.milliseconds.get(name, 0) + spent
        self.report(name, 1, 1, "step", model)

    async def first_that_works(self, plan: Plan[R], work: Callable[[Step[R]], Awaitable[T]]) -> T:
        """Tries the steps in their order; every failure is an event that the receipt tells."""
        self.notices += plan.notices
        for step in plan.steps:
            try:
                result = await self._mended(step, work)
            except EngineError as error:
                await self._failed(step, error)
                continue
            self._noted(plan, step)
            return result
        wanted = plan.steps[0].model
        raise CutawayError(
            "inference-failed",
            f"{wanted.title} could not run on this device ({self.retries[-1].cause}). "
            "Close other tabs and programs or choose a smaller model, then try again.",
        )

    async def loaded(self, step: Step[Runnable], arrived: Arrived | None = None) -> Loaded:
        """Makes the step's model ready; on a GPU it must have given the known answer once.

        ``arrived`` is told of bytes in place of ``report``.
        """
        model, attempt = step.model, step.attempt
        loaded = await self.engine.load(
            model,
            attempt,
            arrived or (lambda done, total: self.report("model", done, total, "bytes", model.id)),
        )
        self.network += loaded.network
        self.store += loaded.store
        self.milliseconds["model"] += loaded.milliseconds
        if not loaded.kept:
            self.notices.append(
                f"The browser has no room to keep {model.title}: it was used from memory and will "
                "be fetched again next time."
            )
        if attempt.provider == "webgpu":
            await self._checked(_known(model), attempt, await self.engine.device())
        return loaded

    async def warmed(self, step: Step[Runnable]) -> None:
        """Loads, and where it is worth it runs once on the known question."""
        loaded = await self.loaded(step)
        fresh = loaded.milliseconds and not self.milliseconds["warmup"]
        if fresh and policy.worth_a_warm_run(step.attempt):
            await self._asked(_known(step.model), step.attempt)

    def succeeded(self, step: Step[Runnable] | Computation, milliseconds: float) -> None:
        """Notes a run that ended well."""
        attempt = step.attempt
        self.notebook.note(
            Outcome(step.model.id, attempt.provider, attempt.threads, "ok", round(milliseconds, 1))
        )

    def _noted(self, plan: Plan[R], step: Step[R]) -> None:
        """Remembers what ran, and says so where it stood in for another model."""
        wanted = plan.steps[0].model
        if step.model is not wanted:
            self.notices.append(
                f"{wanted.title} failed on this device, so {step.model.title} was used."
            )
        self.ran = [ran for ran in self.ran if ran.model is not step.model] + [step]

    async def _mended(self, step: Step[R], work: Callable[[Step[R]], Awaitable[T]]) -> T:
        """One step; weights that seem damaged are fetched again, once."""
        try:
            return await work(step)
        except EngineError as error:
            if error.code != "load-failed" or not policy.smells_of_corruption(error.cause):
                raise
            self._retry(step, error)
        await self.engine.reset()
        await self.engine.evict(step.model)
        return await work(step)

    async def _failed(self, step: Step[Runnable], error: EngineError) -> None:
        self._retry(step, error)
        self.notebook.note(
            Outcome(step.model.id, step.attempt.provider, step.attempt.threads, error.code, 0.0)
        )
        if step.attempt.provider == "webgpu":
            self.notebook.note_failure(policy.adapter(await self.engine.device()))
        await self.engine.reset()

    def _retry(self, step: Step[Runnable], error: EngineError) -> None:
        attempt = step.attempt
        self.retries.append(Retry(step.model.id, attempt.provider, attempt.threads, error.cause))

    async def _checked(self, model: Model, attempt: Attempt, device: Device) -> None:
        name, weights = policy.adapter(device), model.sha256
        if self.notebook.checked(name, weights):
            return
        outputs = await self._asked(model, attempt)
        try:
            check(outputs, model)
        except EngineError:
            self.notebook.note_check(name, weights, False)
            raise
        self.notebook.note_check(name, weights, True)

    async def _asked(self, model: Model, attempt: Attempt) -> Mapping[str, Floats]:
        started = perf_counter()
        ran = await self.engine.run(model, attempt, question(model.contract))
        self.milliseconds["warmup"] += (perf_counter() - started) * 1000
        return ran.outputs


def _known(model: Runnable) -> Model:
    """A model with a known answer: no other is ever run on a GPU (``models.schema``)."""
    assert isinstance(model, Model)
    return model
