"""Selecting by pointing: what the model is fed, what it answers, and what is asked only once."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import onnxruntime
import pytest

from cutaway.composing.frame import Box
from cutaway.errors import CutawayError, EngineError
from cutaway.hand.edits import Click, Select, edits_of
from cutaway.hand.select import (
    FINE,
    MASKS,
    SCORES,
    SIDE,
    Answer,
    Prompt,
    answer_of,
    candidates,
    feeds,
)
from cutaway.hand.selector import KEPT, Selector, prepare_edits
from cutaway.host.engine import Ran
from cutaway.models import registry
from cutaway.models.model import Runnable
from cutaway.models.notebook import Notebook
from cutaway.trip import Trip
from cutaway.values import Attempt, Device, Floats
from tests.unit.doubles import NATIVE, FakeEngine, photo
from tools.reference import WEIGHTS

SAM = registry.entry(registry.SELECTING)
ONE, OTHER = Click(30, 20, True), Click(90, 70, False)
EMBEDDING = {name: np.zeros((1, 2, 4, 4), np.float32) for name in SAM.encoder.outputs}


def blob(left: float, extent: float) -> Floats:
    """Logits of a disc in the middle of the rows, at a share of the width."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / np.float32(SIDE)
    return ((extent - np.hypot(x - left, y - 0.5)) * 60).astype(np.float32)


LOGITS = np.stack([blob(0.3, 0.1), blob(0.3, 0.2), blob(0.5, 0.3)])
ANSWER = Answer(LOGITS, np.array([0.2, 0.9, 0.5], np.float32))


class Pointed(FakeEngine):
    """Counts what is encoded and what is answered; the scores move on with every answer."""

    def __init__(self, device: Device = NATIVE, broken: int = 0) -> None:
        super().__init__(device)
        self.fed: list[Mapping[str, Floats]] = []
        self.broken = broken

    async def run(self, model: Runnable, attempt: Attempt, feeds: Mapping[str, Floats]) -> Ran:
        self.calls.append(f"{model.id} {attempt.provider} {attempt.threads}")
        if self.broken:
            self.broken -= 1
            raise EngineError("run-failed", "It failed.", "out of memory")
        if model.id == SAM.encoder.id:
            (fed,) = feeds.values()
            assert fed.shape == (1, 3, 1024, 1024)
            return Ran(EMBEDDING, 9.0)
        self.fed.append(feeds)
        scores = np.roll(ANSWER.scores, len(self.fed) - 1)
        return Ran({MASKS: LOGITS[None], SCORES: scores[None]}, 5.0)

    def ran(self, id: str) -> int:
        return sum(call.startswith(id) for call in self.calls)


def trip_of(engine: FakeEngine) -> tuple[Trip, list[tuple[object, ...]]]:
    told: list[tuple[object, ...]] = []
    return Trip(engine, lambda *what: told.append(what), Notebook("test")), told


def ask(selector: Selector, engine: FakeEngine, *prompts: Prompt) -> Trip:
    trip, _ = trip_of(engine)
    asyncio.run(selector.ask(prompts, trip))
    return trip


# What the decoder is fed


def test_a_point_is_told_in_places_of_the_encoders_input() -> None:
    fed = feeds(Prompt((ONE,)), EMBEDDING, None, (1024 / 200, 1024 / 100))
    np.testing.assert_allclose(fed["point_coords"], [[[153.6, 204.8]]], rtol=1e-6)
    assert fed["point_labels"].tolist() == [[1]]
    assert fed["has_mask_input"].tolist() == [0]
    assert not fed["mask_input"].any()
    assert fed["image_embed"] is EMBEDDING["image_embed"]


def test_a_further_point_comes_with_what_was_answered_before() -> None:
    fed = feeds(Prompt((ONE, OTHER)), EMBEDDING, ANSWER, (1, 1))
    assert fed["point_labels"].tolist() == [[1, 0, -1]]
    assert fed["point_coords"].tolist() == [[[30, 20], [90, 70], [0, 0]]]
    assert fed["has_mask_input"].tolist() == [1]
    np.testing.assert_array_equal(fed["mask_input"][0, 0], LOGITS[1])


def test_a_box_is_two_corners_after_the_points() -> None:
    fed = feeds(Prompt((ONE,), (10, 5, 60, 45)), EMBEDDING, ANSWER, (2, 2))
    assert fed["point_labels"].tolist() == [[1, 2, 3]]
    assert fed["point_coords"].tolist() == [[[60, 40], [20, 10], [120, 90]]]


