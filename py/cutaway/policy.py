"""policy: what a device can do → the ways to try a model on it, in order, each with its reason."""

from dataclasses import asdict
from typing import Any

from cutaway.registry import Model
from cutaway.values import Attempt, Device

#: More threads than this gain little, and cost memory and heat.
MAX_THREADS = 4


def attempts(device: Device, model: Model, asked: str) -> tuple[Attempt, ...]:
    """The attempts to make, best first; never empty.

    Parameters
    ----------
    device : Device
        Facts gathered by the host.
    model : Model
        Says on which providers it was audited.
    asked : str
        ``"auto"``, ``"webgpu"`` or ``"wasm"``.
    """
    if device.bundle == "native":
        return (Attempt("cpu", device.cores, "The native ONNX Runtime works on the processor."),)
    obstacle = _obstacle(device, model, asked)
    on_wasm = _wasm(device, obstacle or "WebGPU failed.")
    if obstacle is not None:
        return on_wasm
    name = (device.webgpu or {}).get("description") or "unnamed"
    return (Attempt("webgpu", 1, f"WebGPU runs on this device's adapter ({name})."), *on_wasm)


def watchdog(model: Model, attempt: Attempt) -> float:
    """Seconds after which a run counts as hung.

    On a two-core machine of 2025 a model takes 6 to 10 s for a million input pixels in WASM on one
    thread. Twenty-five times that leaves room for a slow phone; a GPU gets a quarter of it, and
    both get a start for compiling.
    """
    megapixels = model.contract.size**2 / 1e6
    return 30 + megapixels * (60 if attempt.provider == "webgpu" else 240)


def describe(device: Device, model: Model) -> dict[str, Any]:
    """The device's facts, and what would be tried first for ``model`` when nothing is asked for."""
    planned = attempts(device, model, "auto")
    return (
        asdict(device) | asdict(planned[0]) | {"attempts": [asdict(attempt) for attempt in planned]}
    )


def _obstacle(device: Device, model: Model, asked: str) -> str | None:
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
    return None


def _wasm(device: Device, why: str) -> tuple[Attempt, ...]:
    threads = min(device.cores, MAX_THREADS)
    if not device.isolated:
        return (Attempt("wasm", 1, f"{why} The page is not cross-origin isolated: one thread."),)
    if threads == 1:
        return (Attempt("wasm", 1, f"{why} The device has one core: one thread."),)
    return (
        Attempt("wasm", threads, f"{why} The page is cross-origin isolated: {threads} threads."),
        Attempt("wasm", 1, "WASM with threads failed: one thread."),
    )
