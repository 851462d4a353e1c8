"""What a caller may choose, checked before anything is done."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from cutaway import registry
from cutaway.errors import CutawayError

SPEEDS = ("auto", "fast", "balanced", "best")
PROVIDERS = ("auto", "webgpu", "wasm")
FORMATS = ("image/png",)


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may choose.

    Attributes
    ----------
    model : str
        An id of the registry, or ``"auto"``: what the speed means.
    speed : str
        ``"fast"``, ``"balanced"``, ``"best"`` or ``"auto"``; only where no model is named.
    provider : str
        ``"auto"``, ``"webgpu"`` or ``"wasm"``.
    format : str
        MIME type of the file: ``"image/png"``.
    """

    model: str = "auto"
    speed: str = "auto"
    provider: str = "auto"
    format: str = "image/png"

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "Options":
        """Options from a mapping; what is missing or None keeps its default.

        Raises
        ------
        CutawayError
            ``"bad-option"``, ``"unknown-model"``, ``"unknown-speed"``, ``"unknown-provider"`` or
            ``"unknown-format"``.
        """
        known = [field.name for field in fields(cls)]
        given = {name: value for name, value in mapping.items() if value is not None}
        for name, value in given.items():
            if name not in known:
                raise CutawayError(
                    "bad-option",
                    f"There is no option “{name}”. The options are {', '.join(known)}.",
                )
            if not isinstance(value, str):
                raise CutawayError("bad-option", f"The option “{name}” takes text, such as “auto”.")
        options = cls(**given)
        if options.model != "auto":
            registry.find(options.model)
        _one_of(options.speed, SPEEDS, "unknown-speed", "speed")
        if "auto" not in (options.model, options.speed):
            raise CutawayError("bad-option", "Name a model or a speed, not both.")
        _one_of(options.provider, PROVIDERS, "unknown-provider", "provider")
        _one_of(options.format, FORMATS, "unknown-format", "format")
        return options


def _one_of(value: str, allowed: tuple[str, ...], code: str, what: str) -> None:
    if value not in allowed:
        raise CutawayError(
            code, f"There is no {what} “{value}”. Choose one of: {', '.join(allowed)}."
        )
