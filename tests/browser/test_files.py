"""The four formats out of a real browser: what they hold, by decoders that did not write them."""

import base64
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, features
from playwright.sync_api import Browser, BrowserContext, Page

from cutaway.encode.pixels import is_opaque
from cutaway.host import native_avif
from cutaway.icc import profile_of
from cutaway.reading import heif
from tests.browser.conftest import until
from tools.serve import SiteServer

Pixels = NDArray[np.uint8]

#: What a change leaves out stays as it was.
PLAIN = {
    "quality": None, "lossless": False, "effort": "quick", "depth": 8, "background": None,
}  # fmt: skip
PNG = {"format": "image/png"}
WAYS: dict[str, dict[str, Any]] = {
    "png-small": {"format": "image/png", "effort": "small"},
    "webp": {"format": "image/webp"},
    "webp-lossless": {"format": "image/webp", "lossless": True},
    "avif": {"format": "image/avif"},
    "avif-ten-bits": {"format": "image/avif", "depth": 10},
    "avif-lossless": {"format": "image/avif", "lossless": True},
    "jpeg": {"format": "image/jpeg"},
}
SIDE = 192
MODEL = {"model": "u2netp"}
HELPERS = """async () => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway = await Cutaway.start();
  window.base64 = (blob) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(blob);
  });
}"""
CUT = """async (options) => {
  const [photo] = document.querySelector("input").files;
  window.result = await window.cutaway.removeBackground(photo, options);
}"""
CHANGE = """async (options) => {
  try {
    const { blob, receipt } = await window.cutaway.change(window.result, options);
    return { data: await window.base64(blob), type: blob.type, receipt };
  } catch (error) {
    return { error: { name: error.name, code: error.code, message: error.message } };
  }
}"""
#: The browser's own decoder, without a 2D canvas: straight alpha, values as they are stored.
DECODE = """async ([data, type]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(
    new Blob([bytes], { type }), { premultiplyAlpha: "none", colorSpaceConversion: "none" },
  );
  const { width, height } = bitmap;
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  gl.framebufferTexture2D(
    gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, gl.getParameter(gl.TEXTURE_BINDING_2D), 0,
  );
  const pixels = new Uint8Array(4 * width * height);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  return { pixels: await window.base64(new Blob([pixels])), width, height };
}"""


@pytest.fixture(scope="module")
def engine(browser: Browser, dist: Path) -> Iterator[tuple[Page, SiteServer]]:
    """One page and one engine for all that does not break it."""
    with SiteServer(dist) as site:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{site.url}bench.html")
        page.evaluate(HELPERS)
        yield page, site
        context.close()


