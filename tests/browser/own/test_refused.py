"""What is refused, with a code and in words that say what to do."""

from pathlib import Path
from typing import Any

import brotli
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import until
from tests.browser.own import graphs
from tests.browser.own.desk import PIECES, Desk
from tests.browser.own.elsewhere import Elsewhere
from tools.serve import SiteServer


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("http://127.0.0.1/model.onnx", "not-https", "https://"),
        ("model.onnx", "bad-address", "https://example.org"),
        ("https://", "bad-address", "https://example.org"),
        ("https://me:secret@example.org/model.onnx", "bad-address", "https://example.org"),
        ("https://127.0.0.1:9/model.onnx", "network", "Nothing came from 127.0.0.1:9"),
        ("https://nowhere.example/model.onnx", "network", "Access-Control-Allow-Origin"),
        ("none.onnx", "not-found", "404"),
        ("page.html", "not-a-model", "web page"),
        ("page.onnx", "not-a-model", "web page"),
        ("garbage.onnx", "not-a-model", "no ONNX model"),
        ("empty.onnx", "not-a-model", "empty"),
        ("large.onnx", "too-large", "2 MB"),
        ("odd/half.onnx", "wrong-type", "float16"),
        ("odd/rank.onnx", "wrong-rank", "3 × 64 × 64"),
        ("odd/grey.onnx", "wrong-rank", "three channels"),
        ("odd/no-mask.onnx", "wrong-rank", "None of this model's outputs"),
        ("odd/two.onnx", "wrong-rank", "input, trimap"),
        ("odd/operator.onnx", "unsupported-operator", "com.example:Twirl"),
        ("odd/external.onnx", "external-data", "external.onnx_data"),
    ],
)
def test_a_refusal_says_why_and_leaves_nothing(
    counter: Desk, elsewhere: Elsewhere, address: str, code: str, words: str
) -> None:
    foreign = (
        address.endswith((".onnx", ".html")) and ":" not in address and address != "model.onnx"
    )
    error = counter.open(elsewhere.url + address if foreign else address)
    assert error.get("name") == "CutawayError", error
    assert (error["code"], words in error["message"]) == (code, True), error
    until(counter.page, f"({PIECES})().then((pieces) => pieces.length === 0)")
    assert counter.ids() == []


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("page.onnx", "not-a-model"),
        ("garbage.onnx", "not-a-model"),
        ("empty.onnx", "not-a-model"),
        ("large.onnx", "too-large"),
        ("odd/external.onnx", "external-data"),
    ],
)
def test_a_file_is_refused_alike(counter: Desk, folder: Path, file: str, code: str) -> None:
    assert counter.open(folder / file)["code"] == code
    until(counter.page, f"({PIECES})().then((pieces) => pieces.length === 0)")


def test_a_size_beyond_the_limit_is_seen_before_anything_comes(
    counter: Desk, elsewhere: Elsewhere
) -> None:
    (elsewhere.root / "huge.onnx").write_bytes(bytes(30_000_000))
    before = elsewhere.sent("/huge.onnx")
    assert counter.open(f"{elsewhere.url}huge.onnx")["code"] == "too-large"
    assert elsewhere.sent("/huge.onnx") - before < 10_000_000


def test_a_size_that_nobody_told_is_noticed_as_it_comes(
    counter: Desk, elsewhere: Elsewhere
) -> None:
    """What is sent compressed is longer than its Content-Length."""
    (elsewhere.root / "packed.onnx").write_bytes(bytes(6_000_000))
    (elsewhere.root / "packed.onnx.br").write_bytes(brotli.compress(bytes(6_000_000)))
    assert counter.open(f"{elsewhere.url}packed.onnx")["code"] == "too-large"
    assert elsewhere.sent("/packed.onnx") < 10_000


