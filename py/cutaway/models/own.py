"""own: models that people bring themselves, from a candidate to an entry like any other.

Pure functions and values; what is fetched, kept and run is the host's business.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cutaway.errors import CutawayError
from cutaway.models import families, policy
from cutaway.models.families import Guess
from cutaway.models.graph import Graph, check
from cutaway.models.model import Contract, Model
from cutaway.models.schema import parse_contract
from cutaway.values import Device

#: What is shown in place of a licence that nobody here has read.
NOTE = "Yours, not audited: its quality, its licence and its speed are for you to judge."
#: What a tab takes before weights and tensors; for each byte of weights (the file, its copy in
#: WebAssembly, and what the runtime makes of it); and for each pixel of input. No model of the
#: registry took more in its audit; transformers at 1024 pixels may take several times as much.
MEMORY_BASE = 560_000_000
MEMORY_PER_BYTE = 3.5
MEMORY_PER_PIXEL = 600
#: Bytes of the largest tensor for each pixel of input: the most that any model of the registry has.
BUFFER_PER_PIXEL = 512
#: The smallest input that a contract allows.
SMALLEST = 16
#: A graph without external data is one protobuf message, which may not be longer.
LONGEST = 2**31 - 1
LONGEST_ADDRESS = 4096
#: What stays free of the storage, for the app itself.
SPARE = 20_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of weights, where the store keeps it."""

    url: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """Weights as the store keeps them: ``sha256`` is over all bytes, the id has 12 digits of it."""

    id: str
    bytes: int
    sha256: str
    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, told: Any) -> "Part":
        """From JSON; ``ValueError`` when it is none, or its pieces are not its bytes."""
        values = strictly(told, {"id": str, "bytes": int, "sha256": str, "pieces": list})
        shape = {"url": str, "bytes": int, "sha256": str}
        pieces = tuple(Piece(**strictly(piece, shape)) for piece in values["pieces"])
        part = cls(**values | {"pieces": pieces})
        right = (
            part.id == f"own-{part.sha256[:12]}"
            and re.fullmatch(r"[0-9a-f]{64}", part.sha256) is not None
            and part.bytes == sum(piece.bytes for piece in pieces) > 0
            and all(piece.url == f"own/{piece.sha256}.bin" for piece in pieces)
        )
        if not right:
            raise ValueError("no part of an own model")
        return part


@dataclass(frozen=True, slots=True)
class Tried:
    """What a contract came to when it was tried: milliseconds of the run, and the answer to the
    known question as in ``Model.answer``, empty where that gave no mask.
    """

    contract: Contract
    answer: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that was opened and not accepted yet.

    Attributes
    ----------
    part : Part
        Its weights.
    source, title : str
        The host it came from, or the file's name; a title to begin with.
    graph : Graph
        What it tells of itself.
    since : float
        When it was opened, seconds since 1970.
    tried : Tried or None
        The last contract that gave a mask.
    """

    part: Part
    source: str
    title: str
    graph: Graph
    since: float
    tried: Tried | None = None

    def to_dict(self) -> dict[str, Any]:
        """What the form begins with."""
        guess = self.guess()
        return {
            "id": self.part.id,
            "title": self.title,
            "bytes": self.part.bytes,
            "sha256": self.part.sha256,
            "source": self.source,
            "family": guess.family,
            "contract": guess.contract.to_dict(),
            "known": list(guess.known),
            **self.graph.to_dict(),
        }

    def guess(self) -> Guess:
        return families.guess(self.graph, self.part.bytes)


@dataclass(frozen=True, slots=True)
class OwnModel(Model):
    """A model of the person's own: an entry like those of the registry, and where it came from."""

    source: str
    family: str
    part: Part

    def summary(self) -> dict[str, Any]:
        """What a list of models shows of this one."""
        shown = super(OwnModel, self).summary()  # the bare form fails in a class with slots
        return shown | {"own": True, "sha256": self.sha256, "source": self.source}

    def answered(self, tried: Tried, device: Device) -> "OwnModel":
        """With what it came to when it was tried on this device.

        Only with an answer WebGPU can be checked. That it ran is a proof that it fits, whatever the
        estimate says.
        """
        return model_of(
            self.part,
            title=self.title,
            source=self.source,
            family=self.family,
            contract=self.contract,
            answer=tried.answer,
            milliseconds=tried.milliseconds,
            memory=min(self.memory, int(policy.budget(device))),
        )


