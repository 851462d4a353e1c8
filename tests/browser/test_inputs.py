"""In Chromium every kind of file does what it does natively, and no damaged one does harm."""

import asyncio
import base64
import io
import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from bench import fuzz
from cutaway.errors import CutawayError
from cutaway.host.native import NativeEngine
from cutaway.icc import profile_of
from cutaway.read import read_any
from cutaway.reading import heif
from cutaway.values import Photo
from tests.browser.conftest import Bench
from tests.unit.doubles import encoded, scene
from tools.serve import SiteServer

HARD = Path(__file__).parents[3] / "shared" / "inputs"
#: Read natively and by `bench.heap`: here they would take a minute.
LEFT_OUT = {"huge-100mp", "progressive-33mp"}
#: Files in which nothing stands out by its colour, so that a model without colours must do.
EVEN = {
    "webp-anim-97", "aspect-940x2", "one-pixel-png", "two-px-png", "png-full-transparent",
    "avif-anim", "bad-exif",
}  # fmt: skip
MUTANTS = 250
#: Milliseconds after which a file is tried again.
LATE_MS = 1000 * fuzz.SECONDS / 2
#: Cuts out files that come as text, and tells what became of each.
TRY_ALL = """async (files) => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway ??= await Cutaway.start();
  const outcomes = [];
  for (const file of files) {
    const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
    const started = performance.now();
    const code = await window.cutaway.removeBackground(new Blob([bytes]), { model: "lite" })
      .then(() => "read", (error) => error.code);
    outcomes.push([code, performance.now() - started]);
  }
  return outcomes;
}"""

DECODE = """async ({ url, file, size }) => {
  const { decode } = await import(url);
  const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
  const decoded = await decode(bytes, "image/avif", "raw");
  return [...decoded.part(0, 0, ...size)];
}"""


@pytest.fixture(scope="module")
def cutter(browser: Browser, dist: Path) -> Iterator[Bench]:
    """One page and one engine for all tests here."""
    with SiteServer(dist) as site:
        context = browser.new_context()
        yield Bench(context.new_page(), site)
        context.close()


