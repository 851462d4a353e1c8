"""What `host/browser.py` answers where somebody points at a held photo."""

from typing import Any

from cutaway.hand.edits import Select, edits_of
from cutaway.hand.select import Candidate, Prompt, candidates
from cutaway.host.crossing import boxed, drawable
from cutaway.result import Result
from cutaway.trip import Trip
from cutaway.viewing.screen import View

#: Pixels of the longer side that a candidate's picture has, at most.
SIDE = 1000


async def selected(result: Result, asked: dict[str, Any], trip: Trip) -> Any:
    """What is meant by points and a box, as an edit has them.

    → ``{"candidates": [{"index", "score", "share", "box", "seen"}], "milliseconds": {"encode",
    "decode"}}``, best first; ``index`` is what an edit names as its candidate, ``box`` None where
    nothing is selected, ``seen`` a translucent picture, drawable.
    """
    (select,) = edits_of([{"kind": "select", **asked}])
    assert isinstance(select, Select)
    prompt, selector = Prompt.of(select), result.hand.selector
    spent = await selector.ask([prompt], trip)
    photo = result.photo
    offered = candidates(selector.answer(prompt), photo.width, photo.height, SIDE)
    return {
        "candidates": [_told(candidate, photo.width, photo.height) for candidate in offered],
        "milliseconds": {"encode": round(spent.encode, 1), "decode": round(spent.decode, 1)},
    }


def _told(candidate: Candidate, width: int, height: int) -> dict[str, Any]:
    return {
        "index": candidate.index,
        "score": candidate.score,
        "share": candidate.share,
        "box": None if candidate.box is None else boxed(candidate.box),
        "seen": drawable(View(candidate.rgba, width, height, None)),
    }
