"""How well uncertainty ranks bad cutouts below good ones, and what its weights should be.

    .venv/bin/python -m bench.uncertainty [--data FOLDER]

For each way to make a mask the area under the ROC curve is printed, where bad is an IoU below .8
and below .9: with the weights as they are, and with those fitted without the photograph's own set.
Fusions have a constant of their own, since they are better than what they are made of and their
models disagree all the same. For the same reason the weight of disagreement is taken as it is: the
regression over all ways makes little of it (.6), although within each of them the order is the
better the more it weighs, up to about 2. Inference is kept as in ``masks``.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.dataset import DATA, entries, truth_of
from bench.masks import KeptRuns, mask_of
from bench.measures import auroc, iou
from cutaway.fuse import Vote, fuse
from cutaway.lite import segment
from cutaway.models import recipe
from cutaway.models.registry import find
from cutaway.read import read
from cutaway.uncertainty import (
    ALONE,
    BLOTCHES,
    DISAGREEMENT,
    FUSED,
    LOOSE,
    UNDECIDED,
    terms_of,
)
from cutaway.values import Bytes, Mask, Photo

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

LITE = "lite"
SINGLES = ("u2netp", "isnet-768", "isnet", "u2net", "silueta", "modnet", LITE)
FUSIONS = (
    ("u2netp", "isnet-768"),
    ("u2netp", "isnet"),
    ("u2net", "isnet"),
    ("u2netp", "isnet-768", "isnet"),
    ("u2netp", "modnet", "isnet-768"),
    ("silueta", "modnet", "isnet-768"),
    ("u2netp", "modnet", "isnet", "isnet-768"),
)
WAYS = (*((id,) for id in SINGLES), *FUSIONS)
BAD = (0.8, 0.9)
#: From these figures on a cutout could be marked.
LIMITS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
#: How strongly large weights are held back, on terms of equal spread.
RIDGE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """For the photographs of one way, in their order: the terms, and the IoU."""

    terms: Doubles
    overlap: Doubles
    fused: bool

    @property
    def wanted(self) -> Doubles:
        """What the figure should be: 1 for a bad one, a half for one between the limits."""
        return np.asarray(np.mean([self.overlap < limit for limit in BAD], axis=0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    sets, rows = _measured(parser.parse_args().data)
    weights = np.array([UNDECIDED, BLOTCHES, LOOSE, DISAGREEMENT])
    unseen = _unseen(sets, list(rows.values()))
    print("undecided, blotches, loose, disagreement; alone, fused")
    print(f"as they are: {_written(weights, np.array([ALONE, FUSED]))}")
    print(f"fitted:      {_written(*_fitted(list(rows.values())))}")
    print(f"{'':30}" + "".join(f"  AUROC < {limit}  left out" for limit in BAD))
    for (name, mine), scores in zip(rows.items(), unseen, strict=True):
        pairs = [
            auroc(figures, mine.overlap < limit)
            for limit in BAD
            for figures in (mine.terms @ weights, scores)
        ]
        print(f"{name:30}" + "".join(f"{value:11.3f}" for value in pairs))
    _marks(sets, [mine.overlap for mine in rows.values()], unseen)


def _marks(sets: NDArray[np.str_], overlaps: Sequence[Doubles], unseen: Sequence[Doubles]) -> None:
    """What the mark at several limits is worth, by figures of weights fitted without the set.

    The last line takes for each set the limit that has the best F on the others.
    """
    overlap, everywhere = np.concatenate(overlaps), np.tile(sets, len(overlaps))
    figures = 1 / (1 + np.exp(-np.concatenate(unseen)))
    print("mark from   marked   precision and recall of IoU" + "".join(f" < {b:.1f}" for b in BAD))
    for limit in LIMITS:
        _tell(f"{limit:9.2f}", figures >= limit, overlap)
    marked = np.zeros(len(figures), bool)
    for name in np.unique(sets):
        here = everywhere == name
        worth = [_worth(figures[~here] >= limit, overlap[~here]) for limit in LIMITS]
        marked[here] = figures[here] >= LIMITS[int(np.argmax(worth))]
    _tell("left out ", marked, overlap)


def _tell(name: str, marked: Flags, overlap: Doubles) -> None:
    pairs = [_precision_and_recall(marked, overlap < limit) for limit in BAD]
    told = "".join(f"   {precision:.2f} {recall:.2f}" for precision, recall in pairs)
    print(f"{name} {marked.mean():8.1%}{told}")


def _worth(marked: Flags, overlap: Doubles) -> float:
    """F of the mark, the mean over what counts as bad."""
    pairs = [_precision_and_recall(marked, overlap < limit) for limit in BAD]
    return float(np.mean([2 * p * r / max(1e-9, p + r) for p, r in pairs]))


def _precision_and_recall(marked: Flags, bad: Flags) -> tuple[float, float]:
    hits = np.count_nonzero(marked & bad)
    return hits / max(1, np.count_nonzero(marked)), hits / max(1, np.count_nonzero(bad))


def _measured(folder: Path) -> tuple[NDArray[np.str_], dict[str, Rows]]:
    engine, chosen = KeptRuns(), entries(folder)
    terms: dict[str, list[list[float]]] = {"+".join(way): [] for way in WAYS}
    overlaps: dict[str, list[float]] = {name: [] for name in terms}
    for entry in chosen:
        photo, truth = read(entry.image.read_bytes()), truth_of(entry)
        masks = {id: _mask(engine, photo, id) for id in SINGLES}
        for way in WAYS:
            mine = {id: masks[id] for id in way}
            mask, believed = _fused(mine)
            found = terms_of(mask, believed)
            terms["+".join(way)].append(
                [found.undecided, found.blotches, found.loose, found.disagreement]
            )
            alpha = _alpha(mask, photo)
            overlaps["+".join(way)].append(iou(alpha, truth.alpha, truth.counts))
    sets = np.array([entry.set for entry in chosen])
    return sets, {
        name: Rows(np.array(terms[name]), np.array(overlaps[name]), "+" in name) for name in terms
    }


def _mask(engine: KeptRuns, photo: Photo, id: str) -> Mask:
    if id == LITE:
        return segment(photo)
    return mask_of(engine, photo, find(id))


def _fused(masks: dict[str, Mask]) -> tuple[Mask, tuple[Mask, ...]]:
    if LITE in masks:
        return masks[LITE], ()
    fused = fuse([Vote(mask, recipe.role(id)) for id, mask in masks.items()])
    return fused.mask, fused.believed


def _alpha(mask: Mask, photo: Photo) -> Bytes:
    """The mask at full size, its edge not refined."""
    size = (photo.width, photo.height)
    enlarged = Image.fromarray(mask.values).resize(size, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(enlarged) * np.float32(255), 0, 255).astype(np.uint8)


def _unseen(sets: NDArray[np.str_], rows: Sequence[Rows]) -> list[Doubles]:
    """Scores of each way's photographs, each by weights that its set had no part in."""
    scores = [np.empty(len(sets)) for _ in rows]
    for name in np.unique(sets):
        here = sets == name
        others = [Rows(one.terms[~here], one.overlap[~here], one.fused) for one in rows]
        slopes, starts = _fitted(others)
        for score, one in zip(scores, rows, strict=True):
            score[here] = one.terms[here] @ slopes + starts[int(one.fused)]
    return scores


