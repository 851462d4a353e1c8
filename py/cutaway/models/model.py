"""What is known of a model: its contract, and the entry that the registry holds of it."""

from dataclasses import asdict, dataclass
from typing import Any, Protocol

KINDS = ("classical", "neural", "prompted")
TIERS = ("lite", "standard", "pro")
FITS = ("square", "short")
SCALES = ("max", "255")
ACTIVATIONS = ("none", "stretch", "sigmoid")
PROVIDERS = ("webgpu", "wasm")
FEATURES = ("shader-f16",)
COMMERCIAL = ("yes", "no", "unclear")

#: An input's long side is at most this many times its ``size``: a strip of 12000 × 30 pixels would
#: otherwise become a tensor that no memory holds.
LONGEST = 4


@dataclass(frozen=True, slots=True)
class Contract:
    """What a model expects and what it answers.

    Attributes
    ----------
    size : int
        Side of the input that ``fit`` speaks of, in pixels; the input is float32, NCHW, RGB,
        batch 1.
    scale : str
        What the 8-bit colours are divided by: ``"255"``, or ``"max"``, the picture's own maximum.
    mean, std : tuple of three floats
        Per channel, after scaling: ``(value - mean) / std``.
    input, output : str
        Names in the graph.
    activation : str
        What turns the output into 0..1: ``"none"``, ``"stretch"`` (its own minimum and maximum)
        or ``"sigmoid"``.
    fit : str
        ``"square"``: the photo is squeezed to size × size; ``"short"``: its short side becomes
        ``size`` and its proportions stay.
    multiple : int
        With ``"short"``, what both sides are multiples of; 1 with ``"square"``.
    """

    size: int
    scale: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    input: str
    output: str
    activation: str
    fit: str = "square"
    multiple: int = 1

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self) | {"mean": list(self.mean), "std": list(self.std)}

    def largest_input(self) -> int:
        """Pixels of the largest input that any photo can make."""
        return self.size**2 * (1 if self.fit == "square" else LONGEST)

    def shape(self, width: int, height: int) -> tuple[int, int]:
        """The (columns, rows) of the input for a photo of ``width`` × ``height`` pixels."""
        if self.fit == "square":
            return self.size, self.size
        factor = self.size / min(width, height)
        columns, rows = (
            min(round(side * factor / self.multiple) * self.multiple, LONGEST * self.size)
            for side in (width, height)
        )
        return columns, rows


class Runnable(Protocol):
    """What an engine loads and runs: one graph, with what must be known of it beforehand.

    ``pixels`` are those of the largest input that a photo can make, ``outputs`` the names of the
    outputs that are wanted; the rest is as of ``Model``.
    """

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def bytes(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def buffer(self) -> int: ...
    @property
    def providers(self) -> tuple[str, ...]: ...
    @property
    def memory(self) -> int: ...
    @property
    def pixels(self) -> int: ...
    @property
    def outputs(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Classical:
    """An entry without weights: a method that computes, and knows nothing of photographs."""

    id: str
    title: str
    kind: str
    tier: str
    bytes: int
    licence: str
    commercial: str
    note: str

    @property
    def sha256(self) -> str:
        """Empty: there are no weights."""
        return ""

    @property
    def unavailable(self) -> str:
        """Empty: it can always be chosen."""
        return ""

    def summary(self) -> dict[str, Any]:
        """What a list of models shows of this one."""
        return _summary(self)


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the registry with weights.

    Attributes
    ----------
    id, title, note : str
        For programs, for people, and what to expect of it.
    kind, tier : str
        ``"neural"``; ``"lite"``, ``"standard"`` or ``"pro"``.
    bytes : int
        Exact length of the weights.
    sha256 : str
        Of the weights, 64 hexadecimal digits. Nothing else is loaded under this id.
    licence, commercial : str
        The licence of the weights; ``"yes"``, ``"no"`` or ``"unclear"`` for commercial use.
    contract : Contract
        How to feed it and how to read it.
    needs : tuple of str
        Features of a WebGPU adapter without which it cannot run there: ``"shader-f16"``.
    buffer : int
        Bytes of its largest tensor, which must fit into one WebGPU buffer.
    answer : str
        What it says to the picture of ``known_answer``: 64 bytes in hexadecimal.
    providers : tuple of str
        Where these very weights passed the audit, ``"webgpu"`` first; empty when nowhere.
    memory : int
        Bytes that a tab held at most while the audit ran it in WASM; 0 when it did not pass there.
    milliseconds : int
        Of inference in WASM with two threads, in the audit; 0 when it did not pass there.
    """

    id: str
    title: str
    kind: str
    tier: str
    bytes: int
    sha256: str
    licence: str
    commercial: str
    note: str
    contract: Contract
    needs: tuple[str, ...]
    buffer: int
    answer: str
    providers: tuple[str, ...]
    memory: int
    milliseconds: int

    @property
    def pixels(self) -> int:
        """Of the largest input that any photo can make."""
        return self.contract.largest_input()

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs that are wanted."""
        return (self.contract.output,)

    @property
    def unavailable(self) -> str:
        """Why it cannot be chosen, as a sentence; empty when it can."""
        return _not_audited(self.title, self.providers)

    def summary(self) -> dict[str, Any]:
        """What a list of models shows of this one."""
        return _summary(self)


@dataclass(frozen=True, slots=True)
class Network:
    """One of the two graphs of a model that answers prompts; a ``Runnable``.

    ``id`` also names its weights; ``providers``, ``memory`` and ``milliseconds`` are as of
    ``Model``, but ``"webgpu"`` is never among the first: there is no known answer for it.
    """

    id: str
    title: str
    bytes: int
    sha256: str
    outputs: tuple[str, ...]
    pixels: int
    providers: tuple[str, ...]
    memory: int
    milliseconds: int

    @property
    def needs(self) -> tuple[str, ...]:
        """Nothing of a WebGPU adapter."""
        return ()

    @property
    def buffer(self) -> int:
        """Nothing of a WebGPU buffer."""
        return 0


@dataclass(frozen=True, slots=True)
class Prompted:
    """An entry that answers prompts: it says what in a photo is meant by a point or a box.

    Attributes
    ----------
    bytes : int
        Exact length of the weights of both networks.
    sha256 : str
        Of both networks' weights, the decoder's after the encoder's.
    contract : Contract
        How to feed the photo to the encoder. ``output`` is one of its outputs, and no mask.
    encoder : Network
        Reads the photo, once.
    decoder : Network
        Answers each prompt from what the encoder read.
    """

    id: str
    title: str
    kind: str
    bytes: int
    sha256: str
    licence: str
    commercial: str
    note: str
    contract: Contract
    encoder: Network
    decoder: Network

    @property
    def tier(self) -> str:
        """Empty: it makes no cutouts by itself, so no tier offers it."""
        return ""

    @property
    def networks(self) -> tuple[Network, Network]:
        return self.encoder, self.decoder

    @property
    def unavailable(self) -> str:
        """Why it cannot be asked, as a sentence; empty when it can."""
        return _not_audited(self.title, self.encoder.providers)

    def summary(self) -> dict[str, Any]:
        """What a list of models shows of this one."""
        return _summary(self)


Entry = Model | Classical | Prompted


def _not_audited(title: str, providers: tuple[str, ...]) -> str:
    return "" if providers else f"{title} has not passed the audit of this version."


def _summary(entry: Entry) -> dict[str, Any]:
    shown = ("id", "title", "kind", "tier", "bytes", "licence", "commercial", "note", "unavailable")
    return {name: getattr(entry, name) for name in shown}
