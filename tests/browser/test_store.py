"""Damage and broken downloads: found, mended, and never mistaken for a broken model."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.conftest import Bench, until
from tools.serve import SiteServer

BYTES = 4_574_861
FLIP_A_BIT = """async () => {
  const cache = await caches.open("cutaway-store");
  const [request] = await cache.keys();
  const bytes = new Uint8Array(await (await cache.match(request)).arrayBuffer());
  bytes[1000] ^= 1;
  await cache.put(request, new Response(bytes));
  return { url: request.url, bytes: bytes.length };
}"""


def reopen(page: Page, site: SiteServer) -> Bench:
    """The same person comes back: same storage, fresh workers."""
    return Bench(page, site)


def test_a_damaged_piece_is_fetched_again_and_a_kept_one_is_not(
    bench: Bench, site: SiteServer, small_photo: Path
) -> None:
    good = bench.cut(small_photo)
    assert site.sent("/models/*") == BYTES
    bench.page.evaluate(FLIP_A_BIT)
    again = reopen(bench.page, site).cut(small_photo)
    assert again.receipt["bytes"] == {"network": BYTES, "store": 0}
    assert (again.matte == good.matte).all()
    assert site.sent("/models/*") == 2 * BYTES
    third = reopen(bench.page, site).cut(small_photo)
    assert third.receipt["bytes"] == {"network": 0, "store": BYTES}
    assert site.sent("/models/*") == 2 * BYTES


def test_a_broken_download_goes_on(bench: Bench, site: SiteServer, small_photo: Path) -> None:
    site.faults.cut("/models/*", after=3_000_000)
    answer = bench.cut(small_photo)
    ranges = [entry.range for entry in site.log if entry.path.startswith("/models/")]
    assert ranges[0] is None
    assert ranges[1].startswith("bytes=")
    assert int(ranges[1].removeprefix("bytes=").removesuffix("-")) > 0
    assert answer.receipt["bytes"]["network"] == BYTES
    assert site.sent("/models/*") < 2 * BYTES
    progress = [note["done"] for note in answer.notes if note["stage"] == "model"]
    assert progress == sorted(progress)


def test_a_download_goes_on_after_a_reload(
    bench: Bench, site: SiteServer, small_photo: Path
) -> None:
    site.faults.cut("/models/*", after=2_000_000)
    site.faults.cut("/models/*", after=0, times=3)
    error = bench.refused(small_photo)
    assert error["code"] == "network"
    assert "kept" in error["message"]
    answer = reopen(bench.page, site).cut(small_photo)
    assert 0 < answer.receipt["bytes"]["network"] < BYTES


def test_no_network_is_said_and_the_next_try_works(
    bench: Bench, site: SiteServer, small_photo: Path
) -> None:
    site.faults.fail("/models/*", 500, times=4)
    assert bench.refused(small_photo)["code"] == "network"
    assert bench.cut(small_photo).receipt["model"]["id"] == "u2netp"


def test_wrong_bytes_from_the_server_are_refused(
    bench: Bench, site: SiteServer, dist: Path, small_photo: Path
) -> None:
    (piece,) = dist.glob("models/u2netp.*.bin")
    right = piece.read_bytes()
    piece.unlink()  # the file is a link to the built one: never write through it
    try:
        piece.write_bytes(b"\0" * len(right))
        assert bench.refused(small_photo)["code"] == "model-damaged"
    finally:
        piece.write_bytes(right)
    assert bench.cut(small_photo).receipt["bytes"]["network"] == BYTES


def test_what_is_kept_can_be_seen_and_deleted_even_in_use(bench: Bench, small_photo: Path) -> None:
    good = bench.cut(small_photo)
    kept = {entry["id"]: entry for entry in bench.page.evaluate("cutaway.cache.list()")}
    assert kept["u2netp"] == {"id": "u2netp", "bytes": BYTES, "stored": BYTES}
    assert kept["isnet-768"]["stored"] == 0
    bench.page.evaluate("cutaway.cache.delete('u2netp')")
    models = {model["id"]: model for model in bench.page.evaluate("cutaway.models()")}
    assert models["u2netp"]["stored"] == 0
    assert models["u2netp"]["bytes"] == BYTES
    again = bench.cut(small_photo)
    assert (again.matte == good.matte).all()
    assert again.receipt["bytes"] == {"network": 0, "store": 0}


def test_many_pieces_arrive_together_and_all_count(
    bench: Bench, site: SiteServer, small_photo: Path
) -> None:
    answer = bench.cut(small_photo, model="isnet-768")
    pieces = [entry for entry in site.log if entry.path.startswith("/models/")]
    assert len(pieces) == len({entry.path for entry in pieces}) > 3
    assert answer.receipt["bytes"] == {"network": 47_301_116, "store": 0}
    assert site.sent("/models/*") == 47_301_116
    again = reopen(bench.page, site).cut(small_photo, model="isnet-768")
    assert again.receipt["bytes"] == {"network": 0, "store": 47_301_116}


def test_one_flipped_bit_costs_one_piece(bench: Bench, site: SiteServer) -> None:
    fetch = """async () => {
      const { Cutaway } = await import("./cutaway.js");
      window.cutaway ??= await Cutaway.start();
      await window.cutaway.cache.fetch("isnet-768");
    }"""
    bench.page.evaluate(fetch)
    assert site.sent("/models/*") == 47_301_116
    damaged = bench.page.evaluate(FLIP_A_BIT)
    already = len(site.log)
    reopen(bench.page, site).page.evaluate(fetch)
    again = [entry for entry in site.log[already:] if entry.path.startswith("/models/")]
    assert [entry.path for entry in again] == [urlsplit(damaged["url"]).path]
    assert sum(entry.sent for entry in again) == damaged["bytes"] < 6_000_000


def test_a_page_closed_in_the_middle_loses_little(
    bench: Bench, site: SiteServer, small_photo: Path
) -> None:
    """No piece that had arrived is fetched again."""
    site.faults.hold("/models/isnet-768.[89]of*", times=2)
    bench.page.set_input_files("#photo", small_photo)
    bench.page.evaluate("""async () => {
      const { Cutaway } = await import("./cutaway.js");
      window.cutaway = await Cutaway.start();
      window.job = window.cutaway.cache.fetch("isnet-768").catch(() => {});
    }""")
    kept = "cutaway.cache.list().then((all) => all.find(({ id }) => id === 'isnet-768').stored)"
    until(bench.page, f"{kept}.then((stored) => stored >= 0.6 * 47_301_116)")
    before = bench.page.evaluate(kept)
    bench.page.close()
    page = bench.page.context.new_page()
    arrived = {entry.path for entry in site.log if entry.sent and entry.path.startswith("/models/")}
    already = len(site.log)
    answer = Bench(page, site).cut(small_photo, model="isnet-768")
    fetched = [e.path for e in site.log[already:] if e.path.startswith("/models/") and e.sent]
    assert answer.receipt["bytes"]["store"] >= before
    assert answer.receipt["bytes"]["network"] <= 47_301_116 - before
    assert len(arrived) > 3
    assert len(set(fetched) & arrived) <= 4, "only what was under way is asked for again"


def test_two_tabs_fetch_a_model_once(bench: Bench, site: SiteServer, small_photo: Path) -> None:
    site.faults.delay("/models/*", seconds=1)
    other = Bench(bench.page.context.new_page(), site)
    for tab in (bench, other):
        tab.page.evaluate("""async () => {
          const { Cutaway } = await import("./cutaway.js");
          window.cutaway = await Cutaway.start();
        }""")
    for tab in (bench, other):
        tab.page.evaluate("() => { window.done = cutaway.cache.fetch('u2netp'); }")
    for tab in (bench, other):
        tab.page.evaluate("window.done")
    assert site.sent("/models/*") == BYTES


def test_a_paused_download_goes_on(bench: Bench, site: SiteServer, small_photo: Path) -> None:
    last = site.faults.hold("/models/isnet-768.9of*")
    seen = bench.page.evaluate("""async () => {
      const { Cutaway } = await import("./cutaway.js");
      window.cutaway = await Cutaway.start();
      const pause = new AbortController();
      let done = 0;
      const onProgress = (progress) => {
        done = progress.done;
        if (done > 20e6) pause.abort();
      };
      const error = await cutaway.cache.fetch("isnet-768", { signal: pause.signal, onProgress })
        .catch(({ code }) => code);
      return [error, done];
    }""")
    last.set()
    assert seen[0] == "cancelled"
    answer = bench.cut(small_photo, model="isnet-768")
    assert answer.receipt["bytes"]["store"] > 5_000_000
    assert answer.receipt["bytes"]["network"] < 47_301_116 - 5_000_000
    assert site.sent("/models/*") < 47_301_116 + 4 * 5 * 1024 * 1024


def test_a_full_quota_is_told_and_the_job_completes(
    bench: Bench, site: SiteServer, small_photo: Path
) -> None:
    session = bench.page.context.new_cdp_session(bench.page)
    session.send(
        "Storage.overrideQuotaForOrigin", {"origin": site.url.rstrip("/"), "quotaSize": 1_000_000}
    )
    receipt = bench.cut(small_photo).receipt
    assert "no room to keep" in receipt["notices"][0]
    session.send("Storage.overrideQuotaForOrigin", {"origin": site.url.rstrip("/")})
    again = reopen(bench.page, site).cut(small_photo).receipt
    assert again["bytes"] == {"network": BYTES, "store": 0}
    assert again["notices"] == []
