"""Lite in a browser: nothing is downloaded, and the mask is the one that Python gives natively."""

from pathlib import Path

from tests.browser.conftest import Bench
from tests.browser.test_cancel import SET_UP, assert_cancelled
from tests.browser.test_cutout import natively, overlap
from tools.serve import SiteServer

CANCELLED = """() => cancelled({ model: "lite" }, ({ stage }) => stage === "segment", 20)"""


def test_lite_downloads_nothing_and_gives_what_it_gives_natively(
    bench: Bench, site: SiteServer, astronaut: Path, tmp_path: Path
) -> None:
    answer = bench.cut(astronaut, model="lite")
    native = natively(astronaut, "lite", tmp_path)
    assert overlap(answer.matte, native) >= 0.98
    opaque = answer.matte > 127
    assert opaque[300:400, 100:230].mean() > 0.9, "the suit"
    assert opaque[100:180, 195:260].mean() > 0.9, "the face"
    assert opaque[:60].mean() < 0.05, "what is above the head"
    provider = answer.receipt["provider"]
    assert (provider["ran"], provider["threads"]) == ("python", 1)
    assert answer.receipt["bytes"] == {"network": 0, "store": 0}
    assert answer.receipt["milliseconds"]["inference"] > 0
    assert [note["stage"] for note in answer.notes if note["stage"] in ("model", "segment")] == [
        "segment", "segment",
    ]  # fmt: skip
    assert site.sent("/models/*") == 0
    print(f"\nLite computed for {answer.receipt['milliseconds']['inference']:.0f} ms")


def test_lite_is_cancelled_while_it_computes(shared_bench: Bench, astronaut: Path) -> None:
    bench = shared_bench
    bench.page.set_input_files("#photo", astronaut)
    bench.page.evaluate(SET_UP)
    undisturbed = bench.page.evaluate("next({ model: 'lite' })")
    assert_cancelled(bench.page.evaluate(CANCELLED))
    assert bench.page.evaluate("next({ model: 'lite' })")["sum"] == undisturbed["sum"]
