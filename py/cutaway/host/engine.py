"""The face of an inference engine, the same in the browser and natively."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from cutaway.models.model import Runnable
from cutaway.models.policy import Company
from cutaway.values import Attempt, Bytes, Device, Floats, Words

#: Called with (done, total) in bytes while a model is fetched.
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model made ready: bytes over the network and from the store, milliseconds.

    All three are 0 when the session was still warm. ``kept`` is false when there was no room to
    keep what came over the network.
    """

    network: int
    store: int
    milliseconds: float
    kept: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """One inference: outputs by name (float32) and the milliseconds of the run alone."""

    outputs: Mapping[str, Floats]
    milliseconds: float


class Decoded(Protocol):
    """A picture that the host has decoded, upright, its pixels still with the host.

    ``width`` and ``height`` are in pixels.
    """

    width: int
    height: int

    def part(self, left: int, top: int, width: int, height: int) -> Bytes:
        """A part of it: uint8, shape (height, width, 4), straight alpha."""

    def close(self) -> None:
        """Give its memory back."""


class Engine(Protocol):
    """Runs models. Every failure of a provider is an ``EngineError``.

    ``decoder`` names who decodes, for the receipt.
    """

    decoder: str

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Hold the engine for one photo: two inferences at once would need twice the memory."""

    async def device(self) -> Device:
        """Facts about this machine."""

    def company(self, pixels: int) -> Company | None:
        """What inference of a photo of so many pixels shares the machine with, if anything."""

    async def carried(self) -> Collection[str] | None:
        """Ids of the models to be had here; None where any may be."""

    async def load(self, model: Runnable, attempt: Attempt, report: Report) -> Loaded:
        """Make ``model`` ready on the attempt's provider, fetching it if the store lacks it."""

    async def run(self, model: Runnable, attempt: Attempt, feeds: Mapping[str, Floats]) -> Ran:
        """Run a loaded model. ``feeds`` maps input names to float32 arrays."""

    async def decode(self, data: bytes, mime: str, space: str) -> Decoded:
        """Decode the first picture of a file that Pillow cannot read.

        The colours are as stored where ``space`` is ``"raw"``, else converted to ``"srgb"`` or
        ``"display-p3"``. Only those of an opaque picture are exact.

        Raises
        ------
        CutawayError
            ``"not-decoded"``: the file is damaged, or its format not known here.
        """

    async def encode_avif(self, pixels: Bytes | Words, quality: int, speed: int) -> bytes:
        """An AVIF of pixels, shape (height, width, 4), with 4:4:4 colour and lossless alpha.

        uint8, or uint16 up to 1023 for 10 bits. ``quality`` 1 to 99, or 100 for lossless colour,
        too; ``speed`` 0 to 10, as libavif has it.

        Raises
        ------
        CutawayError
            ``"avif-failed"`` or ``"cancelled"``.
        """

    async def evict(self, model: Runnable) -> None:
        """Forget the kept weights of a model, so that the next ``load`` fetches them again."""

    async def reset(self) -> None:
        """End the engine and all it holds; the next ``load`` starts it afresh."""

    async def breathe(self) -> None:
        """Let the host deliver progress and cancellation between two stages."""
