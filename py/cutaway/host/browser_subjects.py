"""What `host/browser.py` answers about the separate subjects of a held photo."""

from collections.abc import Callable
from typing import Any

from js import Object
from pyodide.ffi import to_js

from cutaway.hand.edits import Edit
from cutaway.hand.layers import census, layer_name, layers
from cutaway.hand.selector import prepare_edits
from cutaway.hand.thumbnails import thumbnail
from cutaway.host.crossing import boxed, drawable
from cutaway.host.engine import Engine
from cutaway.options import Options
from cutaway.result import Result
from cutaway.trip import Trip


async def listed(result: Result, edits: tuple[Edit, ...], engine: Engine) -> Any:
    """→ ``[{"x", "y", "box", "share", "drops", "seen"}]``; ``seen`` is a thumbnail, drawable.

    What is selected among the edits must have been answered.
    """
    counted, sources = census(result.hand, edits)
    found = []
    for number, (subject, drops) in enumerate(zip(counted.subjects, counted.drops, strict=True)):
        await engine.breathe()
        assert counted.parting is not None  # there are subjects
        found.append(
            {
                "x": subject.x,
                "y": subject.y,
                "box": boxed(subject.box),
                "share": subject.share,
                "drops": list(drops),
                "seen": drawable(thumbnail(sources, counted.parting, number)),
            }
        )
    return found


async def written(
    result: Result,
    options: Options,
    asked: dict[str, Any],
    trip: Trip,
    take: Callable[[Any], object],
) -> None:
    """Hands each layer to ``take``, so that two are never in Python's memory at once.

    ``asked`` has ``placement``, ``which`` and the photo's ``name``; what is taken is ``{"name",
    "data", "mime", "x", "y", "width", "height"}``.
    """
    await prepare_edits(options.edits, result.hand.selector, trip)
    placement, which = asked.get("placement") or "place", asked.get("which")
    async for layer in layers(result, options, placement, which, trip.engine, trip.report):
        file = layer.file
        told = {
            "name": layer_name(asked.get("name") or "", layer.number),
            "data": file.data,
            "mime": file.mime,
            "x": layer.x,
            "y": layer.y,
            "width": file.width,
            "height": file.height,
        }
        take(to_js(told, dict_converter=Object.fromEntries))
