"""How many clicks a good cutout takes: simulated on photographs with ground truth.

    .venv/bin/python -m bench.clicks [--data FOLDER] [--only ids] [--speed balanced]

A click goes to the middle of the largest mistake, to the point furthest from its border, as a user
would; then the next one, five in all. What is told is the mean IoU of the matte, cut at a half, at
the photo's own size, of

``SAM 2``       selected from nothing, all clicks in one selection, and refined as by the product
``SAM 2 plain`` the same without the refinement of the edge
``Lite``        scribbles from nothing: each click a dot
``mending``     starting from the automatic matte: each click is a selection of its own, which is
                added to it or taken away; ``chosen``: the user takes the best of three

after 1, 3 and 5 clicks, on all photographs and on the third on which the automatic matte is worst.
Nothing is encoded twice: embeddings are kept in ``.cache/quality/embeddings``.
"""

import argparse
import asyncio
import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.dataset import DATA, Entry, Truth, entries, truth_of
from bench.masks import CACHE, KeptRuns, mask_of
from bench.measures import HALF, iou
from cutaway.fuse import Vote, fuse
from cutaway.hand.edited import combined
from cutaway.hand.edits import Click, Scribble, Select
from cutaway.hand.edits import Path as Line
from cutaway.hand.scribbles import scribbled
from cutaway.hand.select import CANDIDATES, Prompt
from cutaway.hand.selector import Selector
from cutaway.host.engine import Loaded, Ran, Report
from cutaway.host.native import NativeEngine
from cutaway.models import recipe, registry
from cutaway.models.model import Runnable
from cutaway.models.notebook import Notebook
from cutaway.read import read
from cutaway.refine import enlarged, refine
from cutaway.trip import Trip
from cutaway.values import Attempt, Floats, Matte, Photo

CLICKS = 5
SHOWN = (1, 3, 5)
#: Diameter of a dot, as a share of the photo's longer side.
DOT = 0.02

Flags = NDArray[np.bool_]
#: The clicks so far, the last one too, and the matte that they mend → the matte after the last.
Hand = Callable[[tuple[Click, ...], Matte], Matte]


class KeptEmbeddings(NativeEngine):
    """The native engine, but what it has once encoded it reads from a file."""

    def __init__(self, folder: Path = CACHE / "embeddings") -> None:
        super().__init__()
        self._kept = folder
        self.milliseconds: list[float] = []

    async def load(self, model: Runnable, attempt: Attempt, report: Report) -> Loaded:
        """Nothing of the encoder: a session is made when it is needed."""
        if _encodes(model):
            return Loaded(0, 0, 0.0)
        return await super().load(model, attempt, report)

    async def run(self, model: Runnable, attempt: Attempt, feeds: Mapping[str, Floats]) -> Ran:
        if not _encodes(model):
            ran = await super().run(model, attempt, feeds)
            self.milliseconds.append(ran.milliseconds)
            return ran
        (fed,) = feeds.values()
        key = hashlib.sha256(model.sha256.encode() + fed.tobytes()).hexdigest()
        path = self._kept / f"{key}.npz"
        if not path.exists():
            await super().load(model, attempt, lambda done, total: None)
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(path, **(await super().run(model, attempt, feeds)).outputs)
        with np.load(path) as kept:
            return Ran({name: kept[name] for name in model.outputs}, 0.0)


def _encodes(model: Runnable) -> bool:
    return model.id.endswith("-encoder")


@dataclass(frozen=True, eq=False)
class Subject:
    """A photograph, what is true of it, and what the automatic road says."""

    entry: Entry
    photo: Photo
    truth: Truth
    automatic: Matte

    def score(self, matte: Matte) -> float:
        return iou(matte.alpha, self.truth.alpha, self.truth.counts)

    def mistake(self, matte: Matte) -> Click | None:
        """The middle of the largest mistake; None where there is none."""
        wanted, found = self.truth.alpha > HALF, matte.alpha > HALF
        missing = _middle(wanted & ~found & self.truth.counts)
        wrong = _middle(found & ~wanted & self.truth.counts)
        _, x, y, add = max((*missing, True), (*wrong, False))
        return Click(x, y, add) if max(missing[0], wrong[0]) else None


