"""Graphs of models that people bring: which family they look like, and what no contract fits."""

from dataclasses import replace

import pytest

from cutaway.errors import CutawayError
from cutaway.models import families, graph
from cutaway.models.graph import Graph, Value
from tests.unit.test_registry import KNOWN

LARGE, SMALL = 170_000_000, 13_000_000
SIDE = 1024
FREE = ("batch_size", 1, "height", "width")


def picture(name="input", side=SIDE, type="float32"):
    sides = (side, side) if isinstance(side, int) else ("height", "width")
    return Value(name, type, (1, 3, *sides))


def mask(name="output", side=SIDE, type="float32"):
    return Value(name, type, (1, 1, side, side))


def made(inputs, outputs):
    return Graph((inputs,), tuple(outputs))


RMBG_2 = made(picture("pixel_values"), [mask("alphas")])
GUESSES = {
    "u2net": (
        made(picture("input.1", 320), [mask(name, 320) for name in ("1959", "1960", "1961")]),
        LARGE,
        ("u2net-like", "1959"),
    ),
    "u2net with its first output only": (
        made(picture("input.1", 320), [mask("1959", 320)]),
        SMALL,
        ("u2net-like", "1959"),
    ),
    "isnet with side outputs": (
        made(picture(), [mask(name) for name in ("output", "d2", "d3")]),
        LARGE,
        ("isnet-like", "output"),
    ),
    "rmbg-1.4": (made(picture(), [mask()]), LARGE, ("rmbg-1.4", "output")),
    "rmbg-1.4 of any size": (
        made(picture(side="any"), [Value("output", "float32", FREE)]),
        LARGE,
        ("rmbg-1.4", "output"),
    ),
    "modnet": (
        made(picture(side="any"), [Value("output", "float32", FREE)]),
        SMALL,
        ("modnet-like", "output"),
    ),
    "rmbg-2.0": (RMBG_2, LARGE, ("rmbg-2.0", "alphas")),
    "birefnet": (
        made(picture("input_image"), [mask("output_image")]),
        LARGE,
        ("birefnet", "output_image"),
    ),
    "birefnet with all its stages": (
        made(picture("input_image"), [mask(name) for name in ("stage1", "stage2", "last")]),
        LARGE,
        ("birefnet", "last"),
    ),
    "birefnet at 512 under the names of rmbg-2.0": (
        made(picture("pixel_values", 512), [mask("logits", 512)]),
        LARGE,
        ("birefnet", "logits"),
    ),
    "ben2": (made(picture("image"), [mask(type="float16")]), LARGE, ("ben2", "output")),
    "anything": (made(picture("x", 256), [mask("y", 256)]), LARGE, ("custom", "y")),
}


@pytest.mark.parametrize(("told", "size", "wanted"), GUESSES.values(), ids=GUESSES)
def test_what_a_graph_looks_like(told, size, wanted):
    guess = families.guess(told, size)
    assert (guess.family, guess.contract.output) == wanted
    assert guess.contract.input == told.inputs[0].name
    graph.check(guess.contract, told)


def test_only_what_the_graph_tells_is_known():
    assert families.guess(RMBG_2, LARGE).known == ("input", "output", "size", "fit", "multiple")
    several = made(picture("input_image", "any"), [mask("a"), mask("b")])
    guess = families.guess(several, LARGE)
    assert guess.known == ("input",)
    assert guess.contract.size == families.find("birefnet").contract.size


def test_a_size_of_the_graph_goes_before_the_family_and_its_fit():
    fixed = made(picture("input.1", 320), [mask("1959", 320)])
    assert families.guess(fixed, SMALL).contract.size == 320
    at_512 = made(picture("input_image", 512), [mask("output_image", 512)])
    contract = families.guess(at_512, LARGE).contract
    assert (contract.size, contract.fit, contract.multiple) == (512, "square", 1)


def test_of_outputs_that_are_no_masks_none_is_taken():
    features = Value("features", "float32", (1, 64, SIDE, SIDE))
    score = Value("score", "float32", (1, 1))
    told = made(picture("input_image"), [features, mask("last"), score])
    assert families.guess(told, LARGE).contract.output == "last"


