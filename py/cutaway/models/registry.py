"""The models to choose from: one data file, read strictly (``schema``)."""

import json
from collections.abc import Collection
from functools import cache
from importlib.resources import files

from cutaway.errors import CutawayError
from cutaway.models.model import Classical, Contract, Entry, Model, Network, Prompted
from cutaway.models.schema import parse

__all__ = ["DEFAULT", "Classical", "Contract", "Entry", "Model", "Network", "Prompted", "choose"]
__all__ += ["entries", "entry", "find", "models", "parse", "selecting", "smaller"]

#: What ``"auto"`` means: the smallest download that gives a good answer.
DEFAULT = "u2netp"
#: What may stand in for a model on a device it is too much for, largest first. Whoever asked for a
#: model gets one that knows as many subjects; so the one that knows people only is not here.
LADDER = ("isnet", "isnet-768", "u2netp")
#: What answers where somebody points.
SELECTING = "sam2-tiny"


@cache
def entries() -> tuple[Entry, ...]:
    """Everything in the registry, in its order."""
    return parse(json.loads(files("cutaway.models").joinpath("registry.json").read_text("utf-8")))


def models() -> tuple[Model, ...]:
    """The entries that make masks by weights."""
    return tuple(one for one in entries() if isinstance(one, Model))


def entry(id: str) -> Entry:
    """The entry called ``id``; ``CutawayError`` ``"unknown-model"`` when there is none."""
    for one in entries():
        if one.id == id:
            return one
    known = ", ".join(one.id for one in entries())
    raise CutawayError("unknown-model", f"There is no model called “{id}”. Choose one of: {known}.")


def find(id: str) -> Model:
    """The entry called ``id`` that makes masks by weights.

    Raises
    ------
    CutawayError
        ``"unknown-model"`` when there is none, ``"no-weights"`` for a classical method,
        ``"needs-prompts"`` for one that answers prompts.
    """
    found = entry(id)
    if isinstance(found, Model):
        return found
    if isinstance(found, Prompted):
        raise CutawayError(
            "needs-prompts",
            f"{found.title} selects what is pointed at and cuts out nothing by itself. Choose one "
            f"of: {', '.join(one.id for one in models())}.",
        )
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


def selecting(carried: Collection[str] | None = None) -> Prompted:
    """The entry that answers where somebody points; ``carried`` as for ``choose``.

    Raises
    ------
    CutawayError
        ``"not-available"`` where it did not pass the audit, ``"not-carried"``.
    """
    model = entry(SELECTING)
    assert isinstance(model, Prompted)
    if model.unavailable:
        raise CutawayError("not-available", model.unavailable)
    if carried is not None and model.id not in carried:
        raise CutawayError(
            "not-carried",
            f"This site does not carry {model.title}, so nothing can be selected by pointing at "
            "it. Use the brush.",
        )
    return model


def smaller(model: Model, carried: Collection[str] | None = None) -> tuple[Model, ...]:
    """The models that may stand in for one on a device it is too much for, largest first."""
    lesser = {other.id: other for other in models() if 0 < other.memory < model.memory}
    return tuple(lesser[id] for id in LADDER if id in lesser and (carried is None or id in carried))