@pytest.mark.parametrize(
    ("prompt", "counts"),
    [
        (Prompt((ONE,)), [1]),
        (Prompt((ONE, OTHER, ONE)), [1, 2, 3]),
        (Prompt((), (0, 0, 5, 5)), [0]),
        (Prompt((ONE, OTHER), (0, 0, 5, 5)), [0, 1, 2]),
    ],
)
def test_a_prompt_is_led_to_point_by_point(prompt: Prompt, counts: list[int]) -> None:
    steps = prompt.steps()
    assert [len(step.points) for step in steps] == counts
    assert steps[-1] == prompt
    assert {step.box for step in steps} == {prompt.box}


# What its answers become


def test_the_best_candidate_is_the_one_that_expects_most_of_itself() -> None:
    assert ANSWER.best == 1
    np.testing.assert_array_equal(ANSWER.mask().values, ANSWER.mask(1).values)
    mask = ANSWER.mask(2).values
    assert mask.shape == (FINE, FINE)
    assert mask.dtype == np.float32
    assert mask[FINE // 2, FINE // 2] > 0.999
    assert mask[0, 0] < 0.001
    assert (mask > 0.5).mean() == pytest.approx(np.pi * 0.3**2, rel=0.01)


@pytest.mark.parametrize(
    "outputs",
    [
        {MASKS: LOGITS[None] * np.nan, SCORES: ANSWER.scores[None]},
        {MASKS: LOGITS[None], SCORES: ANSWER.scores[None] * np.inf},
        {MASKS: LOGITS[None, :1], SCORES: ANSWER.scores[None, :1]},
    ],
)
def test_an_answer_that_is_none_is_the_engines_failure(outputs: dict[str, Floats]) -> None:
    with pytest.raises(EngineError) as failure:
        answer_of(outputs)
    assert failure.value.code == "unusable-mask"


def test_candidates_are_offered_best_first_with_pictures_of_a_screens_size() -> None:
    offered = candidates(ANSWER, 4000, 2000, 500)
    assert [each.index for each in offered] == [1, 2, 0]
    assert [round(each.score, 1) for each in offered] == [0.9, 0.5, 0.2]
    best = offered[0]
    assert best.rgba.shape == (250, 500, 4)
    assert best.share == pytest.approx(np.pi * 0.2**2, rel=0.02)
    assert best.box is not None
    middle = Box(400, 600, 2000, 1400)  # of a disc at .3 of the width, .2 of each side around
    for name in ("left", "top", "right", "bottom"):
        assert getattr(best.box, name) == pytest.approx(getattr(middle, name), abs=20)
    assert best.rgba[125, 150, 3] == 127
    assert best.rgba[0, 0, 3] == 0


def test_a_candidate_that_selects_nothing_lies_nowhere() -> None:
    nothing = replace(ANSWER, logits=np.full_like(LOGITS, -20))
    assert {(each.box, each.share) for each in candidates(nothing, 40, 30, 1000)} == {(None, 0.0)}


# What is asked, and what is not asked again


def test_a_photo_is_encoded_once_and_a_prompt_answered_once() -> None:
    engine, selector = Pointed(), Selector(photo(120, 90))
    one, both = Prompt((ONE,)), Prompt((ONE, OTHER))
    ask(selector, engine, one)
    ask(selector, engine, both)
    ask(selector, engine, one, both)
    assert engine.ran(SAM.encoder.id) == 1
    assert engine.ran(SAM.decoder.id) == 2
    # The second time what was best of the first answer goes in.
    np.testing.assert_array_equal(engine.fed[1]["mask_input"][0, 0], LOGITS[1])
    assert selector.answer(both).best == 2


def test_a_prompt_that_comes_back_whole_is_led_to_as_it_was() -> None:
    """As when a photo is opened again with its edits."""
    at_once, step_by_step = Pointed(), Pointed()
    both = Prompt((ONE, OTHER))
    ask(Selector(photo(120, 90)), at_once, both)
    selector = Selector(photo(120, 90))
    for prompt in both.steps():
        ask(selector, step_by_step, prompt)
    for one, other in zip(at_once.fed, step_by_step.fed, strict=True):
        for name in one:
            np.testing.assert_array_equal(one[name], other[name])


def test_edits_are_prepared_and_tell_which_model_answered() -> None:
    edits = edits_of(
        [
            {"kind": "drop", "x": 1, "y": 1},
            {"kind": "select", "points": [{"x": 30, "y": 20}], "candidate": 2},
            {"kind": "select", "box": {"x": 0, "y": 0, "width": 5, "height": 5}, "points": []},
        ]
    )
    engine, selector = Pointed(), Selector(photo(120, 90))
    trip, told = trip_of(engine)
    assert selector.model is None
    asyncio.run(prepare_edits(edits[:1], selector, trip))
    assert engine.calls == []
    asyncio.run(prepare_edits(edits, selector, trip))
    assert engine.ran(SAM.decoder.id) == 2
    select = edits[1]
    assert isinstance(select, Select)
    np.testing.assert_array_equal(selector.mask(select).values, ANSWER.mask(2).values)
    assert selector.model is not None
    assert (selector.model.id, selector.model.sha256) == (SAM.id, SAM.sha256)
    # Bytes are told as those of one model, whichever network they are of.
    arrived = [what for what in told if what[0] == "model"]
    assert {what[2:] for what in arrived} == {(SAM.bytes, "bytes", SAM.id)}
    assert [what[1] for what in arrived] == sorted(what[1] for what in arrived)


def test_what_was_asked_lately_is_kept() -> None:
    engine, selector = Pointed(), Selector(photo(120, 90))
    prompts = [Prompt((Click(x, 1, True),)) for x in range(KEPT + 3)]
    for prompt in prompts:
        ask(selector, engine, prompt, prompts[0])
    before = engine.ran(SAM.decoder.id)
    ask(selector, engine, prompts[0], *prompts[-KEPT + 1 :])
    assert engine.ran(SAM.decoder.id) == before
    ask(selector, engine, prompts[1])
    assert engine.ran(SAM.decoder.id) == before + 1
    assert engine.ran(SAM.encoder.id) == 1


def test_a_failure_is_tried_again_another_way() -> None:
    device = replace(NATIVE, bundle="jspi")
    engine, selector = Pointed(device, broken=1), Selector(photo(120, 90))
    trip = ask(selector, engine, Prompt((ONE,)))
    assert [call for call in engine.calls if "encoder" in call or call == "reset"] == [
        f"{SAM.encoder.id} wasm 2",
        "reset",
        f"{SAM.encoder.id} wasm 1",
    ]
    assert [retry.cause for retry in trip.retries] == ["out of memory"]


def test_where_nothing_works_it_says_so_and_the_next_time_begins_anew() -> None:
    engine, selector = Pointed(broken=1), Selector(photo(120, 90))
    with pytest.raises(CutawayError) as failure:
        ask(selector, engine, Prompt((ONE,)))
    assert failure.value.code == "inference-failed"
    ask(selector, engine, Prompt((ONE,)))
    assert selector.answer(Prompt((ONE,))).best == 1


def test_a_site_without_the_model_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def carried(self: FakeEngine) -> set[str]:
        return {"u2netp"}

    monkeypatch.setattr(FakeEngine, "carried", carried)
    with pytest.raises(CutawayError, match="does not carry SAM 2") as failure:
        ask(Selector(photo(120, 90)), Pointed(), Prompt((ONE,)))
    assert failure.value.code == "not-carried"


def test_the_real_decoder_takes_what_it_is_fed() -> None:
    weights = WEIGHTS / f"{SAM.decoder.id}.onnx"
    if not weights.exists():
        pytest.skip("not fetched: python3 build.py dist")
    session = onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(8)
    shapes = {
        "image_embed": (1, 256, 64, 64),
        "high_res_feats_0": (1, 32, 256, 256),
        "high_res_feats_1": (1, 64, 128, 128),
    }
    assert set(shapes) == set(SAM.encoder.outputs)
    embedding = {n: random.normal(0, 0.1, s).astype(np.float32) for n, s in shapes.items()}
    before = None
    for prompt in [*Prompt((ONE, OTHER)).steps(), *Prompt((ONE,), (5, 5, 60, 60)).steps()]:
        fed = feeds(prompt, embedding, before, (8, 8))
        assert set(fed) == {value.name for value in session.get_inputs()}
        names = list(SAM.decoder.outputs)
        before = answer_of(dict(zip(names, session.run(names, fed), strict=True)))
        assert before.scores.max() <= 1
        before = before if len(prompt.points) < 2 else None
