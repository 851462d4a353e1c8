"""The road as a whole, on an engine without a model."""

import asyncio
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cutaway import __version__
from cutaway.composing.scene import Colour
from cutaway.errors import CutawayError, EngineError
from cutaway.models import policy, registry
from cutaway.models.notebook import Notebook
from cutaway.models.policy import Company
from cutaway.options import Options
from cutaway.refine import refine
from cutaway.refining.adjust import Refinement, adjusted
from cutaway.result import Result
from cutaway.road import change, remove_background, warm_up
from cutaway.values import Device, Mask
from cutaway.viewing.look import first_look
from tests.unit.doubles import NATIVE, FakeEngine, disc, encoded, photo, rgb_profile, scene

PHOTO = encoded(Image.fromarray(scene(120, 90)), "PNG", icc_profile=rgb_profile())
LIMITS = {"maxBufferSize": 2**28, "maxStorageBufferBindingSize": 2**27}
GPU = {"software": False, "shader_f16": True, "description": "Example GPU", "limits": LIMITS}
BROWSER = Device(webgpu=GPU, isolated=True, cores=2, memory=8, bundle="jspi")
WITHOUT_GPU = replace(BROWSER, webgpu=None)
NAN = np.full((320, 320), np.nan, np.float32)


class OnlySmall(FakeEngine):
    """Has memory for the smallest model only."""

    async def run(self, model, attempt, feeds):
        if model.id != "u2netp":
            raise EngineError("run-failed", "It failed.", "out of memory")
        return await super().run(model, attempt, feeds)


def travel(engine=None, data=PHOTO, notebook=None, **options) -> tuple[Result, list]:
    told = []

    def report(*what):
        told.append(what)

    engine = engine or FakeEngine()
    job = remove_background(data, Options.of(options), engine, report, notebook)
    return asyncio.run(job), told


def test_a_photo_becomes_a_cutout():
    result, _ = travel()
    with Image.open(io.BytesIO(result.file.data)) as picture:
        rgba = np.asarray(picture)
        assert picture.info["icc_profile"] == rgb_profile()
    assert rgba.shape == (90, 120, 4)
    seen = rgba[..., 3] > 0
    assert 0.1 < seen.mean() < 0.9
    opaque = rgba[..., 3] == 255  # soft pixels get the subject's colour instead of the photo's
    assert (rgba[opaque][:, :3] == scene(120, 90)[opaque]).all()
    assert (rgba[~seen] == 0).all()
    assert (rgba[..., 3] == refine(Mask(disc(320)), result.photo).alpha).all()


def alpha_of(result):
    with Image.open(io.BytesIO(result.file.data)) as picture:
        return np.asarray(picture)[..., 3]


def test_what_is_asked_of_the_edge_is_done_and_told():
    plain, grown = travel()[0], travel(refine={"shift": 4, "decontaminate": 0})[0]
    assert (alpha_of(grown) == adjusted(alpha_of(plain), Refinement(shift=4))).all()
    assert grown.receipt.refinement == Refinement(shift=4, decontaminate=0)
    with Image.open(io.BytesIO(grown.file.data)) as picture:
        rgba = np.asarray(picture)
    seen = rgba[..., 3] > 0
    assert (rgba[seen][:, :3] == scene(120, 90)[seen]).all()


def test_another_refinement_runs_what_follows_it_and_nothing_else():
    wanted = Refinement(feather=3, shift=-1)
    first, told = travel(refine={"shift": 9})[0], []
    engine = FakeEngine()
    asked = Options(refine=wanted)
    job = change(first, asked, engine, lambda *what: told.append(what))
    again = asyncio.run(job)
    whole = travel(refine={"feather": 3, "shift": -1})[0]
    assert again.file.data == whole.file.data
    assert engine.calls == ["breathe"] * 4
    stages = ["refine", "cut", "compose", "encode", "verify"]
    assert list(dict.fromkeys(stage for stage, *_ in told)) == stages
    receipt = again.receipt
    assert receipt.refinement == wanted
    assert (receipt.model, receipt.provider) == (first.receipt.model, first.receipt.provider)
    assert (receipt.bytes.network, receipt.bytes.store) == (0, 0)
    times = receipt.to_dict()["milliseconds"]
    assert all(times[stage] == 0 for stage in ("read", "model", "prepare", "inference"))
    assert times["total"] > 0
    assert list(receipt.to_dict()) == list(first.receipt.to_dict())


