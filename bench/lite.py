"""Lite against the simplest answers and against GrabCut, on photographs with ground truth.

    .venv/bin/python -m bench.lite [--data FOLDER] [--fit] [--clicks 3] [--quick]

IoU of the matte, cut at a half, at the photo's own size; for all photographs and for those with a
plain background: whose colours, outside the true subject, deviate from their mean by at most
``PLAIN`` in Lab (root of the summed variances, at 300 pixels).

``--fit`` fits the weights of the cues (``cutaway.lite.estimate``) to all photographs, prints them,
and reports with every set left out in its turn: what new photographs may expect. ``--clicks`` marks
the middle of the largest mistake, as a user would, so many times, and reports again.

The box is the photo but for 5 % at each side; GrabCut is OpenCV's, five iterations from that box,
at the photo's size. Its time grows with that: minutes for the largest photographs here.
"""

import argparse
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.dataset import DATA, Example, entries
from bench.measures import iou
from cutaway import lite
from cutaway.errors import CutawayError
from cutaway.lite import estimate
from cutaway.lite.colours import lab_of
from cutaway.lite.cutting import Scene
from cutaway.lite.regions import regions_of
from cutaway.lite.segmenter import GUESSING, SIDE, reduced, sharpness_of
from cutaway.refine import refine
from cutaway.segment import view
from cutaway.values import Bytes

PLAIN = 18.5
MARGIN = 0.05
ITERATIONS = 5
#: Pulls fitted weights towards 0, so that few photographs do not lead to extreme ones.
RIDGE = 0.002

Doubles = NDArray[np.float64]


class Subject(Example):
    """An example and how a matte of it is judged."""

    __slots__ = ()

    def score(self, alpha: Bytes) -> float:
        return iou(alpha, self.truth.alpha, self.truth.counts)

    def deviation(self) -> float:
        """How far the background's colours deviate from their mean, in Lab."""
        size = reduced(self.photo.width, self.photo.height, 300)
        certain = np.where(self.truth.counts, self.truth.alpha, np.uint8(255))
        truth = np.asarray(Image.fromarray(certain).resize(size, Image.Resampling.BOX))
        background = lab_of(np.asarray(view(self.photo, size)))[truth < 8]
        return float(np.sqrt(background.var(0).sum()))


