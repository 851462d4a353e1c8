"""Graphs as they are shipped become the ones this project runs.

Of ISNet (shipped in fp16, with 13 outputs):

``isnet``       mix8 at 1024: dynamic uint8 convolutions, except in the stages that draw edges
``isnet-768``   mix8 rebuilt for 768 pixels
``isnet-w8``    int8 weights per channel, widened to float32 when the model is loaded
``isnet-fp16``  as shipped, without the outputs that nobody reads

Of U²-Netp and MODNet (shipped in fp32): ``u2netp-fp16`` and ``modnet``, whose weights are stored in
fp16 and widened when the model is loaded; they compute in float32.

Of SAM 2 tiny's encoder (shipped in fp32 as ONNX Runtime's own format): ``sam2-tiny-encoder``, plain
ONNX with int8 weights per channel, and its table of positions in fp16; of its decoder (shipped as
ONNX in fp32): ``sam2-tiny-decoder``, whose weights are stored in fp16.

Every step is deterministic: the results are pinned by SHA-256 like anything downloaded.
"""

import tempfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from onnx.helper import make_node
from onnxruntime.quantization import QuantType, quantize_dynamic

FLOAT = onnx.TensorProto.FLOAT

#: The side of the square the shipped graph was made for, in pixels.
SHIPPED = 1024

#: Convolutions that stay in float32: the first and last stages decide where an edge lies.
FLOAT_STAGES = ("/stage1/", "/stage1d", "/stage2/", "/stage2d/")
FLOAT_PARTS = ("side", "conv_in")

#: Smaller weights are not worth a scale of their own.
SMALLEST_WEIGHT = 256
#: What is added and not multiplied by is no weight; a table of so many values is stored in fp16.
LARGE_TABLE = 1 << 20

#: The operators that weights are multiplied in, and the weight's dimension of output channels.
CHANNELS = {"Conv": 0, "MatMul": -1}

#: ONNX Runtime's own format, which only ONNX Runtime reads.
OWN_FORMAT = ".ort"


def convert(name: str, source: Path, target: Path) -> None:
    """Make the model ``name`` from the shipped file and write it to ``target``."""
    model = plain(source) if source.suffix == OWN_FORMAT else onnx.load(source)
    prune(model, OUTPUTS.get(name, 1))
    RECIPES[name](model, target)


