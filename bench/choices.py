"""Whether constants that were chosen on these photographs hold for others.

    .venv/bin/python -m bench.choices [--data FOLDER] [--only edge,fusion,lite]

Each group of constants is chosen anew from a grid, without one set of photographs at a time, and
that set is measured with the choice. What is told then: the constants as they are, the best of the
grid for all photographs, the choices made without the set, and the worst of the grid. How far the
third is below the second is what choosing on these photographs flatters.

``edge``
    How far colours are trusted near the outline (``edge.SOFTER``, ``edge.MOVED``), three models.
``fusion``
    When models are believed against others (``fuse.HOLDS``, ``THOUGHT_OF``, ``CRISP``, ``THIN``),
    the masks of “best”, enlarged.
``lite``
    What a cut costs (``lite.cutting.SMOOTHNESS``).

The limit of the mark “Check this one” is told by ``bench.uncertainty``.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from bench.dataset import DATA, Example, entries
from bench.masks import KeptRuns, mask_of
from bench.measures import band_error, boundary_iou, iou
from cutaway import fuse, lite
from cutaway.errors import CutawayError
from cutaway.lite import cutting
from cutaway.models import recipe
from cutaway.models.registry import find
from cutaway.refine import enlarged, refine
from cutaway.refining import edge
from cutaway.values import Bytes, Mask, Photo

Doubles = NDArray[np.float64]

MODELS = ("u2netp", "isnet-768", "isnet")
#: What is measured, and whether more of it is better.
METRICS = {"IoU": 1, "bIoU": 1, "band": -1}
#: Shares of the answer at which an edge is measured; between them scores are taken as straight.
SHARES = np.linspace(0, 1, 5)

FROM, SPAN = (1.2, 1.35, 1.5), (0.3, 0.5, 0.7, 0.9)
SOME, MUCH = (0.01, 0.02, 0.05), (0.04, 0.08, 0.12, 0.16)
HOLDS, THOUGHT_OF, CRISP, THIN = (0.9, 0.95, 0.98), (0.96, 0.98, 0.99), (0.05, 0.1, 0.2), (1, 2)
SMOOTHNESS = (5.0, 10.0, 20.0, 40.0, 80.0)


class Subject(Example):
    """An example and how a matte of it is judged."""

    __slots__ = ()

    def scores(self, alpha: Bytes) -> list[float]:
        """``METRICS`` of a matte."""
        known = (alpha, self.truth.alpha, self.truth.counts)
        band = band_error(*known) if self.truth.soft else float("nan")
        return [iou(*known), boundary_iou(*known), band]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """``METRICS`` by choice: shape (choices, rows, metrics); and the set of each row."""

    choices: Sequence[tuple[float, ...]]
    scores: Doubles
    sets: NDArray[np.str_]

    def merit(self, choice: int, rows: NDArray[np.bool_]) -> float:
        """All metrics as one figure."""
        means = _means(self.scores[choice, rows])
        return float(np.nansum(means * list(METRICS.values())))

    def best(self, rows: NDArray[np.bool_], sign: int = 1) -> int:
        """The choice that is best for these rows, or worst with ``sign`` -1."""
        merits = [sign * self.merit(one, rows) for one in range(len(self.choices))]
        return int(np.argmax(merits))

    def unseen(self) -> Doubles:
        """Scores of each row with the choice that is best for the other sets."""
        scores = np.empty_like(self.scores[0])
        for name in np.unique(self.sets):
            here = self.sets == name
            scores[here] = self.scores[self.best(~here), here]
        return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="a folder with a manifest.json")
    parser.add_argument("--only", default=",".join(GROUPS), help="edge, fusion, lite")
    arguments = parser.parse_args()
    subjects = [Subject.of(entry) for entry in entries(arguments.data)]
    for name in arguments.only.split(","):
        constants, measure, now = GROUPS[name]
        _tell(f"{name}: {constants}", measure(subjects), now)


def _tell(title: str, measured: Measured, now: tuple[float, ...]) -> None:
    everything = np.ones(len(measured.sets), bool)
    rows = {
        f"as they are {now}": measured.scores[measured.choices.index(now)],
        "chosen without the set": measured.unseen(),
    }
    for word, sign in (("best", 1), ("worst", -1)):
        choice = measured.best(everything, sign)
        rows[f"{word} of {len(measured.choices)} {measured.choices[choice]}"] = measured.scores[
            choice
        ]
    print(f"\n{title}\n{'':48}" + "".join(f"{name:>8}" for name in METRICS))
    for name, scores in rows.items():
        print(f"{name:48}" + "".join(f"{mean:8.4f}" for mean in _means(scores)), flush=True)


def _means(scores: Doubles) -> Doubles:
    """Means over rows, of what has a meaning for them; not a number where nothing has."""
    known = ~np.isnan(scores)
    counts = known.sum(0)
    sums = np.where(known, scores, 0).sum(0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _edges(subjects: Sequence[Subject]) -> Measured:
    engine = KeptRuns()
    choices = [(a, a + b, c, d + c) for a, b, c, d in product(FROM, SPAN, SOME, MUCH)]
    columns, sets = [], []
    for id in MODELS:
        for one in subjects:
            signs, scores = _shares(one, mask_of(engine, one.photo, find(id)))
            trusts = [_trust(signs, choice) for choice in choices]
            columns.append([np.interp(trusts, SHARES, column) for column in scores.T])
            sets.append(one.entry.set)
    return Measured(_rounded(choices), np.transpose(columns, (2, 0, 1)), np.array(sets))


def _shares(subject: Subject, mask: Mask) -> tuple[tuple[float, float], Doubles]:
    """The signs by which colours are trusted, and scores at ``SHARES`` of what they say."""
    seen = [(0.0, 0.0)]

    def wholly(*parts: Any) -> float:
        seen.append(edge.signs(*parts))
        return 1.0

    plain = enlarged(mask, subject.photo).astype(np.float32)
    with patch.object(edge, "trust_in", wholly):
        solved = refine(mask, subject.photo).alpha.astype(np.float32)
    mixed = [(plain + share * (solved - plain) + 0.5).astype(np.uint8) for share in SHARES]
    return seen[-1], np.array([subject.scores(alpha) for alpha in mixed])


def _trust(signs: tuple[float, float], choice: tuple[float, ...]) -> float:
    with _set(edge, SOFTER=choice[:2], MOVED=choice[2:]):
        return edge.trust_by(*signs)


def _fusions(subjects: Sequence[Subject]) -> Measured:
    engine = KeptRuns()
    choices = list(product(HOLDS, THOUGHT_OF, CRISP, THIN))
    scores, sets = [], []
    for one in subjects:
        votes = [
            fuse.Vote(mask_of(engine, one.photo, find(id)), recipe.role(id))
            for id in recipe.SPEEDS["best"]
        ]
        mine = []
        for holds, thought_of, crisp, thin in choices:
            with _set(fuse, HOLDS=holds, THOUGHT_OF=thought_of, CRISP=crisp, THIN=thin):
                mine.append(one.scores(enlarged(fuse.fuse(votes).mask, one.photo)))
        scores.append(mine)
        sets.append(one.entry.set)
    return Measured(choices, np.transpose(scores, (1, 0, 2)), np.array(sets))


def _smoothness(subjects: Sequence[Subject]) -> Measured:
    scores = []
    for value in SMOOTHNESS:
        with _set(cutting, SMOOTHNESS=value):
            scores.append([one.scores(_lite(one.photo)) for one in subjects])
    sets = np.array([one.entry.set for one in subjects])
    return Measured([(value,) for value in SMOOTHNESS], np.array(scores), sets)


def _lite(photo: Photo) -> Bytes:
    """Lite's matte; all clear where it finds no subject."""
    try:
        return refine(lite.segment(photo), photo).alpha
    except CutawayError:
        return np.zeros((photo.height, photo.width), np.uint8)


@contextmanager
def _set(module: ModuleType, **constants: Any) -> Iterator[None]:
    with patch.multiple(module, **constants):
        yield


def _rounded(choices: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
    return [tuple(round(value, 4) for value in choice) for choice in choices]


Group = tuple[str, Callable[[Sequence[Subject]], Measured], tuple[float, ...]]
#: What is chosen, how it is measured, and what it is now.
GROUPS: dict[str, Group] = {
    "edge": ("SOFTER, MOVED", _edges, (*edge.SOFTER, *edge.MOVED)),
    "fusion": (
        "HOLDS, THOUGHT_OF, CRISP, THIN",
        _fusions,
        (fuse.HOLDS, fuse.THOUGHT_OF, fuse.CRISP, fuse.THIN),
    ),
    "lite": ("SMOOTHNESS", _smoothness, (cutting.SMOOTHNESS,)),
}

if __name__ == "__main__":
    main()
