"""forecast: about how large the file of a result would be by other options, before any is made."""

import numpy as np

from cutaway.estimate import estimate
from cutaway.finish import arranged, dressed, image_of, settled
from cutaway.host.engine import Engine
from cutaway.options import Options
from cutaway.result import Result
from cutaway.values import Photo, Picture
from cutaway.view import view

#: Pieces of a picture that is not made yet, across and down, and their side in pixels.
ACROSS, DOWN, SIDE = 8, 6, 96


async def forecast(result: Result, options: Options, engine: Engine) -> int:
    """Bytes that the file would have by the options, about.

    Where the picture is at hand that is what ``estimate`` says of it. Else pieces of it are made,
    evenly from all over it, and the whole counts as so many of these.

    Raises
    ------
    CutawayError
        As from ``image_of``, ``arrange`` and ``encode``.
    """
    scene, _ = settled(options)
    finished = result.finished
    same = finished.options.same_matte(options) and finished.scene == scene
    if same and finished.picture is not None:
        picture = dressed(finished.picture, result.photo, options.output)
        return await estimate(picture, options.output, engine)
    sources = result.hand.sources(options.edits)
    image = await image_of(scene, sources, engine)
    window = arranged(sources, options.refine, scene, image).window
    picture = await _sample(result, options, image, (window.columns, window.rows), engine)
    bytes = await estimate(picture, options.output, engine)
    return round(bytes * window.columns * window.rows / (picture.width * picture.height))


async def _sample(
    result: Result, options: Options, image: Photo | None, size: tuple[int, int], engine: Engine
) -> Picture:
    """Pieces from all over the picture, side by side; all of it where it is no larger than they."""
    scene, _ = settled(options)
    arrangement = arranged(result.hand.sources(options.edits), options.refine, scene, image)
    rows = []
    for top, bottom in _spans(size[1], DOWN):
        pieces = [
            view(
                result,
                options.refine,
                scene,
                region=(left, top, right, bottom),
                side=max(right - left, bottom - top),
                image=image,
                edits=options.edits,
            ).rgba
            for left, right in _spans(size[0], ACROSS)
        ]
        rows.append(np.hstack(pieces))
        await engine.breathe()
    sample = np.ascontiguousarray(np.vstack(rows))
    return Picture(sample, arrangement.icc, arrangement.grey)


def _spans(length: int, pieces: int) -> list[tuple[int, int]]:
    """First and last + 1 of so many pieces of a side, from its one end to its other."""
    side = min(SIDE, length // pieces)
    if side == 0:
        return [(0, length)]
    starts = np.linspace(0, length - side, pieces).astype(int).tolist()
    return [(start, start + side) for start in starts]
