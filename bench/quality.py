"""How good the cutouts are, beside what others make of the same weights.

    .venv/bin/python -m bench.quality [--data FOLDER] [--models ids] [--speeds names] [--only names]
                                      [--peers] [--browser] [--json FILE]

The photographs and their ground truth lie in a folder with a ``manifest.json`` (``dataset``).
Inference, peers' mattings and scores are kept under ``.cache/quality``, so a run after a change of
the refinement takes seconds. docs/quality.md tells how to read the tables.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from bench import packages, table, ways
from bench.answers import MATTING_PIXELS, OURS, Answer, System, answer, pace
from bench.colours import composited_error, reference
from bench.dataset import DATA, Entry, entries, truth_of
from bench.limits import least_error
from bench.masks import KeptRuns
from bench.scores import Scores, kept_score
from bench.site import site_page
from bench.verdicts import Results, Verdict, verdicts
from cutaway.cut import cut
from cutaway.models import registry
from cutaway.options import SPEEDS
from cutaway.read import read
from cutaway.values import Matte

MODELS = "u2netp,isnet-768,isnet"
#: Metrics that are also told set by set.
BY_SET = ("iou", "s", "boundary", "band")
#: On how many photographs, the smallest, our refinement and rembg's matting are timed.
TIMED = 2

Cutter = Callable[[System, Entry], Answer | None]
#: A figure by system and photograph.
Figures = dict[System, dict[str, float]]


def main() -> None:
    arguments = _arguments()
    packages.require()
    chosen = _entries(arguments.data, arguments.only)
    systems = _systems(arguments.models, arguments.speeds, arguments.peers)
    engine = KeptRuns()
    begun = perf_counter()
    with _cutter(engine, arguments.browser) as cut_out:
        scores, uncertain, limits = _scored(chosen, systems, cut_out)
    results = Results(
        scores,
        {entry.id: entry.set for entry in chosen},
        {entry.id: entry.kind for entry in chosen},
        _paces(chosen, systems, engine),
        {entry.id: _true_alpha(entry) for entry in chosen if entry.soft},
        uncertain,
        limits,
    )
    found = verdicts(results)
    print(_told(results, found))
    print(
        f"\n{len(chosen)} photographs, {len(systems)} systems, {engine.inferred} inferences, "
        f"{perf_counter() - begun:.0f} s"
    )
    if arguments.json:
        arguments.json.write_text(json.dumps(_plain(results, found), indent=1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, default=DATA, help="folder with a manifest.json")
    add("--models", type=_names, default=_names(MODELS), help="ids, comma between them")
    add("--speeds", type=_names, default=SPEEDS[1:], help="fast, balanced, best")
    add("--only", type=_names, default=[], help="ids of photographs, or sets")
    add("--peers", action="store_true", help="also rembg's, imgly's and transformers.js's steps")
    add("--browser", action="store_true", help="ours in Chromium on the built site")
    add("--json", type=Path, metavar="FILE", help="also write everything, photo by photo")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _entries(folder: Path, only: Sequence[str]) -> tuple[Entry, ...]:
    try:
        return entries(folder, only)
    except FileNotFoundError:
        sys.exit(
            f"No photographs: there is no {folder / 'manifest.json'}. Name a folder by --data."
        )
    except ValueError as error:
        sys.exit(f"{folder}: {error}")


def _systems(models: Sequence[str], speeds: Sequence[str], with_peers: bool) -> list[System]:
    known = {entry.id: entry for entry in registry.entries()}
    unknown = [*(set(models) - set(known)), *(set(speeds) - set(SPEEDS))]
    if unknown:
        sys.exit(f"No model and no speed is called {', '.join(unknown)}.")
    systems = [System(OURS, name) for name in (*models, *speeds)]
    if with_peers:
        makers = (*ways.PEERS, ways.MATTING)
        shared = [id for id in models if ways.can_run(known[id])]
        systems += [System(maker, id) for id in shared for maker in makers]
    return sorted(systems, key=lambda one: (*models, *speeds).index(one.weights))


@contextmanager
def _cutter(engine: KeptRuns, browser: bool) -> Iterator[Cutter]:
    """What gives a system's cutout of a photograph; None where it leaves the photograph out."""

    def natively(system: System, entry: Entry) -> Answer | None:
        return answer(system, entry.image.read_bytes(), engine)

    if not browser:
        yield natively
        return
    with site_page() as page:
        yield (
            lambda system, entry: (
                page.cutout(entry.image, system.weights)
                if system.maker == OURS
                else natively(system, entry)
            )
        )


