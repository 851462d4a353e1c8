"""Converting ISNet: on a small graph with the same oddities, and on the real results."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from tools import convert

ROOT = Path(__file__).parents[2]
MODELS = ROOT / ".cache" / "parts" / "models"
SIDE = 64
HALF, FLOAT = TensorProto.FLOAT16, TensorProto.FLOAT

Floats = NDArray[np.float32]


def shipped(path: Path) -> Path:
    """A fp16 graph like the shipped one: unsorted, a side output, sizes in constants.

    Two convolutions, one of an edge stage and one of an inner stage, then a Resize back to the
    input's size.
    """
    random = np.random.default_rng(7)

    def weight(name: str, *shape: int) -> onnx.TensorProto:
        values = random.normal(0, 0.4, shape).astype(np.float16)
        return numpy_helper.from_array(values, name)

    def constant(name: str, values: list[int]) -> onnx.NodeProto:
        tensor = numpy_helper.from_array(np.array(values, np.int64), name)
        return helper.make_node("Constant", [], [name], name, value=tensor)

    node = helper.make_node
    pads = [1, 1, 1, 1]
    nodes = [
        node("Cast", ["large"], ["output"], "last", to=FLOAT),
        node("Resize", ["wide", "", "", "sizes"], ["narrow"], "/Resize", mode="linear"),
        node("Cast", ["narrow"], ["large"], "/Resize_cast", to=HALF),
        node("Concat", ["head", "side"], ["sizes"], "/Concat", axis=0),
        node("Cast", ["inner"], ["wide"], "/wide", to=FLOAT),
        node("Sigmoid", ["inner"], ["aside"], "aside"),
        node("Conv", ["outer", "w2", "b2"], ["inner"], "/stage4/Conv", strides=[2, 2], pads=pads),
        node("Conv", ["half", "w1", "b1"], ["outer"], "/stage1/Conv", pads=pads),
        node("Slice", ["shape", "zero", "two", "zero"], ["head"], "/Slice"),
        node("Shape", ["inner"], ["shape"], "/Shape"),
        node("Cast", ["input"], ["half"], "first", to=HALF),
        constant("side", [convert.SHIPPED, convert.SHIPPED]),
        constant("zero", [0]),
        constant("two", [2]),
    ]
    weights = [weight("w1", 16, 3, 3, 3), weight("b1", 16), weight("w2", 1, 16, 5, 5)]
    weights += [weight("b2", 1), weight("unused", 4)]
    shape = [1, 3, convert.SHIPPED, convert.SHIPPED]
    graph = helper.make_graph(
        nodes,
        "shipped",
        [helper.make_tensor_value_info("input", FLOAT, shape)],
        [
            helper.make_tensor_value_info("output", FLOAT, [1, 1, *shape[2:]]),
            helper.make_tensor_value_info("aside", HALF, None),
        ],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    onnx.save(model, path)
    return path


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(convert, "SHIPPED", SIDE)
    return shipped(tmp_path / "shipped.onnx")


def widened(source: Path) -> onnx.ModelProto:
    model = onnx.load(source)
    convert.prune(model)
    convert.widen(model)
    return model


def run(model: onnx.ModelProto | Path, side: int = SIDE) -> Floats:
    content = model.read_bytes() if isinstance(model, Path) else model.SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    photo = np.random.default_rng(1).random((1, 3, side, side), np.float32)
    result: Floats = session.run(["output"], {"input": photo})[0]
    return result


def test_pruned_to_one_output_in_a_valid_order(source: Path) -> None:
    model = onnx.load(source)
    with pytest.raises(onnx.checker.ValidationError):
        onnx.checker.check_model(model)  # as shipped: not sorted
    convert.prune(model)
    onnx.checker.check_model(model, full_check=True)
    assert [value.name for value in model.graph.output] == ["output"]
    assert "aside" not in {node.name for node in model.graph.node}
    assert {tensor.name for tensor in model.graph.initializer} == {"w1", "b1", "w2", "b2"}


def test_widening_changes_types_and_hardly_a_value(source: Path) -> None:
    half = onnx.load(source)
    convert.prune(half)
    wide = widened(source)
    assert {tensor.data_type for tensor in wide.graph.initializer} == {FLOAT}
    np.testing.assert_allclose(run(wide), run(half), atol=0.03)
    assert not np.array_equal(run(wide), run(half))


def test_rebuilt_for_another_side(source: Path) -> None:
    model = widened(source)
    convert.rebuild(model, 48)
    onnx.checker.check_model(model, full_check=True)
    assert run(model, 48).shape == (1, 1, 48, 48)


def test_eight_bits_are_within_half_a_step() -> None:
    weight = np.random.default_rng(3).normal(0, 1, (5, 4, 3, 3)).astype(np.float32)
    weight[2] = 0
    small, scale = convert.eight_bits(weight)
    assert small.dtype == np.int8
    assert scale.shape == (5, 1, 1, 1)
    assert (np.abs(small * scale - weight) <= scale / 2 * 1.0001).all()
    assert np.abs(small).max(axis=(1, 2, 3)).tolist() == [127, 127, 0, 127, 127]


def test_w8_stores_large_weights_in_eight_bits(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "w8.onnx"
    convert.write_w8(widened(source), target)
    stored = {item.name: item.data_type for item in onnx.load(target).graph.initializer}
    eight = {name for name, kind in stored.items() if kind == TensorProto.INT8}
    assert eight == {"w1_int8", "w2_int8"}
    assert "w1" not in stored
    np.testing.assert_allclose(run(target), run(widened(source)), rtol=0.02, atol=0.05)


def test_mix8_leaves_the_edge_stages_in_float(source: Path, tmp_path: Path) -> None:
    convert.write_mix8(widened(source), tmp_path / "mix8.onnx")
    kinds = {node.name: node.op_type for node in onnx.load(tmp_path / "mix8.onnx").graph.node}
    assert kinds["/stage1/Conv"] == "Conv"
    assert "ConvInteger" in kinds.values()
    assert "/stage4/Conv" not in kinds
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize("name", ["isnet", "isnet-w8"])
def test_twice_the_same_bytes(source: Path, tmp_path: Path, name: str) -> None:
    results = []
    for number in range(2):
        target = tmp_path / f"{number}.onnx"
        convert.convert(name, source, target)
        results.append(target.read_bytes())
    assert results[0] == results[1]


# The real results


@pytest.fixture(scope="module")
def mask_of() -> Callable[[str], Floats]:
    """The mask of the astronaut at 256 × 256, straight from a model's contract."""
    registry = json.loads((ROOT / "py" / "cutaway" / "registry.json").read_text())
    contracts = {model["id"]: model["contract"] for model in registry["models"]}
    photo = Image.open(ROOT / ".cache" / "parts" / "photos" / "astronaut.png").convert("RGB")

    def mask(name: str) -> Floats:
        contract = contracts[name]
        side = contract["size"]
        pixels = np.asarray(photo.resize((side, side), Image.Resampling.BILINEAR), np.float32)
        values = (pixels / 255 - np.float32(contract["mean"])) / np.float32(contract["std"])
        session = onnxruntime.InferenceSession(MODELS / f"{name}.onnx")
        feeds = {contract["input"]: values.transpose(2, 0, 1)[None]}
        answer = session.run([contract["output"]], feeds)[0][0, 0]
        small = Image.fromarray(answer).resize((256, 256), Image.Resampling.BILINEAR)
        return np.asarray(small, np.float32)

    return mask


def overlap(first: Floats, second: Floats) -> float:
    """Intersection over union of two masks."""
    one, other = first > 0.5, second > 0.5
    return float((one & other).sum() / (one | other).sum())


def test_the_converted_models_agree(mask_of: Callable[[str], Floats]) -> None:
    closest = mask_of("isnet-w8")
    assert 0.4 < (closest > 0.5).mean() < 0.7
    assert overlap(mask_of("isnet"), closest) > 0.995
    assert overlap(mask_of("isnet-768"), closest) > 0.98
