"""The models: one data file, read strictly."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from cutaway.errors import CutawayError

#: What ``"auto"`` means: the smallest download that gives a good answer.
DEFAULT = "u2netp"

KINDS = ("classical", "neural")
TIERS = ("lite", "standard", "pro")
SCALES = ("max", "255")
ACTIVATIONS = ("none", "stretch", "sigmoid")
PROVIDERS = ("webgpu", "wasm")
FEATURES = ("shader-f16",)
COMMERCIAL = ("yes", "no", "unclear")


@dataclass(frozen=True, slots=True)
class Contract:
    """What a model expects and what it answers.

    Attributes
    ----------
    size : int
        Side of the square input, in pixels; the input is float32, NCHW, RGB, batch 1.
    scale : str
        What the 8-bit colours are divided by: ``"255"``, or ``"max"``, the picture's own maximum.
    mean, std : tuple of three floats
        Per channel, after scaling: ``(value - mean) / std``.
    input, output : str
        Names in the graph.
    activation : str
        What turns the output into 0..1: ``"none"``, ``"stretch"`` (its own minimum and maximum)
        or ``"sigmoid"``.
    """

    size: int
    scale: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    input: str
    output: str
    activation: str


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the registry.

    Attributes
    ----------
    id, title, note : str
        For programs, for people, and what to expect of it.
    kind, tier : str
        ``"classical"`` or ``"neural"``; ``"lite"``, ``"standard"`` or ``"pro"``.
    bytes : int
        Exact length of the weights.
    sha256 : str
        Of the weights, 64 hexadecimal digits. Nothing else is loaded under this id.
    licence, commercial : str
        The licence of the weights; ``"yes"``, ``"no"`` or ``"unclear"`` for commercial use.
    contract : Contract
        How to feed it and how to read it.
    providers : tuple of str
        Where it was audited: ``"wasm"``, ``"webgpu"``.
    needs : tuple of str
        Features of a WebGPU adapter without which it cannot run there: ``"shader-f16"``.
    memory : int
        Bytes that a tab held at most while it ran in WASM.
    buffer : int
        Bytes of its largest tensor, which must fit into one WebGPU buffer.
    answer : str
        What it says to the picture of ``known_answer``: 64 bytes in hexadecimal.
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
    providers: tuple[str, ...]
    needs: tuple[str, ...]
    memory: int
    buffer: int
    answer: str

    def summary(self) -> dict[str, Any]:
        """What a list of models shows of this one."""
        shown = ("id", "title", "kind", "tier", "bytes", "licence", "commercial", "note")
        return {name: getattr(self, name) for name in shown}


@cache
def models() -> tuple[Model, ...]:
    """Every model of the registry, in its order."""
    return parse(json.loads(files("cutaway").joinpath("registry.json").read_text("utf-8")))


def find(id: str) -> Model:
    """The model called ``id``; ``CutawayError`` ``"unknown-model"`` when there is none."""
    for model in models():
        if model.id == id:
            return model
    known = ", ".join(model.id for model in models())
    raise CutawayError("unknown-model", f"There is no model called “{id}”. Choose one of: {known}.")


def choose(asked: str) -> Model:
    """The model for what was asked: an id, or ``"auto"`` for the default."""
    return find(DEFAULT if asked == "auto" else asked)


def smaller(model: Model) -> tuple[Model, ...]:
    """The models that may stand in for one on a device it is too much for, largest first."""
    lesser = [other for other in models() if other.memory < model.memory]
    return tuple(sorted(lesser, key=lambda other: -other.memory))


def parse(document: Any) -> tuple[Model, ...]:
    """The models of a registry document; ``ValueError`` names the first thing that is wrong."""
    _require(
        isinstance(document, dict) and set(document) == {"models"},
        "the registry holds “models” only",
    )
    found = tuple(_model(entry) for entry in document["models"])
    ids = [model.id for model in found]
    _require(len(set(ids)) == len(ids), "two models have the same id")
    return found


def _model(entry: Any) -> Model:
    values = _checked(Model, entry, "a model")
    where = f"model {values['id']}"
    values["contract"] = _contract(values["contract"], where)
    values["providers"] = tuple(values["providers"])
    values["needs"] = tuple(values["needs"])
    model = Model(**values)
    _one_of(model.kind, KINDS, f"{where}: kind")
    _one_of(model.tier, TIERS, f"{where}: tier")
    _one_of(model.commercial, COMMERCIAL, f"{where}: commercial")
    _require(len(model.providers) > 0, f"{where}: providers is empty")
    for provider in model.providers:
        _one_of(provider, PROVIDERS, f"{where}: providers")
    for feature in model.needs:
        _one_of(feature, FEATURES, f"{where}: needs")
    for name in ("bytes", "memory", "buffer"):
        _require(getattr(model, name) > 0, f"{where}: {name} is not positive")
    _hex(model.sha256, 64, f"{where}: sha256")
    _hex(model.answer, 128, f"{where}: answer")
    return model


def _contract(entry: Any, where: str) -> Contract:
    values = _checked(Contract, entry, f"{where}: contract")
    for name in ("mean", "std"):
        numbers = values[name]
        _require(
            len(numbers) == 3 and all(isinstance(n, int | float) for n in numbers),
            f"{where}: {name} is not three numbers",
        )
        values[name] = tuple(float(number) for number in numbers)
    contract = Contract(**values)
    _require(16 <= contract.size <= 4096, f"{where}: size is not 16 to 4096")
    _require(all(std > 0 for std in contract.std), f"{where}: std is not positive")
    _one_of(contract.scale, SCALES, f"{where}: scale")
    _one_of(contract.activation, ACTIVATIONS, f"{where}: activation")
    return contract


#: What JSON must hold for each field that is not plain text.
_JSON_TYPES: Mapping[str, type] = {
    "bytes": int,
    "size": int,
    "contract": dict,
    "providers": list,
    "needs": list,
    "memory": int,
    "buffer": int,
    "mean": list,
    "std": list,
}


def _checked(shape: type, entry: Any, where: str) -> dict[str, Any]:
    """``entry`` with exactly the fields of the dataclass ``shape``, each of its JSON type."""
    _require(isinstance(entry, dict), f"{where} is not an object")
    names = {field.name for field in fields(shape)}
    _require(not set(entry) - names, f"{where}: unknown key {sorted(set(entry) - names)}")
    _require(not names - set(entry), f"{where}: missing key {sorted(names - set(entry))}")
    for name, value in entry.items():
        wanted = _JSON_TYPES.get(name, str)
        right = isinstance(value, wanted) and not isinstance(value, bool) and value != ""
        _require(right, f"{where}: {name} is not {wanted.__name__}")
    return dict(entry)


def _one_of(value: str, allowed: tuple[str, ...], where: str) -> None:
    _require(value in allowed, f"{where} is “{value}”, not one of {', '.join(allowed)}")


def _hex(value: str, digits: int, where: str) -> None:
    right = len(value) == digits and set(value) <= set("0123456789abcdef")
    _require(right, f"{where} is not {digits} hex digits")


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(f"registry: {sentence}")
