"""The models to choose from: one data file, read strictly (``schema``)."""

import json
from collections.abc import Collection
from functools import cache
from importlib.resources import files

from cutaway.errors import CutawayError
from cutaway.model import Classical, Contract, Model
from cutaway.schema import parse

__all__ = ["DEFAULT", "Classical", "Contract", "Model", "choose", "entries", "find", "models"]
__all__ += ["parse", "smaller"]

#: What ``"auto"`` means: the smallest download that gives a good answer.
DEFAULT = "u2netp"
#: What may stand in for a model on a device it is too much for, largest first. Whoever asked for a
#: model gets one that knows as many subjects; so the one that knows people only is not here.
LADDER = ("isnet", "isnet-768", "u2netp")


@cache
def entries() -> tuple[Model | Classical, ...]:
    """Everything in the registry, in its order."""
    return parse(json.loads(files("cutaway").joinpath("registry.json").read_text("utf-8")))


def models() -> tuple[Model, ...]:
    """The entries with weights."""
    return tuple(entry for entry in entries() if isinstance(entry, Model))


def find(id: str) -> Model:
    """The model called ``id``.

    Raises
    ------
    CutawayError
        ``"unknown-model"`` when there is none, ``"not-available"`` for an entry without weights.
    """
    for entry in entries():
        if entry.id == id:
            if isinstance(entry, Model):
                return entry
            raise CutawayError("not-available", entry.unavailable)
    known = ", ".join(entry.id for entry in entries())
    raise CutawayError("unknown-model", f"There is no model called “{id}”. Choose one of: {known}.")


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
