"""The ``audit`` command: which models may be offered, found out in a real browser.

Each model runs on each provider of this machine: its weights arrive whole, it gives the known
answer, its mask of a photograph is the one that its makers' contract gives natively, and the public
API cuts with it. What was found is written into ``py/cutaway/models/registry.json``.
"""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

from cutaway.errors import EngineError
from cutaway.models import known_answer, registry
from cutaway.models.model import Model, Prompted
from cutaway.segment import interpret, normalise
from tools import audit_page, audit_prompt, audit_site, browsers, registry_file
from tools.audit_page import Failed, Late
from tools.memory import Peak
from tools.parts import CACHE, make_ready, models_of_the_build
from tools.problems import Problem
from tools.progress import Progress
from tools.reference import KNOWN, PARTS, answer, reference
from tools.serve import SiteServer
from tools.sources import Sources

#: The astronaut (NASA, public domain). For the masks at a quarter of its brightness, so that
#: dividing by 255 and by the photo's maximum differ, and not square.
PHOTO = PARTS / "photos" / "astronaut.png"
PART = (0, 0, 512, 400)
#: Where it is pointed at, as shares of its width and height: at the astronaut, then beside.
PLACE = (0.43, 0.36)
OTHERS = ((0.62, 0.2), (0.25, 0.75), (0.8, 0.8), (0.5, 0.7))
#: GiB of a device on which no session stays warm: in the audit's registry each takes a byte.
SMALL = 1e-9
#: How far a mask may be from the natively computed one: in 1ths on average, and soft intersection
#: over union. Dynamic quantisation rounds differently on each processor; another family's contract
#: is beyond both (tests/unit/test_audit.py).
DIFFERENCE = 0.002
OVERLAP = 0.99
#: Runs of the public API, as long as the first took no longer than this many milliseconds.
RUNS = 3
LONG = 60_000
#: Seconds after which a run is given up.
LIMIT = 600


def audit(ids: Sequence[str], *, webgpu: bool, progress: Progress | None = None) -> int:
    """Audit the models with these ids, all when there are none, and write down what was found.

    ``webgpu`` tries a software adapter too, which takes minutes for the smallest model.
    Gives the exit code: 1 when a model failed on a provider.
    """
    progress = progress or Progress()
    if browsers.CHROMIUM.missing:
        raise Problem(f"{browsers.CHROMIUM.missing}.")
    chosen = models_of_the_build(",".join(ids) or "all")
    make_ready(progress, models=chosen)
    failed = False
    with running(chosen, progress) as (browser, site):
        for model in (registry.entry(id) for id in chosen):
            assert isinstance(model, Model | Prompted)  # all that have weights
            providers = _providers(browser, site, model, webgpu)
            results: dict[str, dict[str, Any]] = {}
            for provider in providers:
                result = examined(browser, site, model, provider)
                progress.say(_line(model, provider, result))
                failed |= not result["passed"]
                if not result.pop("late", False):
                    results[provider] = result
            _write_down(model, browser, results)
    return int(failed)


@contextmanager
def running(ids: Sequence[str], progress: Progress) -> Iterator[tuple[Browser, SiteServer]]:
    """The audit's site behind a server, and a Chromium."""
    root = audit_site.build(CACHE / "audit", ids, progress)
    with (
        SiteServer(root) as site,
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=browsers.CHROMIUM.path, args=browsers.CHROMIUM_FLAGS
        ) as browser,
    ):
        yield browser, site


def examined(
    browser: Browser, site: SiteServer, model: Model | Prompted, provider: str
) -> dict[str, Any]:
    """What the audit found of a model on a provider, as the registry holds it.

    Where it was given up ``late`` stands beside it, and it is nothing to write down.
    """
    answered: dict[str, int] = {}
    try:
        if isinstance(model, Prompted):
            difference, overlap = _answer(browser, site, model)
            milliseconds, memory, answered = _pointed(browser, site, model)
        else:
            difference, overlap = _masks(browser, site, model, provider)
            milliseconds, memory = _road(browser, site, model, provider)
    except (Failed, EngineError, Error) as error:
        cause = error.cause if isinstance(error, EngineError) else str(error)
        late = {"late": True} if isinstance(error, Late) else {}
        return {"passed": False, "cause": cause.strip().partition("\n")[0]} | late
    return {
        "passed": True,
        "milliseconds": round(milliseconds),
        "memory": memory,
        "difference": round(difference, 6),
        "overlap": round(overlap, 4),
    } | answered


def compared(mask: NDArray[np.float32], expected: NDArray[np.float32]) -> tuple[float, float]:
    """Mean difference and soft overlap of two masks. Raises ``Failed`` where they are not alike."""
    if mask.shape != expected.shape:
        raise Failed(f"the mask is {mask.shape}, not {expected.shape}")
    difference = float(np.abs(mask - expected).mean())
    overlap = float(np.minimum(mask, expected).sum() / np.maximum(mask, expected).sum())
    # written so that what is not a number fails too
    if not (difference <= DIFFERENCE and overlap >= OVERLAP):
        raise Failed(
            f"the mask differs from the native one by {difference:.4f}, with an overlap of "
            f"{overlap:.4f}"
        )
    return difference, overlap


