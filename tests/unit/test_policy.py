"""Policy: which ways are tried on which device, in which order."""

from dataclasses import replace

import pytest

from cutaway import policy, registry
from cutaway.values import Attempt, Device

GPU = {"software": False, "shader_f16": True, "description": "Example GPU", "limits": {}}
SOFTWARE = GPU | {"software": True, "description": "SwiftShader"}
U2NETP = registry.find("u2netp")
AUDITED = replace(U2NETP, providers=("webgpu", "wasm"))
ON_WASM = replace(U2NETP, providers=("wasm",))


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
        (device(None, isolated=False), AUDITED, "auto", ["wasm 1"]),
        (device(None, cores=1), AUDITED, "auto", ["wasm 1"]),
        (device(None, cores=2), AUDITED, "auto", ["wasm 2", "wasm 1"]),
        (device(None, cores=3), AUDITED, "auto", ["wasm 3", "wasm 1"]),
        (device(None, cores=64), AUDITED, "auto", ["wasm 4", "wasm 1"]),
        (device(None, cores=6, bundle="native"), ON_WASM, "auto", ["cpu 6"]),
    ],
)
def test_what_is_tried_and_in_which_order(facts, model, asked, ways):
    tried = policy.attempts(facts, model, asked)
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
        (device(None, isolated=False), AUDITED, "auto", "not cross-origin isolated"),
        (device(None, cores=1), AUDITED, "auto", "one core"),
        (device(None), AUDITED, "auto", "4 threads"),
    ],
)
def test_the_reason_is_given_in_words(facts, model, asked, words):
    assert words in policy.attempts(facts, model, asked)[0].reason


def test_the_same_way_for_another_reason_is_the_same_attempt():
    """So that a session that is warm stays warm when only the words differ."""
    asked_for, by_itself = (policy.attempts(device(), AUDITED, asked) for asked in ("wasm", "auto"))
    assert asked_for == by_itself
    assert asked_for[0].reason != by_itself[0].reason
    assert asked_for[0] != asked_for[1]


def test_a_run_has_the_more_time_the_larger_its_model():
    on_one_thread = Attempt("wasm", 1, "")
    limits = {model.id: policy.watchdog(model, on_one_thread) for model in registry.models()}
    by_size = sorted(registry.models(), key=lambda model: model.contract.size)
    assert [limits[model.id] for model in by_size] == sorted(limits.values())
    # measured on one thread: 1.1 s and 8.1 s; a phone may take ten times as long
    assert limits["u2netp"] > 10 * 1.1
    assert limits["isnet-w8"] > 10 * 8.1
    assert limits["isnet-w8"] < 600
    assert policy.watchdog(AUDITED, Attempt("webgpu", 1, "")) < limits["u2netp"]


def test_a_description_can_be_shown_and_says_what_would_run():
    described = policy.describe(device(SOFTWARE, cores=2), AUDITED)
    assert described["webgpu"]["description"] == "SwiftShader"
    assert (described["provider"], described["threads"]) == ("wasm", 2)
    assert "software" in described["reason"]
    assert [attempt["threads"] for attempt in described["attempts"]] == [2, 1]
