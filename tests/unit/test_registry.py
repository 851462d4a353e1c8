"""The registry: what is in it, and that a wrong entry is refused by name."""

import copy
import hashlib
import json
from dataclasses import replace
from importlib.resources import files

import pytest

from cutaway.errors import CutawayError
from cutaway.models import recipe, registry
from cutaway.models.model import LONGEST, Contract
from cutaway.options import Options
from tools import registry_file
from tools.reference import KNOWN, WEIGHTS
from tools.stage import sha256
from tools.tensors import largest_tensor

TEXT = files("cutaway.models").joinpath("registry.json").read_text("utf-8")
DOCUMENT = json.loads(TEXT)
IDS = [model.id for model in registry.models()]
SMALL = [entry["id"] for entry in DOCUMENT["models"]].index("u2netp")
SQUARE = registry.find("u2netp").contract
SHORT = registry.find("modnet").contract


def changed(where: str, value: object, id: str = "u2netp") -> object:
    """The registry's document with one value of a model, or of its audit, put in or taken out."""
    document = copy.deepcopy(DOCUMENT)
    *parents, name = where.split(".")
    (entry,) = (entry for entry in document["models"] if entry["id"] == id)
    place = {"": entry, "audit": document["audit"][id]}
    inner = place["audit"] if parents[:1] == ["audit"] else place[""]
    for parent in parents[1:] if parents[:1] == ["audit"] else parents:
        inner = inner[parent]
    if value is None:
        del inner[name]
    else:
        inner[name] = value
    return document


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
        registry.find("u3net")
    assert failure.value.code == "unknown-model"


def test_a_summary_holds_what_a_person_must_know_before_a_download():
    summary = registry.find("u2netp").summary()
    assert summary["licence"] == "Apache-2.0"
    assert summary["bytes"] == 4574861
    assert summary["unavailable"] == ""
    assert json.loads(json.dumps(summary)) == summary


def test_the_classical_method_is_listed_to_be_chosen_and_is_no_model_to_load():
    lite, _ = (entry for entry in registry.entries() if entry not in registry.models())
    assert (lite.id, lite.kind, lite.tier, lite.bytes) == ("lite", "classical", "lite", 0)
    assert registry.entry("lite") is lite
    assert lite.summary()["unavailable"] == ""
    for ask in (registry.find, registry.choose):
        with pytest.raises(CutawayError, match="no weights") as failure:
            ask("lite")
        assert failure.value.code == "no-weights"


def test_what_answers_prompts_is_listed_and_makes_no_cutouts():
    sam = registry.entry(registry.SELECTING)
    assert sam not in registry.models()
    assert sam.summary()["kind"] == "prompted"
    assert sam.summary()["bytes"] == sam.encoder.bytes + sam.decoder.bytes
    assert all(sam.id not in models for models in recipe.SPEEDS.values())
    for ask in (registry.find, registry.choose):
        with pytest.raises(CutawayError, match="Choose one of: u2netp") as failure:
            ask(sam.id)
        assert failure.value.code == "needs-prompts"


def test_it_is_asked_only_where_it_passed_the_audit_and_is_carried(monkeypatch):
    assert registry.selecting({"sam2-tiny"}).id == "sam2-tiny"
    with pytest.raises(CutawayError, match="brush") as failure:
        registry.selecting({"u2netp"})
    assert failure.value.code == "not-carried"
    audit = {id: found for id, found in DOCUMENT["audit"].items() if id != "sam2-tiny"}
    entries = registry.parse(DOCUMENT | {"audit": audit})
    monkeypatch.setattr(registry, "entries", lambda: entries)
    with pytest.raises(CutawayError, match="has not passed the audit") as failure:
        registry.selecting()
    assert failure.value.code == "not-available"


def test_only_its_name_leads_to_the_classical_method():
    assert recipe.method(Options.of({"model": "lite"})) == registry.entry("lite")
    for given in ({}, {"model": "u2netp"}, {"speed": "fast"}):
        assert recipe.method(Options.of(given)) is None


