"""Own models: where from, how large, their entry, the shelf, and refusals in words."""

import asyncio
import json
from dataclasses import asdict, replace

import pytest

from cutaway.complaint import refusal
from cutaway.errors import CutawayError, EngineError
from cutaway.models import families, own, policy, recipe, registry
from cutaway.models.graph import Graph, Value
from cutaway.models.notebook import Notebook
from cutaway.models.own import Candidate, Part, Piece, Tried
from cutaway.models.shelf import PATIENCE_SECONDS, Shelf
from cutaway.options import Options
from cutaway.road import remove_background
from cutaway.values import Device
from tests.unit.doubles import FakeEngine, encoded, scene

NOW = 1_800_000_000.0
GRAPH = Graph(
    (Value("pixel_values", "float32", (1, 3, 64, 64)),),
    (Value("alphas", "float32", (1, 1, 64, 64)),),
)
CONTRACT = families.guess(GRAPH, 1000).contract
ANSWER = bytes(range(64)).hex()


def part(first: str = "a", pieces: int = 2) -> Part:
    sums = [f"{i}" * 64 for i in range(pieces)]
    made = tuple(Piece(f"own/{sha256}.bin", 500, sha256) for sha256 in sums)
    return Part(f"own-{first * 12}", 500 * pieces, first * 64, made)


def candidate(first: str = "a", **more) -> Candidate:
    return Candidate(part(first), "example.org", "model", GRAPH, NOW, **more)


def model(first: str = "a", **more):
    told = {"title": "Mine", "source": "example.org", "family": "rmbg-2.0", "contract": CONTRACT}
    return own.model_of(part(first), **told | {"answer": ANSWER, "milliseconds": 12} | more)


def device(memory: float = 8, storage: dict[str, int] | None = None) -> Device:
    return Device(None, True, 4, memory, "jspi", storage=storage)


# Where from, and how large


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://example.org/model.onnx", "example.org"),
        ("https://Example.org:8443/a/b.onnx?download=true", "example.org"),
        ("https://[::1]/x", "::1"),
    ],
)
def test_a_model_may_come_from_an_https_address(address, host):
    assert own.host(address) == host


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://example.org/model.onnx", "not-https"),
        ("ftp://example.org/model.onnx", "not-https"),
        ("", "bad-address"),
        ("model.onnx", "bad-address"),
        ("https:///model.onnx", "bad-address"),
        ("https://[::1/x", "bad-address"),
        ("https://a b/x", "bad-address"),
        ("https://name:secret@example.org/x", "bad-address"),
        ("data:application/octet-stream,x", "bad-address"),
        ("file:///model.onnx", "bad-address"),
        ("https://example.org/" + "a" * 5000, "bad-address"),
    ],
)
def test_any_other_address_is_refused(address, code):
    with pytest.raises(CutawayError) as failure:
        own.host(address)
    assert failure.value.code == code


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("https://example.org/a/birefnet.onnx?download=true", ("example.org", "birefnet")),
        ("https://example.org/", ("example.org", "example.org")),
        ("My model.onnx", ("My model.onnx", "My model")),
    ],
)
def test_a_source_and_a_title_to_begin_with(place, wanted):
    assert own.origin(place) == wanted


def test_the_limit_is_what_memory_and_storage_allow():
    free = own.limit(device(8))
    assert own.estimate(free, own.SMALLEST) <= policy.budget(device(8))
    assert own.estimate(free + 10, own.SMALLEST) > policy.budget(device(8))
    assert own.limit(device(4)) < free
    assert own.limit(device(8, {"quota": 10**12, "usage": 0})) == free
    assert own.limit(device(8, {"quota": 300_000_000, "usage": 100_000_000})) == 180_000_000
    assert own.limit(device(10**6)) == own.LONGEST


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (device(1), "too little memory"),
        (device(8, {"quota": 100_000_000, "usage": 90_000_000}), "no room left"),
    ],
)
def test_where_nothing_may_come_it_is_said(facts, words):
    with pytest.raises(CutawayError, match=words) as failure:
        own.limit(facts)
    assert failure.value.code == "too-large"


@pytest.mark.parametrize("audited", registry.models(), ids=lambda audited: audited.id)
def test_the_estimate_of_memory_is_above_what_the_audit_saw_and_not_far(audited):
    estimate = own.estimate(audited.bytes, audited.contract.size)
    assert audited.memory <= estimate <= 1.5 * audited.memory
    assert audited.buffer <= own.BUFFER_PER_PIXEL * audited.contract.largest_input()


