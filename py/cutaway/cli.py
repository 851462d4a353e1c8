"""The command line: ``python -m cutaway photo.jpg -o cutout.png``.

Exit status: 0 when every photo was cut out, 1 when some were not (the rest still were), 2 when the
command itself was wrong and nothing was done.
"""

import argparse
import asyncio
import json
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from cutaway import __version__
from cutaway.composing.presets import preset
from cutaway.composing.scene_words import HELP, background_of, frame_of, shadow_of
from cutaway.encode import encode_mask
from cutaway.errors import CutawayError
from cutaway.hand.layers import layer_name, layer_pattern, layers
from cutaway.host.native import FOLDER_VARIABLE, NativeEngine
from cutaway.models import registry
from cutaway.options import Options
from cutaway.output import ENDINGS, PNG
from cutaway.refining.adjust import LIMITS, Refinement
from cutaway.result import Result
from cutaway.road import remove_background

#: Failures that the next photo would meet as well.
HOPELESS = ("engine-missing", "model-missing", "model-damaged")

#: Photos under way at the same time: one is in inference while the other is read or written.
AT_ONCE = 2

#: Formats by their endings without the point.
FORMATS = tuple(ending[1:] for ending in ENDINGS)

#: What each control of the edge does.
REFINEMENTS = {
    "feather": "soften the edge over so many pixels to each side",
    "smooth": "even out bumps of the outline of about so many pixels",
    "shift": "move the edge by pixels, outward or, below 0, inward",
    "threshold": "make the edge steeper; at 1 nothing is soft",
    "decontaminate": "take the old background's colour out of soft pixels",
}


class UsageError(Exception):
    """The command cannot mean what it says; the message tells why."""


