"""Rough strokes, plain and smart: how near they come to the true outline, and how quick a view is.

    .venv/bin/python -m bench.strokes [--data FOLDER] [--only IDS] [--times 1] [--view]

A matte is made wrong on purpose: within a disc around a place of the true outline the subject is
missing, or the background is there. A brush then goes over what is wrong, in rows, as a hand would:
its places are off by ``UNSTEADY`` of its size, and it stays ``SHORT`` of the outline or goes over
it by as much. In the square around the disc are told: IoU, boundary IoU (``bench.measures``) and
the mean error of alpha.

``--view`` prints instead how long a view of 1000 pixels takes for one more piece of a stroke over a
photo of 12 megapixels, in CPU milliseconds.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image

from bench.dataset import DATA, Example, entries
from bench.measures import Flags, boundary_iou, dilated, iou, mae
from cutaway.composing.scene import Scene
from cutaway.hand.edited import Hand
from cutaway.hand.edits import Path as Way
from cutaway.hand.edits import Stroke
from cutaway.pillow import Tile
from cutaway.refining.adjust import Refinement
from cutaway.sources import Sources, shrunk
from cutaway.values import Bytes, Matte, Photo
from cutaway.view import view

#: Long side of the photographs, in pixels.
SIDE = 1200
#: The disc's radius as a share of the long side, and the brush's size as one of that radius.
RADIUS, BRUSH = (0.06, 0.14), (0.35, 0.7)
#: Shares of the brush's size.
UNSTEADY, SHORT = 0.12, (0.0, 0.25, -0.25)
NAMES = {0.0: "to the outline", 0.25: "short of it", -0.25: "over it"}


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Something that is wrong, and a stroke that is to mend it."""

    photo: Photo
    truth: Bytes
    counts: Flags
    wrong: Bytes
    stroke: Stroke
    place: Tile

    def scores(self, alpha: Bytes) -> tuple[float, float, float]:
        parts = (np.ascontiguousarray(each[self.place]) for each in (alpha, self.truth))
        found, truth = parts
        counts = self.counts[self.place]
        return (
            iou(found, truth, counts),
            boundary_iou(found, truth, counts),
            mae(found, truth, counts),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="a folder with a manifest.json")
    parser.add_argument("--only", default="", help="ids or sets, with commas between")
    parser.add_argument("--times", type=int, default=1, help="tasks a photograph")
    parser.add_argument("--view", action="store_true", help="measure views instead")
    arguments = parser.parse_args()
    if arguments.view:
        print(_views())
        return
    only = tuple(filter(None, arguments.only.split(",")))
    found: dict[tuple[float, str, str], list[tuple[float, ...]]] = {}
    for entry in entries(arguments.data, only):
        example = Example.of(entry)
        for short in SHORT:
            seed = np.random.default_rng([*entry.id.encode(), int(100 * short) + 100])
            for task in _tasks(example, short, arguments.times, seed):
                for way in ("plain", "smart"):
                    stroke = replace(task.stroke, smart=way == "smart")
                    alpha, spent = _mended(task, stroke)
                    key = (short, stroke.what, way)
                    found.setdefault(key, []).append((*task.scores(alpha), spent))
    print(f"{'':34}{'tasks':>7}{'IoU':>8}{'bIoU':>8}{'error':>8}{'CPU ms':>8}")
    for (short, what, way), rows in found.items():
        means = np.nanmean(np.array(rows), axis=0)
        name = f"{what}, {NAMES[short]}, {way}"
        told = "".join(f"{value:8.4f}" for value in means[:3])
        print(f"{name:34}{len(rows):7}{told}{means[3]:8.0f}")


def _mended(task: Task, stroke: Stroke) -> tuple[Bytes, float]:
    hand = Hand(Sources(task.photo, Matte(task.wrong)))
    started = time.process_time()
    alpha = hand.sources([stroke]).matte.alpha
    return alpha, (time.process_time() - started) * 1000


