"""verdicts: what must hold, at either side of each limit."""

import numpy as np
import pytest

from bench import scores
from bench.answers import System
from bench.scores import Scores
from bench.verdicts import Results, verdicts


def given(**values):
    """Scores of a photograph: of no worth but for what is named."""
    base = dict.fromkeys((*scores.REGIONS, *scores.SOFT), 0.5)
    return Scores(base | values, np.full(256, values.get("max_f", 0.5), np.float32))


def results(ours, rembg, **others):
    """Two sets of one photograph each, the second with true alpha; u2netp everywhere."""
    table = {System("cutaway", "u2netp"): ours, System("rembg", "u2netp"): rembg}
    table |= {System(*name.split("__")): pair for name, pair in others.items()}
    return Results(
        {system: dict(zip("ab", pair, strict=True)) for system, pair in table.items()},
        {"a": "one", "b": "two"},
        {"a": "binary", "b": "alpha"},
        {"u2netp": (0.3, 1.0)},
        {"a": (1.0, 0.1), "b": (0.1, 0.2)},
        {system: {"a": 0.2, "b": 0.6} for system in table},
        {system: {"b": 0.1} for system in table},
    )


def met(found, words):
    (verdict,) = (one for one in verdicts(found) if words in one.what)
    return verdict.met


GOOD = {"iou": 0.9, "s": 0.9, "boundary": 0.9}


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({}, True),
        ({"iou": 0.8991}, True),  # below in one set by less than the slack, above overall
        ({"iou": 0.8970}, False),
        ({"boundary": 0.8970}, False),
        ({"s": 0.8970}, False),
    ],
)
def test_no_set_may_be_below_a_peer(change, holds):
    better = {name: value + 0.01 for name, value in GOOD.items()}
    found = results((given(**better), given(**GOOD | change)), (given(**GOOD), given(**GOOD)))
    if not change:
        assert met(found, "cutaway u2netp against rembg u2netp")
    assert met(found, "cutaway u2netp against rembg u2netp") is holds


def test_equal_is_not_above():
    same = (given(**GOOD), given(**GOOD))
    assert met(results(same, same), "against rembg u2netp") is False


@pytest.mark.parametrize(("band", "holds"), [(0.179, True), (0.185, False)])
def test_the_soft_band_is_compared_with_the_best_peer(band, holds):
    pairs = {
        name: (given(), given(band=value))
        for name, value in {"mine": band, "rembg": 0.3, "imgly": 0.2}.items()
    }
    found = results(pairs["mine"], pairs["rembg"], imgly__u2netp=pairs["imgly"])
    assert met(found, "soft band ≥ 10 % lower") is holds


@pytest.mark.parametrize(
    ("band", "seconds", "holds"),
    [(0.1, 0.3, True), (0.101, 0.3, False), (0.1, 0.4, False)],
)
def test_matting_is_matched_at_a_third_of_its_time(band, seconds, holds):
    pairs = {"rembg+matting__u2netp": (given(), given(band=0.1))}
    found = results((given(), given(band=band)), (given(), given()), **pairs)
    found.paces["u2netp"] = (seconds, 1.0)
    assert met(found, "not above rembg+matting u2netp") is holds


@pytest.mark.parametrize(
    ("iou", "failures", "sad", "holds"),
    [(0.92, 0.0, 0.8, (True, True, True)), (0.91, 1.0, 0.9, (False, False, False))],
)
def test_best_against_single_models(iou, failures, sad, holds):
    plain = given(iou=0.9, failures=1.0, sad=1.0)
    best = given(iou=iou, failures=failures, sad=sad)
    others = {"cutaway__isnet": (plain, plain), "cutaway__best": (best, best)}
    found = results((plain, plain), (plain, plain), **others)
    names = ("best IoU ≥ .015", "best fails ≤ half", "best SAD ≥ 15 % lower")
    assert tuple(met(found, name) for name in names) == holds


@pytest.mark.parametrize(("own", "holds"), [(0.2, True), (0.21, False)])
def test_own_colours_halve_the_error(own, holds):
    ours = (given(), given(composited=own, photo_colours=0.4))
    found = results(ours, (given(), given()))
    assert met(found, "cutaway u2netp on five backgrounds") is holds


def test_colours_are_also_told_without_our_alpha():
    found = results((given(), given()), (given(), given()))
    assert met(found, "with the true alpha") is True  # of "b" alone: "a" has no alpha
    found.colours["b"] = (0.11, 0.2)
    assert met(found, "with the true alpha") is False


def test_the_small_model_must_be_better_in_everything():
    metrics = [*scores.REGIONS, *scores.SOFT]
    up = {name: 0.4 if name in scores.LESS else 0.6 for name in metrics}
    theirs = (given(), given())
    assert met(results((given(**up), given(**up)), theirs), "in every metric")
    assert met(results((given(**up | {"failures": 0.5}),) * 2, theirs), "in every metric")
    for name in metrics:
        spoilt = given(**up | {name: 0.6 if name in scores.LESS else 0.4})
        expected = name == "photo_colours"
        assert met(results((spoilt, spoilt), theirs), "in every metric") is expected


def test_without_single_models_it_is_not_told():
    found = results((given(), given()), (given(), given()))
    assert met(found, "best beats every single model") is None


@pytest.mark.parametrize(("first", "second", "holds"), [(0.95, 0.7, True), (0.7, 0.95, False)])
def test_bad_cutouts_must_be_the_uncertain_ones(first, second, holds):
    ours = (given(iou=first), given(iou=second))
    found = results(ours, (given(), given()))
    assert met(found, "cutaway u2netp uncertainty") is holds


def test_without_good_and_bad_there_is_nothing_to_rank():
    found = results((given(iou=0.95), given(iou=0.97)), (given(), given()))
    assert met(found, "cutaway u2netp uncertainty") is None
