"""Damage and broken downloads: found, mended, and never mistaken for a broken model."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import Bench
from tools.serve import SiteServer

BYTES = 4_574_861
FLIP_A_BIT = """async () => {
  const cache = await caches.open("cutaway-store");
  const [request] = await cache.keys();
  const bytes = new Uint8Array(await (await cache.match(request)).arrayBuffer());
  bytes[1000] ^= 1;
  await cache.put(request, new Response(bytes));
}"""


def reopen(page: Page, site: SiteServer) -> Bench:
    """The same person comes back: same storage, fresh workers."""
    return Bench(page, site)


def test_a_kept_model_is_not_fetched_again(bench: Bench, site: SiteServer, astronaut: Path) -> None:
    bench.cut(astronaut)
    assert site.sent("/models/*") == BYTES
    again = reopen(bench.page, site).cut(astronaut)
    assert site.sent("/models/*") == BYTES
    assert again.receipt["bytes"] == {"network": 0, "store": BYTES}


def test_a_damaged_piece_is_fetched_again(bench: Bench, site: SiteServer, astronaut: Path) -> None:
    good = bench.cut(astronaut)
    bench.page.evaluate(FLIP_A_BIT)
    again = reopen(bench.page, site).cut(astronaut)
    assert again.receipt["bytes"] == {"network": BYTES, "store": 0}
    assert (again.matte == good.matte).all()
    third = reopen(bench.page, site).cut(astronaut)
    assert third.receipt["bytes"] == {"network": 0, "store": BYTES}


def test_a_broken_download_goes_on(bench: Bench, site: SiteServer, astronaut: Path) -> None:
    site.faults.cut("/models/*", after=3_000_000)
    answer = bench.cut(astronaut)
    ranges = [entry.range for entry in site.log if entry.path.startswith("/models/")]
    assert ranges[0] is None
    assert ranges[1].startswith("bytes=")
    assert int(ranges[1].removeprefix("bytes=").removesuffix("-")) > 0
    assert answer.receipt["bytes"]["network"] == BYTES
    assert site.sent("/models/*") < 2 * BYTES
    progress = [note["done"] for note in answer.notes if note["stage"] == "model"]
    assert progress == sorted(progress)


def test_a_download_goes_on_after_a_reload(bench: Bench, site: SiteServer, astronaut: Path) -> None:
    site.faults.cut("/models/*", after=2_000_000)
    site.faults.cut("/models/*", after=0, times=3)
    error = bench.refused(astronaut)
    assert error["code"] == "network"
    assert "kept" in error["message"]
    answer = reopen(bench.page, site).cut(astronaut)
    assert 0 < answer.receipt["bytes"]["network"] < BYTES


def test_no_network_is_said_and_the_next_try_works(
    bench: Bench, site: SiteServer, astronaut: Path
) -> None:
    site.faults.fail("/models/*", 500, times=4)
    assert bench.refused(astronaut)["code"] == "network"
    assert bench.cut(astronaut).receipt["model"]["id"] == "u2netp"


def test_wrong_bytes_from_the_server_are_refused(
    bench: Bench, site: SiteServer, dist: Path, astronaut: Path
) -> None:
    (piece,) = dist.glob("models/u2netp.*.bin")
    right = piece.read_bytes()
    piece.unlink()  # the file is a link to the built one: never write through it
    try:
        piece.write_bytes(b"\0" * len(right))
        assert bench.refused(astronaut)["code"] == "model-damaged"
    finally:
        piece.write_bytes(right)
    assert bench.cut(astronaut).receipt["bytes"]["network"] == BYTES


def test_what_is_kept_can_be_seen_and_deleted(bench: Bench, astronaut: Path) -> None:
    bench.cut(astronaut)
    kept = {entry["id"]: entry for entry in bench.page.evaluate("cutaway.cache.list()")}
    assert kept["u2netp"] == {"id": "u2netp", "bytes": BYTES, "stored": BYTES}
    assert kept["isnet-768"]["stored"] == 0
    bench.page.evaluate("cutaway.cache.delete('u2netp')")
    models = {model["id"]: model for model in bench.page.evaluate("cutaway.models()")}
    assert models["u2netp"]["stored"] == 0
    assert models["u2netp"]["bytes"] == BYTES