def changed(result, **options):
    told = []
    job = change(result, Options.of(options), FakeEngine(), lambda *what: told.append(what[0]))
    return asyncio.run(job), list(dict.fromkeys(told))


def test_a_change_runs_only_what_it_concerns(monkeypatch):
    first, _ = travel()
    coloured, stages = changed(first, background="#336699")
    assert stages == ["compose", "encode", "verify"]
    written, stages = changed(coloured, background="#336699", effort="small")
    assert stages == ["encode", "verify"]
    times = written.receipt.milliseconds
    assert times.refine == times.cut == times.compose == 0
    assert written.receipt.output.effort == "small"
    assert written.receipt.scene.background == Colour((0x33, 0x66, 0x99))
    assert written.finished.cutout is first.finished.cutout
    refined, stages = changed(written, background="#336699", refine={"feather": 2})
    assert stages == ["refine", "cut", "compose", "encode", "verify"]
    whole = travel(background="#336699", refine={"feather": 2})[0]
    assert refined.file.data == whole.file.data
    assert changed(refined)[0].file.data == first.file.data
    # What does not fit is not kept, and is made again.
    monkeypatch.setattr("cutaway.finish.KEPT", 120 * 90 - 1)
    large, _ = travel()
    assert large.finished.cutout is large.finished.picture is None
    again, stages = changed(large, effort="small")
    assert stages == ["cut", "compose", "encode", "verify"]
    assert pixels_of(again) == pixels_of(first)


def pixels_of(result):
    with Image.open(io.BytesIO(result.file.data)) as picture:
        return picture.convert("RGBA").tobytes()


def test_a_jpeg_gets_a_background_and_says_so_unless_it_has_one():
    plain, _ = travel(format="image/jpeg")
    assert plain.receipt.scene.background == Colour((255, 255, 255))
    assert any("white" in notice for notice in plain.receipt.notices)
    blue, _ = travel(format="image/jpeg", background="#0000ff")
    assert not any("white" in notice for notice in blue.receipt.notices)
    assert not any("white" in notice for notice in changed(plain)[0].receipt.notices)


def test_a_preset_is_checked_and_told():
    told = travel(preset="listing")[0].receipt.to_dict()
    assert told["preset"] == {"id": "listing", "met": True, "reasons": []}
    assert (told["file"]["width"], told["file"]["format"]) == (1600, "image/jpeg")
    told = travel(preset="listing", background="#eeeeee")[0].receipt.to_dict()
    assert told["preset"]["met"] is False
    assert json.loads(json.dumps(told)) == told


def test_the_mask_is_told_whatever_stands_around_the_subject():
    first, _ = travel()
    coloured, _ = changed(first, background="#336699", shadow={"kind": "drop"})
    assert (coloured.mask(coloured.finished.options) == alpha_of(first)).all()
    assert (
        coloured.mask(Options.of({"refine": {"shift": 3}}))
        == adjusted(alpha_of(first), Refinement(shift=3))
    ).all()
    framed, _ = changed(first, frame={"crop": "subject", "margin": 0.2})
    assert (framed.mask(framed.finished.options) == alpha_of(framed)).all()
    large = Options.of({"frame": {"width": 240}})
    assert framed.mask(large).shape == (180, 240)


@pytest.mark.parametrize(("speed", "looks"), [("fast", 0), ("balanced", 1), ("best", 1)])
def test_the_first_of_several_masks_is_shown_while_the_next_is_made(speed, looks):
    engine, seen = FakeEngine(), []

    def look(view):
        engine.calls.append("look")
        seen.append(view)

    job = remove_background(PHOTO, Options(speed=speed), engine, lambda *what: None, look=look)
    result = asyncio.run(job)
    assert len(seen) == looks
    for view in seen:
        assert view.rgba.shape == (90, 120, 4)
        assert (view.width, view.height, view.icc) == (120, 90, rgb_profile())
        assert np.abs(view.rgba[..., 3].astype(int) - alpha_of(result)).mean() < 6
        assert not view.rgba[view.rgba[..., 3] == 0].any()
        calls = engine.calls
        assert calls.index("run cpu 2") < calls.index("look") < calls.index("turn over") + 2


