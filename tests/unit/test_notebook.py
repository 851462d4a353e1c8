"""The notebook: what a device has taught survives a visit, and damage to it does no harm."""

import json

import pytest

from cutaway.models.notebook import TALLY_LENGTH, Ahead, Notebook, Outcome

OK = Outcome("u2netp", "wasm", 2, "ok", 640.0)


@pytest.fixture
def written() -> Notebook:
    notebook = Notebook("build")
    notebook.note_check("gpu", "weights", True)
    notebook.note_failure("gpu")
    notebook.note(OK)
    notebook.ahead = Ahead("u2netp", "wasm", 2)
    return notebook


def test_it_comes_back_as_it_was(written: Notebook) -> None:
    assert Notebook.parse(written.to_text(), "build") == written


def test_a_new_build_keeps_the_tally_only(written: Notebook) -> None:
    assert Notebook.parse(written.to_text(), "next") == Notebook("next", tally=[OK])


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"tally": [{}]}', "null"])
def test_damage_means_an_empty_notebook(text: str) -> None:
    assert Notebook.parse(text, "build") == Notebook("build")


def test_forgiving_one_adapter_leaves_the_others(written: Notebook) -> None:
    written.note_check("gpu", "other", False)
    written.note_check("igpu", "other", False)
    written.forgive("gpu")
    assert not written.failures
    assert written.checked("gpu", "weights") is True
    assert written.checked("gpu", "other") is None
    assert written.checked("igpu", "other") is False


def test_the_tally_forgets_the_oldest_and_sums_up() -> None:
    notebook = Notebook("build")
    for number in range(TALLY_LENGTH + 10):
        notebook.note(Outcome("u2netp", "wasm", 2, "ok", float(number)))
    assert len(notebook.tally) == TALLY_LENGTH
    (row,) = notebook.summary()
    assert row == {
        "model": "u2netp",
        "provider": "wasm",
        "threads": 2,
        "outcome": "ok",
        "times": TALLY_LENGTH,
        "milliseconds": 110.0,
    }
    json.dumps(notebook.summary())


def test_what_a_model_usually_takes_is_told_by_how_it_last_ran() -> None:
    notebook = Notebook("build")
    assert notebook.usual("u2netp") is None
    for provider, outcome, spent in [
        ("webgpu", "ok", 90.0),
        ("wasm", "ok", 900.0),
        ("wasm", "ok", 1200.0),
        ("wasm", "ok", 1000.0),
        ("wasm", "timeout", 0.0),
    ]:
        notebook.note(Outcome("u2netp", provider, 2, outcome, spent))
    assert notebook.usual("u2netp") == 1000.0
    assert notebook.usual("isnet") is None
