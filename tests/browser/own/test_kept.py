"""Accepted models are kept, listed and deleted; what nobody wants leaves nothing behind."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import until
from tests.browser.own import graphs
from tests.browser.own.conftest import opened
from tests.browser.own.desk import ACCEPT, OPEN_FILE, PIECES, START, Desk
from tests.browser.own.elsewhere import Elsewhere
from tools.serve import SiteServer


@pytest.fixture(scope="module")
def lasting(browser: Browser, dist: Path) -> Iterator[Desk]:
    with opened(browser, dist) as desk:
        yield desk


@pytest.fixture
def desk(lasting: Desk) -> Iterator[Desk]:
    """One page for all tests here: after each all models are forgotten."""
    yield lasting
    lasting.page.evaluate("cutaway.cache.clear()")
    assert lasting.ids() == lasting.pieces() == []


@pytest.fixture
def photo(small_photo: Path) -> Path:
    return small_photo


def test_an_accepted_model_is_one_of_the_models(desk: Desk, folder: Path, photo: Path) -> None:
    """Listed, there after a reload, and gone when it is deleted."""
    site = desk.bench.site
    size = (folder / "tiny.onnx").stat().st_size
    entry = desk.accepted(folder / "tiny.onnx")
    shown = {"own": True, "licence": "yours", "commercial": "unclear", "available": True}
    shown |= {"stored": size, "bytes": size, "source": "tiny.onnx", "automatic": False}
    assert entry.items() >= shown.items()
    assert "not audited" in entry["note"]
    first = desk.bench.cut(photo, model=entry["id"])
    (pages,) = [model for model in desk.page.evaluate("cutaway.models()") if model.get("own")]
    assert entry.get("usual") is None
    assert pages["usual"] > 0
    assert pages == entry | {"usual": pages["usual"]}
    desk.reload()
    listed = desk.page.evaluate("cutaway.cache.list()")
    assert {"id": entry["id"], "bytes": size, "stored": size} in listed
    before = len(site.log)
    again = desk.bench.cut(photo, model=entry["id"])
    assert (again.matte == first.matte).all()
    assert again.receipt["bytes"] == {"network": 0, "store": size}
    assert [entry.path for entry in site.log[before:] if "/own/" in entry.path] == []
    desk.page.evaluate("(id) => cutaway.cache.delete(id)", entry["id"])
    assert desk.ids() == desk.pieces() == []
    assert entry["id"] not in [one["id"] for one in desk.page.evaluate("cutaway.cache.list()")]
    assert desk.bench.refused(photo, model=entry["id"])["code"] == "unknown-model"


def test_it_runs_without_a_network(
    page: Page, context: BrowserContext, dist: Path, folder: Path, photo: Path
) -> None:
    with SiteServer(dist) as site:
        page.goto(site.url)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        until(page, "navigator.serviceWorker.controller !== null")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<input type=file id=photo>')")
        page.evaluate(START, {})
        page.set_input_files("#photo", folder / "tiny.onnx")
        candidate = page.evaluate(OPEN_FILE)
        form = {"title": "Mine", "family": "custom", "contract": candidate["contract"]}
        assert page.evaluate(ACCEPT, [candidate["id"], form])["own"]
        site.stop()
        context.set_offline(True)
        page.reload()
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<input type=file id=photo>')")
        page.evaluate(START, {})
        page.set_input_files("#photo", photo)
        receipt = page.evaluate(
            """(model) => cutaway
              .removeBackground(document.querySelector("#photo").files[0], { model })
              .then(({ receipt }) => receipt)""",
            candidate["id"],
        )
    assert receipt["model"]["id"] == candidate["id"]


def test_deleting_one_in_use_is_safe(desk: Desk, folder: Path, photo: Path) -> None:
    entry = desk.accepted(folder / "tiny.onnx")
    whole = desk.bench.cut(photo, model=entry["id"])
    desk.page.evaluate("(id) => { window.id = id; }", entry["id"])
    desk.page.set_input_files("#photo", photo)
    desk.page.evaluate("""() => {
      const photo = document.querySelector("#photo").files[0];
      window.stages = [];
      const onProgress = ({ stage }) => stages.push(stage);
      window.job = attempt(() => cutaway.removeBackground(photo, { model: id, onProgress })
        .then(({ receipt }) => receipt));
    }""")
    until(desk.page, "stages.includes('read')")
    desk.page.evaluate("cutaway.cache.delete(id)")
    reply = desk.page.evaluate("job")
    assert reply["model"] == whole.receipt["model"]
    assert desk.ids() == desk.pieces() == []


def test_clearing_the_store_forgets_own_models_too(desk: Desk, folder: Path) -> None:
    desk.accepted(folder / "tiny.onnx")
    desk.page.evaluate("cutaway.cache.clear()")
    assert desk.ids() == []
    desk.reload()
    assert desk.ids() == []


def test_a_candidate_is_listed_nowhere_and_survives_a_reload(desk: Desk, folder: Path) -> None:
    candidate = desk.open(folder / "tiny.onnx")
    assert desk.ids() == []
    assert candidate["id"] not in [one["id"] for one in desk.page.evaluate("cutaway.cache.list()")]
    desk.reload()
    assert len(desk.pieces()) == 1
    assert desk.accept(candidate)["id"] == candidate["id"]
    assert desk.ids() == [candidate["id"]]


def test_discarding_forgets_a_candidate_and_no_model(desk: Desk, folder: Path) -> None:
    candidate = desk.open(folder / "tiny.onnx")
    desk.page.evaluate("(id) => cutaway.own.discard(id)", candidate["id"])
    assert desk.pieces() == []
    assert desk.try_out(candidate)["code"] == "unknown-model"
    entry = desk.accepted(folder / "tiny.onnx")
    again = desk.open(folder / "tiny.onnx")
    assert again["id"] == entry["id"]
    desk.page.evaluate("(id) => cutaway.own.discard(id)", entry["id"])
    assert desk.ids() == [entry["id"]]
    assert len(desk.pieces()) == 1


def test_a_piece_that_two_models_share_stays_until_both_are_gone(
    desk: Desk, tmp_path: Path
) -> None:
    graphs.heavy(tmp_path / "one.onnx", 11_000_000)
    graphs.heavy(tmp_path / "two.onnx", 11_000_000, name="tiNy")
    one, two = (desk.accepted(tmp_path / f"{name}.onnx") for name in ("one", "two"))
    assert one["id"] != two["id"]
    assert len(desk.pieces()) < 6, "they share pieces"
    desk.page.evaluate("(id) => cutaway.cache.delete(id)", one["id"])
    listed = {part["id"]: part for part in desk.page.evaluate("cutaway.cache.list()")}
    assert listed[two["id"]]["stored"] == two["bytes"]
    desk.page.evaluate("(id) => cutaway.cache.delete(id)", two["id"])
    assert desk.pieces() == []


def test_a_damaged_own_model_is_noticed_and_nobody_is_asked_for_it(
    desk: Desk, folder: Path, photo: Path
) -> None:
    site = desk.bench.site
    entry = desk.accepted(folder / "tiny.onnx")
    desk.reload()
    desk.page.evaluate("""async () => {
      const cache = await caches.open("cutaway-store");
      const [{ url }] = (await cache.keys()).filter(({ url }) => url.includes("/own/"));
      const bytes = new Uint8Array(await (await cache.match(url)).arrayBuffer());
      bytes[100] ^= 1;
      await cache.put(url, new Response(bytes));
    }""")
    error = desk.bench.refused(photo, model=entry["id"])
    assert error["code"] == "own-gone"
    assert "open it again" in error["message"]
    assert [one.path for one in site.log if "/own/" in one.path] == []


def test_a_shelf_that_cannot_be_read_is_forgotten(desk: Desk, folder: Path) -> None:
    desk.accepted(folder / "tiny.onnx")
    desk.page.evaluate("""async () => {
      const cache = await caches.open("cutaway-notes");
      const [{ url }] = (await cache.keys()).filter(({ url }) => url.includes("own-models"));
      await cache.put(url, new Response('{"models": [{"title": 7}], "candidates": []'));
    }""")
    desk.reload()
    assert desk.ids() == []
    until(desk.page, f"({PIECES})().then((pieces) => pieces.length === 0)")


def test_webgpu_is_held_to_what_wasm_answered(
    page: Page, site: SiteServer, folder: Path, photo: Path
) -> None:
    """The software adapter passes for a real one."""
    desk = Desk(page, site, device={"webgpu": {"software": False, "description": "lab"}})
    entry = desk.accepted(folder / "tiny.onnx")
    on_gpu = desk.bench.cut(photo, model=entry["id"])
    assert on_gpu.receipt["provider"]["ran"] == "webgpu"
    assert on_gpu.receipt["retries"] == []
    assert on_gpu.receipt["milliseconds"]["warmup"] > 0, "the known question was asked"
    on_wasm = desk.bench.cut(photo, model=entry["id"], provider="wasm")
    assert np.abs(on_gpu.matte.astype(int) - on_wasm.matte).max() <= 1


def test_a_fetch_is_cancelled_at_once_and_leaves_nothing(desk: Desk, elsewhere: Elsewhere) -> None:
    graphs.heavy(elsewhere.root / "slow.onnx", 11_000_000)
    elsewhere.faults.delay("/slow.onnx", seconds=60)
    reply = desk.page.evaluate(
        """(address) => attempt(() => {
          const stop = new AbortController();
          setTimeout(() => stop.abort(), 300);
          return cutaway.own.open(address, { signal: stop.signal });
        })""",
        f"{elsewhere.url}slow.onnx",
    )
    assert reply["code"] == "cancelled"
    until(desk.page, f"({PIECES})().then((pieces) => pieces.length === 0)")
    elsewhere.faults.clear()


def test_a_broken_connection_leaves_nothing(desk: Desk, elsewhere: Elsewhere) -> None:
    graphs.heavy(elsewhere.root / "broken.onnx", 11_000_000)
    elsewhere.faults.cut("/broken.onnx", after=6_000_000)
    assert desk.open(f"{elsewhere.url}broken.onnx")["code"] == "network"
    until(desk.page, f"({PIECES})().then((pieces) => pieces.length === 0)")


def test_what_a_closed_page_left_behind_is_swept_away(
    page: Page, site: SiteServer, elsewhere: Elsewhere
) -> None:
    graphs.heavy(elsewhere.root / "left.onnx", 21_000_000)
    desk = Desk(page, site)
    # The last of its bytes never come.
    elsewhere.stalls["/left.onnx"] = 12_000_000
    page.evaluate(
        "(address) => { window.job = cutaway.own.open(address).catch(() => {}); }",
        f"{elsewhere.url}left.onnx",
    )
    until(page, f"({PIECES})().then((pieces) => pieces.length > 0)")
    other = page.context.new_page()
    page.close()
    desk = Desk(other, site)
    until(other, f"({PIECES})().then((pieces) => pieces.length === 0)")
    assert desk.ids() == []
