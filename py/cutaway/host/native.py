"""The native side: the engine over PyPI's onnxruntime."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from cutaway.errors import CutawayError, EngineError
from cutaway.host import native_avif
from cutaway.host.engine import Loaded, Ran, Report
from cutaway.host.native_decoder import PillowDecoded, decode
from cutaway.models.model import Runnable
from cutaway.values import Attempt, Bytes, Device, Floats, Words

if TYPE_CHECKING:
    import onnxruntime

#: Names the folder of weights when no other is given.
FOLDER_VARIABLE = "CUTAWAY_MODELS"


class NativeEngine:
    """ONNX Runtime on the processor, in this process.

    Parameters
    ----------
    folder : path or None
        Where ``<id>.onnx`` lies. Without one: ``CUTAWAY_MODELS``, else the project's own cache.
    """

    decoder = "Pillow"

    def __init__(self, folder: str | Path | None = None) -> None:
        self._folder = Path(folder or os.environ.get(FOLDER_VARIABLE) or _project_cache())
        self._sessions: dict[str, onnxruntime.InferenceSession] = {}
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        async with self._turn:
            yield

    async def device(self) -> Device:
        return Device(
            webgpu=None, isolated=True, cores=os.cpu_count() or 1, memory=None, bundle="native"
        )

    def company(self, pixels: int) -> None:
        """Nothing that matters: a session keeps its threads, and the system shares them out."""

    async def carried(self) -> None:
        """Any model may lie in the folder; ``load`` says when one does not."""

    async def load(self, model: Runnable, attempt: Attempt, report: Report) -> Loaded:
        """Reads the weights, checks their SHA-256, and makes a session; once a model."""
        if model.id in self._sessions:
            return Loaded(0, 0, 0.0)
        started = perf_counter()
        onnxruntime = _onnxruntime()
        weights = self._weights(model)
        report(len(weights), model.bytes)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = attempt.threads
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                weights, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own exceptions share no public base class
            raise _failed(error) from error
        self._sessions[model.id] = session
        return Loaded(0, len(weights), (perf_counter() - started) * 1000)

    async def run(self, model: Runnable, attempt: Attempt, feeds: Mapping[str, Floats]) -> Ran:
        """Runs in a thread of its own, so that another photo's stages go on meanwhile."""
        started = perf_counter()
        session = self._sessions[model.id]
        try:
            values = await asyncio.to_thread(session.run, list(model.outputs), dict(feeds))
        except Exception as error:
            raise _failed(error) from error
        outputs = dict(zip(model.outputs, values, strict=True))
        return Ran(outputs, (perf_counter() - started) * 1000)

    async def decode(self, data: bytes, mime: str, space: str) -> PillowDecoded:
        return decode(data, mime, space)

    async def encode_avif(self, pixels: Bytes | Words, quality: int, speed: int) -> bytes:
        return native_avif.encode(pixels, quality, speed)

    async def evict(self, model: Runnable) -> None:
        """Weights of the build are not this class's to delete; ``load`` checks them itself."""

    async def reset(self) -> None:
        self._sessions.clear()

    async def breathe(self) -> None:
        """Nothing waits here: the command line shows its progress at once."""

    def _weights(self, model: Runnable) -> bytes:
        path = self._folder / f"{model.id}.onnx"
        try:
            weights = path.read_bytes()
        except OSError as error:
            raise CutawayError(
                "model-missing",
                f"The weights of {model.title} are not at {path}. Run “python3 build.py dist” once "
                f"to get them, or name their folder with --models or {FOLDER_VARIABLE}.",
            ) from error
        if len(weights) != model.bytes or hashlib.sha256(weights).hexdigest() != model.sha256:
            raise CutawayError(
                "model-damaged",
                f"{path} is not the {model.title} that Cutaway knows: its SHA-256 differs. "
                "Delete it and run “python3 build.py dist” to get it again.",
            )
        return weights


def _project_cache() -> Path:
    """The weights that the build keeps, seen from ``py/cutaway/host``."""
    return Path(__file__).parents[3] / ".cache" / "parts" / "models"


def _onnxruntime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise CutawayError(
            "engine-missing",
            "onnxruntime is not installed. Run “pip install onnxruntime” and try again.",
        ) from error
    return onnxruntime


def _failed(error: Exception) -> EngineError:
    return EngineError(
        "engine-failed", "The model could not run here.", f"{type(error).__name__}: {error}"
    )
