"""What a caller may choose, checked before anything is done."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cutaway.composing.presets import Preset, preset
from cutaway.composing.scene import Scene
from cutaway.errors import CutawayError
from cutaway.hand.edits import Edit, edits_of
from cutaway.models import registry
from cutaway.models.model import Model
from cutaway.output import Output
from cutaway.refining.adjust import Refinement

SPEEDS = ("auto", "fast", "balanced", "best")
PROVIDERS = ("auto", "webgpu", "wasm")

#: The names that callers give, by what they are about.
_CHOICE = ("model", "speed", "provider")
_SCENE = ("background", "shadow", "frame")
_OUTPUT = ("format", "quality", "lossless", "effort", "depth", "metadata")
NAMES = (*_CHOICE, "edits", "refine", *_SCENE, "preset", *_OUTPUT, "salvage")


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
    edits : tuple of Edit
        What is done to the automatic matte by hand, in this order.
    refine : Refinement
        What is asked of the edge.
    scene : Scene
        What stands around the subject.
    output : Output
        What file is wanted.
    preset : Preset or None
        What the picture is checked against; it has set of scene and output what the caller left
        open.
    salvage : bool
        Whether a damaged file may be read as far as it goes.
    own : Model or None
        The entry of the own model that ``model`` names; no caller gives it.
    """

    model: str = "auto"
    speed: str = "auto"
    provider: str = "auto"
    refine: Refinement = field(default_factory=Refinement)
    scene: Scene = field(default_factory=Scene)
    output: Output = field(default_factory=Output)
    preset: Preset | None = None
    salvage: bool = False
    own: Model | None = None
    edits: tuple[Edit, ...] = ()

    @classmethod
    def of(cls, mapping: Mapping[str, Any], own: Collection[Model] = ()) -> "Options":
        """Options from a mapping of ``NAMES``; what is missing or None keeps its default.

        A preset is given by its id; what is said beside it goes before what it would set. ``own``
        are the person's own models, which may be named like those of the registry.

        Raises
        ------
        CutawayError
            ``"bad-option"``, ``"unknown-model"``, ``"unknown-speed"``, ``"unknown-provider"``,
            ``"unknown-preset"`` or ``"unknown-format"``.
        """
        given = {name: value for name, value in mapping.items() if value is not None}
        for name in given:
            if name not in NAMES:
                raise CutawayError(
                    "bad-option",
                    f"There is no option “{name}”. The options are {', '.join(NAMES)}.",
                )
        wanted = preset(given["preset"]) if "preset" in given else None
        if wanted is not None:
            given = {**wanted.settings, **given}
        model, speed, provider = (_text(name, given.get(name, "auto")) for name in _CHOICE)
        options = cls(
            model,
            speed,
            provider,
            refine=_refinement(given.get("refine", {})),
            scene=Scene.of(_among(given, _SCENE)),
            output=Output.of(_among(given, _OUTPUT)),
            preset=wanted,
            salvage=_yes_or_no("salvage", given.get("salvage", False)),
            edits=edits_of(given.get("edits", ())),
        )
        found = next((model for model in own if model.id == options.model), None)
        if options.model != "auto" and found is None:
            registry.entry(options.model)
        _one_of(options.speed, SPEEDS, "unknown-speed", "speed")
        if "auto" not in (options.model, options.speed):
            raise CutawayError("bad-option", "Name a model or a speed, not both.")
        _one_of(options.provider, PROVIDERS, "unknown-provider", "provider")
        return replace(options, own=found)

    def same_mask(self, other: "Options") -> bool:
        """Whether both lead to the same mask of a photo."""
        names = (*_CHOICE, "salvage", "own")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def same_matte(self, other: "Options") -> bool:
        """Whether both make the same of a photo's automatic matte."""
        return self.edits == other.edits and self.refine == other.refine


def _among(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise CutawayError("bad-option", f"The option “{name}” takes text, such as “auto”.")
    return value


def _yes_or_no(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise CutawayError("bad-option", f"The option “{name}” takes true or false.")
    return value


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