def photograph() -> Image.Image:
    """What the masks are compared on."""
    with Image.open(PHOTO) as picture:
        return picture.convert("RGB").crop(PART).point(lambda value: value // 4)


def feed(model: Model | Prompted) -> NDArray[np.float32]:
    """The photograph as the registry's contract wants it."""
    picture = photograph()
    shape = model.contract.shape(*picture.size)
    pixels = np.asarray(picture.resize(shape, Image.Resampling.BILINEAR))
    return normalise(pixels, model.contract)


def _masks(browser: Browser, site: SiteServer, model: Model, provider: str) -> tuple[float, float]:
    """The inference worker alone: the known answer, and the photograph's mask."""
    if model.id not in KNOWN:
        raise Failed("tools/reference.py does not say what its makers' contract is")
    contract = model.contract
    feeds = [known_answer.question(contract)[contract.input], feed(model)]
    with _page(browser, site) as page:
        outputs = audit_page.run(page, site.root, model, provider, feeds, LIMIT)
    known_answer.check({contract.output: outputs[0]}, model)
    mask = interpret({contract.output: outputs[1]}, contract).values
    return compared(mask, reference(photograph(), model.id))


def _road(browser: Browser, site: SiteServer, model: Model, provider: str) -> tuple[float, int]:
    """The public API: the median milliseconds of inference, and the most bytes a tab held."""
    times: list[float] = []
    with _page(browser, site) as page:
        page.set_input_files("#photo", PHOTO)
        before = len(site.log)
        with Peak() as peak:
            while len(times) < RUNS and (not times or times[0] < LONG):
                receipt = audit_page.cut(page, model, provider, LIMIT)
                _check(receipt, model, provider)
                times.append(receipt["milliseconds"]["inference"])
    _check_arrived(site, before, model)
    return statistics.median(times), peak.bytes


def _answer(browser: Browser, site: SiteServer, model: Prompted) -> tuple[float, float]:
    """The inference worker alone: what is selected at a place of the photograph."""
    with _page(browser, site) as page:
        mask = audit_prompt.answer(page, site.root, model, feed(model), PLACE, LIMIT)
    return compared(mask, answer(photograph(), PLACE, model.id))


def _pointed(
    browser: Browser, site: SiteServer, model: Prompted
) -> tuple[float, int, dict[str, int]]:
    """The public API: milliseconds to encode a photo, the most bytes a tab held, and of answers.

    What an answer takes is measured where the encoder is gone, as on a small device.
    """
    with _page(browser, site) as page:
        before = len(site.log)
        page.set_input_files("#photo", PHOTO)
        with Peak() as peak:
            encoded = [audit_prompt.point(page, PLACE, fresh=True, seconds=LIMIT)["encode"]]
            _check_arrived(site, before, model)
            answered = [
                audit_prompt.point(page, place, fresh=False, seconds=LIMIT)["decode"]
                for place in (PLACE, *OTHERS)
            ][1:]
    with _page(browser, site) as page:
        page.set_input_files("#photo", PHOTO)
        audit_prompt.point(page, PLACE, fresh=True, seconds=LIMIT, memory=SMALL)
        audit_prompt.point(page, OTHERS[0], fresh=False, seconds=LIMIT)  # the encoder's is gone
        with Peak() as alone:
            audit_prompt.point(page, OTHERS[1], fresh=False, seconds=LIMIT)
    found = {
        "answer_milliseconds": round(statistics.median(answered)),
        "answer_memory": alone.bytes,
    }
    return encoded[0], peak.bytes, found


def _check_arrived(site: SiteServer, before: int, model: Model | Prompted) -> None:
    """Whether all of the weights came, and no more."""
    names = Sources().models[model.id]
    arrived = sum(
        exchange.sent
        for exchange in site.log[before:]
        if any(f"/models/{name}." in exchange.path for name in names)
    )
    if arrived != model.bytes:
        raise Failed(f"{arrived} bytes arrived, not {model.bytes}")


def _check(receipt: dict[str, Any], model: Model, provider: str) -> None:
    """Whether it was this model that ran, and where it should."""
    for retry in receipt["retries"]:
        raise Failed(f"on {retry['provider']}: {retry['cause']}")
    ran = receipt["provider"]
    if ran["ran"] != provider:
        raise Failed(f"it ran on {ran['ran']}: {ran['reason']}")
    if receipt["model"]["sha256"] != model.sha256:
        raise Failed(f"the receipt names the weights {receipt['model']['sha256']}")


@contextmanager
def _page(browser: Browser, site: SiteServer) -> Iterator[Page]:
    """A page of a visitor who was never here."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site.url}bench.html")
        yield page


def _providers(
    browser: Browser, site: SiteServer, model: Model | Prompted, software: bool
) -> list[str]:
    """Those of this machine on which the model can run; what is not tried is not written down."""
    if isinstance(model, Prompted):
        return ["wasm"]
    with _page(browser, site) as page:
        webgpu = audit_page.device(page)["webgpu"]
    if (
        webgpu is None
        or (webgpu["software"] and not software)
        or ("shader-f16" in model.needs and not webgpu["shader_f16"])
        or min(webgpu["limits"].values()) < model.buffer
    ):
        return ["wasm"]
    return ["wasm", "webgpu"]


def _write_down(
    model: Model | Prompted, browser: Browser, results: dict[str, dict[str, Any]]
) -> None:
    document = registry_file.read()
    document["audit"][model.id] = {
        "sha256": model.sha256,
        "date": date.today().isoformat(),
        "browser": f"Chromium {browser.version}",
        "onnxruntime": Sources().version("onnxruntime-web"),
        "providers": results,
    }
    registry_file.write(document)


def _line(model: Model | Prompted, provider: str, result: dict[str, Any]) -> str:
    start = f"{model.id:12}{provider:8}"
    if not result["passed"]:
        return f"{start}FAILED: {result['cause']}"
    return (
        f"{start}{result['milliseconds']:7} ms {result['memory'] / 1e6:7.0f} MB  "
        f"difference {result['difference']:.6f}  overlap {result['overlap']:.4f}"
    )