def _scored(
    chosen: Sequence[Entry], systems: Sequence[System], cut_out: Cutter
) -> tuple[dict[System, dict[str, Scores]], Figures, Figures]:
    """Scores, figures of uncertainty, and ours of ``least_error``, by system and photograph."""
    scores: dict[System, dict[str, Scores]] = {system: {} for system in systems}
    uncertain: Figures = {system: {} for system in systems}
    limits: Figures = {system: {} for system in systems}
    for number, entry in enumerate(chosen, 1):
        print(f"\r{number} of {len(chosen)}  {entry.id:40}", end="", file=sys.stderr, flush=True)
        truth = truth_of(entry)
        pixels = np.ascontiguousarray(read(entry.image.read_bytes()).pixels)
        colours = reference(pixels, truth.alpha) if truth.soft else None
        for system in systems:
            found = cut_out(system, entry)
            if found is not None:
                scores[system][entry.id] = kept_score(found.rgba, pixels, truth, colours)
                uncertain[system][entry.id] = found.uncertain
                if entry.kind == "alpha" and colours is not None and system.maker == OURS:
                    alpha = np.ascontiguousarray(found.rgba[..., 3])
                    known = (truth.alpha, colours, truth.counts)
                    limits[system][entry.id] = least_error(alpha, *known)
    print(file=sys.stderr)
    return scores, uncertain, limits


def _true_alpha(entry: Entry) -> tuple[float, float]:
    """Composited error with the true alpha: with the colours of our cut, and with the photo's."""
    photo, truth = read(entry.image.read_bytes()), truth_of(entry)
    pixels = np.ascontiguousarray(photo.pixels)
    known = (truth.alpha, reference(pixels, truth.alpha), truth.counts)
    ours = cut(photo, Matte(truth.alpha)).rgba
    plain = np.dstack([pixels, truth.alpha])
    return composited_error(ours, *known), composited_error(plain, *known)


def _paces(
    chosen: Sequence[Entry], systems: Sequence[System], engine: KeptRuns
) -> dict[str, tuple[float, float]]:
    files = sorted((entry.image for entry in chosen if entry.kind == "alpha"), key=_pixels)
    photos = [file.read_bytes() for file in files[:TIMED]]
    timed = [one.weights for one in systems if one.maker == ways.MATTING] if photos else []
    return {weights: pace(weights, photos, engine) for weights in timed}


def _pixels(file: Path) -> int:
    photo = read(file.read_bytes())
    return photo.width * photo.height


def _told(results: Results, found: Sequence[Verdict]) -> str:
    systems = {str(system): system for system in results.scores}
    soft = [id for id, kind in results.kinds.items() if "alpha" in kind]
    true = results.ids(kind="alpha")
    parts = [table.LEGEND]
    parts += ["All photographs", table.regions({n: results.of(s) for n, s in systems.items()})]
    for title, ids in (("True alpha", true), ("True alpha and pseudo-alpha", soft)):
        if ids:
            rows = {name: results.of(system, ids) for name, system in systems.items()}
            parts += [f"{title}, {len(ids)} photographs", table.soft(rows)]
    for metric in BY_SET:
        rows = {name: _by_set(results, system, metric) for name, system in systems.items()}
        parts.append(table.by_set(rows, metric))
    left_out = _left_out(results)
    if left_out:
        parts.append(left_out)
    return "\n\n".join([*parts, "\n".join(map(str, found))])


def _by_set(results: Results, system: System, metric: str) -> dict[str, float]:
    sets = dict.fromkeys(results.sets.values())
    return {name: results.of(system, results.ids(set=name))[metric] for name in sets}


def _left_out(results: Results) -> str:
    lines = []
    for system, scores in results.scores.items():
        absent = [id for id in results.sets if id not in scores]
        if absent:
            lines.append(
                f"{system} leaves out what has more than {MATTING_PIXELS / 1e6} megapixels: "
                f"{', '.join(absent)}; its means are over the others."
            )
    return "\n".join(lines)


def _plain(results: Results, found: Sequence[Verdict]) -> dict[str, Any]:
    """Everything for a program: means, sets and photographs by system; verdicts; paces."""
    sets = dict.fromkeys(results.sets.values())
    systems = {
        str(system): {
            "overall": results.of(system),
            "sets": {name: results.of(system, results.ids(set=name)) for name in sets},
            "photographs": {id: scores.values for id, scores in results.scores[system].items()},
            "uncertainty": results.uncertain[system],
        }
        for system in results.scores
    }
    told = [{"what": one.what, "met": one.met, "numbers": one.numbers} for one in found]
    return {
        "systems": systems,
        "verdicts": told,
        "seconds from mask to cutout": results.paces,
        "composited with the true alpha": results.colours,
        "least composited error": {str(one): found for one, found in results.limits.items()},
    }


if __name__ == "__main__":
    main()
