"""Damaged files by the thousand: reading them gives a photo or an error that can be explained.

    .venv/bin/python -m bench.fuzz [--count 6000] [--folder FOLDER] [--seed 1]

Files that are made here, and those of a folder, are mutated and read, as they are and with salvage.
A process that crashes, or that a file keeps busy for more than ten seconds, is found by its parent.
"""

import argparse
import asyncio
import faulthandler
import io
import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, features

from cutaway.errors import CutawayError
from cutaway.host.native import NativeEngine
from cutaway.icc import profile_of
from cutaway.read import read_any

#: Longer than this and a file counts as one that hangs.
SECONDS = 10
#: Larger files of a folder are left out: most of them would be spent on decoding pixels.
LARGEST = 400_000
CODES = frozenset(
    ("empty-file", "not-an-image", "unsupported-format", "truncated", "too-large", "broken")
)
#: Numbers that lengths and sizes do not expect.
EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def seeds() -> list[bytes]:
    """Small files of every kind that is read."""
    y, x = np.mgrid[0:31, 0:45]
    rgb = Image.fromarray(np.stack([x * 5, y * 8, (x * y) % 256], -1).astype(np.uint8))
    soft = rgb.copy()
    soft.putalpha(Image.fromarray((x * 5).astype(np.uint8)))
    grey, frames = rgb.convert("L"), [rgb.rotate(180)]
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A camera"
    rich = {"exif": exif, "icc_profile": profile_of(12)}
    made: list[tuple[Image.Image, str, dict[str, Any]]] = [
        (rgb, "JPEG", rich), (rgb, "JPEG", {"progressive": True}), (grey, "JPEG", {}),
        (rgb.convert("CMYK"), "JPEG", {}), (soft, "PNG", rich), (rgb.quantize(99), "PNG", {}),
        (rgb, "PNG", {"save_all": True, "append_images": frames}),
        (Image.fromarray((x * 999).astype(np.uint16)), "PNG", {}),
        (soft, "WEBP", rich), (rgb, "WEBP", {"lossless": True}),
        (soft, "WEBP", {"save_all": True, "append_images": frames}),
        (rgb.quantize(30), "GIF", {"save_all": True, "append_images": frames}),
        (rgb, "TIFF", rich), (soft, "TIFF", {"compression": "tiff_lzw"}),
        (rgb, "TIFF", {"compression": "jpeg"}), (grey, "TIFF", {"compression": "tiff_deflate"}),
        (Image.fromarray(x.astype(np.float32)), "TIFF", {}), (rgb, "BMP", {}),
        (grey.convert("1"), "BMP", {}), (soft.resize((16, 16)), "ICO", {"sizes": [(16, 16)]}),
    ]  # fmt: skip
    if features.check("avif"):
        made += [
            (rgb, "AVIF", rich), (soft, "AVIF", {"quality": 90}),
            (soft, "AVIF", {"save_all": True, "append_images": [soft.rotate(180)]}),
        ]  # fmt: skip
    return [_encoded(*each) for each in made]


def mutants(originals: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Files that are nearly right, the same for the same seed."""
    chance = random.Random(seed)
    for number in range(count):
        data = bytearray(originals[number % len(originals)])
        for _ in range(chance.choice((1, 1, 2, 4, 12))):
            if data:
                _mutate(data, originals, chance)
        yield bytes(data)


def outcome(data: bytes, salvage: bool) -> str:
    """``"read"`` or an error's code; anything else that is raised is a fault."""
    try:
        photo = asyncio.run(read_any(data, NativeEngine(), salvage))
    except CutawayError as error:
        if error.code not in CODES or not error.sentence.endswith("."):
            raise AssertionError(f"an error that explains nothing: {error.code}") from error
        return error.code
    if photo.rgba.shape != (photo.height, photo.width, 4) or not photo.rgba.size:
        raise AssertionError(f"a photo of shape {photo.rgba.shape}")
    return "read"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--folder", type=Path, help="files to mutate beside those made here")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    originals = seeds() + _of_folder(given.folder)
    files = list(mutants(originals, given.count, given.seed))
    print(f"{len(files)} files from {len(originals)}, each read twice", flush=True)
    outcomes, faults, slowest = read_all(files)
    print(", ".join(f"{name} {count}" for name, count in outcomes.most_common()))
    print(f"slowest {slowest:.1f} s; crashes, hangs and unexplained errors: {len(faults)}")
    for number, fault in faults:
        print(f"  file {number}: {fault}")
    raise SystemExit(bool(faults))


def read_all(files: list[bytes]) -> tuple[Counter[str], list[tuple[int, str]], float]:
    """What became of all files, the faults by number, and the seconds of the slowest."""
    outcomes: Counter[str] = Counter()
    faults: list[tuple[int, str]] = []
    slowest, begin = 0.0, 0
    while begin < len(files):
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.Process(target=_work, args=(files[begin:], theirs))
        process.start()
        theirs.close()
        done = 0
        while True:
            try:
                result, seconds = ours.recv()
            except EOFError:
                break
            if result.startswith("fault"):
                faults.append((begin + done, result))
            outcomes[result.split(":")[0]] += 1
            slowest = max(slowest, seconds)
            done += 1
        process.join()
        begin += done
        if process.exitcode:
            faults.append((begin, f"the process ended with {process.exitcode}"))
            begin += 1
    return outcomes, faults, slowest


def _work(files: list[bytes], told: Connection) -> None:
    for data in files:
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        started = time.perf_counter()
        try:
            result = outcome(data, salvage=False)
            outcome(data, salvage=True)
        except Exception as error:  # any at all is what is looked for
            result = f"fault: {type(error).__name__}: {error}"
        told.send((result, time.perf_counter() - started))
    faulthandler.cancel_dump_traceback_later()
    told.close()
    os._exit(0)  # at once: there is nothing to tidy up, and a broken decoder might not let it


def _mutate(data: bytearray, originals: list[bytes], chance: random.Random) -> None:
    """One change in place; half of them near the beginning, where the headers are."""
    reach = min(len(data), 100) if chance.random() < 0.5 else len(data)
    at = chance.randrange(reach)
    kind = chance.randrange(7)
    if kind < 2:
        data[at] = chance.randrange(256)
    elif kind == 2:
        size = chance.choice((1, 2, 4))
        order = chance.choice(("big", "little"))
        value = chance.choice(EXTREMES) & ((1 << 8 * size) - 1)
        data[at : at + size] = value.to_bytes(size, order)  # type: ignore[arg-type]
    elif kind == 3:
        del data[at : at + chance.choice((1, 4, 64))]
    elif kind == 4:
        data[at:at] = data[at : at + chance.choice((1, 4, 64))]
    elif kind == 5:
        del data[chance.randrange(len(data)) :]
    else:
        other = chance.choice(originals)
        start = chance.randrange(len(other))
        data[at : at + 40] = other[start : start + 40]


def _of_folder(folder: Path | None) -> list[bytes]:
    files = sorted(folder.iterdir()) if folder else []
    return [each.read_bytes() for each in files if 0 < each.stat().st_size <= LARGEST]


def _encoded(image: Image.Image, format: str, how: dict[str, Any]) -> bytes:
    data = io.BytesIO()
    image.save(data, format, **how)
    return data.getvalue()


if __name__ == "__main__":
    main()
