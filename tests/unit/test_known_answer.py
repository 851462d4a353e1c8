"""The known-answer check: right answers pass, the ways in which a GPU lies do not.

``python -m tests.unit.test_known_answer``, with ``py`` on the path, prints the answers for the
registry.
"""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from cutaway.errors import EngineError
from cutaway.host.native import NativeEngine
from cutaway.models import registry
from cutaway.models.known_answer import SIDE, answer, check, question
from cutaway.values import Attempt, Floats
from tools.reference import WEIGHTS

MODELS = registry.models()


def outputs_of(model: registry.Model) -> dict[str, Floats]:
    async def run() -> dict[str, Floats]:
        engine, attempt = NativeEngine(), Attempt("cpu", 2, "")
        await engine.load(model, attempt, lambda done, total: None)
        return dict((await engine.run(model, attempt, question(model.contract))).outputs)

    return asyncio.run(run())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_the_real_model_knows_the_answer(model: registry.Model) -> None:
    if not (WEIGHTS / f"{model.id}.onnx").exists():
        pytest.skip("the weights are not fetched: python3 build.py dist")
    check(outputs_of(model), model)


@pytest.fixture
def right() -> Floats:
    """A mask at the size of u2netp that its stored answer says."""
    stored = np.frombuffer(bytes.fromhex(registry.find("u2netp").answer), np.uint8)
    small = stored.reshape(SIDE, SIDE).astype(np.float32) / 255
    return np.kron(small, np.ones((40, 40), np.float32))


def wrapped(mask: Floats) -> dict[str, Floats]:
    return {registry.find("u2netp").contract.output: mask[None, None]}


def test_the_stored_answer_passes(right: Floats) -> None:
    check(wrapped(right), registry.find("u2netp"))
    noise = np.random.default_rng(1).normal(0, 0.002, right.shape).astype(np.float32)
    check(wrapped(right + noise), registry.find("u2netp"))


@pytest.mark.parametrize(
    "lie",
    [
        lambda mask: np.roll(mask, 20, axis=1),
        lambda mask: np.flipud(mask),
        lambda mask: 1 - mask,
        lambda mask: np.sqrt(np.clip(mask, 0, 1)) * 0.5 + 0.5 * np.roll(mask, 80, axis=0),
        lambda mask: np.kron(np.eye(4, dtype=np.float32), np.ones((80, 80), np.float32)),
    ],
    ids=["shifted", "upside down", "inverted", "ghosted", "something else"],
)
def test_a_lie_is_found(right: Floats, lie) -> None:
    with pytest.raises(EngineError) as caught:
        check(wrapped(lie(right)), registry.find("u2netp"))
    assert caught.value.code == "wrong-answer"
    assert "known answer" in caught.value.cause


@pytest.mark.parametrize("value", [0.0, 1.0, np.nan, np.inf])
def test_a_constant_or_broken_mask_is_found(right: Floats, value: float) -> None:
    with pytest.raises(EngineError) as caught:
        check(wrapped(np.full_like(right, value)), registry.find("u2netp"))
    assert caught.value.code == "unusable-mask"


def test_a_model_that_keeps_proportions_is_asked_a_square() -> None:
    contract = registry.find("modnet").contract
    assert question(contract)[contract.input].shape == (1, 3, 512, 512)


def test_the_question_differs_from_model_to_model_in_scale_only() -> None:
    contract = registry.find("u2netp").contract
    one = question(contract)[contract.input]
    half = question(replace(contract, mean=(0, 0, 0), std=(1, 1, 1), scale="255"))[contract.input]
    assert one.shape == half.shape == (1, 3, 320, 320)
    assert half.min() >= 0
    assert half.max() <= 1
    assert half.std() > 0.1


def main() -> None:
    for model in MODELS:
        print(model.id, answer(outputs_of(model), model.contract).tobytes().hex())


if __name__ == "__main__":
    main()
