"""The road as a whole, on an engine without a model."""

import asyncio
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cutaway import __version__, registry
from cutaway.errors import CutawayError
from cutaway.road import Options, Result, remove_background
from cutaway.values import Device
from tests.unit.doubles import NATIVE, FakeEngine, disc, encoded, rgb_profile, scene

PHOTO = encoded(Image.fromarray(scene(120, 90)), "PNG", icc_profile=rgb_profile())
GPU = {"software": False, "shader_f16": True, "description": "Example GPU", "limits": {}}
BROWSER = Device(webgpu=GPU, isolated=True, cores=2, memory=8, bundle="jspi")
NAN = np.full((320, 320), np.nan, np.float32)


def travel(engine=None, data=PHOTO, build="native", **options) -> tuple[Result, list]:
    told = []

    def report(*what):
        told.append(what)

    engine = engine or FakeEngine()
    job = remove_background(data, Options.of(options), engine, report, build)
    return asyncio.run(job), told


def test_a_photo_becomes_a_cutout():
    result, _ = travel()
    with Image.open(io.BytesIO(result.file.data)) as picture:
        rgba = np.asarray(picture)
        assert picture.info["icc_profile"] == rgb_profile()
    assert rgba.shape == (90, 120, 4)
    seen = rgba[..., 3] > 0
    assert 0.1 < seen.mean() < 0.9
    assert (rgba[seen][:, :3] == scene(120, 90)[seen]).all()
    assert (rgba[~seen] == 0).all()
    wanted = Image.fromarray(disc(320)).resize((120, 90), Image.Resampling.BICUBIC)
    assert np.abs(rgba[..., 3] - np.clip(np.asarray(wanted), 0, 1) * 255).max() < 1


def test_progress_names_each_stage_in_turn():
    _, told = travel()
    stages = list(dict.fromkeys(stage for stage, *_ in told))
    assert stages == ["read", "model", "segment", "refine", "cut", "encode", "verify"]
    assert [what[1:] for what in told if what[0] == "model"] == [
        (10, 100, "bytes"),
        (100, 100, "bytes"),
    ]
    for stage in set(stages) - {"model"}:
        assert [what[1:] for what in told if what[0] == stage] == [(0, 1, "step"), (1, 1, "step")]


def test_the_receipt_tells_everything():
    result, _ = travel(build="0123456789ab")
    receipt = json.loads(result.receipt.to_json())
    times = receipt.pop("milliseconds")
    model = registry.find("u2netp")
    assert receipt == {
        "version": __version__,
        "build": "0123456789ab",
        "photo": {"width": 120, "height": 90, "format": "PNG", "bytes": len(PHOTO)},
        "model": {"id": "u2netp", "title": model.title, "sha256": model.sha256},
        "provider": {
            "asked": "auto",
            "ran": "cpu",
            "threads": 2,
            "reason": receipt["provider"]["reason"],
        },
        "retries": [],
        "bytes": {"network": 100, "store": 7},
        "file": {
            "format": "image/png",
            "bytes": len(result.file.data),
            "width": 120,
            "height": 90,
        },
        "verification": {"alpha": "exact", "colour": "exact", "size": True},
    }
    stages = ["read", "model", "prepare", "inference", "refine", "cut", "encode", "verify"]
    assert list(times) == [*stages, "total"]
    assert (times["model"], times["inference"]) == (5.0, 42.0)
    measured = sum(times[stage] for stage in stages if stage not in ("model", "inference"))
    assert 0 < measured <= times["total"] + 1


def test_the_host_may_breathe_between_all_stages_and_holds_the_engine_only_for_inference():
    engine = FakeEngine()
    travel(engine)
    assert engine.calls == [
        "breathe",
        "turn",
        "load cpu 2",
        "run cpu 2",
        "turn over",
        *["breathe"] * 4,
    ]


@pytest.fixture
def audited(monkeypatch):
    """The default model, as if it had been audited on WebGPU."""
    model = replace(registry.find("u2netp"), providers=("webgpu", "wasm"))
    monkeypatch.setattr(registry, "models", lambda: (model,))


