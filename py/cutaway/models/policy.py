"""policy: what a device can do → what is tried on it, in which order, each step with its reason.

Pure functions: nothing here asks the device anything.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from cutaway.models.model import Classical, Runnable
from cutaway.models.notebook import Notebook
from cutaway.values import Attempt, Device

R = TypeVar("R", bound=Runnable)
R_co = TypeVar("R_co", bound=Runnable, covariant=True)

#: More threads than this gain little, and cost memory and heat.
MAX_THREADS = 4
#: Beside inference Python works on other photos of a batch. It takes about 0.1 s for a megapixel
#: of a photo, where inference on one thread takes about 10 s for a megapixel of its input: so many
#: times the input's pixels keep Python as busy as inference, and then a core of its own helps both.
PIXELS_BESIDE = 100
#: Another number of threads needs another inference worker, so a batch of photos of several sizes
#: keeps to fewer threads down to this share of those pixels.
KEEPS = 0.25
#: A page may take this share of the memory before the system suffers or ends it.
SHARE = 0.5
#: GiB by cores, where the browser does not tell: what devices with so many cores have at least.
GUESSED_MEMORY = ((2, 2.0), (4, 3.0), (6, 4.0))
GUESSED_MEMORY_BEYOND = 6.0
#: Without a photo, after which the page replaces its workers, so that their memory comes back.
IDLE_SECONDS = 60
#: The words of ONNX Runtime for weights that it cannot read.
CORRUPTION = (
    "protobuf",
    "deserialize",
    "parse",
    "invalid model",
    "modelproto",
    "failed to load model",
)


@dataclass(frozen=True, slots=True)
class Step(Generic[R_co]):
    """One thing to try: a model, and the way to run it."""

    model: R_co
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Computation:
    """What needs no model: a classical method, in Python."""

    model: Classical
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Company:
    """Other photos are under way: Python works on them while this one is in inference.

    ``pixels`` are this photo's; ``threads`` those of the inference worker that is up, or None.
    """

    pixels: int
    threads: int | None


@dataclass(frozen=True, slots=True)
class Plan(Generic[R_co]):
    """Steps to try in their order, never empty, and sentences about what was left out."""

    steps: tuple[Step[R_co], ...]
    notices: tuple[str, ...]


def plan(
    device: Device,
    model: R,
    smaller: tuple[R, ...],
    asked: str,
    notebook: Notebook,
    spare: bool = False,
) -> Plan[R]:
    """What to try for a model, and after it what of the smaller ones.

    Parameters
    ----------
    device : Device
        Facts gathered by the host.
    model : Runnable
        The one that is wanted.
    smaller : tuple of Runnable
        What may stand in for it, in order.
    asked : str
        ``"auto"``, ``"webgpu"`` or ``"wasm"``.
    notebook : Notebook
        What this device has taught.
    spare : bool
        Whether a core is left to Python, as from ``leaves_a_core``.
    """
    fitting = [one for one in (model, *smaller) if fits(one, device)]
    # Where nothing fits by the book the smallest is tried all the same: the book may be wrong.
    chosen = fitting or [(model, *smaller)[-1]]
    steps = tuple(
        Step(one, attempt)
        for one in chosen
        for attempt in attempts(device, one, asked, notebook, spare)
    )
    notices: tuple[str, ...] = ()
    if chosen[0] is not model:
        notices = (
            f"{model.title} needs about {model.memory / 2**30:.1f} GB of memory, more than this "
            f"device can give to a page, so {chosen[0].title} was used.",
        )
    return Plan(steps, notices)


def computation(method: Classical) -> Computation:
    """How a classical method runs."""
    because = f"{method.title} computes in Python and needs no model."
    return Computation(method, Attempt("python", 1, because))


def attempts(
    device: Device,
    model: Runnable,
    asked: str,
    notebook: Notebook,
    spare: bool = False,
) -> tuple[Attempt, ...]:
    """The ways to run one model, best first; never empty. ``spare`` as in ``plan``."""
    if device.bundle == "native":
        return (Attempt("cpu", device.cores, "The native ONNX Runtime works on the processor."),)
    obstacle = _obstacle(device, model, asked, notebook)
    on_wasm = _wasm(device, obstacle or "WebGPU failed.", spare)
    if obstacle is not None:
        return on_wasm
    return (
        Attempt("webgpu", 1, f"WebGPU runs on this device's adapter ({adapter(device)})."),
        *on_wasm,
    )


def adapter(device: Device) -> str:
    """The name under which the notebook knows this device's WebGPU adapter."""
    return (device.webgpu or {}).get("description") or "unnamed"


def fits(model: Runnable, device: Device) -> bool:
    """Whether the page may take the memory that this model's inference needs."""
    return device.bundle == "native" or model.memory <= budget(device)


def budget(device: Device) -> float:
    """Bytes that the page may take on this device."""
    return memory(device) * SHARE * 2**30


