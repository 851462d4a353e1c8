"""The registry: what is in it, and that a wrong entry is refused by name."""

import copy
import json
from importlib.resources import files

import pytest

from cutaway import registry
from cutaway.errors import CutawayError

DOCUMENT = json.loads(files("cutaway").joinpath("registry.json").read_text("utf-8"))


def test_the_default_is_a_model_of_the_registry():
    assert registry.choose("auto") == registry.find(registry.DEFAULT)


def test_a_model_is_found_by_its_id():
    u2netp = registry.find("u2netp")
    assert (u2netp.bytes, u2netp.contract.size, u2netp.contract.std) == (
        4574861,
        320,
        (0.229, 0.224, 0.225),
    )


def test_an_unknown_model_is_refused_with_the_known_ones_named():
    with pytest.raises(CutawayError, match="u2netp") as failure:
        registry.find("u2net")
    assert failure.value.code == "unknown-model"


def test_a_summary_holds_what_a_person_must_know_before_a_download():
    summary = registry.find("u2netp").summary()
    assert summary["licence"] == "Apache-2.0"
    assert summary["bytes"] == 4574861
    assert json.loads(json.dumps(summary)) == summary


def test_a_document_is_read_back_as_it_stands():
    for model, entry in zip(registry.parse(DOCUMENT), DOCUMENT["models"], strict=True):
        assert model.id == entry["id"]
        assert list(model.contract.mean) == entry["contract"]["mean"]


@pytest.mark.parametrize(
    ("where", "value", "complaint"),
    [
        ("colour", "blue", "unknown key"),
        ("bytes", "4574861", "bytes is not int"),
        ("bytes", True, "bytes is not int"),
        ("bytes", 0, "bytes is not positive"),
        ("sha256", "309C8469", "sha256 is not 64 hex digits"),
        ("sha256", "G" * 64, "sha256 is not 64 hex digits"),
        ("kind", "magic", "kind is “magic”"),
        ("tier", "huge", "tier is “huge”"),
        ("commercial", "maybe", "commercial is “maybe”"),
        ("title", "", "title is not str"),
        ("providers", [], "providers is empty"),
        ("providers", ["webgl"], "providers is “webgl”"),
        ("contract", "as usual", "contract is not dict"),
        ("contract.size", 320.5, "size is not int"),
        ("contract.size", 8, "size is not 16 to 4096"),
        ("contract.scale", "127", "scale is “127”"),
        ("contract.mean", [0.5, 0.5], "mean is not three numbers"),
        ("contract.mean", [0.5, 0.5, "0.5"], "mean is not three numbers"),
        ("contract.std", [1, 1, 0], "std is not positive"),
        ("contract.activation", "tanh", "activation is “tanh”"),
        ("contract.extra", 1, "unknown key"),
    ],
)
def test_a_wrong_value_is_named(where, value, complaint):
    document = copy.deepcopy(DOCUMENT)
    entry = document["models"][0]
    *parents, name = where.split(".")
    for parent in parents:
        entry = entry[parent]
    entry[name] = value
    with pytest.raises(ValueError, match=complaint):
        registry.parse(document)


@pytest.mark.parametrize("name", list(DOCUMENT["models"][0]))
def test_a_missing_key_is_named(name):
    document = copy.deepcopy(DOCUMENT)
    del document["models"][0][name]
    with pytest.raises(ValueError, match=f"missing key.*{name}"):
        registry.parse(document)


def test_two_models_of_one_id_are_refused():
    document = {"models": [DOCUMENT["models"][0], DOCUMENT["models"][0]]}
    with pytest.raises(ValueError, match="same id"):
        registry.parse(document)