def test_a_server_that_does_not_allow_it_is_told_from_one_that_is_not_there(
    counter: Desk, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "tiny.onnx").write_bytes((folder / "tiny.onnx").read_bytes())
    with Elsewhere(tmp_path / "closed", readable=False) as closed:
        error = counter.open(f"{closed.url}tiny.onnx")
    assert error["code"] == "no-cors"
    assert "lacks the header Access-Control-Allow-Origin" in error["message"]


def test_an_address_that_leads_on_to_http_is_not_followed(
    counter: Desk, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    graphs.save(tmp_path / "tiny.onnx", ("input", [1, 3, 64, 64]), [("output", [1, 1, 64, 64])])
    (tmp_path / "_headers").write_text("/*\n  Access-Control-Allow-Origin: *\n")
    with SiteServer(tmp_path) as plain:
        elsewhere.redirects["/moved.onnx"] = f"{plain.url}tiny.onnx"
        error = counter.open(f"{elsewhere.url}moved.onnx")
        assert plain.log == []
    assert error["code"] == "not-https"


def test_an_address_that_leads_on_to_https_is_followed(counter: Desk, elsewhere: Elsewhere) -> None:
    elsewhere.redirects["/latest.onnx"] = f"{elsewhere.url}tiny.onnx"
    candidate = counter.open(f"{elsewhere.url}latest.onnx")
    assert candidate["id"].startswith("own-")
    counter.page.evaluate("(id) => cutaway.own.discard(id)", candidate["id"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"output": "alphas"}, "no output “alphas”"),
        ({"input": "pixels"}, "no input “pixels”"),
        ({"size": 128}, "64 × 64"),
        ({"fit": "short", "multiple": 32}, "64 × 64"),
        ({"std": [0, 1, 1]}, "std is not positive"),
        ({"colour": "BGR"}, "unknown key"),
    ],
)
def test_a_contract_that_does_not_fit_the_graph_is_refused(
    counter: Desk, folder: Path, change: dict[str, Any], words: str
) -> None:
    candidate = counter.open(folder / "tiny.onnx")
    candidate["contract"] |= change
    for reply in (counter.try_out(candidate), counter.accept(candidate)):
        assert (reply["code"], words in reply["message"]) == ("bad-contract", True), reply
    counter.page.evaluate("(id) => cutaway.own.discard(id)", candidate["id"])


def test_a_model_that_needs_more_memory_than_a_page_should_take_says_so(
    counter: Desk, folder: Path
) -> None:
    candidate = counter.open(folder / "rmbg-2.0.onnx")
    (notice,) = counter.try_out(candidate)["notices"]
    assert "1024 pixels" in notice
    assert "may fail" in notice
    counter.page.evaluate("(id) => cutaway.own.discard(id)", candidate["id"])


def test_an_answer_that_is_no_mask_is_not_accepted(counter: Desk, tmp_path: Path) -> None:
    flat = tmp_path / "flat.onnx"
    graphs.save(flat, ("input", [1, 3, 64, 64]), [("output", [1, 1, 64, 64])], factor=0)
    candidate = counter.open(flat)
    for reply in (counter.try_out(candidate), counter.accept(candidate)):
        assert reply["code"] == "unusable-mask"
        assert "every value of the mask" in reply["message"]
    assert counter.ids() == []
    counter.page.evaluate("(id) => cutaway.own.discard(id)", candidate["id"])


def test_a_full_store_is_told(page: Page, site: SiteServer, tmp_path: Path) -> None:
    graphs.heavy(tmp_path / "heavy.onnx", 11_000_000)
    desk = Desk(page, site)
    session = page.context.new_cdp_session(page)
    session.send(
        "Storage.overrideQuotaForOrigin", {"origin": site.url.rstrip("/"), "quotaSize": 8_000_000}
    )
    error = desk.open(tmp_path / "heavy.onnx")
    assert error["code"] == "too-large"
    assert "room" in error["message"]
    session.send("Storage.overrideQuotaForOrigin", {"origin": site.url.rstrip("/")})
    until(page, f"({PIECES})().then((pieces) => pieces.length === 0)")
    assert desk.open(tmp_path / "heavy.onnx")["id"].startswith("own-")