def test_a_first_look_is_small_and_shows_the_edge_that_is_asked_for():
    shot, mask = photo(1500, 900, np.full((900, 1500), 200, np.uint8)), Mask(disc(320))
    seen = first_look(mask, shot, Refinement())
    assert seen.rgba.shape == (600, 1000, 4)
    assert (seen.width, seen.height) == (1500, 900)
    assert seen.rgba[..., 3].max() == 200
    grown = first_look(mask, shot, Refinement(shift=30))
    assert (grown.rgba[..., 3] > 0).sum() > 1.1 * (seen.rgba[..., 3] > 0).sum()


def test_a_crisp_mask_needs_no_look():
    crisp = (disc(320) > 0.5).astype(np.float32)
    result, _ = travel(FakeEngine(failures={("cpu", 2): crisp}))
    told = result.receipt.to_dict()["uncertainty"]
    assert told["check"] is False
    assert told["reason"] == ""
    assert 0 < told["figure"] < 0.2
    assert result.uncertainty.at(120, 90).shape == (90, 120)
    asked = Options(refine=Refinement(feather=30))
    job = change(result, asked, FakeEngine(), lambda *what: None)
    assert asyncio.run(job).receipt.to_dict()["uncertainty"] == told, "it is of the mask"


def test_progress_names_each_stage_in_turn():
    _, told = travel()
    stages = list(dict.fromkeys(stage for stage, *_ in told))
    assert stages == ["read", "model", "segment", "refine", "cut", "compose", "encode", "verify"]
    assert [what[1:] for what in told if what[0] == "model"] == [
        (10, 100, "bytes", "u2netp"),
        (100, 100, "bytes", "u2netp"),
    ]
    for stage in set(stages) - {"model"}:
        told_of = [what[1:4] for what in told if what[0] == stage]
        assert told_of == [(0, 1, "step"), (1, 1, "step")]


def test_the_receipt_tells_everything():
    result, _ = travel(notebook=Notebook("0123456789ab"))
    receipt = json.loads(result.receipt.to_json())
    times = receipt.pop("milliseconds")
    model = registry.find("u2netp")
    assert receipt == {
        "version": __version__,
        "build": "0123456789ab",
        "photo": {"width": 120, "height": 90, "format": "PNG", "bytes": len(PHOTO)},
        "model": {"id": "u2netp", "title": model.title, "sha256": model.sha256},
        "fused_with": [],
        "provider": {
            "asked": "auto",
            "ran": "cpu",
            "threads": 2,
            "reason": receipt["provider"]["reason"],
            "first_run": True,
        },
        "uncertainty": {
            "figure": round(result.uncertainty.figure, 2),
            "check": True,
            "reason": "Much of the outline is blurred.",
        },
        "edits": {"strokes": 0, "scribbles": 0, "selections": 0, "drops": 0, "model": None},
        "refinement": {
            "feather": 0.0,
            "smooth": 0.0,
            "shift": 0.0,
            "threshold": 0.0,
            "decontaminate": 1.0,
        },
        "scene": {"background": None, "shadow": None, "frame": None},
        "output": {
            "format": "image/png",
            "quality": None,
            "lossless": False,
            "effort": "quick",
            "depth": 8,
            "metadata": "strip",
        },
        "preset": None,
        "retries": [],
        "notices": [],
        "bytes": {"network": 100, "store": 7},
        "file": {
            "format": "image/png",
            "bytes": len(result.file.data),
            "width": 120,
            "height": 90,
        },
        "verification": {"alpha": "exact", "colour": "exact", "size": True, "decoder": "Pillow"},
    }
    stages = ["read", "wait", "model", "warmup", "prepare", "inference"]
    stages += ["edit", "refine", "cut", "compose", "encode", "verify"]
    assert list(times) == [*stages, "total"]
    assert (times["model"], times["warmup"], times["inference"]) == (5.0, 0.0, 42.0)
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
        *["breathe"] * 5,
    ]


