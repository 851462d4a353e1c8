"""Policy: which ways are tried on which device, in which order."""

from dataclasses import replace

import pytest

from cutaway.models import policy, registry
from cutaway.models.notebook import Notebook
from cutaway.models.policy import Company
from cutaway.values import Attempt, Device

LIMITS = {"maxBufferSize": 2**28, "maxStorageBufferBindingSize": 2**27}
GPU = {"software": False, "shader_f16": True, "description": "Example GPU", "limits": LIMITS}
SOFTWARE = GPU | {"software": True, "description": "SwiftShader"}
U2NETP = registry.find("u2netp")
AUDITED = replace(U2NETP, providers=("webgpu", "wasm"))
ON_WASM = replace(U2NETP, providers=("wasm",))
HALF_FLOATS = replace(AUDITED, needs=("shader-f16",))
SMALL_BUFFERS = GPU | {"limits": {"maxBufferSize": 2**28, "maxStorageBufferBindingSize": 2**20}}
FRESH = Notebook("build")


def device(webgpu=None, isolated=True, cores=8, bundle="jspi"):
    return Device(webgpu=webgpu, isolated=isolated, cores=cores, memory=8, bundle=bundle)


@pytest.mark.parametrize(
    ("facts", "model", "asked", "ways"),
    [
        (device(GPU), AUDITED, "auto", ["webgpu 1", "wasm 4", "wasm 1"]),
        (device(GPU), AUDITED, "webgpu", ["webgpu 1", "wasm 4", "wasm 1"]),
        (device(GPU), AUDITED, "wasm", ["wasm 4", "wasm 1"]),
        (device(GPU), ON_WASM, "auto", ["wasm 4", "wasm 1"]),
        (device(GPU), ON_WASM, "webgpu", ["wasm 4", "wasm 1"]),
        (device(SOFTWARE), AUDITED, "auto", ["wasm 4", "wasm 1"]),
        (device(SOFTWARE), AUDITED, "webgpu", ["wasm 4", "wasm 1"]),
        (device(None), AUDITED, "webgpu", ["wasm 4", "wasm 1"]),
        (device(GPU, bundle="wasm"), AUDITED, "auto", ["wasm 4", "wasm 1"]),
        (device(GPU, isolated=False), AUDITED, "auto", ["webgpu 1", "wasm 1"]),
        (device(GPU), HALF_FLOATS, "auto", ["webgpu 1", "wasm 4", "wasm 1"]),
        (device(GPU | {"shader_f16": False}), HALF_FLOATS, "auto", ["wasm 4", "wasm 1"]),
        (device(GPU | {"shader_f16": False}), AUDITED, "auto", ["webgpu 1", "wasm 4", "wasm 1"]),
        (device(SMALL_BUFFERS), AUDITED, "auto", ["wasm 4", "wasm 1"]),
        (device(GPU | {"limits": {}}), AUDITED, "auto", ["wasm 4", "wasm 1"]),
        (device(None, isolated=False), AUDITED, "auto", ["wasm 1"]),
        (replace(device(None), shared_memory=False), AUDITED, "auto", ["wasm 1"]),
        (device(None, cores=1), AUDITED, "auto", ["wasm 1"]),
        (device(None, cores=2), AUDITED, "auto", ["wasm 2", "wasm 1"]),
        (device(None, cores=3), AUDITED, "auto", ["wasm 3", "wasm 1"]),
        (device(None, cores=64), AUDITED, "auto", ["wasm 4", "wasm 1"]),
        (device(None, cores=6, bundle="native"), ON_WASM, "auto", ["cpu 6"]),
    ],
)
def test_what_is_tried_and_in_which_order(facts, model, asked, ways):
    tried = policy.attempts(facts, model, asked, FRESH)
    assert [f"{attempt.provider} {attempt.threads}" for attempt in tried] == ways


@pytest.mark.parametrize(
    ("facts", "model", "asked", "words"),
    [
        (device(GPU), AUDITED, "auto", "Example GPU"),
        (device(GPU), AUDITED, "wasm", "asked for"),
        (device(None), AUDITED, "webgpu", "no WebGPU adapter"),
        (device(SOFTWARE), AUDITED, "webgpu", "software"),
        (device(GPU), ON_WASM, "auto", "not been audited"),
        (device(GPU, bundle="wasm"), AUDITED, "auto", "has no WebGPU"),
        (device(GPU | {"shader_f16": False}), HALF_FLOATS, "auto", "16-bit floats"),
        (device(SMALL_BUFFERS), AUDITED, "auto", "maxStorageBufferBindingSize"),
        (device(None, isolated=False), AUDITED, "auto", "not cross-origin isolated"),
        (replace(device(None), shared_memory=False), AUDITED, "auto", "shares no memory"),
        (device(None, cores=1), AUDITED, "auto", "one core"),
        (device(None), AUDITED, "auto", "4 threads"),
    ],
)
def test_the_reason_is_given_in_words(facts, model, asked, words):
    assert words in policy.attempts(facts, model, asked, FRESH)[0].reason


def test_the_same_way_for_another_reason_is_the_same_attempt():
    """So that a session that is warm stays warm when only the words differ."""
    asked_for, by_itself = (
        policy.attempts(device(), AUDITED, asked, FRESH) for asked in ("wasm", "auto")
    )
    assert asked_for == by_itself
    assert asked_for[0].reason != by_itself[0].reason
    assert asked_for[0] != asked_for[1]


