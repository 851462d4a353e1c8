"""What a caller may choose, checked before anything is done."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from cutaway import registry
from cutaway.adjust import Refinement
from cutaway.errors import CutawayError
from cutaway.model import Model

SPEEDS = ("auto", "fast", "balanced", "best")
PROVIDERS = ("auto", "webgpu", "wasm")
FORMATS = ("image/png",)


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may choose.

    Attributes
    ----------
    model : str
        An id of the registry or of an own model, or ``"auto"``: what the speed means.
    speed : str
        ``"fast"``, ``"balanced"``, ``"best"`` or ``"auto"``; only where no model is named.
    provider : str
        ``"auto"``, ``"webgpu"`` or ``"wasm"``.
    format : str
        MIME type of the file: ``"image/png"``.
    refine : Refinement
        What is asked of the edge; callers give a mapping.
    own : Model or None
        The entry of the own model that ``model`` names; no caller gives it.
    """

    model: str = "auto"
    speed: str = "auto"
    provider: str = "auto"
    format: str = "image/png"
    refine: Refinement = field(default_factory=Refinement)
    own: Model | None = None

    @classmethod
    def of(cls, mapping: Mapping[str, Any], own: Collection[Model] = ()) -> "Options":
        """Options from a mapping; what is missing or None keeps its default.

        ``own`` are the person's own models, which may be named like those of the registry.

        Raises
        ------
        CutawayError
            ``"bad-option"``, ``"unknown-model"``, ``"unknown-speed"``, ``"unknown-provider"`` or
            ``"unknown-format"``.
        """
        known = [each.name for each in fields(cls) if each.name != "own"]
        given = {name: value for name, value in mapping.items() if value is not None}
        for name, value in given.items():
            if name not in known:
                raise CutawayError(
                    "bad-option",
                    f"There is no option “{name}”. The options are {', '.join(known)}.",
                )
            if name != "refine" and not isinstance(value, str):
                raise CutawayError("bad-option", f"The option “{name}” takes text, such as “auto”.")
        given["refine"] = _refinement(given.get("refine", {}))
        options = cls(**given)
        found = next((model for model in own if model.id == options.model), None)
        if options.model != "auto" and found is None:
            registry.entry(options.model)
        _one_of(options.speed, SPEEDS, "unknown-speed", "speed")
        if "auto" not in (options.model, options.speed):
            raise CutawayError("bad-option", "Name a model or a speed, not both.")
        _one_of(options.provider, PROVIDERS, "unknown-provider", "provider")
        _one_of(options.format, FORMATS, "unknown-format", "format")
        return replace(options, own=found)


def _refinement(given: Any) -> Refinement:
    if not isinstance(given, Mapping):
        raise CutawayError(
            "bad-option", "The option “refine” takes names with numbers, such as “feather: 2”."
        )
    return Refinement.of(given)


def _one_of(value: str, allowed: tuple[str, ...], code: str, what: str) -> None:
    if value not in allowed:
        raise CutawayError(
            code, f"There is no {what} “{value}”. Choose one of: {', '.join(allowed)}."
        )
