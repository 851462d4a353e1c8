"""Twelve 12-megapixel photos as one batch and as single calls, in Chromium, in one run.

    .venv/bin/python -m bench.batch [--model u2netp] [--photos 12] [--rounds 2]

Batch and single calls take turns, and the one that begins changes from round to round, so that a
machine that grows busier or hotter favours neither. The ratio is of the medians.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from bench.blank import blank_page
from bench.photos import twelve_megapixels
from tools.serve import SiteServer

ROOT = Path(__file__).parents[1]
#: What the python worker does by itself; the rest of a photo's time is the inference worker's.
PYTHON_STAGES = ["read", "prepare", "refine", "cut", "encode", "verify"]
START = """async (options) => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway = await Cutaway.start();
  const [photo] = document.querySelector("input").files;
  await window.cutaway.removeBackground(photo, options);
}"""
BATCH = """async (options) => {
  const photos = document.querySelector("input").files;
  const begun = performance.now();
  const receipts = [];
  for await (const { result, error } of window.cutaway.removeBackgrounds(photos, options)) {
    if (error) throw error;
    receipts.push(result.receipt);
  }
  return { milliseconds: performance.now() - begun, receipts };
}"""
SINGLES = """async (options) => {
  const photos = document.querySelector("input").files;
  const begun = performance.now();
  const receipts = [];
  for (const photo of photos) {
    receipts.push((await window.cutaway.removeBackground(photo, options)).receipt);
  }
  return { milliseconds: performance.now() - begun, receipts };
}"""
WAYS = {"singles": SINGLES, "batch": BATCH}


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder, SiteServer(ROOT / "dist") as site:
        photos = twelve_megapixels(Path(folder), arguments.photos)
        with blank_page(site, Path(folder) / "profile") as page:
            page.set_input_files("input", photos)
            page.evaluate(START, {"model": arguments.model})
            runs = _measure(page, {"model": arguments.model}, arguments.rounds)
    _print(runs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="u2netp", help="id of a model of the registry")
    parser.add_argument("--photos", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=2)
    return parser.parse_args()


def _measure(page: Page, options: dict[str, str], rounds: int) -> dict[str, list[dict[str, Any]]]:
    """Every run of both ways: ``{"milliseconds", "receipts"}``."""
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    for turn in range(rounds):
        for way in sorted(WAYS, reverse=turn % 2 == 0):
            runs[way].append(page.evaluate(WAYS[way], options))
    return runs


def _print(runs: dict[str, list[dict[str, Any]]]) -> None:
    first = runs["singles"][0]["receipts"][0]
    ran = first["provider"]
    print(
        f"{len(runs['singles'][0]['receipts'])} photos of {first['photo']['width']} × "
        f"{first['photo']['height']}, {first['model']['id']}, {ran['ran']} with {ran['threads']} "
        "threads; seconds for all"
    )
    print(f"{'':12}" + "".join(f"{way:>9}" for way in WAYS))
    _row("elapsed", [_median(run["milliseconds"] for run in runs[way]) for way in WAYS])
    for stage in ["inference", *PYTHON_STAGES]:
        _row(stage, [_stage(runs[way], [stage]) for way in WAYS])
    _row("Python", [_stage(runs[way], PYTHON_STAGES) for way in WAYS])
    singles, batch = (_median(run["milliseconds"] for run in runs[way]) for way in WAYS)
    print(f"ratio {batch / singles:.2f}   by round " + " ".join(
        f"{b['milliseconds'] / s['milliseconds']:.2f}"
        for s, b in zip(runs["singles"], runs["batch"], strict=True)
    ))  # fmt: skip
    print(_limit(runs["singles"], singles))


def _limit(runs: list[dict[str, Any]], elapsed: float) -> str:
    """What stands in the way of a smaller ratio, from how single calls spend their time."""
    python, inference = _stage(runs, PYTHON_STAGES), _stage(runs, ["inference"])
    threads = runs[0]["receipts"][0]["provider"]["threads"]
    longer = max(("Python's thread", python), ("inference", inference), key=lambda part: part[1])
    return (
        f"{longer[0]} alone needs {longer[1] / elapsed:.2f} of the single calls' time; where "
        f"{threads} cores do {threads} threads of inference and Python's, no less than "
        f"{(python / threads + inference) / elapsed:.2f} is left"
    )


def _stage(runs: list[dict[str, Any]], stages: list[str]) -> float:
    """Milliseconds that the photos of a run spent in these stages together."""
    return _median(
        sum(receipt["milliseconds"][stage] for receipt in run["receipts"] for stage in stages)
        for run in runs
    )


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _row(name: str, milliseconds: list[float]) -> None:
    print(f"{name:12}" + "".join(f"{value / 1000:9.2f}" for value in milliseconds))


if __name__ == "__main__":
    main()