def _tasks(
    example: Example, short: float, times: int, random: np.random.Generator
) -> Iterator[Task]:
    photo = shrunk(example.photo, SIDE)
    size = (photo.width, photo.height)
    truth, certain = (
        np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BOX))
        for each in (example.truth.alpha, example.truth.counts.astype(np.uint8) * np.uint8(255))
    )
    counts, subject = certain > 250, truth > 127
    y, x = np.indices(truth.shape)
    rim = subject & dilated(~subject, 1)
    rim[[0, -1]] = rim[:, [0, -1]] = False
    rows, columns = np.nonzero(rim)
    for _ in range(times):
        number = random.integers(len(rows))
        radius = max(size) * random.uniform(*RADIUS)
        disc = np.hypot(x - columns[number], y - rows[number]) < radius
        size_of_brush = radius * random.uniform(*BRUSH)
        reach = round(1.6 * radius)
        place = (
            slice(max(0, rows[number] - reach), rows[number] + reach),
            slice(max(0, columns[number] - reach), columns[number] + reach),
        )
        for what in ("keep", "remove"):
            region = disc & (subject if what == "keep" else ~subject) & counts
            if region.sum() < 0.1 * disc.sum():
                continue
            wrong = np.where(disc, np.uint8(0 if what == "keep" else 255), truth)
            way = _way(region, size_of_brush, short, random)
            stroke = Stroke(what, size_of_brush, 1.0, False, way)
            yield Task(photo, truth, counts, wrong, stroke, place)


def _way(region: Flags, size: float, short: float, random: np.random.Generator) -> Way:
    """Through a region in rows, there and back."""
    inset = max(1, round(size * (0.5 + short)))
    rows, columns = np.nonzero(~dilated(~region, inset))
    if not rows.size:
        rows, columns = (np.array([round(each.mean())]) for each in np.nonzero(region))
    places: list[tuple[int, int]] = []
    for count, row in enumerate(range(rows.min(), rows.max() + 1, max(1, round(size * 0.6)))):
        line = columns[rows == row]
        if line.size:
            ends = [(int(line.min()), row), (int(line.max()), row)]
            places += ends[::-1] if count % 2 else ends
    points = np.array(places) + random.normal(0, UNSTEADY * size, (len(places), 2))
    return Way(np.column_stack([points + 0.5, np.ones(len(points))]))


def _views() -> str:
    """Median and worst CPU milliseconds for one more piece of a stroke."""
    random = np.random.default_rng(0)
    small = random.integers(0, 256, (150, 200, 4), np.uint8)
    picture = Image.fromarray(small).resize((4000, 3000), Image.Resampling.BICUBIC)
    rgba = np.asarray(picture).copy()
    rgba[..., 3] = 255
    y, x = np.ogrid[:3000, :4000]
    alpha = ((1000 - np.hypot(x - 2000, y - 1500)) / 20).clip(0, 1) * 255
    photo = Photo(rgba, True, None, "JPEG", 1)
    hand = Hand(Sources(photo, Matte(alpha.astype(np.uint8))))
    turn = np.linspace(0, 6, 400)
    points = np.column_stack(
        [600 + 450 * turn, 1500 + 800 * np.sin(2 * turn), 0.6 + 0.4 * np.sin(turn)]
    )
    rows = []
    for size in (40, 120, 400, 800):
        spent = []
        for end in range(1, len(points), 3):
            stroke = Stroke("keep", size, 0.8, False, Way(points[:end]))
            spent.append(_seen(hand, stroke))
        rows.append(f"{size:5} px across: {np.median(spent[1:]):6.1f}{max(spent[1:]):7.1f}")
    return "\n".join(rows)


def _seen(hand: Hand, stroke: Stroke) -> float:
    nothing_made: Any = SimpleNamespace(
        hand=hand,
        sources=hand.automatic,
        photo=hand.photo,
        finished=SimpleNamespace(cutout=None),
    )
    started = time.process_time()
    view(nothing_made, Refinement(), Scene(), edits=[stroke])
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    main()