@pytest.fixture(scope="module")
def photos(astronaut: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Photos whose cutouts are soft, clear, or lines of one pixel."""
    folder = tmp_path_factory.mktemp("photos")
    with Image.open(astronaut) as picture:
        photo = picture.convert("RGBA").resize((SIDE, SIDE))
    alphas = {name: np.full((SIDE, SIDE), 255, np.uint8) for name in ("soft", "clear", "lines")}
    alphas["clear"][:] = 0
    alphas["lines"][:] = 0
    alphas["lines"][::7] = 255
    alphas["lines"][:, ::9] = 128
    for name, alpha in alphas.items():
        photo.putalpha(Image.fromarray(alpha))
        photo.save(folder / f"{name}.png", icc_profile=profile_of(12))
    return {name: folder / f"{name}.png" for name in alphas}


def cut(page: Page, photo: Path) -> None:
    page.set_input_files("input", photo)
    page.evaluate(CUT, MODEL)


def changed(page: Page, **options: Any) -> dict[str, Any]:
    reply: dict[str, Any] = page.evaluate(CHANGE, MODEL | PLAIN | options)
    assert "error" not in reply, reply["error"]
    return reply


def refused(page: Page, **options: Any) -> dict[str, str]:
    error: dict[str, str] = page.evaluate(CHANGE, MODEL | PLAIN | options)["error"]
    assert error["name"] == "CutawayError"
    return error


def by_pillow(reply: dict[str, Any]) -> Image.Image:
    picture = Image.open(io.BytesIO(base64.b64decode(reply["data"])))
    picture.load()
    return picture


def by_browser(page: Page, reply: dict[str, Any]) -> Pixels:
    """Of an AVIF colour and alpha come apart: Chromium 156 stretches the alpha of every AVIF."""
    if reply["type"] != "image/avif":
        return by_browser_alone(page, base64.b64decode(reply["data"]), reply["type"])
    still = heif.opened(base64.b64decode(reply["data"]))
    pixels = by_browser_alone(page, still.colour, reply["type"]).copy()
    if still.alpha is not None:
        pixels[..., 3] = by_browser_alone(page, still.alpha, reply["type"])[..., 0]
    return pixels


def by_browser_alone(page: Page, data: bytes, type: str) -> Pixels:
    found = page.evaluate(DECODE, [base64.b64encode(data).decode(), type])
    pixels = np.frombuffer(base64.b64decode(found["pixels"]), np.uint8)
    return pixels.reshape(found["height"], found["width"], 4)


def assert_alike(found: Pixels, wanted: Pixels, way: dict[str, Any]) -> None:
    """Alpha exact, colours exact or near, and not the colours that multiplying would have made."""
    assert (found[..., 3] == wanted[..., 3]).all()
    seen = wanted[..., 3] > 0
    error = (found.astype(np.int16) - wanted)[seen][:, :3]
    if way.get("lossless"):
        assert not error.any()
    elif seen.any():
        assert np.abs(error).mean() < 12
        assert np.abs(error.mean(axis=0)).max() < 6
    soft = seen & (wanted[..., 3] < 255)
    if soft.sum() > 50:
        alpha = wanted[soft][:, 3:] / 255
        straight, found_there = wanted[soft][:, :3], found[soft][:, :3]
        near = np.abs(found_there - straight.astype(float)).mean()
        assert near < 0.5 * np.abs(found_there - straight * alpha).mean()


@pytest.mark.skipif(not features.check("avif"), reason="Pillow without AVIF")
@pytest.mark.parametrize("kind", ["soft", "clear", "lines", "opaque"])
def test_two_other_decoders_find_the_picture_in_every_format(
    engine: tuple[Page, SiteServer], photos: dict[str, Path], kind: str
) -> None:
    page, _ = engine
    cut(page, photos["soft" if kind == "opaque" else kind])
    around = {"background": "#3060a0"} if kind == "opaque" else {}
    reference = by_pillow(changed(page, **PNG, **around))
    wanted = np.asarray(reference.convert("RGBA"))
    assert is_opaque(wanted) == (kind == "opaque")
    if kind == "lines":
        assert 0 < (wanted[..., 3] == 128).sum() < 0.2 * wanted[..., 3].size
    for name, way in WAYS.items():
        on_white = around or ({"background": "#ffffff"} if name == "jpeg" else {})
        if on_white != around:
            wanted_here = np.asarray(by_pillow(changed(page, **PNG, **on_white)).convert("RGBA"))
        else:
            wanted_here = wanted
        reply = changed(page, **way, **on_white)
        file = by_pillow(reply)
        assert file.info["icc_profile"] == profile_of(12), name
        assert not {"exif", "xmp"} & file.info.keys(), name
        assert_alike(np.asarray(file.convert("RGBA")), wanted_here, way)
        assert_alike(by_browser(page, reply), wanted_here, way)
        verification = reply["receipt"]["verification"]
        assert verification["alpha"] == "exact"
        exact = way.get("lossless", False) or way["format"] == "image/png"
        assert (verification["colour"] == "exact") == exact, name
        by = "Pillow" if name in ("png-small", "webp-lossless") else "the browser"
        assert verification["decoder"] == by, name


def test_the_encoder_of_avif_comes_when_it_is_asked_for_and_once(
    browser: Browser, dist: Path, photos: dict[str, Path]
) -> None:
    with SiteServer(dist) as site:
        context = browser.new_context(service_workers="block")
        page = context.new_page()
        page.goto(f"{site.url}bench.html")
        page.evaluate(HELPERS)
        cut(page, photos["soft"])
        changed(page, format="image/webp")
        assert not encoder_files(site)
        changed(page, format="image/avif")
        kind = "avif_enc_mt" if (os.cpu_count() or 1) > 1 else "avif_enc"
        assert f"{kind}.wasm" in encoder_files(site)
        first = len(encoder_files(site))
        changed(page, format="image/avif", quality=30)
        assert len(encoder_files(site)) == first
        context.close()


def encoder_files(site: SiteServer) -> list[str]:
    """Names of the encoder's files that the server has sent."""
    paths = [Path(entry.path) for entry in site.log if entry.sent]
    return [path.name for path in paths if "/runtime/avif/" in str(path)]


def test_without_isolation_avif_is_made_on_one_thread(
    browser: Browser, dist: Path, photos: dict[str, Path]
) -> None:
    with SiteServer(dist, headers=False) as site:
        context = browser.new_context(service_workers="block")
        page = context.new_page()
        page.goto(f"{site.url}bench.html")
        page.evaluate(HELPERS)
        cut(page, photos["soft"])
        changed(page, format="image/avif")
        names = encoder_files(site)
        context.close()
    assert sorted(names) == ["avif_enc.js", "avif_enc.wasm"]


def test_avif_works_offline_after_its_first_use(
    page: Page, context: BrowserContext, site: SiteServer, photos: dict[str, Path]
) -> None:
    page.goto(site.url)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(page, "navigator.serviceWorker.controller !== null")
    page.goto(f"{site.url}bench.html")
    once(page, photos["soft"])
    kept = """caches.keys().then(async (names) => {
      const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return lists.flat().some(({ url }) => /avif_enc(_mt)?[.]wasm$/.test(url));
    })"""
    until(page, kept)
    site.stop()
    context.set_offline(True)
    page.goto(site.url)
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), "
                  "{ type: 'file', id: 'offline' }))")  # fmt: skip
    once(page, photos["soft"], "#offline")


