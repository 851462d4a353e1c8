"""What is known of a model: its contract, and the entry that the registry holds of it."""

from dataclasses import asdict, dataclass
from typing import Any

KINDS = ("classical", "neural")
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
    def unavailable(self) -> str:
        """Why it cannot be chosen, as a sentence; empty when it can."""
        return "" if self.providers else f"{self.title} has not passed the audit of this version."

    def summary(self) -> dict[str, Any]:
        """What a list of models shows of this one."""
        return _summary(self)


def _summary(entry: Model | Classical) -> dict[str, Any]:
    shown = ("id", "title", "kind", "tier", "bytes", "licence", "commercial", "note", "unavailable")
    return {name: getattr(entry, name) for name in shown}