def test_a_model_that_is_not_carried_is_refused_with_the_carried_ones_named():
    assert registry.choose("isnet", {"isnet", "u2netp"}).id == "isnet"
    with pytest.raises(CutawayError, match="Choose one of: u2netp, isnet") as failure:
        registry.choose("u2net", {"isnet", "u2netp"})
    assert failure.value.code == "not-carried"


def test_what_stands_in_is_smaller_carried_and_knows_more_than_people():
    wanted = registry.find("isnet-w8")
    assert [other.id for other in registry.smaller(wanted)] == ["isnet", "isnet-768", "u2netp"]
    carried = {"modnet", "u2netp", "isnet-768"}
    assert [other.id for other in registry.smaller(wanted, carried)] == ["isnet-768", "u2netp"]
    assert registry.smaller(registry.find("u2netp")) == ()
    others = registry.smaller(replace(wanted, memory=10**12))
    assert [other.memory for other in others] == sorted((o.memory for o in others), reverse=True)


# Every entry, against the real files


@pytest.mark.parametrize("model", registry.models(), ids=lambda model: model.id)
def test_every_model_passed_the_audit_with_these_very_weights(model):
    audit = DOCUMENT["audit"].get(model.id)
    assert audit, f"run python3 build.py audit {model.id}"
    assert audit["sha256"] == model.sha256, f"run python3 build.py audit {model.id} again"
    assert "wasm" in model.providers
    assert model.memory > model.bytes
    assert model.unavailable == ""


@pytest.mark.parametrize("model", registry.models(), ids=lambda model: model.id)
def test_a_contract_is_the_one_that_its_makers_give(model):
    words, contract = KNOWN[model.id], model.contract
    assert contract.size == words.size
    assert (contract.mean, contract.std) == words.colours
    assert contract.scale == str(words.divisor or "max")
    assert (contract.input, contract.output) == (words.input, words.output)
    assert (contract.activation == "stretch") == words.stretch
    assert contract.shape(600, 400) == words.shape(600, 400)


@pytest.mark.parametrize("model", registry.models(), ids=lambda model: model.id)
def test_bytes_and_largest_tensor_are_the_files(model):
    weights = WEIGHTS / f"{model.id}.onnx"
    if not weights.exists():
        pytest.skip("not fetched: python3 build.py dist --models all")
    assert weights.stat().st_size == model.bytes
    widest = model.contract.shape(LONGEST, 1)
    assert largest_tensor(weights, *widest) == model.buffer


def test_both_networks_passed_the_audit_and_are_the_files():
    sam = registry.entry(registry.SELECTING)
    audit = DOCUMENT["audit"].get(sam.id)
    assert audit, f"run python3 build.py audit {sam.id}"
    assert audit["sha256"] == sam.sha256, f"run python3 build.py audit {sam.id} again"
    assert sam.unavailable == ""
    whole = hashlib.sha256()
    for network in sam.networks:
        assert network.providers == ("wasm",)
        assert network.memory > network.bytes
        weights = WEIGHTS / f"{network.id}.onnx"
        if not weights.exists():
            pytest.skip("not fetched: python3 build.py dist")
        content = weights.read_bytes()
        assert (len(content), sha256(content)) == (network.bytes, network.sha256)
        whole.update(content)
    assert whole.hexdigest() == sam.sha256
    assert sam.encoder.memory > sam.decoder.memory


# Contracts


@pytest.mark.parametrize(
    ("contract", "photo", "shape"),
    [
        (SQUARE, (4000, 3000), (320, 320)),
        (SQUARE, (12000, 30), (320, 320)),
        (SHORT, (512, 512), (512, 512)),
        (SHORT, (4000, 3000), (672, 512)),
        (SHORT, (3000, 4000), (512, 672)),
        (SHORT, (100, 50), (1024, 512)),
        (SHORT, (12000, 30), (2048, 512)),
        (SHORT, (1, 9000), (512, 2048)),
        (SHORT, (1, 1), (512, 512)),
    ],
)
def test_the_shape_of_an_input(contract: Contract, photo, shape):
    assert contract.shape(*photo) == shape


