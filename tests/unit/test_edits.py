"""edits: what is done by hand is checked before anything is done."""

import array
import json

import numpy as np
import pytest

from cutaway.errors import CutawayError
from cutaway.hand.edits import Click, Drop, Path, Scribble, Select, Stroke, edits_of
from cutaway.options import Options

STROKE = {"kind": "stroke", "what": "keep", "size": 12, "points": [[1, 2, 0.5], [3, 4]]}


def one(**given):
    return edits_of([given])[0]


def test_edits_are_what_was_said_in_its_order():
    said = json.dumps(
        [
            {**STROKE, "what": "restore", "hardness": 0.25, "smart": True},
            {"kind": "scribble", "what": "remove", "size": 3, "points": [[5, 6, 1]]},
            {"kind": "select", "points": [{"x": 1, "y": 2, "add": False}], "candidate": 2,
             "box": {"x": 1, "y": 2, "width": 3, "height": 4}, "combine": "subtract"},
            {"kind": "drop", "x": 7, "y": 8.5},
        ]
    )  # fmt: skip
    stroke, scribble, select, drop = edits_of(json.loads(said))
    assert stroke == Stroke("restore", 12, 0.25, True, Path(np.array([[1, 2, 0.5], [3, 4, 1]])))
    assert scribble == Scribble("remove", 3, Path(np.array([[5.0, 6, 1]])))
    assert select == Select((Click(1, 2, False),), (1, 2, 4, 6), 2, "subtract")
    assert drop == Drop(7, 8.5)


def test_what_is_left_out_has_a_default():
    assert one(**STROKE) == one(**STROKE, hardness=1, smart=False)
    assert one(kind="select", points=[{"x": 1, "y": 2}]) == Select((Click(1, 2, True),))
    assert one(kind="select", points=[{"x": 1, "y": 2}], box=None, candidate=None, combine=None)
    assert edits_of([]) == ()


def test_a_path_in_a_buffer_is_the_same_as_in_a_list():
    numbers = array.array("d", [1, 2, 0.5, 3, 4, 1])
    packed = one(**STROKE | {"points": memoryview(numbers)})
    assert packed == one(**STROKE)
    assert hash(packed) == hash(one(**STROKE))
    numbers[0] = 99
    assert packed == one(**STROKE), "it is a value: nobody else's buffer changes it"


def test_an_edit_differs_from_another_by_anything():
    plain = one(**STROKE)
    others = [
        one(**STROKE | {"points": [[1, 2, 0.5], [3, 4, 0.9]]}),
        one(**STROKE | {"points": [[1, 2, 0.5]]}),
        one(**STROKE | {"what": "remove"}),
        one(**STROKE | {"size": 13}),
        one(**STROKE, smart=True),
        one(**STROKE, hardness=0.5),
    ]
    assert len({plain, *others}) == 7


def test_a_path_goes_on_only_from_all_of_another():
    short, long = (Path(np.arange(3.0 * n).reshape(-1, 3)) for n in (2, 4))
    assert long.goes_on(short)
    assert long.goes_on(long)
    assert not short.goes_on(long)
    assert not long.goes_on(Path(short.points + 1))


@pytest.mark.parametrize(
    "given",
    [
        "stroke",
        {"kind": "stroke"},
        7,
        [None],
        [7],
        [{}],
        [{"kind": "fill"}],
        [{"kind": ["stroke"]}],
        [STROKE | {"what": "erase"}],
        [STROKE | {"what": None}],
        [STROKE | {"colour": "red"}],
        [STROKE | {"hardness": 1.1}],
        [STROKE | {"hardness": float("nan")}],
        [STROKE | {"hardness": "hard"}],
        [STROKE | {"smart": 1}],
        *([STROKE | {"size": size}] for size in (0, -1, None, "big", 1e9, float("nan"), True)),
        *(
            [STROKE | {"points": points}]
            for points in (
                [],
                None,
                "here",
                [1, 2, 3],
                [[1]],
                [[1, 2, 3, 4]],
                [[1, 2, 1.01]],
                [[1, 2, -0.01]],
                [[float("nan"), 2, 1]],
                [[1, float("inf"), 1]],
                [[1, 2, float("nan")]],
                [[1e7, 2, 1]],
                [[10**400, 2, 1]],
                [["1", 2, 1]],
                [[True, 2, 1]],
                memoryview(array.array("d", [1, 2])),
                memoryview(array.array("d", [1, 2, float("nan")])),
                [[0, 0, 1]] * 100_001,
            )
        ),
        [{"kind": "scribble", "what": "restore", "size": 3, "points": [[1, 2]]}],
        [{"kind": "scribble", "what": "keep", "size": 3}],
        [{"kind": "select", "points": []}],
        [{"kind": "select", "points": [[1, 2]]}],
        [{"kind": "select", "points": 3}],
        [{"kind": "select", "points": [{"x": 1}]}],
        [{"kind": "select", "points": [{"x": 1, "y": 2, "add": 1}]}],
        [{"kind": "select", "points": [{"x": 1, "y": 2}], "candidate": 3}],
        [{"kind": "select", "points": [{"x": 1, "y": 2}], "candidate": True}],
        [{"kind": "select", "points": [{"x": 1, "y": 2}], "combine": "mix"}],
        [{"kind": "select", "box": [1, 2, 3, 4]}],
        [{"kind": "select", "box": {"x": 1, "y": 2, "width": 0, "height": 4}}],
        [{"kind": "drop", "x": 1}],
        [{"kind": "drop", "x": 1, "y": float("nan")}],
        [STROKE] * 10_001,
    ],
    ids=lambda given: repr(given)[:60],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(given):
    with pytest.raises(CutawayError) as caught:
        edits_of(given)
    assert caught.value.code == "bad-option"
    assert caught.value.sentence.endswith(".")


def test_edits_are_an_option_and_concern_the_matte_not_the_mask():
    plain, edited = Options.of({}), Options.of({"edits": [STROKE]})
    assert plain.edits == ()
    assert edited.edits == (one(**STROKE),)
    assert Options.of({"edits": None}) == plain
    assert plain.same_mask(edited)
    assert not plain.same_matte(edited)
    assert edited.same_matte(Options.of({"edits": [STROKE], "background": "#ffffff"}))
