"""The models to choose from: one data file, read strictly (``schema``)."""

import json
from collections.abc import Collection
from functools import cache
from importlib.resources import files

from cutaway.errors import CutawayError
from cutaway.models.model import Classical, Contract, Model
from cutaway.models.schema import parse

__all__ = ["DEFAULT", "Classical", "Contract", "Model", "choose", "entries", "entry", "find"]
__all__ += ["models", "parse", "smaller"]

#: What ``"auto"`` means: the smallest download that gives a good answer.
DEFAULT = "u2netp"
#: What may stand in for a model on a device it is too much for, largest first. Whoever asked for a
#: model gets one that knows as many subjects; so the one that knows people only is not here.
LADDER = ("isnet", "isnet-768", "u2netp")


@cache
def entries() -> tuple[Model | Classical, ...]:
    """Everything in the registry, in its order."""
    return parse(json.loads(files("cutaway.models").joinpath("registry.json").read_text("utf-8")))


def models() -> tuple[Model, ...]:
    """The entries with weights."""
    return tuple(one for one in entries() if isinstance(one, Model))


def entry(id: str) -> Model | Classical:
    """The entry called ``id``; ``CutawayError`` ``"unknown-model"`` when there is none."""
    for one in entries():
        if one.id == id:
            return one
    known = ", ".join(one.id for one in entries())
    raise CutawayError("unknown-model", f"There is no model called “{id}”. Choose one of: {known}.")


def find(id: str) -> Model:
    """The entry with weights called ``id``.

    Raises
    ------
    CutawayError
        ``"unknown-model"`` when there is none, ``"no-weights"`` for a classical method.
    """
    found = entry(id)
    if isinstance(found, Model):
        return found
    raise CutawayError("no-weights", f"{found.title} has no weights: there is nothing to load.")


def choose(asked: str, carried: Collection[str] | None = None) -> Model:
    """The model for what was asked: an id, or ``"auto"`` for the default.

    ``carried`` are the ids of the models that this site carries; None where that is no question.

    Raises
    ------
    CutawayError
        As ``find``; ``"not-available"`` for one that did not pass the audit, ``"not-carried"``.
    """
    model = find(DEFAULT if asked == "auto" else asked)
    if model.unavailable:
        raise CutawayError("not-available", model.unavailable)
    if carried is not None and model.id not in carried:
        others = ", ".join(one.id for one in models() if one.id in carried)
        raise CutawayError(
            "not-carried", f"This site does not carry {model.title}. Choose one of: {others}."
        )
    return model


def smaller(model: Model, carried: Collection[str] | None = None) -> tuple[Model, ...]:
    """The models that may stand in for one on a device it is too much for, largest first."""
    lesser = {other.id: other for other in models() if 0 < other.memory < model.memory}
    return tuple(lesser[id] for id in LADDER if id in lesser and (carried is None or id in carried))
