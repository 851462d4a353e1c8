"""The receipt: what was done to a photo, by what, and what it cost."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from cutaway.composing.presets import PresetFacts
from cutaway.composing.scene import Scene
from cutaway.hand.edits import Drop, Edit, Scribble, Select, Stroke
from cutaway.models.model import Entry, Runnable
from cutaway.output import Output
from cutaway.refining.adjust import Refinement
from cutaway.uncertainty import Uncertainty
from cutaway.values import Verification


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """Size in pixels, format and length of the photo's file."""

    width: int
    height: int
    format: str
    bytes: int


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Which weights ran; ``sha256`` is empty for a classical method, which has none."""

    id: str
    title: str
    sha256: str

    @classmethod
    def of(cls, model: Runnable | Entry) -> "ModelFacts":
        return cls(model.id, model.title, model.sha256)


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """What was asked for and what really ran, on how many threads, and why.

    ``first_run`` is true when the session had never run before: its time includes setting up.
    """

    asked: str
    ran: str
    threads: int
    reason: str
    first_run: bool


@dataclass(frozen=True, slots=True)
class UncertaintyFacts:
    """How uncertain the cutout is, 0 to 1, whether it is worth a look, and then why."""

    figure: float
    check: bool
    reason: str

    @classmethod
    def of(cls, found: Uncertainty) -> "UncertaintyFacts":
        return cls(round(found.figure, 2), found.check, found.reason)


@dataclass(frozen=True, slots=True)
class EditFacts:
    """How many edits of each kind were made by hand, and the model that selected, if any did."""

    strokes: int
    scribbles: int
    selections: int
    drops: int
    model: ModelFacts | None

    @classmethod
    def of(cls, edits: Sequence[Edit], model: ModelFacts | None = None) -> "EditFacts":
        kinds = [type(edit) for edit in edits]
        strokes, scribbles, selections, drops = (
            kinds.count(kind) for kind in (Stroke, Scribble, Select, Drop)
        )
        return cls(strokes, scribbles, selections, drops, model if selections else None)


@dataclass(frozen=True, slots=True)
class Retry:
    """An attempt that failed, with the engine's own words."""

    model: str
    provider: str
    threads: int
    cause: str


@dataclass(frozen=True, slots=True)
class Milliseconds:
    """Time by stage; ``total`` is all from call to result, and 0 is what did not run.

    ``wait`` is for another photo's inference, ``model`` loading alone, ``warmup`` a run on the
    known question where a provider needed one, ``inference`` the computing of a classical method
    where no model ran, ``edit`` what was done by hand.
    """

    read: float
    wait: float
    model: float
    warmup: float
    prepare: float
    inference: float
    edit: float
    refine: float
    cut: float
    compose: float
    encode: float
    verify: float
    total: float

    @classmethod
    def of(cls, measured: Mapping[str, float]) -> "Milliseconds":
        return cls(**(dict.fromkeys((each.name for each in fields(cls)), 0.0) | dict(measured)))


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes of the model that came over the network and out of the store."""

    network: int
    store: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What was written."""

    format: str
    bytes: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything about one cutout that is not a pixel.

    ``model`` leads, and its provider is told; the masks of ``fused_with`` were heard as well.
    ``scene`` is as it became, ``preset`` whether it meets the one that was asked for; ``notices``
    are sentences for the user.
    """

    version: str
    build: str
    photo: PhotoFacts
    model: ModelFacts
    fused_with: tuple[ModelFacts, ...]
    provider: ProviderFacts
    uncertainty: UncertaintyFacts
    edits: EditFacts
    refinement: Refinement
    scene: Scene
    output: Output
    preset: PresetFacts | None
    retries: tuple[Retry, ...]
    notices: tuple[str, ...]
    milliseconds: Milliseconds
    bytes: Traffic
    file: FileFacts
    verification: Verification

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries, lists, numbers and text; milliseconds with one decimal."""
        plain = asdict(self) | {"scene": self.scene.to_dict()}
        for name in ("fused_with", "retries", "notices"):
            plain[name] = list(plain[name])
        if self.preset is not None:
            plain["preset"]["reasons"] = list(self.preset.reasons)
        plain["milliseconds"] = {
            name: round(value, 1) for name, value in plain["milliseconds"].items()
        }
        return plain

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)