def natively(data: bytes) -> Photo | CutawayError:
    """What the same bytes are natively; in a thread, since Playwright's loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(lambda: asyncio.run(read_any(data, NativeEngine()))).result()
        except CutawayError as error:
            return error


def cut_alike(cutter: Bench, file: Path, photo: Photo, model: str = "lite") -> None:
    """Cuts a file out and compares the subject with what was read natively."""
    answer = cutter.cut(file, model=model)
    with Image.open(io.BytesIO(answer.png)) as image:
        assert image.size == (photo.width, photo.height), file.name
        assert image.info.get("icc_profile") == photo.icc, file.name
        rgba = np.asarray(image.convert("RGBA")).astype(int)
    assert (rgba[..., 3] <= photo.rgba[..., 3]).all(), file.name
    assert set(photo.notices) <= set(answer.receipt["notices"]), file.name
    kept = rgba[..., 3] == 255
    if kept.any():
        difference = np.abs(rgba - photo.rgba)[kept][:, :3]
        assert difference.mean() <= allowed(photo), file.name
        if photo.format in ("PNG", "AVIF", "GIF", "BMP") and not photo.deep:
            assert difference.max() == 0, file.name


def allowed(photo: Photo) -> float:
    """Mean difference of colours: Pyodide has another libjpeg, a browser its own way with inks."""
    return 6 if any("inks" in notice for notice in photo.notices) else 1


def test_every_file_of_the_collection_does_what_it_does_natively(cutter: Bench) -> None:
    manifest = HARD / "manifest.json"
    if not manifest.exists():
        pytest.skip("the collection of hard input files is not beside the project")
    for entry in json.loads(manifest.read_text("utf-8")):
        file = HARD / entry["file"]
        if entry["id"] in LEFT_OUT:
            continue
        wanted = natively(file.read_bytes())
        if isinstance(wanted, CutawayError):
            error = cutter.refused(file, model="lite")
            assert (error["code"], error["message"]) == (wanted.code, wanted.sentence), entry["id"]
        else:
            cut_alike(cutter, file, wanted, "u2netp" if entry["id"] in EVEN else "lite")
    assert cutter.page.evaluate("window.__xss === undefined")


def generated() -> dict[str, tuple[str, bytes]]:
    """Kinds of files that only a browser reads, or reads in its own way."""
    y, x = np.mgrid[0:64, 0:96]
    round_ = np.hypot(x - 48, y - 32) < 20
    shades = np.stack([x + 130, y + 150, np.full_like(x, 220)], -1)
    rgb = Image.fromarray(np.where(round_[..., None], (160, 30, 40), shades).astype(np.uint8))
    soft = rgb.copy()
    soft.putalpha(Image.fromarray((x * 2 + 60).clip(0, 255).astype(np.uint8)))
    turned = Image.Exif()
    turned[0x0112] = 6
    fine = {"quality": 100, "subsampling": "4:4:4"}
    frames = {"save_all": True, "append_images": [soft.rotate(180)]}
    return {
        "soft": ("avif", encoded(soft, "AVIF", **fine)),
        "halved": ("avif", encoded(soft, "AVIF", quality=70)),
        "wide": ("avif", encoded(soft, "AVIF", icc_profile=profile_of(12), **fine)),
        "turned": ("avif", encoded(soft, "AVIF", exif=turned, **fine)),
        "animated": ("avif", encoded(soft, "AVIF", **fine, **frames)),
        "grey": ("avif", encoded(rgb.convert("L"), "AVIF", **fine)),
        "inks": ("jpg", encoded(rgb.convert("CMYK"), "JPEG", quality=95)),
    }


def test_what_the_browser_decodes_is_exact(cutter: Bench, tmp_path: Path) -> None:
    for name, (suffix, data) in generated().items():
        file = tmp_path / f"{name}.{suffix}"
        file.write_bytes(data)
        photo = natively(data)
        assert isinstance(photo, Photo), name
        cut_alike(cutter, file, photo)
        assert photo.opaque == (name in ("grey", "inks"))


def test_soft_alpha_of_an_avif_survives(cutter: Bench, dist: Path) -> None:
    """Every pixel of what the browser hands over, also of colours that are nearly clear."""
    (module,) = dist.glob("worker/*/decode.js")
    for name in ("soft", "halved", "wide", "turned", "animated"):
        data = generated()[name][1]
        still = heif.opened(data)
        assert still.alpha is not None
        with Image.open(io.BytesIO(data)) as image:
            wanted = np.asarray(image.convert("RGBA")).astype(int)
        for file, channels in ((still.colour, wanted[..., :3]), (still.alpha, wanted[..., 3:])):
            text = base64.b64encode(file).decode()
            size = [still.width, still.height]
            url = f"./{module.relative_to(dist)}"
            part = cutter.page.evaluate(DECODE, {"url": url, "file": text, "size": size})
            found = np.array(part).reshape(still.height, still.width, 4)
            assert np.abs(found[..., :3] - channels).max() <= 1, name


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (20_000, 1)])
def test_odd_sizes_come_back_as_they_are(
    cutter: Bench, tmp_path: Path, size: tuple[int, int]
) -> None:
    file = tmp_path / "odd.png"
    file.write_bytes(encoded(Image.fromarray(scene(*size)), "PNG"))
    answer = cutter.cut(file, model="u2netp")
    assert answer.rgba.shape[:2] == size[::-1]


def test_an_incomplete_file_is_taken_where_that_is_asked_for(cutter: Bench, tmp_path: Path) -> None:
    file = tmp_path / "incomplete.jpg"
    whole = encoded(Image.fromarray(scene(320, 240)), "JPEG", quality=90)
    file.write_bytes(whole[: len(whole) * 2 // 3])
    assert cutter.refused(file, model="u2netp")["code"] == "truncated"
    answer = cutter.cut(file, model="u2netp", salvage=True)
    assert answer.rgba.shape[:2] == (240, 320)
    assert (answer.rgba[-8:, :, -1] == 0).all()
    assert any("incomplete" in notice for notice in answer.receipt["notices"])


def test_no_damaged_file_does_harm(cutter: Bench) -> None:
    files = [file for file in fuzz.mutants(fuzz.seeds(), MUTANTS, seed=11) if is_small(file)]
    texts = [base64.b64encode(file).decode() for file in files]
    outcomes: list[tuple[str, float]] = []
    for first in range(0, len(texts), 20):
        outcomes += cutter.page.evaluate(TRY_ALL, texts[first : first + 20])
    codes = Counter(code for code, _ in outcomes)
    # What was slow because others were busy is quick another time.
    late = [text for text, (_, spent) in zip(texts, outcomes, strict=True) if spent > LATE_MS]
    again = [min(s for _, s in cutter.page.evaluate(TRY_ALL, [text] * 5)) for text in late]
    slowest = max([spent for _, spent in outcomes if spent <= LATE_MS] + again)
    print(f"{len(outcomes)} mutants, slowest {slowest:.0f} ms: {dict(codes)}")
    assert len(outcomes) >= 200
    assert set(codes) <= fuzz.CODES | {"read", "no-subject"}
    assert slowest < 1000 * fuzz.SECONDS
    whole = base64.b64encode(fuzz.seeds()[0]).decode()
    assert cutter.page.evaluate(TRY_ALL, [whole])[0][0] in ("read", "no-subject")


def is_small(data: bytes) -> bool:
    """Whether a file is refused, or a photo so small that cutting it out takes no time."""
    photo = natively(data)
    return isinstance(photo, CutawayError) or photo.rgba.size < 400_000
