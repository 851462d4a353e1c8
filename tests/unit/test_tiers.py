"""Tiers: what is recommended on which device, and why."""

from dataclasses import replace

import pytest

from cutaway.models import registry, tiers
from cutaway.models.notebook import Notebook, Outcome
from cutaway.values import Device

CARRIED = ("u2netp", "isnet-768", "isnet", "modnet")
LIMITS = {"maxBufferSize": 2**31, "maxStorageBufferBindingSize": 2**31}
GPU = {"software": False, "shader_f16": True, "description": "a GPU", "limits": LIMITS}
ROOM = {"quota": 10**10, "usage": 0}


def device(memory=8.0, cores=8, webgpu=None, isolated=True, storage=ROOM, **more) -> Device:
    return Device(
        webgpu=webgpu, isolated=isolated, cores=cores, memory=memory, bundle="jspi",
        storage=storage, **more,
    )  # fmt: skip


def measured(model: str, milliseconds: float, threads: int = 4) -> Notebook:
    notebook = Notebook("build")
    notebook.note(Outcome(model, "wasm", threads, "ok", milliseconds))
    return notebook


FRESH = Notebook("build")
QUICK = measured("isnet", 900.0)
SLOW = measured("u2netp", 9000.0)
PARTLY = {"u2netp": 4_574_861, "isnet-768": 47_301_116}

PROFILES = {
    "fast laptop, no WebGPU": (device(), FRESH, {}, "pro", "computing for a photo"),
    "fast laptop with a GPU": (device(webgpu=GPU), FRESH, {}, "pro", "computing"),
    "software adapter": (device(webgpu=GPU | {"software": True}), FRESH, {}, "pro",
                         "computing"),
    "measured quick": (device(), QUICK, {}, "pro", "computing"),
    "measured slow": (device(), SLOW, {}, "standard", "which is long"),
    "old laptop, two cores": (device(4.0, 2), FRESH, {}, "pro", "computing"),
    "one core": (device(4.0, 1), FRESH, {}, "standard", "computing"),
    "not isolated": (device(isolated=False), FRESH, {}, "standard", "computing"),
    "no shared memory": (device(shared_memory=False), FRESH, {}, "standard", "computing"),
    "phone, 2 GB": (device(2.0, 8), FRESH, {}, "pro", "computing"),
    "phone, 1.5 GB": (device(1.5, 8), FRESH, {}, "standard", "computing"),
    "phone, 1 GB": (device(1.0, 4), FRESH, {}, "lite", "plain background"),
    "memory untold, two cores": (device(None, 2), FRESH, {}, "pro", "computing"),
    "memory untold, eight cores": (device(None, 8), FRESH, {}, "pro", "computing"),
    "storage nearly full": (device(storage={"quota": 10**9, "usage": 10**9 - 60 * 10**6}),
                            FRESH, {}, "standard", "computing"),
    "storage full": (device(storage={"quota": 10**9, "usage": 10**9}), FRESH, {}, "standard",
                     "room for 0 MB"),
    "storage full, most is there": (device(storage={"quota": 10**9, "usage": 10**9}), FRESH,
                                    PARTLY, "standard", "computing"),
    "storage untold": (device(storage=None), FRESH, {}, "pro", "computing"),
}  # fmt: skip


@pytest.mark.parametrize("name", PROFILES)
def test_what_is_recommended(name: str) -> None:
    facts, notebook, stored, wanted, words = PROFILES[name]
    offered = tiers.offer(facts, CARRIED, stored, notebook)
    assert offered.recommended == wanted
    assert words in offered.reason
    assert [tier.id for tier in offered.tiers] == ["lite", "standard", "pro"]
    for tier in offered.tiers:
        assert tier.reason.endswith(".")


def test_a_tier_that_cannot_run_is_shown_with_its_reason() -> None:
    offered = {tier.id: tier for tier in tiers.offer(device(1.3), CARRIED, {}, FRESH).tiers}
    assert offered["lite"].available
    assert not offered["lite"].comfortable
    assert not offered["pro"].available
    assert "GB of memory" in offered["pro"].reason
    assert offered["standard"].speeds == ("fast",)
    assert not offered["lite"].speeds


