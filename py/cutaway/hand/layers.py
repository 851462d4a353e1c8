"""layers: each subject of a cutout as a file of its own, written and verified like any other.

Laid over one another they are the cutout: every pixel is in one of them, as it is there.
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np

from cutaway.composing.frame import Box
from cutaway.cut import cut
from cutaway.encode import encode
from cutaway.errors import CutawayError
from cutaway.finish import dressed
from cutaway.hand.edited import Hand
from cutaway.hand.edits import Drop, Edit
from cutaway.hand.parting import Parting
from cutaway.hand.subjects import Subject, extents, listed
from cutaway.host.engine import Engine
from cutaway.options import Options
from cutaway.output import Output
from cutaway.refining.adjust import adjust
from cutaway.result import Result
from cutaway.sources import Sources
from cutaway.trip import Report
from cutaway.values import Bytes, Cutout, File, Picture, Verification
from cutaway.verify import verify

PLACEMENTS = ("place", "crop")


@dataclass(frozen=True, slots=True, eq=False)
class Census:
    """The subjects of a matte, and which of them were dropped.

    Attributes
    ----------
    parting : Parting or None
        In the order of ``subjects``; None where there are none.
    subjects : tuple of Subject
        Largest first, dropped ones among them.
    drops : tuple of tuples of int
        The edits that dropped each, as places in the list of edits; none of one that was kept.
    """

    parting: Parting | None
    subjects: tuple[Subject, ...]
    drops: tuple[tuple[int, ...], ...]

    @property
    def kept(self) -> tuple[int, ...]:
        """The numbers of those that were not dropped, counted from 0."""
        return tuple(number for number, drops in enumerate(self.drops) if not drops)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One subject as a file.

    Attributes
    ----------
    number : int
        Of the subject in the census, counted from 0.
    x, y : int
        Where the file's first pixel lies in the photo.
    file, verification : File, Verification
    """

    number: int
    x: int
    y: int
    file: File
    verification: Verification


def census(hand: Hand, edits: Sequence[Edit]) -> tuple[Census, Sources]:
    """Lists the subjects that there are before any is dropped, with what they were found in.

    Parameters
    ----------
    hand : Hand
        Has answers for what is selected among the edits.
    edits : sequence of Edit
        All of them, drops among them.
    """
    sources = hand.sources([edit for edit in edits if not isinstance(edit, Drop)])
    parting, found = sources.made("subjects", (), lambda: listed(sources.matte.alpha))
    drops: list[list[int]] = [[] for _ in found]
    for place, edit in enumerate(edits):
        number = parting.at(edit.x, edit.y) if parting and isinstance(edit, Drop) else None
        if number is not None:
            drops[number].append(place)
    return Census(parting, tuple(found), tuple(tuple(each) for each in drops)), sources


async def layers(
    result: Result,
    options: Options,
    placement: str,
    which: Sequence[int] | None,
    engine: Engine,
    report: Report,
) -> AsyncIterator[Layer]:
    """The subjects that were kept, one file after the other.

    Parameters
    ----------
    result : Result
    options : Options
        Of these count the edits, what is asked of the edge, and of the output the effort and the
        metadata. A layer is a PNG and has nothing around its subject.
    placement : str
        ``"place"``: each as large as the photo. ``"crop"``: each as large as it is, with all of its
        soft border.
    which : sequence of int or None
        Numbers of the census; None is all that were kept. One of which nothing is left, since the
        edge was moved inward for example, has no layer.
    engine : Engine
    report : callable
        Told of every layer, as the stage ``"layers"``.

    Raises
    ------
    CutawayError
        ``"bad-option"``, ``"no-subject"`` where none is left, or as from ``verify``.
    """
    photo, counted = result.photo, census(result.hand, options.edits)[0]
    kept, chosen = counted.kept, _chosen(counted, placement, which)
    await engine.breathe()
    cutout = _cutout(result, options)
    await engine.breathe()
    alpha, boxes = cutout.rgba[..., 3], {}
    if counted.parting is not None and kept:
        parting = counted.parting.among(kept, alpha)
        found = zip(kept, extents(parting, alpha), strict=True)
        boxes = {number: box for number, (box, _) in found if box and number in chosen}
    if not boxes:
        raise CutawayError("no-subject", "There is no subject to save. Bring one back first.")
    wanted = Output(effort=options.output.effort, metadata=options.output.metadata)
    for done, (number, own) in enumerate(boxes.items()):
        report("layers", done, len(boxes), "step", "")
        await engine.breathe()
        box = Box(0, 0, photo.width, photo.height) if placement == "place" else own
        rgba = _alone(cutout.rgba, parting, kept.index(number), box)
        picture = dressed(Picture(rgba, cutout.icc, photo.grey), photo, wanted)
        file = await encode(picture, wanted, engine)
        await engine.breathe()
        checked = await verify(file, picture, wanted, engine)
        yield Layer(number, box.left, box.top, file, checked)
    report("layers", len(boxes), len(boxes), "step", "")


def layer_name(photo: str, number: int) -> str:
    """What the layer of a subject, counted from 0, is called: ``"name-subject-1.png"``."""
    return f"{_stem(photo)}-subject-{number + 1}.png"


def layer_pattern(photo: str) -> re.Pattern[str]:
    """What all its layers are called like."""
    return re.compile(rf"{re.escape(_stem(photo))}-subject-\d+\.png")


def _stem(photo: str) -> str:
    return PurePath(photo.replace("\\", "/")).stem or "photo"


def _cutout(result: Result, options: Options) -> Cutout:
    finished = result.finished
    if finished.cutout is not None and finished.options.same_matte(options):
        return finished.cutout
    sources, refinement = result.hand.sources(options.edits), options.refine
    matte = adjust(sources.matte, refinement)
    return cut(result.photo, sources.share, refinement.decontaminate, matte, sources.estimate)


def _chosen(counted: Census, placement: str, which: Sequence[int] | None) -> Sequence[int]:
    if placement not in PLACEMENTS:
        raise CutawayError(
            "bad-option", f"“placement” takes {' or '.join(PLACEMENTS)}, not {placement!r}."
        )
    if which is None:
        return counted.kept
    if not set(which) <= set(counted.kept):
        raise CutawayError(
            "bad-option", "“which” takes numbers of subjects that are kept, counted from 0."
        )
    return which


def _alone(rgba: Bytes, parting: Parting, number: int, box: Box) -> Bytes:
    """One subject's pixels within a box, the others clear: C-contiguous, a new array."""
    result = np.zeros((box.bottom - box.top, box.right - box.left, 4), np.uint8)
    whole, alone = rgba.view(np.uint32)[..., 0], result.view(np.uint32)[..., 0]
    for (rows, columns), owner in parting.pieces(box):
        here = (
            slice(rows.start - box.top, rows.stop - box.top),
            slice(columns.start - box.left, columns.stop - box.left),
        )
        np.copyto(alone[here], whole[rows, columns], where=owner == number)
    return result