def test_a_model_that_ran_fits_whatever_the_estimate_says_and_the_risk_is_told():
    assert own.crowded(model(), device(8)) == ""
    large, little = model(contract=replace(CONTRACT, size=4096)), device(8)
    assert "4096 pixels" in own.crowded(large, little)
    accepted = large.answered(Tried(large.contract, ANSWER, 12), little)
    plan = policy.plan(little, accepted, registry.models(), "auto", Notebook("build"))
    assert plan.steps[0].model is accepted
    assert plan.notices == ()


# The contract of a form


def test_the_contract_of_a_form_is_checked():
    assert own.contract_of(CONTRACT.to_dict(), GRAPH) == CONTRACT
    for told in (None, {}, [], CONTRACT.to_dict() | {"size": "64"}, CONTRACT.to_dict() | {"x": 1}):
        with pytest.raises(CutawayError) as failure:
            own.contract_of(told, GRAPH)
        assert failure.value.code == "bad-contract"
        assert "registry" not in failure.value.sentence


# The entry


def test_an_entry_says_that_it_is_not_audited():
    shown = model().summary()
    assert shown["own"] is True
    assert (shown["tier"], shown["licence"], shown["commercial"]) == ("pro", "yours", "unclear")
    assert "not audited" in shown["note"]
    assert (shown["id"], shown["bytes"], shown["source"]) == (part().id, 1000, "example.org")
    assert json.loads(json.dumps(shown)) == shown


def test_only_with_an_answer_webgpu_is_tried():
    assert model().providers == ("webgpu", "wasm")
    assert model(answer="").providers == ("wasm",)
    tried = Tried(CONTRACT, ANSWER, 12)
    assert model(answer="", milliseconds=0).answered(tried, device(8)) == model()


def test_options_and_recipe_know_own_models_that_are_handed_over():
    mine = model()
    options = Options.of({"model": mine.id}, [model("b"), mine])
    assert recipe.choose(options, {"u2netp"}) == (mine,)
    for given in ((), [model("b")]):
        with pytest.raises(CutawayError) as failure:
            Options.of({"model": mine.id}, given)
        assert failure.value.code == "unknown-model"
    with pytest.raises(CutawayError, match="no option “own”"):
        Options.of({"own": "x"})


def test_an_own_model_goes_the_same_road():
    mine = model()
    engine = FakeEngine(device())
    options = Options.of({"model": mine.id}, [mine])
    from PIL import Image

    data = encoded(Image.fromarray(scene(60, 40)), "PNG")
    job = remove_background(data, options, engine, lambda *what: None, Notebook("build"))
    receipt = asyncio.run(job).receipt
    assert receipt.to_dict()["model"] == {"id": mine.id, "title": "Mine", "sha256": "a" * 64}


# Parts


@pytest.mark.parametrize(
    "change",
    [
        {"id": "own-bbbbbbbbbbbb"},
        {"id": "u2netp"},
        {"bytes": 999},
        {"bytes": "1000"},
        {"sha256": "a" * 63},
        {"pieces": []},
        {"pieces": [{"url": "models/x.bin", "bytes": 1000, "sha256": "0" * 64}]},
        {"pieces": [{"url": f"own/{'1' * 64}.bin", "bytes": 1000, "sha256": "0" * 64}]},
        {"more": 1},
    ],
)
def test_a_part_that_is_none_is_refused(change):
    good = json.loads(json.dumps(asdict(part())))
    assert Part.of(good) == part()
    with pytest.raises(ValueError, match=r"part|wrong type|object"):
        Part.of(good | change)


# The shelf


def test_a_shelf_is_remembered():
    tried = Tried(CONTRACT, ANSWER, 12)
    full = Shelf((model("a"), model("b", answer="")), (candidate("c"), candidate("d", tried=tried)))
    assert Shelf.parse(full.to_text(), NOW) == full


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"models": []}', '{"models": {}, "candidates": []}', '{"a": 1}'],
)
def test_a_shelf_that_cannot_be_read_is_empty(text):
    assert Shelf.parse(text, NOW) == Shelf()


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("title", 7),
        ("answer", "zz"),
        ("answer", "0" * 127 + "g"),
        ("milliseconds", True),
        ("contract", {"size": 64}),
        ("part", {}),
        ("more", "text"),
    ],
)
def test_one_entry_that_cannot_be_read_is_forgotten_alone(where, value):
    kept = json.loads(Shelf((model("a"), model("b"))).to_text())
    kept["models"][0][where] = value
    assert Shelf.parse(json.dumps(kept), NOW) == Shelf((model("b"),))