def model_of(
    part: Part,
    *,
    title: str,
    source: str,
    family: str,
    contract: Contract,
    answer: str = "",
    milliseconds: int = 0,
    memory: int = 0,
) -> OwnModel:
    """The entry of an own model; without ``memory`` that is estimated.

    There is no audit of it. Its answer to the known question, computed in WASM when it was
    accepted, is what WebGPU is held to; without one it runs in WASM only.
    """
    return OwnModel(
        id=part.id,
        title=title,
        kind="neural",
        tier="pro",
        bytes=part.bytes,
        sha256=part.sha256,
        licence="yours",
        commercial="unclear",
        note=NOTE,
        contract=contract,
        needs=(),
        buffer=max(BUFFER_PER_PIXEL * contract.largest_input(), 1),
        answer=answer,
        providers=("webgpu", "wasm") if answer else ("wasm",),
        memory=memory or estimate(part.bytes, contract.size),
        milliseconds=milliseconds,
        source=source,
        family=family,
        part=part,
    )


def estimate(size: int, side: int) -> int:
    """Bytes that a tab may take for weights of ``size`` bytes and inputs of side × side pixels."""
    return int(MEMORY_BASE + MEMORY_PER_BYTE * size + MEMORY_PER_PIXEL * side**2)


def limit(device: Device) -> int:
    """Bytes of the largest model that this device may take in.

    Raises
    ------
    CutawayError
        ``"too-large"`` when not even a small one may come.
    """
    room = (policy.budget(device) - estimate(0, SMALLEST)) / MEMORY_PER_BYTE
    if device.storage is not None:
        left = device.storage["quota"] - device.storage["usage"] - SPARE
        if left < room and left < 1_000_000:
            raise CutawayError(
                "too-large",
                "The browser has no room left to keep a model. Delete a model that you no longer "
                "need, or free some space on this device.",
            )
        room = min(room, left)
    if room < 1_000_000:
        raise CutawayError("too-large", "This device has too little memory for models of your own.")
    return int(min(room, LONGEST))


def crowded(model: Model, device: Device) -> str:
    """A sentence where a model takes more memory than a page should; empty where it does not."""
    if policy.fits(model, device):
        return ""
    return (
        f"With inputs of {model.contract.size} pixels this model needs about "
        f"{model.memory / 2**30:.1f} GB of memory; "
        f"this device can spare {policy.budget(device) / 2**30:.1f} GB for a page. It ran this "
        "once, and may fail when other programs need the memory."
    )


def host(address: str) -> str:
    """The host of an address that a model may be fetched from.

    Raises
    ------
    CutawayError
        ``"not-https"`` or ``"bad-address"``.
    """
    try:
        split = urlsplit(address)
        name = split.hostname or ""
    except ValueError:
        split, name = urlsplit(""), ""
    if split.scheme in ("http", "ftp"):
        raise CutawayError(
            "not-https",
            f"The address begins with {split.scheme}://. Only https:// is fetched: on the way, "
            "anybody could replace the model.",
        )
    strange = any(character.isspace() for character in address) or split.username is not None
    if split.scheme != "https" or not name or strange or len(address) > LONGEST_ADDRESS:
        raise CutawayError(
            "bad-address",
            "This is no address of a file. It looks like https://example.org/folder/model.onnx.",
        )
    return name


def origin(place: str) -> tuple[str, str]:
    """The source to show and a first title, of an address or a file's name."""
    name = place.rsplit("/", 1)[-1].split("?")[0]
    source = host(place) if place.startswith("https://") else place
    return source, name.removesuffix(".onnx") or source


def contract_of(told: Any, graph: Graph) -> Contract:
    """The contract that a form holds, checked against the graph.

    Raises
    ------
    CutawayError
        ``"bad-contract"`` with what does not fit.
    """
    try:
        contract = parse_contract(told, "your model")
    except (ValueError, TypeError) as error:
        sentence = str(error).removeprefix("registry: your model: ")
        raise CutawayError("bad-contract", f"The contract cannot be: {sentence}.") from None
    check(contract, graph)
    return contract


def strictly(told: Any, shape: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """``told`` with exactly these keys, each of its JSON type; ``ValueError`` otherwise."""
    if not isinstance(told, dict) or set(told) != set(shape):
        raise ValueError(f"not an object of {', '.join(shape)}")
    for name, value in told.items():
        if not isinstance(value, shape[name]) or isinstance(value, bool):
            raise ValueError(f"{name} is of the wrong type")
    return told