def main() -> None:
    arguments = _arguments()
    subjects = [Subject.of(entry) for entry in entries(arguments.data)]
    plain = np.array([subject.deviation() <= PLAIN for subject in subjects])
    names = (
        subject.entry.id for subject, is_plain in zip(subjects, plain, strict=True) if is_plain
    )
    print(f"plain: {', '.join(names)}\n")
    print(f"{'':28}{'all':>8}{'plain':>8}{'< 0.5':>8}{'seconds':>9}")
    methods: dict[str, Callable[[Subject], Bytes]] = {"Lite": _lite, "box": _box}
    if arguments.fit:
        rows = {subject.entry.id: _rows(subject) for subject in subjects}
        sets = {subject.entry.id: subject.entry.set for subject in subjects}
        methods["Lite, its set left out"] = lambda subject: _left_out(subject, rows, sets)
    if arguments.clicks:
        methods[f"Lite after {arguments.clicks} clicks"] = lambda subject: _clicked(
            subject, arguments.clicks
        )
    if not arguments.quick:
        methods["GrabCut from the box"] = _grabcut
    for name, method in methods.items():
        _report(name, method, subjects, plain)
    if arguments.fit:
        print("\nweights, constant:", _fitted(rows.values()).round(2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="a folder with a manifest.json")
    parser.add_argument("--fit", action="store_true", help="fit the weights, leaving out sets")
    parser.add_argument("--clicks", type=int, default=0, help="mark so many mistakes")
    parser.add_argument("--quick", action="store_true", help="leave GrabCut out")
    return parser.parse_args()


def _report(
    name: str,
    method: Callable[[Subject], Bytes],
    subjects: Iterable[Subject],
    plain: NDArray[np.bool_],
) -> None:
    scores, seconds = [], []
    for subject in subjects:
        started = time.process_time()
        alpha = method(subject)
        seconds.append(time.process_time() - started)
        scores.append(subject.score(alpha))
    found = np.array(scores)
    print(
        f"{name:28}{found.mean():8.3f}{found[plain].mean():8.3f}{(found < 0.5).sum():8}"
        f"{np.median(seconds):9.2f}",
        flush=True,
    )


def _lite(subject: Subject, hints: NDArray[np.int8] | None = None) -> Bytes:
    """Lite's matte; all clear where it finds no subject."""
    try:
        return refine(lite.segment(subject.photo, hints), subject.photo).alpha
    except CutawayError:
        return np.zeros((subject.photo.height, subject.photo.width), np.uint8)


def _clicked(subject: Subject, clicks: int) -> Bytes:
    """Lite's matte after so many discs in the middle of the largest mistake."""
    height, width = subject.photo.height, subject.photo.width
    hints = np.zeros((height, width), np.int8)
    y, x = np.ogrid[:height, :width]
    alpha = _lite(subject)
    for _ in range(clicks):
        truth = subject.truth.alpha > 127
        wrong = (((alpha > 127) != truth) & subject.truth.counts).astype(np.uint8)
        depth = cv2.distanceTransform(np.pad(wrong, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
        row, column = np.unravel_index(int(depth.argmax()), depth.shape)
        near = (y - row) ** 2 + (x - column) ** 2 <= (max(width, height) / 60) ** 2
        hints[near & (truth == truth[row, column])] = 1 if truth[row, column] else -1
        alpha = _lite(subject, hints)
    return alpha


def _box(subject: Subject) -> Bytes:
    height, width = subject.photo.height, subject.photo.width
    left, top, right, bottom = _corners(width, height)
    alpha = np.zeros((height, width), np.uint8)
    alpha[top:bottom, left:right] = 255
    return alpha


def _grabcut(subject: Subject) -> Bytes:
    photo = subject.photo
    left, top, right, bottom = _corners(photo.width, photo.height)
    labels = np.zeros((photo.height, photo.width), np.uint8)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)
    pixels = np.ascontiguousarray(photo.pixels[..., ::-1])
    box = (left, top, right - left, bottom - top)
    cv2.grabCut(pixels, labels, box, *models, ITERATIONS, cv2.GC_INIT_WITH_RECT)
    return np.where(labels % 2 == 1, 255, 0).astype(np.uint8)


def _corners(width: int, height: int) -> tuple[int, int, int, int]:
    aside, above = round(MARGIN * width), round(MARGIN * height)
    return aside, above, width - aside, height - above


def _rows(subject: Subject) -> tuple[Doubles, Doubles, Doubles]:
    """The cues of each region with a constant, the share of it that is subject, its pixels."""
    photo = subject.photo
    picture = view(photo, reduced(photo.width, photo.height, SIDE))
    size = reduced(*picture.size, GUESSING)
    lab = lab_of(np.asarray(picture.resize(size, Image.Resampling.BILINEAR)))
    regions, scene = regions_of(lab), Scene.of(lab, np.zeros(lab.shape[:2], np.float32))
    cues = estimate.cues(regions, lab, scene.palette, sharpness_of(picture, size))
    truth = Image.fromarray(subject.truth.alpha).resize(size, Image.Resampling.BOX)
    share = regions.mean(np.asarray(truth, np.float32) / 255)
    return np.c_[cues, np.ones(len(cues))], share, regions.count / regions.count.sum()


def _left_out(
    subject: Subject, rows: dict[str, tuple[Doubles, Doubles, Doubles]], sets: dict[str, str]
) -> Bytes:
    others = [rows[id] for id, name in sets.items() if name != subject.entry.set]
    kept = estimate.WEIGHTS, estimate.CONSTANT
    fitted = _fitted(others)
    estimate.WEIGHTS, estimate.CONSTANT = fitted[:-1], float(fitted[-1])
    try:
        return _lite(subject)
    finally:
        estimate.WEIGHTS, estimate.CONSTANT = kept


def _fitted(rows: Iterable[tuple[Doubles, Doubles, Doubles]]) -> Doubles:
    """Weights of the cues and the constant, by logistic regression; photos count alike."""
    cues, share, count = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    count /= count.sum()
    spread = np.r_[cues[:, :-1].std(0), 1]
    scaled = cues / spread
    weights = np.zeros(cues.shape[1])
    ridge = RIDGE * np.r_[np.ones(len(weights) - 1), 0]
    for _ in range(15):
        likely = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (count * (likely - share)) + ridge * weights
        bend = (scaled * (count * likely * (1 - likely))[:, None]).T @ scaled + np.diag(ridge)
        weights -= np.linalg.solve(bend, slope)
    return np.asarray(weights / spread)


if __name__ == "__main__":
    main()
