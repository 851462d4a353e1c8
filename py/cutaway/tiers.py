"""tiers: what a device can do → what is offered to its user, and what is recommended, with reasons.

Pure functions, like ``policy``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import median

from cutaway import policy, recipe, registry
from cutaway.errors import CutawayError
from cutaway.model import Model
from cutaway.notebook import Notebook
from cutaway.options import Options
from cutaway.values import Device

#: Each tier with its title and the speeds that it adds to those of the tiers before it.
TIERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "lite": ("Lite", ()),
    "standard": ("Standard", ("fast", "balanced")),
    "pro": ("Pro", ("best",)),
}
#: Seconds of inference for a photo beyond which a speed is not recommended.
PATIENCE = 8.0
#: The audit measures with two threads; one takes so many times as long. More than two count as two.
ONE_THREAD = 1.75


@dataclass(frozen=True, slots=True)
class Tier:
    """What one tier means on this device.

    Attributes
    ----------
    bytes, missing : int
        Weights of all its speeds together, and how much of that is not stored yet.
    speeds : tuple of str
        What can be chosen in it here.
    available : bool
        Whether it can run here at all.
    reason : str
        Why not, or why it is not recommended, or how long a photo takes; a sentence.
    comfortable : bool
        Whether it may be recommended.
    """

    id: str
    title: str
    bytes: int
    missing: int
    speeds: tuple[str, ...]
    available: bool
    comfortable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    """All tiers, the one that is recommended, and why."""

    tiers: tuple[Tier, ...]
    recommended: str
    reason: str


def offer(
    device: Device, carried: Collection[str], stored: Mapping[str, int], notebook: Notebook
) -> Offer:
    """What to offer and what to recommend.

    Parameters
    ----------
    device : Device
        Facts gathered by the host.
    carried : collection of str
        Ids of the models that the site carries.
    stored : mapping
        Bytes kept of each model, by id.
    notebook : Notebook
        What was measured on this device before.
    """
    tiers = tuple(_tier(id, device, carried, stored, notebook) for id in TIERS)
    able = [tier for tier in tiers if tier.available]
    best = next((tier for tier in reversed(able) if tier.comfortable), able[0] if able else None)
    if best is None:
        return Offer(tiers, "", "Nothing that this site carries can run on this device.")
    return Offer(tiers, best.id, f"{best.title}: {best.reason}")


def expected_seconds(device: Device, models: Collection[Model], notebook: Notebook) -> float | None:
    """Seconds of inference for a photo; None when all of it is a GPU's that was never measured."""
    times = []
    for model in models:
        attempt = policy.attempts(device, model, "auto", notebook)[0]
        measured = _measured(notebook, model, attempt.provider, attempt.threads)
        if measured is None and attempt.provider == "webgpu":
            continue
        slowness = ONE_THREAD if attempt.threads == 1 else 1.0
        times.append(measured or model.milliseconds * (_handicap(notebook) or slowness))
    return sum(times) / 1000 if times else None


def _tier(
    id: str,
    device: Device,
    carried: Collection[str],
    stored: Mapping[str, int],
    notebook: Notebook,
) -> Tier:
    title, own = TIERS[id]
    if not own:
        return Tier(id, title, 0, 0, (), False, False, _unavailable(id))
    before = list(TIERS)[: list(TIERS).index(id)]
    speeds = [speed for earlier in before for speed in TIERS[earlier][1]] + list(own)
    recipes: dict[str, tuple[Model, ...]] = {}
    obstacle = ""
    for speed in speeds:
        try:
            models = recipe.choose(Options(speed=speed), carried)
        except CutawayError as error:
            obstacle = error.sentence
            continue
        large = next((model for model in models if not policy.fits(model, device)), None)
        if large is None:
            recipes[speed] = models
        else:
            obstacle = _too_large(large, device)
    models = tuple({model.id: model for chosen in recipes.values() for model in chosen}.values())
    size = sum(model.bytes for model in models)
    missing = sum(max(0, model.bytes - stored.get(model.id, 0)) for model in models)
    able = [speed for speed in own if speed in recipes]
    if not able:
        return Tier(id, title, size, missing, tuple(recipes), False, False, obstacle)
    comfortable, reason = _comfort(recipes[able[-1]], missing, device, notebook)
    return Tier(id, title, size, missing, tuple(recipes), True, comfortable, reason)


def _comfort(
    models: Collection[Model], missing: int, device: Device, notebook: Notebook
) -> tuple[bool, str]:
    left = _storage_left(device)
    if left is not None and missing > left:
        return False, (
            f"{missing / 1e6:.0f} MB would have to be stored, and the browser has room for "
            f"{left / 1e6:.0f} MB."
        )
    seconds = expected_seconds(device, models, notebook)
    if seconds is None:
        return True, "WebGPU is there and does it quickly."
    told = f"about {seconds:.1f} s of computing for a photo on this device"
    if seconds > PATIENCE:
        return False, f"{told}, which is long."
    return True, f"{told}."


def _storage_left(device: Device) -> int | None:
    if device.storage is None:
        return None
    return max(0, device.storage["quota"] - device.storage["usage"])


def _too_large(model: Model, device: Device) -> str:
    return (
        f"{model.title} needs about {model.memory / 2**30:.1f} GB of memory; a page may take "
        f"{policy.budget(device) / 2**30:.1f} GB of this device's."
    )


def _unavailable(tier: str) -> str:
    """Why a tier without weights cannot be chosen."""
    entries = (entry for entry in registry.entries() if entry.tier == tier)
    return next((entry.unavailable for entry in entries), "There is nothing in this tier yet.")


def _measured(notebook: Notebook, model: Model, provider: str, threads: int) -> float | None:
    """Median milliseconds of this model, run this way on this device."""
    spent = [
        outcome.milliseconds
        for outcome in notebook.tally
        if (outcome.model, outcome.provider, outcome.threads) == (model.id, provider, threads)
        and outcome.outcome == "ok"
    ]
    return median(spent) if spent else None


def _handicap(notebook: Notebook) -> float | None:
    """How many times as long as in the audit models took here in WASM; None when none has run."""
    audited = {model.id: model.milliseconds for model in registry.models() if model.milliseconds}
    ratios = [
        outcome.milliseconds / audited[outcome.model]
        for outcome in notebook.tally
        if outcome.outcome == "ok" and outcome.provider == "wasm" and outcome.model in audited
    ]
    return median(ratios) if ratios else None