def plain(source: Path) -> onnx.ModelProto:
    """A graph in ONNX Runtime's own format as ONNX, none of it optimised for this processor."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    with tempfile.TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder) / "plain.onnx")
        onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        model = onnx.load(options.optimized_model_filepath)
    # It names no graph, every set of operators that it knows, and weights in an order of its own.
    model.graph.name = "converted"
    _replace(model.opset_import, [one for one in model.opset_import if not one.domain])
    _replace(model.graph.initializer, sorted(model.graph.initializer, key=lambda one: one.name))
    return model


def prune(model: onnx.ModelProto, outputs: int = 1) -> None:
    """Keep the first outputs and what they need, each value made before it is used."""
    graph = model.graph
    maker = {output: node for node in graph.node for output in node.output}
    ordered: list[onnx.NodeProto] = []
    done: set[str] = set()

    # Iterative depth first: the graph is deeper than Python's stack is.
    waiting = [(output.name, False) for output in reversed(graph.output[:outputs])]
    while waiting:
        value, inputs_done = waiting.pop()
        node = maker.get(value)
        if node is None or node.output[0] in done:
            continue
        if inputs_done:
            done.add(node.output[0])
            ordered.append(node)
        else:
            waiting.append((value, True))
            waiting.extend((name, False) for name in reversed(node.input))

    del graph.output[outputs:]
    _replace(graph.node, ordered)
    used = {name for node in ordered for name in node.input}
    _replace(graph.initializer, [tensor for tensor in graph.initializer if tensor.name in used])
    del graph.value_info[:]


def widen(model: onnx.ModelProto) -> None:
    """Turn fp16 initialisers, constants and casts into float32 ones."""
    for tensor in model.graph.initializer:
        _widen_tensor(tensor)
    for node in model.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.name == "value":
                _widen_tensor(attribute.t)
            if node.op_type == "Cast" and attribute.name == "to":
                attribute.i = FLOAT


def rebuild(model: onnx.ModelProto, side: int) -> None:
    """Change the square the graph works on: its sizes are constants that end in a Resize."""
    graph = model.graph
    maker = {output: node for node in graph.node for output in node.output}
    for resize in (node for node in graph.node if node.op_type == "Resize"):
        for name in maker[resize.input[3]].input:
            if maker[name].op_type == "Constant":
                tensor = maker[name].attribute[0].t
                sizes = numpy_helper.to_array(tensor) * side // SHIPPED
                tensor.CopyFrom(numpy_helper.from_array(sizes, tensor.name))
    for value in (graph.input[0], graph.output[0]):
        for dimension in value.type.tensor_type.shape.dim[2:]:
            dimension.dim_value = side


def write_mix8(model: onnx.ModelProto, target: Path) -> None:
    """Quantise the inner convolutions and write the model."""
    widen(model)
    kept = [
        node.name for node in model.graph.node if node.op_type == "Conv" and _draws_edges(node.name)
    ]
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        # The quantiser leaves intermediate files beside its input.
        plain = Path(folder) / "plain.onnx"
        onnx.save(model, plain)
        quantize_dynamic(
            plain,
            target,
            op_types_to_quantize=["Conv"],
            per_channel=False,
            weight_type=QuantType.QUInt8,
            nodes_to_exclude=kept,
        )


def write_mix8_at_768(model: onnx.ModelProto, target: Path) -> None:
    """Rebuild for 768 pixels, then as mix8."""
    rebuild(model, 768)
    write_mix8(model, target)


def write_w8(model: onnx.ModelProto, target: Path) -> None:
    """Store each large weight as int8 with one scale per output channel, and write the model."""
    widen(model)
    _to_eight_bits(model)
    onnx.save(model, target)


def write_w8_with_tables(model: onnx.ModelProto, target: Path) -> None:
    """As w8, and large tables that are added are stored in fp16."""
    _to_eight_bits(model)
    _to_halves(model, LARGE_TABLE, _added(model))
    onnx.save(model, target)


def write_halves(model: onnx.ModelProto, target: Path) -> None:
    """Store each large weight as fp16, and write the model."""
    _to_halves(model, SMALLEST_WEIGHT, {tensor.name for tensor in model.graph.initializer})
    onnx.save(model, target)


def _to_eight_bits(model: onnx.ModelProto) -> None:
    """Each large weight becomes int8 with one scale per output channel.

    ``Cast`` and ``Mul`` bring it back to float32; the runtime folds both when it loads the model.
    """
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    multiplied = {
        node.input[1]: CHANNELS[node.op_type]
        for node in graph.node
        if node.op_type in CHANNELS and node.input[1] in weights
    }
    expanding: list[onnx.NodeProto] = []
    for name, channels in multiplied.items():
        weight = numpy_helper.to_array(weights[name])
        if weight.size <= SMALLEST_WEIGHT:
            continue
        small, scale = eight_bits(weight, channels)
        graph.initializer.remove(weights[name])
        graph.initializer.append(numpy_helper.from_array(small, f"{name}_int8"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
        expanding += [
            make_node("Cast", [f"{name}_int8"], [f"{name}_wide"], f"{name}_cast", to=FLOAT),
            make_node("Mul", [f"{name}_wide", f"{name}_scale"], [name], f"{name}_mul"),
        ]
    _replace(graph.node, [*expanding, *graph.node])


def _to_halves(model: onnx.ModelProto, smallest: int, names: Collection[str]) -> None:
    """Each of these weights with more values becomes fp16; ``Cast`` brings it back when loaded."""
    graph = model.graph
    expanding: list[onnx.NodeProto] = []
    for tensor in graph.initializer:
        weight = numpy_helper.to_array(tensor)
        if tensor.data_type != FLOAT or weight.size <= smallest or tensor.name not in names:
            continue
        name, half = tensor.name, f"{tensor.name}_fp16"
        tensor.CopyFrom(numpy_helper.from_array(weight.astype(np.float16), half))
        expanding.append(make_node("Cast", [half], [name], f"{name}_cast", to=FLOAT))
    _replace(graph.node, [*expanding, *graph.node])


def _added(model: onnx.ModelProto) -> set[str]:
    return {name for node in model.graph.node if node.op_type == "Add" for name in node.input}


def write_plain(model: onnx.ModelProto, target: Path) -> None:
    """Write the model as it is once pruned."""
    onnx.save(model, target)


def eight_bits(weight: np.ndarray, channels: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 of a float32 weight, and its scales, one along the dimension ``channels``."""
    others = tuple(axis for axis in range(weight.ndim) if axis != channels % weight.ndim)
    largest = np.abs(weight).max(axis=others, keepdims=True)
    scale = np.where(largest > 0, largest / np.float32(127), np.float32(1)).astype(np.float32)
    return np.rint(weight / scale).astype(np.int8), scale


def _draws_edges(name: str) -> bool:
    return name.startswith(FLOAT_STAGES) or any(part in name for part in FLOAT_PARTS)


def _widen_tensor(tensor: onnx.TensorProto) -> None:
    if tensor.data_type == onnx.TensorProto.FLOAT16:
        wide = numpy_helper.to_array(tensor).astype(np.float32)
        tensor.CopyFrom(numpy_helper.from_array(wide, tensor.name))


def _replace(field: Any, items: Iterable[Any]) -> None:
    kept = [type(item).FromString(item.SerializeToString()) for item in items]
    del field[:]
    field.extend(kept)


RECIPES: dict[str, Callable[[onnx.ModelProto, Path], None]] = {
    "isnet": write_mix8,
    "isnet-768": write_mix8_at_768,
    "isnet-w8": write_w8,
    "isnet-fp16": write_plain,
    "u2netp-fp16": write_halves,
    "modnet": write_halves,
    "sam2-tiny-encoder": write_w8_with_tables,
    "sam2-tiny-decoder": write_halves,
}
#: How many outputs of a graph are wanted, where it is more than the first.
OUTPUTS = {"sam2-tiny-encoder": 3, "sam2-tiny-decoder": 2}
