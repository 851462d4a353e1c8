"""Converting ISNet: on a small graph with the same oddities, and on the real results."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from tools import convert
from tools.files import sha256_of
from tools.reference import PARTS, WEIGHTS, reference
from tools.sources import Sources

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


def test_eight_bits_of_what_is_multiplied_by_have_their_channels_last() -> None:
    weight = np.random.default_rng(4).normal(0, 1, (40, 6)).astype(np.float32)
    weight[:, 1] *= 100
    small, scale = convert.eight_bits(weight, -1)
    assert scale.shape == (1, 6)
    assert (np.abs(small * scale - weight) <= scale / 2 * 1.0001).all()


def attentive() -> onnx.ModelProto:
    """A product by a weight, a large table added, and two outputs."""
    random = np.random.default_rng(5)
    table = random.normal(0, 0.1, (1, 1024, 1 + convert.LARGE_TABLE // 1024))
    weight = random.normal(0, 0.1, (table.shape[-1], 8))
    weights = [
        numpy_helper.from_array(table.astype(np.float32), "table"),
        numpy_helper.from_array(weight.astype(np.float32), "weight"),
    ]
    nodes = [
        helper.make_node("Add", ["input", "table"], ["placed"], "/Add"),
        helper.make_node("MatMul", ["placed", "weight"], ["output"], "/MatMul"),
        helper.make_node("Relu", ["output"], ["beside"], "/Relu"),
    ]
    given = helper.make_tensor_value_info("input", FLOAT, [1, 1024, 1])
    answers = [
        helper.make_tensor_value_info(name, FLOAT, [1, 1024, 8]) for name in ("output", "beside")
    ]
    graph = helper.make_graph(nodes, "attentive", [given], answers, weights)
    opset = helper.make_opsetid("", 17)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8)


def test_a_graph_in_the_runtimes_own_format_becomes_plain_onnx(tmp_path: Path) -> None:
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "shipped.ort")
    options.add_session_config_entry("session.save_model_format", "ORT")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    onnxruntime.InferenceSession(
        attentive().SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    model = convert.plain(tmp_path / "shipped.ort")
    onnx.checker.check_model(model, full_check=True)
    assert [(one.domain, one.version) for one in model.opset_import] == [("", 17)]
    convert.prune(model, 2)
    assert [value.name for value in model.graph.output] == ["output", "beside"]

    convert.write_w8_with_tables(model, tmp_path / "w8.onnx")
    stored = {
        item.name: item.data_type for item in onnx.load(tmp_path / "w8.onnx").graph.initializer
    }
    assert (stored["weight_int8"], stored["table_fp16"]) == (TensorProto.INT8, HALF)
    fed = {"input": np.random.default_rng(6).random((1, 1024, 1), np.float32)}
    made, wanted = (
        onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"]).run(None, fed)
        for content in (
            (tmp_path / "w8.onnx").read_bytes(),
            attentive().SerializeToString(),
        )
    )
    for one, other in zip(made, wanted, strict=True):
        # A sum of 1025 products, each off by half a step of its weight at most.
        np.testing.assert_allclose(one, other, atol=0.15)


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


def test_halves_are_stored_in_sixteen_bits_and_computed_in_thirty_two(
    source: Path, tmp_path: Path
) -> None:
    target = tmp_path / "halves.onnx"
    convert.write_halves(widened(source), target)
    stored = {item.name: item.data_type for item in onnx.load(target).graph.initializer}
    assert {name for name, kind in stored.items() if kind == HALF} == {"w1_fp16", "w2_fp16"}
    assert {name for name, kind in stored.items() if kind == FLOAT} == {"b1", "b2"}
    # the weights were fp16 before, so nothing is lost
    np.testing.assert_array_equal(run(target), run(widened(source)))


def test_as_shipped_but_for_the_outputs_that_nobody_reads(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "isnet-fp16.onnx"
    convert.convert("isnet-fp16", source, target)
    made = onnx.load(target)
    assert [value.name for value in made.graph.output] == ["output"]
    assert {tensor.data_type for tensor in made.graph.initializer} == {HALF}
    pruned = onnx.load(source)
    convert.prune(pruned)
    np.testing.assert_array_equal(run(target), run(pruned))


@pytest.mark.parametrize("name", list(convert.RECIPES))
def test_twice_the_same_bytes(source: Path, tmp_path: Path, name: str) -> None:
    results = []
    for number in range(2):
        target = tmp_path / f"{number}.onnx"
        convert.convert(name, source, target)
        results.append(target.read_bytes())
    assert results[0] == results[1]


# The real results


def photograph() -> Image.Image:
    with Image.open(PARTS / "photos" / "astronaut.png") as photo:
        return photo.convert("RGB")


def mask_of(id: str, weights: Path = WEIGHTS) -> Floats:
    """The mask of the astronaut at 256 × 256, straight from the words of a model's makers."""
    if not (weights / f"{id}.onnx").exists():
        pytest.skip(f"{id} is not fetched: python3 build.py dist --models all")
    small = Image.fromarray(reference(photograph(), id, weights)).resize((256, 256))
    return np.asarray(small, np.float32)


def overlap(first: Floats, second: Floats) -> float:
    """Intersection over union of two masks."""
    one, other = first > 0.5, second > 0.5
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize(
    ("made", "closest", "alike"),
    [
        ("isnet-w8", "isnet-fp16", 0.999),
        ("isnet", "isnet-w8", 0.995),
        ("isnet-768", "isnet-w8", 0.98),
        ("u2netp-fp16", "u2netp", 0.995),
    ],
)
def test_a_converted_model_agrees_with_what_it_was_made_from(
    made: str, closest: str, alike: float
) -> None:
    original = mask_of(closest)
    assert 0.4 < (original > 0.5).mean() < 0.7
    assert overlap(mask_of(made), original) > alike


def test_modnet_agrees_with_what_it_was_made_from(tmp_path: Path) -> None:
    shipped = PARTS.parent / "downloads" / "modnet-fp32.onnx"
    if not shipped.exists():
        pytest.skip("not fetched: python3 build.py dist")
    (tmp_path / "modnet.onnx").symlink_to(shipped)
    assert overlap(mask_of("modnet"), mask_of("modnet", tmp_path)) > 0.999


@pytest.mark.parametrize("id", list(convert.RECIPES))
def test_made_again_it_is_the_pinned_file(id: str, tmp_path: Path) -> None:
    source = PARTS.parent / Sources().conversions()[id]
    if not source.exists():
        pytest.skip("not fetched: python3 build.py dist --models all")
    convert.convert(id, source, tmp_path / "made.onnx")
    assert sha256_of(tmp_path / "made.onnx") == Sources().weights[id].sha256


def test_every_recipe_is_for_a_model_that_is_made_here() -> None:
    assert set(convert.RECIPES) == set(Sources().conversions())