def once(page: Page, photo: Path, place: str = "input") -> None:
    """One AVIF by the public interface, on whatever page this is."""
    page.set_input_files(place, photo)
    size = page.evaluate(
        """async ([place, options]) => {
          const { Cutaway } = await import(new URL("cutaway.js", location.href).href);
          const cutaway = await Cutaway.start();
          const [photo] = document.querySelector(place).files;
          const { blob } = await cutaway.removeBackground(photo, options);
          cutaway.close();
          return blob.type === "image/avif" ? blob.size : 0;
        }""",
        [place, MODEL | {"format": "image/avif"}],
    )
    assert size > 0


def test_a_cancelled_avif_lets_the_next_one_begin(
    engine: tuple[Page, SiteServer], astronaut: Path, photos: dict[str, Path], tmp_path: Path
) -> None:
    page, _ = engine
    large = tmp_path / "large.jpg"
    with Image.open(astronaut) as photo:  # so large that the encoder is at it for seconds
        photo.convert("RGB").resize((1600, 1200)).save(large)
    cut(page, large)
    code = page.evaluate(
        """(options) => {
          const stop = new AbortController();
          const onProgress = ({ stage }) => stage === "encode" && stop.abort();
          return window.cutaway.change(window.result, options, { signal: stop.signal, onProgress })
            .then(() => "done", (error) => error.code);
        }""",
        MODEL | PLAIN | {"format": "image/avif", "effort": "small"},
    )
    assert code == "cancelled"
    cut(page, photos["soft"])
    assert changed(page, format="image/avif")["type"] == "image/avif"


#: In place of the encoder: it goes wrong in a way that the quality tells.
FAULTY = """export default async () => {
  const address = new URL("prepared.avif", import.meta.url);
  const prepared = new Uint8Array(await (await fetch(address)).arrayBuffer());
  return {
    encode(pixels, width, height, { quality }) {
      if (quality === 1) throw new RangeError("Array buffer allocation failed");
      if (quality === 2) throw new WebAssembly.RuntimeError("unreachable");
      if (quality === 3) return null;
      return quality === 4 ? prepared.slice(0, -40) : prepared;
    },
  };
};"""


@pytest.fixture
def faulty(dist: Path, tmp_path: Path) -> Path:
    """The site with that encoder."""
    folder = tmp_path / "dist"
    shutil.copytree(dist, folder, copy_function=os.link)
    scripts = list(folder.glob("runtime/avif/*/avif_enc*.js"))
    assert len(scripts) == 2
    for script in scripts:
        script.unlink()  # a link to the original
        script.with_name(f"{script.name}.br").unlink(missing_ok=True)
        script.write_text(FAULTY)
    return folder


@pytest.mark.skipif(not features.check("avif"), reason="Pillow without AVIF")
def test_an_encoder_that_fails_is_an_error_and_no_file(
    browser: Browser, faulty: Path, photos: dict[str, Path]
) -> None:
    with SiteServer(faulty) as site:
        context = browser.new_context(service_workers="block")
        page = context.new_page()
        page.goto(f"{site.url}bench.html")
        page.evaluate(HELPERS)
        cut(page, photos["soft"])
        straight = np.asarray(by_pillow(changed(page, **PNG)))
        multiplied = straight.copy()
        multiplied[..., :3] = straight[..., :3] * (straight[..., 3:] / 255)
        for script in faulty.glob("runtime/avif/*/avif_enc.js"):
            script.with_name("prepared.avif").write_bytes(native_avif.encode(multiplied, 80, 9))
        site.faults.fail("/runtime/avif/*", 503)
        errors = [refused(page, format="image/avif", quality=wish) for wish in (1, 1, 2, 3, 4, 5)]
        assert [error["code"] for error in errors] == [
            "avif-missing",
            *["avif-failed"] * 4,
            "verification-failed",
        ]
        assert "multiplied" in errors[-1]["message"]
        assert changed(page, format="image/webp")["type"] == "image/webp"
        context.close()