def _middle(region: Flags) -> tuple[int, float, float]:
    """Pixels of the largest piece of a region, and its point furthest from its border: x, y."""
    _, labels, facts, _ = cv2.connectedComponentsWithStats(region.astype(np.uint8))
    sizes = facts[1:, cv2.CC_STAT_AREA]
    if not sizes.size:
        return 0, 0.0, 0.0
    piece = np.pad((labels == 1 + int(sizes.argmax())).astype(np.uint8), 1)
    depth = cv2.distanceTransform(piece, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return int(sizes.max()), column - 0.5, row - 0.5


def simulated(subject: Subject, way: Hand, start: Matte) -> list[float]:
    """IoU after each click; once nothing is wrong it stays."""
    clicks: tuple[Click, ...] = ()
    matte, scores = start, []
    for _ in range(CLICKS):
        click = subject.mistake(matte)
        if click is not None:
            clicks = (*clicks, click)
            matte = way(clicks, matte)
        scores.append(subject.score(matte))
    return scores


def ways(subject: Subject, engine: NativeEngine) -> Iterator[tuple[str, Hand, Matte]]:
    """Every way by hand: its name, what it makes of a click, and what it starts from."""
    photo, selector = subject.photo, Selector(subject.photo)
    nothing = Matte(np.zeros_like(subject.truth.alpha))
    reach = DOT * max(photo.width, photo.height)

    def asked(clicks: tuple[Click, ...]) -> Select:
        select = Select(clicks)
        trip = Trip(engine, lambda *_: None, Notebook("bench"))
        asyncio.run(selector.ask([Prompt.of(select)], trip))
        return select

    def selected(clicks: tuple[Click, ...], before: Matte) -> Matte:
        return refine(selector.mask(asked(clicks)), photo)

    def plain(clicks: tuple[Click, ...], before: Matte) -> Matte:
        return Matte(enlarged(selector.mask(asked(clicks)), photo))

    def dotted(clicks: tuple[Click, ...], before: Matte) -> Matte:
        dots = [_dot(click, reach) for click in clicks]
        return refine(scribbled(photo, dots, before), photo)

    def mended(clicks: tuple[Click, ...], before: Matte, candidate: int | None = None) -> Matte:
        # What is wrong is itself selected, and then added or taken away.
        select = asked((replace(clicks[-1], add=True),))
        selection = refine(selector.mask(replace(select, candidate=candidate)), photo)
        return combined(before, selection, "union" if clicks[-1].add else "subtract")

    def chosen(clicks: tuple[Click, ...], before: Matte) -> Matte:
        offered = (mended(clicks, before, each) for each in range(CANDIDATES))
        return max(offered, key=subject.score)

    yield "SAM 2", selected, nothing
    yield "SAM 2 plain", plain, nothing
    yield "Lite", dotted, nothing
    yield "mending", mended, subject.automatic
    yield "mending, chosen", chosen, subject.automatic


def _dot(click: Click, size: float) -> Scribble:
    return Scribble(
        "keep" if click.add else "remove", size, Line(np.array([[click.x, click.y, 1.0]]))
    )


def read_subject(entry: Entry, speed: str, engine: KeptRuns) -> Subject:
    """Reads a photograph and has it cut out by a speed."""
    photo = read(entry.image.read_bytes())
    votes = [
        Vote(mask_of(engine, photo, registry.find(id)), recipe.role(id))
        for id in recipe.SPEEDS[speed]
    ]
    return Subject(entry, photo, truth_of(entry), refine(fuse(votes).mask, photo))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--only", default="", help="ids of photographs, or sets")
    parser.add_argument("--speed", default="balanced", choices=tuple(recipe.SPEEDS))
    arguments = parser.parse_args()
    begun = perf_counter()
    engine, runs = KeptEmbeddings(), KeptRuns()
    automatic: list[float] = []
    scores: dict[str, list[list[float]]] = {}
    chosen = entries(arguments.data, [name for name in arguments.only.split(",") if name])
    for number, entry in enumerate(chosen, 1):
        print(f"\r{number} of {len(chosen)}  {entry.id:40}", end="", file=sys.stderr, flush=True)
        subject = read_subject(entry, arguments.speed, runs)
        automatic.append(subject.score(subject.automatic))
        for name, way, start in ways(subject, engine):
            scores.setdefault(name, []).append(simulated(subject, way, start))
    print(file=sys.stderr)
    third = np.argsort(automatic)[: len(chosen) // 3]
    whole = np.arange(len(chosen))
    for title, which in (("All photographs", whole), ("Worst third of the automatic", third)):
        print(f"{title}, {len(which)}: automatic ({arguments.speed}) {_mean(automatic, which):.3f}")
        for name, each in scores.items():
            after = [_mean([one[click - 1] for one in each], which) for click in SHOWN]
            print(f"  {name:18}" + "".join(f"{value:8.3f}" for value in after))
    print(
        f"{np.median(engine.milliseconds):.0f} ms an answer (median), "
        f"{perf_counter() - begun:.0f} s"
    )


def _mean(values: list[float], which: NDArray[np.intp]) -> float:
    return float(np.mean(np.array(values)[which])) if len(which) else float("nan")


if __name__ == "__main__":
    main()