@dataclass(frozen=True, slots=True)
class Job:
    """One photo and where what comes of it goes; the last three only when asked for."""

    photo: Path
    cutout: Path
    mask: Path | None
    receipt: Path | None
    layers: Path | None

    @property
    def outputs(self) -> list[Path]:
        return [path for path in (self.cutout, self.mask, self.receipt) if path is not None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.list:
        print(_listing())
        return 0
    try:
        refine = {name: getattr(asked, name) for name in LIMITS}
        mime = _format(asked)
        options = Options.of(
            {
                "model": asked.model,
                "speed": asked.speed,
                "refine": refine,
                "background": background_of(asked.background),
                "shadow": shadow_of(asked.shadow),
                "frame": frame_of(asked.frame),
                "preset": asked.preset,
                "format": mime,
                "quality": asked.quality,
                "lossless": asked.lossless,
                "metadata": "keep" if asked.keep_metadata else "strip",
                "salvage": asked.salvage,
                "edits": _edits(asked.edits),
            }
        )
        jobs = _jobs(asked, mime)
    except CutawayError as error:
        parser.error(error.sentence)
    except UsageError as error:
        parser.error(str(error))
    return asyncio.run(_run(jobs, options, NativeEngine(asked.models)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cutaway", description="Cut the subject out of photos. Nothing leaves this machine."
    )
    add = parser.add_argument
    add("photos", nargs="*", type=Path, metavar="PHOTO", help="JPEG, PNG, WebP, AVIF, GIF, TIFF …")
    add(
        "-o",
        dest="output",
        metavar="OUT",
        help="the file to write, whose ending tells the format, or a folder (needed for many "
        "photos); without it NAME-cutout.png beside each photo",
    )
    add("--format", choices=FORMATS, help="(default: by the ending of OUT, else png)")
    add("--quality", type=int, metavar="N", help="1 to 100, where the format may lose something")
    add("--lossless", action="store_true", help="lose nothing in a WebP")
    add("--keep-metadata", action="store_true", help="write the photo's EXIF and XMP, GPS and all")
    add("--salvage", action="store_true", help="take what there is of a file whose end is missing")
    add("--model", default="auto", metavar="ID", help="a model of --list (default: %(default)s)")
    add("--speed", default="auto", metavar="SPEED", help="fast, balanced or best instead")
    for name, meaning in REFINEMENTS.items():
        default, (least, most) = getattr(Refinement(), name), LIMITS[name]
        told = f"{meaning}; {least} to {most} (default: {default:g})"
        add(f"--{name}", type=float, default=default, metavar="N", help=told)
    for name, meaning in HELP.items():
        add(f"--{name}", metavar=name.upper(), help=meaning)
    add("--edits", type=Path, metavar="FILE", help="what is done by hand: a JSON list of edits")
    add("--mask", action="store_true", help="also write the matte as a grey PNG, OUT-mask.png")
    add(
        "--receipt",
        action="store_true",
        help="also write what was done and how long it took, OUT.json",
    )
    add(
        "--layers",
        type=Path,
        metavar="DIR",
        help="also write each separate subject into DIR, in its place: NAME-subject-1.png",
    )
    add("--models", metavar="DIR", help=f"folder of the weights (default: ${FOLDER_VARIABLE})")
    add("--list", action="store_true", help="list the models and exit")
    add("--version", action="version", version=f"cutaway {__version__}")
    return parser


def _listing() -> str:
    def row(model: registry.Entry) -> str:
        default = " (default)" if model.id == registry.DEFAULT else ""
        size = f"{model.bytes / 1e6:.1f} MB" if model.bytes else "no weights"
        facts = f"{size}, {model.tier or model.kind}, commercial use: {model.commercial}"
        return f"{model.id}{default}\n  {model.title}: {facts}\n  {model.note}\n  {model.licence}"

    return "\n".join(row(entry) for entry in registry.entries())


def _format(asked: argparse.Namespace) -> str:
    """The MIME type that is asked for."""
    named = ENDINGS.get(Path(asked.output or "").suffix.lower())
    if asked.format is None:
        usual = preset(asked.preset).settings["format"] if asked.preset else PNG
        return named or usual
    mime = ENDINGS[f".{asked.format}"]
    if named not in (None, mime):
        raise UsageError(f"{asked.output} does not end as a file of the format {asked.format} does")
    return mime


def _edits(path: Path | None) -> Any:
    """What a file of edits holds, not yet looked at."""
    if path is None:
        return None
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{error.strerror or error}: {path}") from None
    except ValueError:
        raise UsageError(f"{path} holds no JSON: it should be a list of edits") from None


def _jobs(asked: argparse.Namespace, mime: str) -> list[Job]:
    photos: list[Path] = asked.photos
    if not photos:
        raise UsageError("name at least one photo, or --list")
    folder = _folder(asked.output, len(photos))
    jobs = [_job(photo, asked, folder, mime) for photo in photos]
    inputs = {photo.resolve() for photo in photos}
    makers: dict[Path, Path] = {}
    for job in jobs:
        for path in (output.resolve() for output in job.outputs):
            if path in inputs:
                raise UsageError(f"{path} is one of the photos and would be overwritten")
            if path in makers:
                raise UsageError(f"{makers[path]} and {job.photo} would both become {path}")
            makers[path] = job.photo
    if asked.layers is not None:
        _check_layers(photos, asked.layers)
    return jobs


def _check_layers(photos: list[Path], folder: Path) -> None:
    """How many subjects a photo has is not known yet, so every number counts as taken."""
    named: dict[str, Path] = {}
    for photo in photos:
        pattern = layer_pattern(photo.name)
        if pattern.pattern in named:
            raise UsageError(f"{named[pattern.pattern]} and {photo} would have layers of one name")
        named[pattern.pattern] = photo
        for other in photos:
            if other.parent.resolve() == folder.resolve() and pattern.fullmatch(other.name):
                raise UsageError(f"{other} is one of the photos and would be overwritten")


def _folder(output: str | None, photos: int) -> Path | None:
    """The folder that ``-o`` names, or None where it names a file or nothing."""
    if output is None:
        return None
    path = Path(output)
    if output.endswith(("/", "\\")) or path.is_dir():
        return path
    if photos > 1:
        if path.suffix:
            raise UsageError(f"{photos} photos cannot all become {output}: name a folder with -o")
        return path
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"let the name {output} end in {', '.join(ENDINGS)}")
    return None


def _job(photo: Path, asked: argparse.Namespace, folder: Path | None, mime: str) -> Job:
    ending = next(ending for ending, each in ENDINGS.items() if each == mime)
    if asked.output is None:
        cutout = photo.with_name(f"{photo.stem}-cutout{ending}")
    elif folder is None:
        cutout = Path(asked.output)
    else:
        cutout = folder / f"{photo.stem}-cutout{ending}"
    return Job(
        photo,
        cutout,
        cutout.with_name(f"{cutout.stem}-mask.png") if asked.mask else None,
        cutout.with_suffix(".json") if asked.receipt else None,
        asked.layers,
    )


async def _run(jobs: list[Job], options: Options, engine: NativeEngine) -> int:
    failed = 0
    waiting = iter(jobs)
    under_way: deque[tuple[Job, asyncio.Task[Result]]] = deque()
    try:
        while True:
            for job in islice(waiting, AT_ONCE - len(under_way)):
                cutting = _cut(job, options, engine)
                under_way.append((job, asyncio.ensure_future(cutting)))
            if not under_way:
                return 1 if failed else 0
            job, task = under_way.popleft()
            try:
                print(_told(job, await task))
            except (CutawayError, OSError) as error:
                failed += 1
                print(f"{job.photo}: {_sentence(error)}", file=sys.stderr)
                if isinstance(error, CutawayError) and error.code in HOPELESS:
                    return 1
    finally:
        rest = [task for _, task in under_way]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


async def _cut(job: Job, options: Options, engine: NativeEngine) -> Result:
    result = await remove_background(_read(job.photo), options, engine, _quiet)
    _write(job, result)
    if job.layers is not None:
        await _write_layers(job.photo, job.layers, result, engine)
    return result


def _quiet(stage: str, done: int, total: int, unit: str, model: str) -> None:
    """Natively a photo takes about a second: the line that follows it is progress enough."""


def _read(photo: Path) -> bytes:
    if photo.is_dir():
        raise CutawayError("not-an-image", "This is a folder. Name the photos in it.")
    return photo.read_bytes()


def _sentence(error: CutawayError | OSError) -> str:
    if isinstance(error, CutawayError):
        return error.sentence
    return f"{error.strerror or error}: {error.filename}" if error.filename else str(error)


def _write(job: Job, result: Result) -> None:
    job.cutout.parent.mkdir(parents=True, exist_ok=True)
    _place(job.cutout, result.file.data)
    if job.mask is not None:
        _place(job.mask, encode_mask(result.mask(result.finished.options)).data)
    if job.receipt is not None:
        _place(job.receipt, result.receipt.to_json().encode() + b"\n")


async def _write_layers(photo: Path, folder: Path, result: Result, engine: NativeEngine) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    async for layer in layers(result, result.finished.options, "place", None, engine, _quiet):
        _place(folder / layer_name(photo.name, layer.number), layer.file.data)


def _place(path: Path, data: bytes) -> None:
    """Writes beside the place and renames: whoever looks sees the whole file or the old one."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _told(job: Job, result: Result) -> str:
    receipt = result.receipt
    size = f"{receipt.photo.width} × {receipt.photo.height}"
    seconds = receipt.milliseconds.total / 1000
    return f"{job.photo} → {job.cutout}  {size}, {receipt.model.id}, {seconds:.2f} s"
