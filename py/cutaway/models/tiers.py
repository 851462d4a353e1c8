"""tiers: what a device can do → what is offered to its user, and what is recommended, with reasons.

Pure functions, like ``policy``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import median

from cutaway.errors import CutawayError
from cutaway.models import policy, recipe, registry
from cutaway.models.model import Entry, Model
from cutaway.models.notebook import Notebook
from cutaway.options import Options
from cutaway.values import Device

#: Each tier with its title and the speeds that it adds to those of the tiers before it.
TIERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "lite": ("Lite", ()),
    "standard": ("Standard", ("fast", "balanced")),
    "pro": ("Pro", ("best",)),
}
#: What people call each speed, in the order of their quality.
SPEEDS: Mapping[str, str] = {"fast": "Fast", "balanced": "Balanced", "best": "Best"}
#: Seconds of inference for a photo beyond which a speed is not recommended.
PATIENCE = 8.0
#: The audit measures with two threads; one takes so many times as long. More than two count as two.
ONE_THREAD = 1.75
#: Milliseconds that the classical method computes in Chromium on the machine of the audit.
CLASSICAL = 900.0


@dataclass(frozen=True, slots=True)
class Speed:
    """What one speed means on this device.

    Attributes
    ----------
    models : tuple of str
        Ids of the models that make the mask together, the one that names the result last.
    bytes, missing : int
        Weights of these models together, and how much of that is not stored yet.
    seconds : float or None
        Of inference for a photo, as far as can be told; None where it cannot.
    available : bool
        Whether it can run here at all.
    comfortable : bool
        Whether it may be recommended.
    reason : str
        Why not, or how long a photo takes; a sentence.
    """

    id: str
    title: str
    models: tuple[str, ...]
    bytes: int
    missing: int
    seconds: float | None
    available: bool
    comfortable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Tier:
    """What one tier means on this device.

    Attributes
    ----------
    bytes, missing : int
        Weights of all its speeds that run here together (of all, where none of its own does), and
        how much of that is not stored yet.
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
    """All tiers and speeds, which of them are recommended, and why.

    Attributes
    ----------
    recommended, recommended_speed : str
        Ids of a tier and of one of its speeds; no speed where no model can run here.
    reason : str
        Why this tier; a sentence.
    default : str
        Id of the speed that ``"auto"`` means.
    """

    tiers: tuple[Tier, ...]
    recommended: str
    reason: str
    speeds: tuple[Speed, ...]
    recommended_speed: str
    default: str


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
    speeds = {id: _speed(id, device, carried, stored, notebook) for id in SPEEDS}
    tiers = tuple(_tier(id, speeds, device, stored, notebook) for id in TIERS)
    able = [tier for tier in tiers if tier.available]
    best = next((tier for tier in reversed(able) if tier.comfortable), None)
    # The classical method is for those whom no model serves, however slowly.
    best = best or next((tier for tier in able if tier.speeds), able[0])
    runs = [id for id in best.speeds if speeds[id].comfortable] or list(best.speeds[:1])
    reason = f"{best.title}: {best.reason}"
    speed = runs[-1] if runs else ""
    return Offer(tiers, best.id, reason, tuple(speeds.values()), speed, recipe.DEFAULT)


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


def _speed(
    id: str,
    device: Device,
    carried: Collection[str],
    stored: Mapping[str, int],
    notebook: Notebook,
) -> Speed:
    known = {model.id: model for model in registry.models()}
    models = tuple(known[name] for name in recipe.SPEEDS[id] if name in known)
    size, missing = _weigh(models, stored)
    obstacle = _obstacle(id, models, device, carried)
    if obstacle:
        seconds, comfortable, reason = None, False, obstacle
    else:
        seconds = expected_seconds(device, models, notebook)
        comfortable, reason = _comfort(seconds, missing, device)
    return Speed(
        id=id,
        title=SPEEDS[id],
        models=recipe.SPEEDS[id],
        bytes=size,
        missing=missing,
        seconds=seconds,
        available=not obstacle,
        comfortable=comfortable,
        reason=reason,
    )


def _obstacle(
    speed: str, models: Collection[Model], device: Device, carried: Collection[str]
) -> str:
    """Why a speed cannot run here, as a sentence; empty when it can."""
    try:
        recipe.choose(Options(speed=speed), carried)
    except CutawayError as error:
        return error.sentence
    large = next((model for model in models if not policy.fits(model, device)), None)
    return _too_large(large, device) if large else ""


def _tier(
    id: str,
    speeds: Mapping[str, Speed],
    device: Device,
    stored: Mapping[str, int],
    notebook: Notebook,
) -> Tier:
    title, own = TIERS[id]
    if not own:
        return Tier(id, title, 0, 0, (), True, False, _classical(id, notebook))
    before = list(TIERS)[: list(TIERS).index(id)]
    names = [speed for earlier in before for speed in TIERS[earlier][1]] + list(own)
    able = tuple(name for name in names if speeds[name].available)
    leading = [speeds[name] for name in own if name in able]
    wanted = {id for name in (able if leading else names) for id in speeds[name].models}
    size, missing = _weigh([one for one in registry.models() if one.id in wanted], stored)
    if not leading:
        return Tier(id, title, size, missing, able, False, False, speeds[own[-1]].reason)
    # A tier is as good as the best of its speeds that suits this device.
    suiting = [speed for speed in leading if speed.comfortable]
    told = suiting[-1] if suiting else leading[-1]
    reason = told.reason if told is leading[-1] else f"{told.title}: {told.reason}"
    return Tier(id, title, size, missing, able, True, bool(suiting), reason)


def _weigh(models: Collection[Model], stored: Mapping[str, int]) -> tuple[int, int]:
    """Bytes of these models together, and how many of them are not stored yet."""
    size = sum(model.bytes for model in models)
    return size, sum(max(0, model.bytes - stored.get(model.id, 0)) for model in models)


def _comfort(seconds: float | None, missing: int, device: Device) -> tuple[bool, str]:
    """Whether what takes so long and still needs so many bytes may be recommended, and why."""
    left = _storage_left(device)
    if left is not None and missing > left:
        return False, (
            f"{missing / 1e6:.0f} MB would have to be stored, and the browser has room for "
            f"{left / 1e6:.0f} MB."
        )
    if seconds is None:
        return True, "WebGPU is there and does it quickly."
    told = f"About {seconds:.1f}\u00a0s of computing for a photo on this device"
    if seconds > PATIENCE:
        return False, f"{told}, which is long."
    return True, f"{told}."


def _storage_left(device: Device) -> int | None:
    if device.storage is None:
        return None
    return max(0, device.storage["quota"] - device.storage["usage"])


def _too_large(model: Model, device: Device) -> str:
    return (
        f"{model.title} needs about {model.memory / 2**30:.2f} GB of memory; a page may take "
        f"{policy.budget(device) / 2**30:.2f} GB of this device's."
    )


def _classical(tier: str, notebook: Notebook) -> str:
    """How long the method of a tier without weights takes, and what to expect of it."""
    method = next(entry for entry in registry.entries() if entry.tier == tier)
    measured = _measured(notebook, method, "python", 1)
    seconds = (measured or CLASSICAL * (_handicap(notebook) or 1)) / 1000
    return f"About {seconds:.1f}\u00a0s of computing for a photo on this device. {method.note}"


def _measured(notebook: Notebook, model: Entry, provider: str, threads: int) -> float | None:
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