def test_contracts_are_those_of_the_registry_where_it_has_one():
    for id, family in (
        ("u2netp", "u2net-like"),
        ("isnet", "isnet-like"),
        ("modnet", "modnet-like"),
    ):
        words, contract = KNOWN[id], families.find(family).contract
        assert contract.size == words.size
        assert (contract.mean, contract.std) == words.colours
        assert contract.scale == str(words.divisor or "max")
        assert (contract.activation == "stretch") == words.stretch
        assert contract.shape(600, 400) == words.shape(600, 400)


def test_the_families_are_told_with_all_that_a_form_needs():
    ids = [family.id for family in families.FAMILIES]
    assert len(set(ids)) == len(ids)
    assert {"rmbg-1.4", "rmbg-2.0", "birefnet", "ben2", families.CUSTOM} < set(ids)
    for family in families.FAMILIES:
        told = family.to_dict()
        assert set(told) == {"id", "title", "note", "contract"}
        assert told["contract"]["mean"] == list(family.contract.mean)


def test_an_unknown_family_is_refused():
    with pytest.raises(CutawayError, match="rmbg") as failure:
        families.find("u3net")
    assert failure.value.code == "bad-contract"


# What no contract fits


ODD = {
    "half input": (made(picture(type="float16"), [mask()]), "wrong-type", "float16"),
    "whole numbers": (made(picture(type="int64"), [mask()]), "wrong-type", "int64"),
    "bytes": (made(picture(type="uint8"), [mask()]), "wrong-type", "uint8"),
    "rank 3": (made(Value("x", "float32", (3, 64, 64)), [mask()]), "wrong-rank", "3 × 64 × 64"),
    "no rank": (made(Value("x", "float32", ()), [mask()]), "wrong-rank", "without dimensions"),
    "channels last": (
        made(Value("x", "float32", (1, 64, 64, 3)), [mask()]),
        "wrong-rank",
        "channels first",
    ),
    "four channels": (
        made(Value("x", "float32", (1, 4, 64, 64)), [mask()]),
        "wrong-rank",
        "three channels",
    ),
    "two at once": (made(Value("x", "float32", (2, 3, 64, 64)), [mask()]), "wrong-rank", "of one"),
    "oblong": (made(Value("x", "float32", (1, 3, 64, 96)), [mask()]), "wrong-rank", "as wide"),
    "half free": (made(Value("x", "float32", (1, 3, 64, "w")), [mask()]), "wrong-rank", "as wide"),
    "two inputs": (Graph((picture(), picture("y")), (mask(),)), "wrong-rank", "input, y"),
    "no input": (Graph((), (mask(),)), "wrong-rank", "0 inputs"),
    "classes": (
        made(picture(), [Value("classes", "float32", (1, 1000))]),
        "wrong-rank",
        "classes 1 × 1000",
    ),
    "mask of whole numbers": (made(picture(), [mask(type="int64")]), "wrong-type", "int64"),
}


@pytest.mark.parametrize(("told", "code", "words"), ODD.values(), ids=ODD)
def test_what_no_contract_fits_is_refused_in_words(told, code, words):
    with pytest.raises(CutawayError, match=words) as failure:
        families.guess(told, LARGE)
    assert failure.value.code == code


CONTRACT = families.guess(RMBG_2, LARGE).contract


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"input": "image"}, "no input “image”.*It has: pixel_values"),
        ({"output": "output"}, "no output “output”.*It has: alphas"),
        ({"size": 512}, "1024 × 1024"),
        ({"fit": "short", "multiple": 32}, "square"),
    ],
)
def test_a_contract_that_does_not_fit_its_graph_is_refused(change, words):
    with pytest.raises(CutawayError, match=words) as failure:
        graph.check(replace(CONTRACT, **change), RMBG_2)
    assert failure.value.code == "bad-contract"


def test_a_graph_of_any_size_takes_any():
    told = made(picture(side="any"), [Value("output", "float32", FREE)])
    contract = families.guess(told, SMALL).contract
    for change in ({}, {"size": 640}, {"fit": "square", "multiple": 1}):
        graph.check(replace(contract, **change), told)


def test_a_graph_is_the_same_after_json():
    several = made(picture(side="any"), [mask("a"), Value("b", "float16", ("n", 1, 64, 64))])
    assert Graph.of(several.to_dict()) == several
    odd = Graph.of(
        {"inputs": [{"name": "x", "type": "float32", "shape": [-1, 3.0, "h", None]}], "outputs": []}
    )
    assert odd.inputs[0].shape == ("", 3, "h", "")