@pytest.mark.usefixtures("audited")
@pytest.mark.parametrize(
    ("failures", "ran", "causes"),
    [
        ({}, "webgpu 1", []),
        ({("webgpu", 1): "load"}, "wasm 2", ["no adapter"]),
        ({("webgpu", 1): "run"}, "wasm 2", ["device lost"]),
        ({("webgpu", 1): NAN}, "wasm 2", ["the mask holds values that are not finite"]),
        (
            {("webgpu", 1): np.zeros((320, 320), np.float32)},
            "wasm 2",
            ["every value of the mask is 0"],
        ),
        ({("webgpu", 1): "run", ("wasm", 2): "load"}, "wasm 1", ["device lost", "no adapter"]),
    ],
)
def test_a_failure_is_recovered_from_and_told(failures, ran, causes):
    engine = FakeEngine(BROWSER, failures)
    result, _ = travel(engine)
    receipt = result.receipt
    assert f"{receipt.provider.ran} {receipt.provider.threads}" == ran
    assert [retry.cause for retry in receipt.retries] == causes
    assert engine.calls.count("reset") == len(causes)
    assert receipt.verification.alpha == "exact"


@pytest.mark.usefixtures("audited")
def test_bytes_and_time_of_failed_attempts_count_too():
    result, _ = travel(FakeEngine(BROWSER, {("webgpu", 1): "run"}))
    assert (result.receipt.bytes.network, result.receipt.bytes.store) == (200, 14)
    assert result.receipt.milliseconds.model == 10.0


def test_when_all_attempts_fail_the_last_cause_and_a_way_out_are_told():
    engine = FakeEngine(BROWSER, {("wasm", 2): "run", ("wasm", 1): "run"})
    with pytest.raises(CutawayError, match=r"device lost.*smaller model") as failure:
        travel(engine, provider="wasm")
    assert failure.value.code == "inference-failed"
    assert engine.calls.count("reset") == 2
    assert engine.calls[-1] == "turn over"


def test_a_final_failure_is_passed_on_and_not_retried():
    class Offline(FakeEngine):
        async def load(self, model, attempt, report):
            self.calls.append("load")
            raise CutawayError("network", "The model could not be fetched.")

    engine = Offline(BROWSER)
    with pytest.raises(CutawayError) as failure:
        travel(engine)
    assert failure.value.code == "network"
    assert engine.calls.count("load") == 1


@pytest.mark.parametrize("breath", range(5))
def test_a_cancelled_job_ends_at_the_next_breath(breath):
    class Cancelled(FakeEngine):
        async def breathe(self):
            if self.calls.count("breathe") == breath:
                raise CutawayError("cancelled", "Cancelled.")
            await super().breathe()

    engine = Cancelled(NATIVE)
    with pytest.raises(CutawayError) as failure:
        travel(engine)
    assert failure.value.code == "cancelled"
    assert engine.calls.count("turn") == engine.calls.count("turn over")


def test_a_bad_photo_never_reaches_the_engine():
    engine = FakeEngine()
    with pytest.raises(CutawayError) as failure:
        travel(engine, data=b"")
    assert failure.value.code == "empty-file"
    assert engine.calls == []


def test_after_a_bad_photo_the_next_one_works():
    engine = FakeEngine()
    with pytest.raises(CutawayError):
        travel(engine, data=PHOTO[:200])
    assert travel(engine)[0].receipt.verification.size


@pytest.mark.parametrize(
    ("options", "code", "word"),
    [
        ({"modell": "u2netp"}, "bad-option", "modell"),
        ({"model": 5}, "bad-option", "model"),
        ({"model": "rmbg"}, "unknown-model", "rmbg"),
        ({"provider": "cuda"}, "unknown-provider", "webgpu"),
        ({"format": "image/bmp"}, "unknown-format", "image/png"),
    ],
)
def test_wrong_options_are_refused_by_a_sentence(options, code, word):
    with pytest.raises(CutawayError, match=word) as failure:
        Options.of(options)
    assert failure.value.code == code


def test_options_left_out_or_none_keep_their_defaults():
    assert Options.of({}) == Options("auto", "auto", "image/png")
    assert Options.of({"model": None, "provider": "wasm"}) == Options(provider="wasm")