def memory(device: Device) -> float:
    """GiB of memory: what the browser tells (rounded, and capped), else a careful guess."""
    if device.memory is not None:
        return device.memory
    for cores, guess in GUESSED_MEMORY:
        if device.cores <= cores:
            return guess
    return GUESSED_MEMORY_BEYOND


def stays_warm(models: Iterable[Runnable], device: Device) -> bool:
    """Whether these sessions may wait for the next photo: only where half the budget stays free."""
    return sum(model.memory for model in models) <= budget(device) / 2


def threads(device: Device) -> int:
    """How many threads ONNX Runtime may use for WASM here."""
    return min(device.cores, MAX_THREADS) if device.isolated and device.shared_memory else 1


def leaves_a_core(device: Device, models: Iterable[Runnable], company: Company | None) -> bool:
    """Whether inference by these models leaves a core to Python's work on other photos."""
    if company is None or not 1 < threads(device) == device.cores:
        return False
    enough: float = PIXELS_BESIDE * sum(model.pixels for model in models)
    if company.threads == device.cores - 1:
        enough *= KEEPS
    return company.pixels >= enough


def watchdog(model: Runnable, attempt: Attempt) -> float:
    """Seconds after which a run counts as hung.

    On a two-core machine of 2025 a model takes 6 to 10 s for a million input pixels in WASM on one
    thread. Twenty-five times that leaves room for a slow phone; a GPU gets a quarter of it, and
    both get a start for compiling.
    """
    megapixels = model.pixels / 1e6
    return 30 + megapixels * (60 if attempt.provider == "webgpu" else 240)


def worth_a_warm_run(attempt: Attempt) -> bool:
    """Whether a run ahead of the first photo is worth holding up one that comes meanwhile.

    A GPU compiles its shaders then. In WASM a first run takes only a fifth longer than the next,
    and a run ahead keeps all cores from a page that a photo is being dropped on.
    """
    return attempt.provider == "webgpu"


def smells_of_corruption(cause: str) -> bool:
    """Whether a failure to load sounds like damaged weights rather than a failing provider."""
    return any(word in cause.lower() for word in CORRUPTION)


def describe(device: Device, model: Runnable, notebook: Notebook) -> dict[str, Any]:
    """The device's facts, and what would be tried for ``model`` when nothing is asked for."""
    planned = attempts(device, model, "auto", notebook)
    facts = asdict(device) | {"memory_assumed": memory(device), "budget": int(budget(device))}
    return facts | asdict(planned[0]) | {"attempts": [asdict(attempt) for attempt in planned]}


def _obstacle(device: Device, model: Runnable, asked: str, notebook: Notebook) -> str | None:
    """Why WebGPU is not tried, as a sentence; None when it is."""
    if asked == "wasm":
        return "WASM was asked for."
    if device.webgpu is None:
        return "There is no WebGPU adapter here."
    if device.bundle == "wasm":
        return "The ONNX Runtime build in use has no WebGPU."
    if device.webgpu["software"]:
        return "The only WebGPU adapter is a software one, far slower than WASM."
    if "webgpu" not in model.providers:
        return f"{model.title} has not been audited on WebGPU."
    return _too_much(device.webgpu, model) or _bad_record(device, model, asked, notebook)


def _too_much(webgpu: dict[str, Any], model: Runnable) -> str | None:
    if "shader-f16" in model.needs and not webgpu["shader_f16"]:
        return f"{model.title} computes in 16-bit floats, which this WebGPU adapter cannot."
    for limit in ("maxBufferSize", "maxStorageBufferBindingSize"):
        if webgpu["limits"].get(limit, 0) < model.buffer:
            return f"{model.title} needs larger buffers than this WebGPU adapter has ({limit})."
    return None


def _bad_record(device: Device, model: Runnable, asked: str, notebook: Notebook) -> str | None:
    name = adapter(device)
    if notebook.checked(name, model.sha256) is False and asked != "webgpu":
        return f"WebGPU gave a wrong answer to a known question with {model.title} here."
    if notebook.given_up(name) and asked != "webgpu":
        return "WebGPU has failed twice on this device."
    return None


def _wasm(device: Device, why: str, spare: bool) -> tuple[Attempt, ...]:
    if not device.isolated:
        obstacle = "The page is not cross-origin isolated: one thread."
    elif not device.shared_memory:
        obstacle = "The browser shares no memory between threads: one thread."
    elif device.cores == 1:
        obstacle = "The device has one core: one thread."
    else:
        count = threads(device)
        because = f"{why} The page is cross-origin isolated: {count} threads."
        if spare:
            count -= 1
            because = f"{why} Other photos are under way: one core is left to them."
        if count == 1:
            return (Attempt("wasm", 1, because),)
        return (
            Attempt("wasm", count, because),
            Attempt("wasm", 1, "WASM with threads failed: one thread."),
        )
    return (Attempt("wasm", 1, f"{why} {obstacle}"),)