@pytest.fixture
def audited(monkeypatch):
    """The default model, as if it had been audited on WebGPU."""
    model = replace(registry.find("u2netp"), providers=("webgpu", "wasm"))
    monkeypatch.setattr(registry, "entries", lambda: (model,))


@pytest.mark.usefixtures("audited")
@pytest.mark.parametrize(
    ("failures", "ran", "causes"),
    [
        ({}, "webgpu 1", []),
        ({("webgpu", 1): "lie"}, "wasm 2", ["the known answer was missed"]),
        ({("webgpu", 1): "corrupt"}, "webgpu 1", ["protobuf parsing failed"]),
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
    assert len(receipt.retries) == len(causes)
    for retry, cause in zip(receipt.retries, causes, strict=True):
        assert cause in retry.cause
    assert engine.calls.count("reset") == len(causes)
    assert receipt.verification.alpha == "exact"


@pytest.mark.parametrize(("others", "threads"), [(None, 2), (Company(0, None), 1)])
def test_beside_other_photos_inference_leaves_a_core(monkeypatch, others, threads):
    monkeypatch.setattr(policy, "PIXELS_BESIDE", 90 * 120 / 320**2)
    engine = FakeEngine(BROWSER)
    engine.others = others
    result, _ = travel(engine, model="u2netp", provider="wasm")
    assert result.receipt.provider.threads == threads


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


@pytest.mark.parametrize("breath", range(6))
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
        ({"speed": "ludicrous"}, "unknown-speed", "balanced"),
        ({"speed": "fast", "model": "isnet"}, "bad-option", "not both"),
        ({"format": "image/bmp"}, "unknown-format", "image/png"),
        ({"refine": "soft"}, "bad-option", "refine"),
        ({"refine": {"blur": 2}}, "bad-option", "blur"),
        ({"refine": {"feather": 101}}, "bad-option", "100"),
    ],
)
def test_wrong_options_are_refused_by_a_sentence(options, code, word):
    with pytest.raises(CutawayError, match=word) as failure:
        Options.of(options)
    assert failure.value.code == code


def test_options_left_out_or_none_keep_their_defaults():
    assert Options.of({}) == Options()
    assert Options.of({"model": None, "provider": "wasm"}) == Options(provider="wasm")


@pytest.mark.usefixtures("audited")
def test_a_gpu_is_asked_the_known_question_once_and_believed_from_then_on():
    notebook = Notebook("build")
    engine = FakeEngine(BROWSER)
    receipt = travel(engine, notebook=notebook)[0].receipt
    assert engine.calls[1:5] == ["turn", "load webgpu 1", "ask webgpu 1", "run webgpu 1"]
    assert receipt.milliseconds.warmup > 0
    assert not receipt.provider.first_run
    again = FakeEngine(BROWSER)
    assert travel(again, notebook=notebook)[0].receipt.provider.ran == "webgpu"
    assert "ask webgpu 1" not in again.calls


@pytest.mark.usefixtures("audited")
def test_a_gpu_that_lied_is_not_asked_again_until_the_user_wants_it():
    notebook = Notebook("build")
    travel(FakeEngine(BROWSER, {("webgpu", 1): "lie"}), notebook=notebook)
    spared = FakeEngine(BROWSER)
    receipt = travel(spared, notebook=notebook)[0].receipt
    assert "load webgpu 1" not in spared.calls
    assert "wrong answer" in receipt.provider.reason
    wanted = travel(FakeEngine(BROWSER), notebook=notebook, provider="webgpu")[0].receipt
    assert wanted.provider.ran == "webgpu"
    assert travel(FakeEngine(BROWSER), notebook=notebook)[0].receipt.provider.ran == "webgpu"