def test_a_run_has_the_more_time_the_larger_its_model():
    on_one_thread = Attempt("wasm", 1, "")
    limits = {model.id: policy.watchdog(model, on_one_thread) for model in registry.models()}
    by_size = sorted(registry.models(), key=lambda model: model.contract.largest_input())
    assert [limits[model.id] for model in by_size] == sorted(limits.values())
    # measured on one thread: 1.1 s and 8.1 s; a phone may take ten times as long
    assert limits["u2netp"] > 10 * 1.1
    assert limits["isnet-w8"] > 10 * 8.1
    assert limits["isnet-w8"] < 600
    assert policy.watchdog(AUDITED, Attempt("webgpu", 1, "")) < limits["u2netp"]


def test_a_description_can_be_shown_and_says_what_would_run():
    described = policy.describe(device(SOFTWARE, cores=2), AUDITED, FRESH)
    assert described["webgpu"]["description"] == "SwiftShader"
    assert (described["provider"], described["threads"]) == ("wasm", 2)
    assert "software" in described["reason"]
    assert [attempt["threads"] for attempt in described["attempts"]] == [2, 1]


def remembered(checked=None, failures=0):
    notebook = Notebook("build")
    if checked is not None:
        notebook.note_check("Example GPU", AUDITED.sha256, checked)
    for _ in range(failures):
        notebook.note_failure("Example GPU")
    return notebook


@pytest.mark.parametrize(
    ("notebook", "asked", "first", "words"),
    [
        (remembered(), "auto", "webgpu", "adapter"),
        (remembered(checked=True), "auto", "webgpu", "adapter"),
        (remembered(checked=False), "auto", "wasm", "wrong answer"),
        (remembered(checked=False), "webgpu", "webgpu", "adapter"),
        (remembered(failures=1), "auto", "webgpu", "adapter"),
        (remembered(failures=2), "auto", "wasm", "failed twice"),
        (remembered(failures=2), "webgpu", "webgpu", "adapter"),
        (remembered(failures=2), "wasm", "wasm", "asked for"),
    ],
)
def test_what_the_device_has_taught(notebook, asked, first, words):
    tried = policy.attempts(device(GPU), AUDITED, asked, notebook)[0]
    assert tried.provider == first
    assert words in tried.reason


def test_another_adapter_starts_with_a_clean_record():
    other = device(GPU | {"description": "Another GPU"})
    tried = policy.attempts(other, AUDITED, "auto", remembered(checked=False, failures=2))
    assert tried[0].provider == "webgpu"


@pytest.mark.parametrize(
    ("memory", "cores", "models", "told"),
    [
        (8, 8, ["isnet-w8", "isnet", "isnet-768", "u2netp"], False),
        (2, 8, ["isnet", "isnet-768", "u2netp"], True),
        (1.5, 8, ["isnet-768", "u2netp"], True),
        (0.5, 8, ["u2netp"], True),
        (None, 2, ["isnet", "isnet-768", "u2netp"], True),
        (None, 4, ["isnet-w8", "isnet", "isnet-768", "u2netp"], False),
    ],
)
def test_only_models_that_fit_the_device_are_planned(memory, cores, models, told):
    facts = replace(device(None, cores=cores), memory=memory)
    wanted = registry.find("isnet-w8")
    plan = policy.plan(facts, wanted, registry.smaller(wanted), "auto", FRESH)
    assert list(dict.fromkeys(step.model.id for step in plan.steps)) == models
    assert bool(plan.notices) == told
    if told:
        assert wanted.title in plan.notices[0]


MEGAPIXEL = 1_000_000
ISNET_768 = registry.find("isnet-768")


@pytest.mark.parametrize(
    ("cores", "models", "megapixels", "up", "leaves"),
    [
        (2, [U2NETP], 12, None, True),
        (2, [U2NETP], 12, 2, True),
        (2, [U2NETP], 8, 2, False),
        (2, [U2NETP], 8, 1, True),  # as it runs so already
        (2, [U2NETP], 1, 1, False),
        (2, [ISNET_768], 12, 1, False),
        (2, [U2NETP, ISNET_768], 12, None, False),
        (2, [U2NETP, ISNET_768], 100, None, True),
        (4, [U2NETP], 12, None, True),
        (8, [U2NETP], 12, None, False),  # four threads leave cores anyhow
        (1, [U2NETP], 12, None, False),
    ],
)
def test_a_core_is_left_to_python_where_it_is_as_busy_as_inference(
    cores, models, megapixels, up, leaves
):
    company = Company(megapixels * MEGAPIXEL, up)
    assert policy.leaves_a_core(device(None, cores=cores), models, company) is leaves
    assert not policy.leaves_a_core(device(None, cores=cores), models, None)


@pytest.mark.parametrize(("cores", "ways"), [(2, ["wasm 1"]), (4, ["wasm 3", "wasm 1"])])
def test_what_is_tried_beside_other_photos(cores, ways):
    tried = policy.attempts(device(None, cores=cores), ON_WASM, "auto", FRESH, spare=True)
    assert [f"{attempt.provider} {attempt.threads}" for attempt in tried] == ways
    assert "Other photos are under way" in tried[0].reason


@pytest.mark.parametrize(
    ("cause", "damaged"),
    [
        ("load-failed: Can't create a session. ERROR_CODE: 7, protobuf parsing failed.", True),
        ("load-failed: Failed to load model because it is not a valid ModelProto", True),
        ("load-failed: no available backend found. ERR: [webgpu] device lost", False),
        ("load-failed: RangeError: Array buffer allocation failed", False),
    ],
)
def test_damaged_weights_are_told_from_a_failing_provider(cause, damaged):
    assert policy.smells_of_corruption(cause) is damaged