# The file


def test_the_file_is_what_the_audit_would_write(tmp_path):
    registry_file.write(DOCUMENT, tmp_path / "registry.json")
    assert (tmp_path / "registry.json").read_text("utf-8") == TEXT
    shuffled = DOCUMENT | {"audit": dict(reversed(DOCUMENT["audit"].items()))}
    registry_file.write(shuffled, tmp_path / "registry.json")
    assert (tmp_path / "registry.json").read_text("utf-8") == TEXT


def test_a_document_is_read_back_as_it_stands():
    for entry, written in zip(registry.parse(DOCUMENT), DOCUMENT["models"], strict=True):
        assert entry.id == written["id"]
        if "contract" in written:
            assert list(entry.contract.mean) == written["contract"]["mean"]


@pytest.mark.parametrize(
    ("where", "value", "complaint"),
    [
        ("colour", "blue", "unknown key"),
        ("memory", 5, "unknown key"),
        ("providers", ["wasm"], "unknown key"),
        ("bytes", "4574861", "bytes is not int"),
        ("bytes", True, "bytes is not int"),
        ("bytes", 0, "bytes is not positive"),
        ("buffer", 0, "buffer is not positive"),
        ("sha256", "309C8469", "sha256 is not 64 hex digits"),
        ("sha256", "G" * 64, "sha256 is not 64 hex digits"),
        ("answer", "00", "answer is not 128 hex digits"),
        ("kind", "magic", "kind is “magic”"),
        ("kind", "classical", "unknown key"),
        ("kind", ["neural"], "kind is"),
        ("tier", "huge", "tier is “huge”"),
        ("commercial", "maybe", "commercial is “maybe”"),
        ("title", "", "title is not str"),
        ("needs", ["more"], "needs is “more”"),
        ("contract", "as usual", "contract is not dict"),
        ("contract.size", 320.5, "size is not int"),
        ("contract.size", 8, "size is not 16 to 4096"),
        ("contract.scale", "127", "scale is “127”"),
        ("contract.mean", [0.5, 0.5], "mean is not three numbers"),
        ("contract.mean", [0.5, 0.5, "0.5"], "mean is not three numbers"),
        ("contract.mean", [0.5, 0.5, True], "mean is not three numbers"),
        ("contract.std", [1, 1, 0], "std is not positive"),
        ("contract.activation", "tanh", "activation is “tanh”"),
        ("contract.fit", "long", "fit is “long”"),
        ("contract.multiple", 32, "a square needs no multiple"),
        ("contract.multiple", 0, "not a multiple"),
        ("contract.multiple", 33, "not a multiple"),
        ("contract.extra", 1, "unknown key"),
        ("audit.extra", 1, "audit of u2netp: unknown key"),
        ("audit.sha256", "0", "sha256 is not 64 hex digits"),
        ("audit.date", "yesterday", "date is not year-month-day"),
        ("audit.date", "20261120", "date is not year-month-day"),
        ("audit.browser", None, "missing key.*browser"),
        ("audit.providers.webgl", {"passed": False, "cause": "no"}, "providers is “webgl”"),
        ("audit.providers.webgpu", "passed", "webgpu is not an object"),
        ("audit.providers.webgpu", {"passed": False}, "missing key.*cause"),
        ("audit.providers.webgpu", {"passed": 1, "cause": "no"}, "passed is not bool"),
        ("audit.providers.wasm.memory", 0, "memory is not positive"),
        ("audit.providers.wasm.milliseconds", "9", "milliseconds is not int"),
        ("audit.providers.wasm.extra", 9, "unknown key"),
    ],
)
def test_a_wrong_value_is_named(where, value, complaint):
    with pytest.raises(ValueError, match=complaint):
        registry.parse(changed(where, value))