def test_a_candidate_that_cannot_be_read_or_is_old_is_forgotten():
    kept = json.loads(Shelf(candidates=(candidate("a"), candidate("b"))).to_text())
    kept["candidates"][0]["graph"] = {"inputs": []}
    text = json.dumps(kept)
    assert Shelf.parse(text, NOW) == Shelf(candidates=(candidate("b"),))
    assert Shelf.parse(text, NOW + PATIENCE_SECONDS + 1) == Shelf()


def test_a_candidate_becomes_a_model_and_goes():
    shelf = Shelf().with_candidate(candidate("a")).with_candidate(candidate("a"))
    assert shelf.candidates == (candidate("a"),)
    accepted = shelf.with_model(model("a")).with_model(model("a", title="Again"))
    assert accepted == Shelf((model("a", title="Again"),))
    opened_again = accepted.with_candidate(candidate("a"))
    assert list(opened_again.parts()) == [part("a").id]
    assert opened_again.without_candidate(part("a").id) == accepted
    assert opened_again.without(part("a").id) == Shelf()


def test_a_candidate_that_is_gone_is_said():
    with pytest.raises(CutawayError, match="Open it again") as failure:
        Shelf((model("a"),)).candidate(part("a").id)
    assert failure.value.code == "unknown-model"


def test_a_form_begins_with_what_was_guessed():
    told = candidate().to_dict()
    assert (told["family"], told["title"], told["source"]) == ("rmbg-2.0", "model", "example.org")
    assert told["contract"] == CONTRACT.to_dict()
    assert told["known"] == ["input", "output", "size", "fit", "multiple"]
    assert told["inputs"][0] == {"name": "pixel_values", "type": "float32", "shape": [1, 3, 64, 64]}


# What ONNX Runtime Web says of models that it cannot run, word for word

SAID = "load-failed: Can't create a session. ERROR_CODE: 1, ERROR_MESSAGE: "


@pytest.mark.parametrize(
    ("code", "cause", "wanted", "words"),
    [
        (
            "load-failed",
            SAID + "Failed to load model because protobuf parsing failed.",
            "not-a-model",
            "no ONNX model",
        ),
        (
            "load-failed",
            SAID + "Fatal error: com.example:Twirl(-1) is not a registered function/op",
            "unsupported-operator",
            "operator com.example:Twirl,",
        ),
        (
            "load-failed",
            SAID + "Could not find an implementation for DeformConv(19) node with name 'x'",
            "unsupported-operator",
            "operator DeformConv,",
        ),
        (
            "load-failed",
            SAID + 'This is an invalid model. In Node, ("", FooBar, "", -1) : ("input": '
            'tensor(float),) -> ("output": tensor(float),) , Error No Op registered for FooBar '
            "with domain_version of 17",
            "unsupported-operator",
            "operator FooBar,",
        ),
        (
            "load-failed",
            SAID + "onnxruntime::Model::Model(ModelProto &&) Unsupported model IR version: 64, max "
            "supported IR version: 13",
            "unsupported-operator",
            "IR version: 64",
        ),
        (
            "load-failed",
            SAID + "ONNX Runtime only *guarantees* support for models stamped with official "
            "released onnx opset versions. Opset 99 is under development and support for this is "
            "limited.",
            "unsupported-operator",
            "Opset 99",
        ),
        (
            "load-failed",
            SAID + "Deserialize tensor kernel0 failed.Failed to load external data file "
            '""model.onnx_data"", error: Module.MountedFiles is not available.',
            "external-data",
            "second file, model.onnx_data,",
        ),
        (
            "load-failed",
            SAID
            + 'This is an invalid model. In Node, ("", SequenceEmpty, "", -1), Error Node with '
            "schema(::SequenceEmpty:11) has input size 1 not in range [min=0, max=0].",
            "not-a-model",
            "cannot read this model: This is an invalid model",
        ),
        ("load-failed", "load-failed: std::bad_alloc", "too-large", "more memory"),
        (
            "load-failed",
            "load-failed: RangeError: Array buffer allocation failed",
            "too-large",
            "more memory",
        ),
        ("run-failed", "run-failed: std::bad_alloc during OrtRun", "too-large", "more memory"),
        (
            "run-failed",
            "run-failed: failed to call OrtRun(). ERROR_CODE: 2, ERROR_MESSAGE: Got invalid "
            "dimensions for input: input",
            "bad-contract",
            "Got invalid dimensions",
        ),
        ("timeout", "timeout: No answer within 30 s.", "too-large", "too long"),
        ("unusable-mask", "every value of the mask is 0", "unusable-mask", "every value"),
    ],
)
def test_the_runtimes_words_are_turned_into_what_to_do(code, cause, wanted, words):
    error = refusal(EngineError(code, "It failed.", cause))
    assert error.code == wanted
    assert words in error.sentence