@pytest.mark.usefixtures("audited")
def test_after_two_failures_webgpu_rests_until_the_user_wants_it():
    notebook = Notebook("build")
    broken = {("webgpu", 1): "run"}
    for _ in range(2):
        receipt = travel(FakeEngine(BROWSER, broken), notebook=notebook)[0].receipt
        assert [retry.provider for retry in receipt.retries] == ["webgpu"]
    resting = travel(FakeEngine(BROWSER, broken), notebook=notebook)[0].receipt
    assert resting.retries == ()
    assert "failed twice" in resting.provider.reason
    asked = travel(FakeEngine(BROWSER), notebook=notebook, provider="webgpu")[0].receipt
    assert asked.provider.ran == "webgpu"


def test_damaged_weights_are_fetched_again_once_only():
    engine = FakeEngine(WITHOUT_GPU, {("wasm", 2): "corrupt"})
    receipt = travel(engine)[0].receipt
    assert (receipt.provider.ran, receipt.provider.threads) == ("wasm", 2)
    assert [retry.cause for retry in receipt.retries] == ["protobuf parsing failed"]
    assert engine.calls.count("evict") == 1


def test_a_smaller_model_stands_in_and_the_user_is_told():
    receipt = travel(OnlySmall(BROWSER), model="isnet")[0].receipt
    assert receipt.model.id == "u2netp"
    tried = [(retry.model, retry.threads) for retry in receipt.retries]
    assert tried == [("isnet", 2), ("isnet", 1), ("isnet-768", 2), ("isnet-768", 1)]
    isnet, small = registry.find("isnet").title, registry.find("u2netp").title
    assert receipt.notices == (f"{isnet} failed on this device, so {small} was used.",)


def test_a_model_too_large_for_the_device_is_known_before_the_job():
    poor = replace(BROWSER, memory=1.5, webgpu=None)
    engine = FakeEngine(poor)
    receipt = travel(engine, model="isnet-w8")[0].receipt
    assert receipt.model.id == "isnet-768"
    assert receipt.retries == ()
    assert "more than this device can give" in receipt.notices[0]


def test_the_tally_counts_what_happened():
    notebook = Notebook("build")
    travel(FakeEngine(WITHOUT_GPU), notebook=notebook)
    travel(FakeEngine(WITHOUT_GPU, {("wasm", 2): "run"}), notebook=notebook)
    rows = [(row["threads"], row["outcome"], row["times"]) for row in notebook.summary()]
    assert rows == [(2, "ok", 1), (2, "run-failed", 1), (1, "ok", 1)]


def test_warming_up_loads_and_leaves_the_next_photo_quick():
    engine = FakeEngine(WITHOUT_GPU)
    ignore = lambda *what: None  # noqa: E731
    step = asyncio.run(warm_up(Options(), engine, ignore, Notebook("build")))
    assert (step.model.id, step.attempt.provider) == ("u2netp", "wasm")
    assert engine.calls == ["turn", "load wasm 2", "turn over"]
    assert travel(engine)[0].receipt.milliseconds.model == 0


@pytest.mark.usefixtures("audited")
def test_warming_up_a_gpu_runs_once_too():
    engine = FakeEngine(BROWSER)
    asyncio.run(warm_up(Options(), engine, lambda *what: None, Notebook("build")))
    assert engine.calls == ["turn", "load webgpu 1", "ask webgpu 1", "turn over"]
    receipt = travel(engine)[0].receipt
    assert receipt.milliseconds.model == 0
    assert not receipt.provider.first_run


def test_a_speed_fuses_its_models():
    engine = FakeEngine(WITHOUT_GPU)
    receipt = travel(engine, speed="balanced")[0].receipt
    assert receipt.model.id == "isnet-768"
    assert [model.id for model in receipt.fused_with] == ["u2netp"]
    assert engine.calls.count("load wasm 2") == engine.calls.count("run wasm 2") == 2
    assert engine.calls.count("turn") == 1
    assert receipt.milliseconds.inference == 84.0


def test_when_the_leading_model_fails_the_other_answers_alone():
    result = travel(OnlySmall(BROWSER), speed="balanced")[0]
    assert result.receipt.model.id == "u2netp"
    assert result.receipt.fused_with == ()
    assert "failed on this device" in result.receipt.notices[0]
    assert result.file.data == travel(FakeEngine(BROWSER), speed="fast")[0].file.data
