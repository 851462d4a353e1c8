"""edited: a photo, its automatic matte and edits → the matte and its sources as edited.

Brushes need nothing but the place of a pixel, so a view draws them at its own size. All other edits
look at the photo: they are made at full size. Every state is made of the one before it, so that one
more edit never repeats those before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cutaway.hand.edits import Drop, Edit, Scribble, Select, Stroke
from cutaway.hand.painting import Easel, Paint, brushed
from cutaway.hand.scribbles import scribbled
from cutaway.hand.selector import Selector
from cutaway.hand.smart import Snapped, snapped
from cutaway.hand.strokes import Plane
from cutaway.hand.subjects import without
from cutaway.refine import refine
from cutaway.sources import Sources
from cutaway.values import Bytes, Matte, Photo

#: Pixels of a photo, at most, of which several states are kept; of a larger one the last alone.
ROOMY = 25_000_000
#: States that are kept beside the automatic one, and coverages of smart strokes.
STATES, SNAPPED = 3, 64


@dataclass(frozen=True, slots=True)
class Scribbles:
    """All scribbles of a list of edits: they make one mask together."""

    all: tuple[Scribble, ...]


Step = Stroke | Scribbles | Select | Drop
Steps = tuple[Step, ...]


def steps_of(edits: Sequence[Edit]) -> Steps:
    """The edits in their order, all scribbles where the first one stands."""
    scribbles = Scribbles(tuple(each for each in edits if isinstance(each, Scribble)))
    return tuple(_steps(edits, scribbles))


def _steps(edits: Sequence[Edit], scribbles: Scribbles) -> Iterator[Step]:
    for edit in edits:
        if not isinstance(edit, Scribble):
            yield edit
        elif edit is scribbles.all[0]:
            yield scribbles


class Hand:
    """What is done to one photo's automatic matte by hand, each state made once.

    Attributes
    ----------
    automatic : Sources
    selector : Selector
        It must know every selection that is among the edits: see ``prepare_edits``.
    """

    def __init__(self, automatic: Sources) -> None:
        self.automatic = automatic
        self.selector = Selector(automatic.photo)
        self._states: dict[Steps, Sources] = {(): automatic}
        #: What smart strokes cover, by all steps up to them: cheap to keep, dear to make.
        self._snapped: dict[Steps, Snapped | None] = {}
        self._easel: tuple[Sources, Plane, Easel] | None = None

    @property
    def photo(self) -> Photo:
        return self.automatic.photo

    def sources(self, edits: Sequence[Edit]) -> Sources:
        """What the picture is made of after these edits; the automatic ones after none."""
        steps = steps_of(edits)
        return self._made(steps, self._nearest(steps))

    def begun(self, edits: Sequence[Edit]) -> tuple[Sources, tuple[Stroke, ...]]:
        """The same but for the last brush strokes, which a view draws for itself."""
        steps = steps_of(edits)
        known = self._nearest(steps)
        first = max([known, *(number + 1 for number, each in enumerate(steps) if _looks(each))])
        sources = self._made(steps[:first], known)
        return sources, tuple(each for each in steps[first:] if isinstance(each, Stroke))

    def easel(self, base: Sources, plane: Plane, make: Callable[[], Easel]) -> Easel:
        """Where strokes are drawn over a part of ``base``; for the same part as the last time the
        same one.
        """
        last = self._easel
        if last is None or last[0] is not base or last[1] != plane:
            self._easel = last = base, plane, make()
        return last[2]

    def _nearest(self, steps: Steps) -> int:
        """How many of the steps the longest state known has."""
        return max(len(known) for known in self._states if steps[: len(known)] == known)

    def _made(self, steps: Steps, known: int) -> Sources:
        """The state after these steps, of the one after so many of them."""
        sources = self._states.pop(steps[:known])
        self._states[steps[:known]] = sources  # the last to be forgotten
        while known < len(steps):
            start, known = known, known + 1
            if not _looks(steps[start]):
                while known < len(steps) and not _looks(steps[known]):
                    known += 1
            if isinstance(steps[start], Stroke) and _looks(steps[start]):
                sources = self._after_smart(sources, steps[:known])
            else:
                sources = self._after(sources, steps[start:known])
            self._keep(steps[:known], sources)
        return sources

    def _keep(self, steps: Steps, sources: Sources) -> None:
        self._states[steps] = sources
        most = STATES if self.photo.width * self.photo.height <= ROOMY else 1
        for old in [each for each in self._states if each][:-most]:
            del self._states[old]

    def _after(self, sources: Sources, steps: Steps) -> Sources:
        """After one step, or after several brush strokes."""
        photo, matte = self.photo, sources.matte
        match steps[0]:
            case Drop(x, y):
                return sources.painted(Matte(without(matte.alpha, x, y)), sources.share)
            case Scribbles(scribbles):
                made = refine(scribbled(photo, scribbles, matte), photo)
                return sources.solved(made, made)
            case Select() as select:
                selection = refine(self.selector.mask(select), photo)
                alpha = combined(matte, selection, select.combine)
                if sources.plain:
                    return sources.solved(alpha, alpha)
                share = combined(sources.share, selection, select.combine)
                return sources.solved(alpha, share)
        plane = Plane(0, 0, 1, 1, photo.width, photo.height)
        strokes = tuple(each for each in steps if isinstance(each, Stroke))
        paint = Paint(matte.alpha, sources.share.alpha)
        paint = brushed(paint, self.automatic.matte.alpha, photo.alpha, strokes, plane)
        return sources.painted(Matte(paint.alpha), Matte(paint.share))

    def _after_smart(self, sources: Sources, steps: Steps) -> Sources:
        """After all of these steps, the last of which is a smart stroke."""
        stroke = steps[-1]
        assert isinstance(stroke, Stroke)
        if steps not in self._snapped:
            self._snapped[steps] = snapped(self.photo, sources.matte.alpha, stroke)
            for old in list(self._snapped)[:-SNAPPED]:
                del self._snapped[old]
        found = self._snapped[steps]
        if found is None:
            return sources
        alpha = _with(sources.matte.alpha, found, stroke)
        if sources.plain:
            return sources.solved(alpha, alpha)
        return sources.solved(alpha, _with(sources.share.alpha, found, stroke))


def _with(values: Bytes, found: Snapped, stroke: Stroke) -> Matte:
    """A matte with a smart stroke that keeps or removes."""
    values = values.copy()
    here = values[found.tile]
    if stroke.what == "keep":
        np.maximum(here, found.covered, out=here)
    else:
        np.minimum(here, 255 - found.covered, out=here)
    return Matte(values)


def combined(matte: Matte, selection: Matte, how: str) -> Matte:
    """The matte with a selection added (``"union"``), taken away, or in its place."""
    match how:
        case "union":
            return Matte(np.maximum(matte.alpha, selection.alpha))
        case "subtract":
            return Matte(np.minimum(matte.alpha, 255 - selection.alpha))
        case _:
            return selection


def _looks(step: Step) -> bool:
    """Whether a step looks at the photo. What is restored has the photo's edges already."""
    return not isinstance(step, Stroke) or (step.smart and step.what != "restore")
