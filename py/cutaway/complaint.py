"""complaint: ONNX Runtime's own words → a sentence for the person whose model it refused.

The words are those of ONNX Runtime Web 1.30; each pattern has one of them in its test.
"""

import re

from cutaway.errors import CutawayError, EngineError

#: What it cannot run, and in what its words name the operator.
_OPERATORS = (
    r"Could not find an implementation for ([\w.:]+)\(",
    r"([\w.:]+)\(-?\d+\) is not a registered function/op",
    r"No Op registered for ([\w.:]+)",
)
_TOO_NEW = r"Unsupported model (IR version: \d+)|(Opset \d+) is under development"
_EXTERNAL = r"external data file \"*([^\"]*)\""
_MEMORY = r"bad_alloc|out of memory|allocation failed|memory access out of bounds"
_NO_GRAPH = r"protobuf parsing failed|not a valid ModelProto|ORT format"


def refusal(error: EngineError) -> CutawayError:
    """The failure of an own model's load or run as an error that says what to do."""
    cause = error.cause
    if error.code == "unusable-mask":
        return CutawayError(
            "unusable-mask",
            f"What this model answered is no mask: {cause}. Look at its output and activation, "
            "and at how colours are scaled, or try another picture.",
        )
    if error.code == "timeout":
        return CutawayError("too-large", "This model takes too long on this device: it was ended.")
    return _read(cause) or _otherwise(error)


def _read(cause: str) -> CutawayError | None:
    for pattern in _OPERATORS:
        if found := re.search(pattern, cause):
            return CutawayError(
                "unsupported-operator",
                f"This model uses the operator {found[1]}, which ONNX Runtime Web cannot run. "
                "Another export of it may do without.",
            )
    if found := re.search(_TOO_NEW, cause):
        return CutawayError(
            "unsupported-operator",
            f"This model is newer than ONNX Runtime Web ({found[1] or found[2]}). Export it again "
            "for opset 17.",
        )
    if found := re.search(_EXTERNAL, cause):
        return CutawayError(
            "external-data",
            f"The weights of this model are in a second file, {found[1]}, which Cutaway cannot "
            "open. Save it as one file: in Python, onnx.save(onnx.load(path), path) does so.",
        )
    if re.search(_MEMORY, cause, re.IGNORECASE):
        return CutawayError(
            "too-large",
            "This model took more memory than the browser gives. A smaller one, or a smaller "
            "size of its input, may do.",
        )
    if re.search(_NO_GRAPH, cause):
        return CutawayError("not-a-model", "This is no ONNX model, or it is damaged.")
    return None


def _otherwise(error: EngineError) -> CutawayError:
    told = error.cause.rsplit("ERROR_MESSAGE:", 1)[-1].strip()
    if error.code == "run-failed":
        return CutawayError("bad-contract", f"This model does not run with this contract: {told}")
    return CutawayError("not-a-model", f"ONNX Runtime cannot read this model: {told}")