def _fitted(rows: Sequence[Rows]) -> tuple[Doubles, Doubles]:
    """Weights of the terms, none below 0, and the two constants, by logistic regression."""
    terms = np.concatenate([one.terms for one in rows])
    wanted = np.concatenate([one.wanted for one in rows])
    fused = np.concatenate([np.full(len(one.overlap), one.fused) for one in rows])
    starts = np.c_[~fused, fused].astype(float)
    known = DISAGREEMENT * terms[:, -1]
    spread = terms.std(0)
    used = np.arange(len(spread)) < len(spread) - 1
    while True:
        scaled = np.c_[terms[:, used] / spread[used], starts]
        weights = _regression(scaled, known, wanted, int(used.sum()))
        slopes = np.zeros(len(spread))
        slopes[-1] = DISAGREEMENT
        slopes[used] = weights[: used.sum()] / spread[used]
        if (slopes >= 0).all():
            return slopes, weights[used.sum() :]
        used &= slopes > 0


def _regression(terms: Doubles, known: Doubles, wanted: Doubles, held: int) -> Doubles:
    """Logistic regression on top of what is known; the first ``held`` weights are held back."""
    ridge = RIDGE * (np.arange(terms.shape[1]) < held)
    weights = np.zeros(terms.shape[1])
    for _ in range(25):
        likely = 1 / (1 + np.exp(-(terms @ weights + known)))
        slope = terms.T @ (likely - wanted) / len(wanted) + ridge * weights
        bend = (terms * (likely * (1 - likely))[:, None]).T @ terms / len(wanted)
        weights -= np.linalg.solve(bend + np.diag(ridge + 1e-6), slope)
    return weights


def _written(slopes: Doubles, starts: Doubles) -> str:
    return "; ".join(", ".join(f"{one:.2f}" for one in some) for some in (slopes, starts))


if __name__ == "__main__":
    main()
