"""The page beside its JavaScript peers, in one run and one browser.

    .venv/bin/python -m bench.peers [--rounds 5] [--only ids] [--skip parts] [--batches 1]
                                    [--save FILE] [--quick]
    .venv/bin/python -m bench.peers --table FILE [--write]

Every round visits every subject, in another order each time. A visit that fails is noted and the
run goes on; what is known so far is saved after each visit, and --table prints it; --write puts it
into docs/benchmarks.md and README.md, too. Parts are ``visits`` (cold, warm, steady, batch, memory,
over loopback) and ``line`` (cold at 50 Mbit/s, with brotli).
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from bench import documents
from bench.peers import install, tables
from bench.peers.line import Line
from bench.peers.subjects import SUBJECTS, Subject
from bench.peers.visits import Figures, Photos, Visitor
from bench.photos import TWO_MEGAPIXELS, photos, twelve_megapixels
from tools.serve import SiteServer

SAVED = install.CACHE / "results.json"
STEADY, SMALL, BATCH = 2, 1, 12
#: Bits a second of the slow line, and who is visited over it.
SPEED = 50e6
OVER_LINE = ("fast", "isnet-768", "balanced", "imgly", "imgly-uint8", "tjs-u2netp")
#: Whose batches are measured: the pairs that are compared.
BATCHED = ("balanced", "fast", "imgly", "tjs-u2netp")
PARTS = ("visits", "line")


def main() -> None:
    arguments = _arguments()
    if arguments.table:
        results = json.loads(arguments.table.read_text())
        print(tables.told(results))
        if arguments.write:
            documents.put(documents.BENCHMARKS, "bench.peers", tables.told(results))
            documents.put(documents.README, "bench.peers", tables.short(results))
        return
    install.install()
    sites = install.sites()
    run = _Run(arguments)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        run.all(playwright, Path(folder), sites)
    print(tables.told(run.results))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    ids = [subject.id for subject in SUBJECTS]
    add("--rounds", type=int, default=5)
    add("--batches", type=int, default=1, help="rounds in which batches of 12 are measured, too")
    add("--only", type=_names(ids), default=ids, help=", ".join(ids))
    add("--skip", type=_names(PARTS), default=[], help=", ".join(PARTS))
    add("--save", type=Path, default=SAVED, metavar="FILE")
    add("--quick", action="store_true", help="one round without a batch")
    add("--table", type=Path, metavar="FILE", help="only print the tables of a saved run")
    add("--write", action="store_true", help="and put them into the documents")
    given = parser.parse_args()
    if given.quick:
        given.rounds, given.batches = 1, 0
    return given


def _names(known: Sequence[str]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        names = [name for name in text.split(",") if name]
        unknown = set(names) - set(known)
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
        return names

    return parse


class _Run:
    """The whole run; ``results`` grows and is saved after each visit."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._asked = arguments
        self.results: dict[str, Any] = {
            "date": date.today().isoformat(),
            "machine": _machine(),
            "versions": install.versions(),
            "records": [],
        }

    def all(self, playwright: Playwright, folder: Path, sites: install.Sites) -> None:
        large = twelve_megapixels(folder, 1 + STEADY + BATCH)
        small = photos(folder, SMALL, TWO_MEGAPIXELS)
        usual = Photos(large[0], tuple(large[1 : 1 + STEADY]), tuple(small))
        batch = Photos(usual.first, usual.steady, usual.small, tuple(large[1 + STEADY :]))
        visitor = Visitor(playwright)
        subjects = [subject for subject in SUBJECTS if subject.id in self._asked.only]
        for turn in range(self._asked.rounds):
            order = subjects[turn % len(subjects) :] + subjects[: turn % len(subjects)]
            for subject in order[:: -1 if turn % 2 else 1]:
                if "visits" not in self._asked.skip:
                    many = turn < self._asked.batches and subject.id in BATCHED
                    chosen = batch if many else usual
                    with SiteServer(sites.plain[subject.site]) as server:
                        self._note(subject, turn, "visits", server, lambda s=server, p=chosen,
                                   one=subject: visitor.full(one, s.url, p))  # fmt: skip
                if "line" not in self._asked.skip and subject.id in OVER_LINE:
                    with (
                        SiteServer(sites.brotli[subject.site]) as server,
                        Line(server.server_address[1], SPEED) as line,
                    ):
                        self._note(subject, turn, "line", server, lambda u=line.url,
                                   one=subject: visitor.cold(one, u, usual))  # fmt: skip

    def _note(
        self, subject: Subject, turn: int, what: str, server: SiteServer,
        visit: Callable[[], Figures],
    ) -> None:  # fmt: skip
        record: dict[str, Any] = {"subject": subject.id, "round": turn, "what": what}
        begun = time.monotonic()
        try:
            found = visit()
        except Exception as error:
            # Whatever went wrong with one visit, the others are worth having.
            record["error"] = str(error).strip().splitlines()[0][:300]
        else:
            record |= _figures(found, what, server.sent())
        self.results["records"].append(record)
        self._asked.save.parent.mkdir(parents=True, exist_ok=True)
        self._asked.save.write_text(json.dumps(self.results, indent=1))
        print(f"round {turn + 1}  {subject.id:12} {what:7} {time.monotonic() - begun:5.0f} s  "
              f"{record.get('error', '')}", file=sys.stderr, flush=True)  # fmt: skip


def _figures(found: Figures, what: str, sent: int) -> dict[str, Any]:
    if what == "line":
        return {"line": found.cold, "line_look": found.cold_look, "line_sent": sent}
    told = asdict(found)
    # A warm visit fetches next to nothing: what was sent is the cold one's.
    return told | ({"sent": sent} if found.cold is not None else {})


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    with Path("/proc/cpuinfo").open() as file:
        names = {line.partition(": ")[2].strip() for line in file if line.startswith("model name")}
    return f"{cores} cores of {', '.join(names) or platform.machine()}"


if __name__ == "__main__":
    main()
