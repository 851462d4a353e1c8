"""graph: what an ONNX graph tells of itself, and whether it can turn a picture into a mask.

Pure functions; the host asks ONNX Runtime.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cutaway.errors import CutawayError
from cutaway.models.model import Contract

#: Types of an output that can be read; a half is widened.
READABLE = ("float32", "float16")


@dataclass(frozen=True, slots=True)
class Value:
    """An input or output of a graph.

    Attributes
    ----------
    name, type : str
        ``type`` as ONNX Runtime Web says it: ``"float32"``, ``"float16"``, ``"int64"``, …
    shape : tuple
        A length for each dimension, or its name where any length will do.
    """

    name: str
    type: str
    shape: tuple[int | str, ...]

    @property
    def sides(self) -> tuple[int | str, ...]:
        """Rows and columns."""
        return self.shape[-2:]


@dataclass(frozen=True, slots=True)
class Graph:
    """What a graph tells of itself."""

    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Graph":
        """From ``{"inputs": [{"name", "type", "shape"}], "outputs": […]}``."""
        return cls(*(tuple(_value(one) for one in told[name]) for name in ("inputs", "outputs")))

    def to_dict(self) -> dict[str, Any]:
        return {
            name: [asdict(value) | {"shape": list(value.shape)} for value in values]
            for name, values in (("inputs", self.inputs), ("outputs", self.outputs))
        }


def the_input(graph: Graph) -> Value:
    """The one input, which takes a picture.

    Raises
    ------
    CutawayError
        ``"wrong-rank"`` for more inputs than one or one that is no batch of square RGB pictures,
        ``"wrong-type"`` for other numbers than 32-bit floats.
    """
    if len(graph.inputs) != 1:
        names = ", ".join(value.name for value in graph.inputs)
        raise CutawayError(
            "wrong-rank",
            f"This model has {len(graph.inputs)} inputs ({names}); Cutaway can only give it one "
            "picture.",
        )
    (value,) = graph.inputs
    if value.type != "float32":
        raise CutawayError(
            "wrong-type",
            f"The input “{value.name}” takes {value.type}; Cutaway gives float32. Export the model "
            "again with float32 inputs (weights may stay as they are).",
        )
    if len(value.shape) != 4:
        raise _wrong_shape(value, "with four dimensions: batch, channels, rows, columns")
    batch, channels, rows, columns = value.shape
    if _other_than(channels, 3) or _other_than(batch, 1):
        raise _wrong_shape(value, "of one picture with three channels, channels first")
    if isinstance(rows, int) and isinstance(columns, int) and rows != columns:
        raise _wrong_shape(value, "as wide as high")
    if isinstance(rows, int) != isinstance(columns, int):
        raise _wrong_shape(value, "as wide as high, or of any size")
    return value


def the_masks(graph: Graph) -> tuple[Value, ...]:
    """The outputs that can be a mask: floats, two dimensions and before them only ones.

    Raises
    ------
    CutawayError
        ``"wrong-type"`` or ``"wrong-rank"`` when there is none.
    """
    shaped = [value for value in graph.outputs if _is_mask(value)]
    if not shaped:
        told = ", ".join(f"{value.name} {_shape(value)}" for value in graph.outputs)
        raise CutawayError(
            "wrong-rank",
            f"None of this model's outputs is a mask, one value for each place: it has {told}.",
        )
    masks = tuple(value for value in shaped if value.type in READABLE)
    if not masks:
        raise CutawayError(
            "wrong-type",
            f"The output “{shaped[0].name}” holds {shaped[0].type}; a mask needs floats.",
        )
    return masks


def check(contract: Contract, graph: Graph) -> None:
    """Whether a contract and a graph can work together.

    Raises
    ------
    CutawayError
        ``"bad-contract"`` with what does not fit.
    """
    picture = the_input(graph)
    masks = the_masks(graph)
    if contract.input != picture.name:
        raise _no_such("input", contract.input, (picture,))
    if contract.output not in [value.name for value in masks]:
        raise _no_such("output", contract.output, masks)
    side = picture.sides[0]
    if isinstance(side, int) and (contract.size, contract.fit) != (side, "square"):
        raise CutawayError(
            "bad-contract",
            f"This model takes {side} × {side} pixels and nothing else: the size must be {side} "
            "and the fit “square”.",
        )


def _value(told: Mapping[str, Any]) -> Value:
    return Value(str(told["name"]), str(told["type"]), tuple(_length(n) for n in told["shape"]))


def _length(told: Any) -> int | str:
    """A dimension: what has no length of its own keeps its name, or gets none."""
    if isinstance(told, int | float) and told > 0:
        return int(told)
    return told if isinstance(told, str) else ""


def _other_than(length: int | str, wanted: int) -> bool:
    """Whether a dimension has a length, and another one."""
    return isinstance(length, int) and length != wanted


def _is_mask(value: Value) -> bool:
    """Whether it can hold one value for each place of one picture."""
    one = not any(_other_than(length, 1) for length in value.shape[:-2])
    return len(value.shape) >= 2 and one and 1 not in value.sides


def _shape(value: Value) -> str:
    return " × ".join(str(length or "?") for length in value.shape) or "without dimensions"


def _wrong_shape(value: Value, wanted: str) -> CutawayError:
    return CutawayError(
        "wrong-rank",
        f"The input “{value.name}” is {_shape(value)}; Cutaway can only feed one {wanted}.",
    )


def _no_such(what: str, name: str, there: Sequence[Value]) -> CutawayError:
    names = ", ".join(value.name for value in there)
    return CutawayError(
        "bad-contract", f"There is no {what} “{name}” that fits in this model. It has: {names}."
    )