def test_what_the_site_does_not_carry_is_told() -> None:
    only_small = tiers.offer(device(), ("u2netp", "isnet-768"), {}, FRESH)
    pro = only_small.tiers[2]
    assert not pro.available
    assert "does not carry" in pro.reason
    assert only_small.recommended == "standard"


def test_sizes_are_the_registrys_and_shrink_by_what_is_stored() -> None:
    standard, pro = tiers.offer(device(), CARRIED, {}, FRESH).tiers[1:]
    size = {model.id: model.bytes for model in registry.models()}
    assert standard.bytes == standard.missing == size["u2netp"] + size["isnet-768"]
    assert pro.bytes == standard.bytes + size["modnet"] + size["isnet"]
    kept = tiers.offer(device(), CARRIED, PARTLY, FRESH).tiers[2]
    assert kept.missing == size["modnet"] + size["isnet"]


def test_a_gpu_that_was_never_measured_is_trusted_to_be_quick() -> None:
    everywhere = tuple(replace(model, providers=("webgpu", "wasm")) for model in registry.models())
    assert tiers.expected_seconds(device(webgpu=GPU), everywhere[:1], FRESH) is None
    assert tiers.expected_seconds(device(), everywhere[:1], FRESH) is not None


def test_each_speed_tells_its_download_and_its_seconds() -> None:
    offered = tiers.offer(device(), CARRIED, PARTLY, FRESH)
    fast, balanced, best = offered.speeds
    size = {model.id: model.bytes for model in registry.models()}
    assert [speed.title for speed in offered.speeds] == ["Fast", "Balanced", "Best"]
    assert (fast.bytes, fast.missing) == (size["u2netp"], 0)
    assert best.missing == size["modnet"] + size["isnet"]
    assert best.bytes == best.missing + size["u2netp"] + size["isnet-768"]
    assert balanced.models == ("u2netp", "isnet-768")
    assert 0 < fast.seconds < balanced.seconds < best.seconds
    assert offered.default == "fast"


@pytest.mark.parametrize("name", PROFILES)
def test_the_recommended_speed_is_the_best_comfortable_one_of_its_tier(name: str) -> None:
    facts, notebook, stored, tier, _ = PROFILES[name]
    offered = tiers.offer(facts, CARRIED, stored, notebook)
    speeds = {speed.id: speed for speed in offered.speeds}
    if tier == "lite":
        assert offered.recommended_speed == ""
        assert not any(speed.available for speed in offered.speeds)
        return
    allowed = next(one for one in offered.tiers if one.id == tier).speeds
    assert offered.recommended_speed in allowed
    better = allowed[allowed.index(offered.recommended_speed) + 1 :]
    assert not any(speeds[id].comfortable for id in better)


def test_a_speed_that_cannot_run_says_why_and_what_it_would_take() -> None:
    fast, balanced, best = tiers.offer(device(1.3), CARRIED, {}, FRESH).speeds
    assert fast.available
    assert not balanced.available
    assert "GB of memory" in best.reason
    assert best.seconds is None
    assert best.bytes == best.missing > 50_000_000
    not_carried = tiers.offer(device(), ("u2netp",), {}, FRESH).speeds[1]
    assert not not_carried.available
    assert "does not carry" in not_carried.reason


def test_a_tier_that_cannot_run_still_tells_its_size() -> None:
    pro = tiers.offer(device(1.3), CARRIED, {}, FRESH).tiers[2]
    size = {model.id: model.bytes for model in registry.models()}
    assert not pro.available
    assert pro.bytes == sum(size[id] for id in CARRIED)


def test_the_classical_method_tells_its_seconds_as_measured_here() -> None:
    notebook = Notebook("build")
    guessed = tiers.offer(device(), CARRIED, {}, notebook).tiers[0]
    assert f"{tiers.CLASSICAL / 1000:.1f}" in guessed.reason
    assert (guessed.bytes, guessed.missing, guessed.speeds) == (0, 0, ())
    notebook.note(Outcome("lite", "python", 1, "ok", 4400.0))
    assert "4.4" in tiers.offer(device(), CARRIED, {}, notebook).tiers[0].reason
