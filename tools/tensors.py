"""How large the largest tensor of a graph is: what one WebGPU buffer must hold."""

import math
import tempfile
from pathlib import Path

import onnx
import onnxruntime
from onnx import shape_inference


def largest_tensor(weights: Path, columns: int, rows: int) -> int:
    """Bytes of the largest tensor, weights included, for an input of ``columns`` × ``rows``.

    Raises
    ------
    ValueError
        The shape of a tensor cannot be told.
    """
    model = onnx.load(weights)
    for dimension, length in zip(
        model.graph.input[0].type.tensor_type.shape.dim, (1, 3, rows, columns), strict=True
    ):
        dimension.dim_value = length
    shaped = shape_inference.infer_shapes(model, data_prop=True)
    if _unknown(shaped):
        shaped = shape_inference.infer_shapes(_folded(model), data_prop=True)
    unknown = _unknown(shaped)
    if unknown:
        raise ValueError(f"{weights.name}: the shape of {unknown[0]} is not known")
    graph = shaped.graph
    kept = (math.prod(tensor.dims) * _item(tensor.data_type) for tensor in graph.initializer)
    return int(max(*_lengths(shaped).values(), *kept))


def _folded(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with the sizes that it computes folded to constants."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    with tempfile.TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder) / "folded.onnx")
        onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        return onnx.load(options.optimized_model_filepath)


def _unknown(model: onnx.ModelProto) -> list[str]:
    """Names of the tensors whose shape is not known."""
    known = _lengths(model)
    return [
        name for node in model.graph.node for name in node.output if name and not known.get(name)
    ]


def _lengths(model: onnx.ModelProto) -> dict[str, int]:
    graph = model.graph
    values = (*graph.input, *graph.value_info, *graph.output)
    return {value.name: _bytes_of(value) for value in values}


def _bytes_of(value: onnx.ValueInfoProto) -> int:
    """Bytes of a tensor; 0 when its shape is not known."""
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        return 0
    return int(math.prod(length.dim_value for length in tensor.shape.dim)) * _item(tensor.elem_type)


def _item(kind: int) -> int:
    return int(onnx.helper.tensor_dtype_to_np_dtype(kind).itemsize)
