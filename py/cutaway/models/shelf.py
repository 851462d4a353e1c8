"""shelf: the own models of one device, as they are remembered over visits.

Kept as strict JSON. What cannot be read is forgotten: a shelf is never a reason not to start.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from cutaway.errors import CutawayError
from cutaway.models.graph import Graph
from cutaway.models.own import Candidate, OwnModel, Part, Tried, model_of, strictly
from cutaway.models.schema import parse_contract

#: Nobody comes back to a candidate that is older.
PATIENCE_SECONDS = 24 * 3600

#: What is kept of an accepted model; everything else follows from it.
_MODEL = {
    "part": dict,
    "title": str,
    "source": str,
    "family": str,
    "contract": dict,
    "answer": str,
    "milliseconds": int,
    "memory": int,
}
_CANDIDATE: Mapping[str, type | tuple[type, ...]] = {
    "part": dict,
    "source": str,
    "title": str,
    "graph": dict,
    "since": (int, float),
    "tried": (dict, type(None)),
}
_TRIED = {"contract": dict, "answer": str, "milliseconds": int}
_VALUE = {"name": str, "type": str, "shape": list}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The own models of this device: the accepted ones, and candidates."""

    models: tuple[OwnModel, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @classmethod
    def parse(cls, text: str, now: float) -> "Shelf":
        """A shelf from ``to_text``; what cannot be read is forgotten, and old candidates too."""
        try:
            kept = strictly(json.loads(text), {"models": list, "candidates": list})
        except ValueError:
            return cls()
        models = _readable(_model, kept["models"])
        candidates = _readable(_candidate, kept["candidates"])
        return cls(models, tuple(one for one in candidates if now - one.since < PATIENCE_SECONDS))

    def to_text(self) -> str:
        return json.dumps(
            {
                "models": [_plain_model(model) for model in self.models],
                "candidates": [_plain_candidate(candidate) for candidate in self.candidates],
            }
        )

    def candidate(self, id: str) -> Candidate:
        """The candidate with this id; ``CutawayError`` ``"unknown-model"`` when there is none."""
        for candidate in self.candidates:
            if candidate.part.id == id:
                return candidate
        raise CutawayError(
            "unknown-model", "This model is no longer there. Open it again, from where it came."
        )

    def with_candidate(self, candidate: Candidate) -> "Shelf":
        """Takes the place of one with the same weights."""
        others = [one for one in self.candidates if one.part.id != candidate.part.id]
        return replace(self, candidates=(*others, candidate))

    def with_model(self, model: OwnModel) -> "Shelf":
        """An accepted model is a candidate no longer."""
        others = [one for one in self.models if one.id != model.id]
        return replace(self.without_candidate(model.id), models=(*others, model))

    def without_candidate(self, id: str) -> "Shelf":
        return replace(self, candidates=tuple(one for one in self.candidates if one.part.id != id))

    def without(self, id: str) -> "Shelf":
        """Neither a model nor a candidate has this id any more."""
        kept = self.without_candidate(id)
        return replace(kept, models=tuple(one for one in self.models if one.id != id))

    def parts(self) -> dict[str, Part]:
        """Everything that is kept, by id."""
        found = [*(one.part for one in self.candidates), *(one.part for one in self.models)]
        return {part.id: part for part in found}


def _readable(read: Callable[[Any], T], entries: Iterable[Any]) -> tuple[T, ...]:
    """What can be read of these entries."""
    found = []
    for entry in entries:
        try:
            found.append(read(entry))
        except (ValueError, TypeError):
            continue
    return tuple(found)


def _model(kept: Any) -> OwnModel:
    values = strictly(kept, _MODEL)
    if len(values["answer"]) not in (0, 128):
        raise ValueError("the answer is no thumbnail")
    bytes.fromhex(values["answer"])
    contract = parse_contract(values["contract"], "own model")
    return model_of(**values | {"part": Part.of(values["part"]), "contract": contract})


def _plain_model(model: OwnModel) -> dict[str, Any]:
    kept = {name: getattr(model, name) for name in _MODEL}
    return kept | {"part": asdict(model.part), "contract": model.contract.to_dict()}


def _candidate(kept: Any) -> Candidate:
    values = strictly(kept, _CANDIDATE)
    tried = None if values["tried"] is None else _tried(values["tried"])
    return Candidate(
        Part.of(values["part"]),
        values["source"],
        values["title"],
        _graph(values["graph"]),
        values["since"],
        tried,
    )


def _tried(kept: Any) -> Tried:
    values = strictly(kept, _TRIED)
    contract = parse_contract(values["contract"], "own model")
    return Tried(contract, values["answer"], values["milliseconds"])


def _plain_candidate(candidate: Candidate) -> dict[str, Any]:
    tried = candidate.tried
    return {
        "part": asdict(candidate.part),
        "source": candidate.source,
        "title": candidate.title,
        "graph": candidate.graph.to_dict(),
        "since": candidate.since,
        "tried": tried and asdict(tried) | {"contract": tried.contract.to_dict()},
    }


def _graph(kept: Any) -> Graph:
    graph = strictly(kept, {"inputs": list, "outputs": list})
    for value in [*graph["inputs"], *graph["outputs"]]:
        strictly(value, _VALUE)
    return Graph.of(graph)