@pytest.mark.parametrize(
    ("where", "value", "complaint"),
    [
        ("tier", "pro", "unknown key"),
        ("note", None, "missing key.*note"),
        ("bytes", 5, "bytes is not the sum of both networks'"),
        ("sha256", "0", "sha256 is not 64 hex digits"),
        ("commercial", "maybe", "commercial is “maybe”"),
        ("contract.size", 8, "size is not 16 to 4096"),
        ("contract.fit", "short", "fit of a model that answers prompts is square"),
        ("contract.output", "mask", "output is none of the encoder's"),
        ("encoder", "large", "encoder is not dict"),
        ("encoder.buffer", 9, "encoder: unknown key"),
        ("encoder.sha256", None, "encoder: missing key.*sha256"),
        ("decoder.bytes", 0, "decoder: bytes is not positive"),
        ("decoder.sha256", "G" * 64, "decoder: sha256 is not 64 hex digits"),
        ("decoder.outputs", [], "decoder: outputs are not names"),
        ("decoder.outputs", [1], "decoder: outputs are not names"),
        ("audit.providers.webgpu", {"passed": False, "cause": "no"}, "no known answer"),
        ("audit.providers.wasm.answer_memory", None, "missing key.*answer_memory"),
        ("audit.providers.wasm.answer_milliseconds", 0, "answer_milliseconds is not positive"),
    ],
)
def test_a_wrong_value_of_what_answers_prompts_is_named(where, value, complaint):
    with pytest.raises(ValueError, match=complaint):
        registry.parse(changed(where, value, registry.SELECTING))


@pytest.mark.parametrize("name", [name for name in DOCUMENT["models"][SMALL] if name != "kind"])
def test_a_missing_key_is_named(name):
    with pytest.raises(ValueError, match=f"missing key.*{name}"):
        registry.parse(changed(name, None))


def test_two_models_of_one_id_are_refused():
    document = DOCUMENT | {"models": [*DOCUMENT["models"], DOCUMENT["models"][SMALL]]}
    with pytest.raises(ValueError, match="same id"):
        registry.parse(document)


@pytest.mark.parametrize(
    "document", [[], {}, {"models": []}, DOCUMENT | {"extra": 1}, DOCUMENT | {"audit": []}]
)
def test_another_document_is_refused(document):
    with pytest.raises(ValueError, match="registry: the"):
        registry.parse(document)


def test_an_audit_of_nothing_is_refused():
    audit = DOCUMENT["audit"] | {"lite": DOCUMENT["audit"]["u2netp"]}
    with pytest.raises(ValueError, match="lite"):
        registry.parse(DOCUMENT | {"audit": audit})


# What the audit found decides what is offered


def offered(document):
    return next(entry for entry in registry.parse(document) if entry.id == "u2netp")


def test_an_audit_of_other_weights_is_none():
    assert "wasm" in offered(DOCUMENT).providers
    stale = offered(changed("audit.sha256", "0" * 64))
    assert (stale.providers, stale.memory) == ((), 0)
    assert "audit" in stale.unavailable


def test_without_an_audit_a_model_is_not_offered(monkeypatch):
    audit = {id: found for id, found in DOCUMENT["audit"].items() if id != "u2netp"}
    entries = registry.parse(DOCUMENT | {"audit": audit})
    monkeypatch.setattr(registry, "entries", lambda: entries)
    with pytest.raises(CutawayError, match="has not passed the audit") as failure:
        registry.choose("u2netp")
    assert failure.value.code == "not-available"
    assert registry.find("u2netp").providers == ()
    assert "u2netp" not in [other.id for other in registry.smaller(registry.find("isnet-w8"))]


def test_only_what_passed_is_offered_webgpu_first():
    passed = DOCUMENT["audit"]["u2netp"]["providers"]["wasm"]
    failed = {"passed": False, "cause": "a reason"}
    for wasm, webgpu, providers, memory in [
        (passed, passed, ("webgpu", "wasm"), passed["memory"]),
        (passed, failed, ("wasm",), passed["memory"]),
        (failed, passed, ("webgpu",), 0),
        (failed, failed, (), 0),
    ]:
        found = offered(changed("audit.providers", {"wasm": wasm, "webgpu": webgpu}))
        assert (found.providers, found.memory) == (providers, memory)
