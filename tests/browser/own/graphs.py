"""Tiny graphs with the inputs, outputs and activations of models that people bring, and others
that no contract fits."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, HALF = TensorProto.FLOAT, TensorProto.FLOAT16
Shape = Sequence[int | str]


def _conv(seed: int, factor: float) -> onnx.TensorProto:
    """A kernel that tells red from blue, left from right and top from bottom."""
    kernel = np.random.default_rng(seed).normal(0, 0.03, (1, 3, 3, 3)).astype(np.float32)
    kernel[0, :, 1, 1] += [0.9, -0.2, -0.7]
    return numpy_helper.from_array(kernel * np.float32(factor), f"kernel{seed}")


def save(
    target: Path,
    input: tuple[str, Shape],
    outputs: Sequence[tuple[str, Shape]],
    *,
    sigmoid: bool = False,
    half: bool = False,
    factor: float = 3.0,
    input_type: int = FLOAT,
) -> Path:
    """A graph that answers each output with a convolution of its own.

    ``sigmoid`` puts one behind it, ``half`` makes its answer half floats.
    """
    name, shape = input
    nodes, kernels = [], []
    fed = name
    if input_type != FLOAT:
        nodes.append(helper.make_node("Cast", [name], ["cast"], to=FLOAT))
        fed = "cast"
    for seed, (output, _) in enumerate(outputs):
        kernels.append(_conv(seed, factor))
        steps = ["Conv"] + ["Sigmoid"] * sigmoid + ["Cast"] * half
        names = [fed, *(f"{output}-{i}" for i in range(len(steps) - 1)), output]
        for i, step in enumerate(steps):
            given = [names[i], f"kernel{seed}"] if step == "Conv" else [names[i]]
            how = {"Conv": {"pads": [1, 1, 1, 1]}, "Cast": {"to": HALF}}.get(step, {})
            nodes.append(helper.make_node(step, given, [names[i + 1]], **how))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, input_type, shape)],
        [helper.make_tensor_value_info(n, HALF if half else FLOAT, s) for n, s in outputs],
        kernels,
    )
    return write(graph, target)


def write(graph: onnx.GraphProto, target: Path, *more: onnx.OperatorSetIdProto) -> Path:
    opsets = [helper.make_opsetid("", 17), *more]
    target.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), target)
    return target


def heavy(target: Path, size: int, name: str = "tiny") -> Path:
    """A tiny graph and ``size`` bytes of ballast, the same in all of them."""
    save(target, ("input", [1, 3, 64, 64]), [("output", [1, 1, 64, 64])], sigmoid=True)
    model = onnx.load(target)
    model.graph.name = name
    ballast = np.random.default_rng(3).integers(0, 255, size, np.uint8)
    model.graph.initializer.append(numpy_helper.from_array(ballast, "ballast"))
    onnx.save(model, target)
    return target


def one_node(target: Path, operator: str, domain: str = "", shape: Shape = (1, 3, 64, 64)) -> Path:
    """A graph of one operator, of whatever domain."""
    graph = helper.make_graph(
        [helper.make_node(operator, ["input"], ["output"], domain=domain)],
        "one",
        [helper.make_tensor_value_info("input", FLOAT, shape)],
        [helper.make_tensor_value_info("output", FLOAT, shape)],
    )
    return write(graph, target, *([helper.make_opsetid(domain, 1)] if domain else []))


def two_inputs(target: Path) -> Path:
    """A graph that wants a picture and a second thing beside it."""
    shape = [1, 1, 64, 64]
    graph = helper.make_graph(
        [helper.make_node("Add", ["input", "trimap"], ["output"])],
        "two",
        [helper.make_tensor_value_info(name, FLOAT, shape) for name in ("input", "trimap")],
        [helper.make_tensor_value_info("output", FLOAT, shape)],
    )
    return write(graph, target)


def external(target: Path) -> Path:
    """A graph whose weights lie in a second file."""
    save(target, ("input", [1, 3, 64, 64]), [("output", [1, 1, 64, 64])])
    model = onnx.load(target)
    onnx.save(
        model,
        target,
        save_as_external_data=True,
        location=f"{target.name}_data",
        size_threshold=0,
    )
    return target
