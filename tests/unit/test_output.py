"""output: what file may be asked for."""

import pytest

from cutaway.errors import CutawayError
from cutaway.output import AVIF, JPEG, PNG, WEBP, Output


def test_without_a_wish_it_is_a_png():
    assert Output.of({}) == Output.of({"format": None, "quality": None}) == Output()
    assert (Output().format, Output().exact, Output().level) == (PNG, True, 100)


@pytest.mark.parametrize(
    ("asked", "exact", "level"),
    [
        ({"format": WEBP}, False, 90),
        ({"format": WEBP, "quality": 41}, False, 41),
        ({"format": WEBP, "lossless": True, "quality": 41}, True, 100),
        ({"format": AVIF}, False, 80),
        ({"format": JPEG, "lossless": True}, False, 92),
        ({"format": PNG, "quality": 3}, True, 100),
    ],
)
def test_what_is_lost(asked, exact, level):
    output = Output.of(asked)
    assert (output.exact, output.level) == (exact, level)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"format": "image/gif"}, "unknown-format"),
        ({"format": 3}, "unknown-format"),
        ({"quality": 0}, "bad-option"),
        ({"quality": 101}, "bad-option"),
        ({"quality": 80.5}, "bad-option"),
        ({"quality": True}, "bad-option"),
        ({"quality": "80"}, "bad-option"),
        ({"lossless": 1}, "bad-option"),
        ({"effort": "hard"}, "bad-option"),
        ({"effort": []}, "bad-option"),
        ({"depth": 12}, "bad-option"),
        ({"depth": True}, "bad-option"),
        ({"metadata": "all"}, "bad-option"),
    ],
)
def test_what_cannot_be(asked, code):
    with pytest.raises(CutawayError) as failure:
        Output.of(asked)
    assert failure.value.code == code
