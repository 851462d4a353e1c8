"""Families of models that people bring: what each expects, and which one a graph looks like.

A graph tells names, types and shapes (``graph``); it never tells how colours are to be scaled or
what its numbers mean. That comes with the family, and a family is a guess until the mask has been
looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cutaway.errors import CutawayError
from cutaway.models.graph import Graph, Value, the_input, the_masks
from cutaway.models.model import Contract

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CUSTOM = "custom"
#: MODNet's weights, in whatever precision, are smaller than those of all others with its names.
MODNET_BYTES = 30_000_000


@dataclass(frozen=True, slots=True)
class Family:
    """Models that are fed and read alike.

    Attributes
    ----------
    note : str
        What a person should know of it.
    contract : Contract
        As its makers give it; a graph's own names and size go before.
    last : bool
        Of several masks the last is the best one; else the first.
    """

    id: str
    title: str
    note: str
    contract: Contract
    last: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "note": self.note,
            "contract": self.contract.to_dict(),
        }


def _contract(
    size: int,
    colours: tuple[tuple[float, float, float], tuple[float, float, float]],
    names: tuple[str, str],
    activation: str,
    scale: str = "255",
) -> Contract:
    return Contract(size, scale, *colours, *names, activation)


_HALF = ((0.5, 0.5, 0.5), (1.0, 1.0, 1.0))
_HALVES = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
_PLAIN = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))

FAMILIES = (
    Family(
        "u2net-like",
        "U²-Net",
        "U²-Net, U²-Netp, Silueta and others trained with its code.",
        _contract(320, IMAGENET, ("input.1", "1959"), "stretch", "max"),
    ),
    Family(
        "isnet-like",
        "ISNet",
        "ISNet (DIS) and what is derived from it; its mask needs nothing done to it.",
        _contract(1024, _HALF, ("input", "output"), "none"),
    ),
    Family(
        "rmbg-1.4",
        "RMBG-1.4",
        "BRIA's first model: fed as ISNet, its mask is stretched. Not for commercial use.",
        _contract(1024, _HALF, ("input", "output"), "stretch"),
    ),
    Family(
        "rmbg-2.0",
        "RMBG-2.0",
        "BRIA's second model, built like BiRefNet; its mask needs nothing done to it. Not for "
        "commercial use.",
        _contract(1024, IMAGENET, ("pixel_values", "alphas"), "none"),
        last=True,
    ),
    Family(
        "birefnet",
        "BiRefNet",
        "BiRefNet and its many variants; what it answers goes through a sigmoid.",
        _contract(1024, IMAGENET, ("input_image", "output_image"), "sigmoid"),
        last=True,
    ),
    Family(
        "ben2",
        "BEN2",
        "BEN2: colours from 0 to 1 as they are, and its mask is stretched.",
        _contract(1024, _PLAIN, ("input", "output"), "stretch"),
    ),
    Family(
        "modnet-like",
        "MODNet",
        "MODNet: keeps the photo's proportions, and knows people only.",
        replace(
            _contract(512, _HALVES, ("input", "output"), "none"), fit="short", multiple=32
        ),
    ),
    Family(
        CUSTOM,
        "Custom",
        "Anything else: every field of the contract is yours to fill in.",
        _contract(1024, IMAGENET, ("input", "output"), "none"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guess:
    """The family that a graph looks like, the contract to begin with, and the names of those
    fields of it that the graph itself told.
    """

    family: str
    contract: Contract
    known: tuple[str, ...]


def find(id: str) -> Family:
    """The family called ``id``; ``CutawayError`` ``"bad-contract"`` when there is none."""
    for family in FAMILIES:
        if family.id == id:
            return family
    known = ", ".join(family.id for family in FAMILIES)
    raise CutawayError("bad-contract", f"There is no family “{id}”. Choose one of: {known}.")


def guess(graph: Graph, size: int) -> Guess:
    """Which family a graph of ``size`` bytes looks like; ``custom`` where it looks like none.

    Raises
    ------
    CutawayError
        ``"wrong-type"`` or ``"wrong-rank"`` for a graph that no contract can fit.
    """
    picture = the_input(graph)
    masks = the_masks(graph)
    family = find(_look(graph, picture, masks, size))
    output = masks[-1 if family.last else 0]
    contract = replace(family.contract, input=picture.name, output=output.name)
    known = ["input"] + (["output"] if len(masks) == 1 else [])
    if isinstance(side := picture.sides[0], int):
        contract = replace(contract, size=side, fit="square", multiple=1)
        known += ["size", "fit", "multiple"]
    return Guess(family.id, contract, tuple(known))


def _look(graph: Graph, picture: Value, masks: Sequence[Value], size: int) -> str:
    """The family's id, by what its makers' files have and others' do not."""
    names = (picture.name, masks[0].name)
    side = picture.sides[0]
    if side == 320:
        return "u2net-like"
    if masks[0].type == "float16":
        return "ben2"  # its makers' file answers in half floats
    if picture.name == "pixel_values" and masks[-1].name == "alphas":
        return "rmbg-2.0"
    if picture.name in ("pixel_values", "input_image"):
        return "birefnet"
    if names == ("input", "output") and not isinstance(side, int) and size < MODNET_BYTES:
        return "modnet-like"
    if names == ("input", "output") and len(graph.outputs) == 1:
        return "rmbg-1.4"
    if picture.name == "input" and len(graph.outputs) > 1:
        return "isnet-like"
    return CUSTOM
