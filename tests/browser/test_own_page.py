"""Bringing one's own ONNX, as a person does it on the page."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.own import graphs
from tests.browser.own.elsewhere import Elsewhere
from tests.browser.panel import figure, open_panel, press, receipt, row
from tests.browser.panels import wait_for

SEEN = """() => ["own-before", "own-after"].every((id) => {
  const { complete, naturalWidth } = document.getElementById(id);
  return complete && naturalWidth > 0;
})"""
DROP = """([name, bytes]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name));
  return transfer;
}"""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "ignore_https_errors": True}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("own")
    mask = ("output", [1, 1, 64, 64])
    graphs.save(made / "tiny.onnx", ("input", [1, 3, 64, 64]), [mask], sigmoid=True)
    graphs.heavy(made / "heavy.onnx", 11_000_000)
    names = [("alphas", ["batch_size", 1, "height", "width"])]
    free = ["batch_size", 3, "height", "width"]
    graphs.save(made / "free.onnx", ("pixel_values", free), names, sigmoid=True)
    return made


def opened(page: Page, file: Path) -> None:
    page.set_input_files("#own-file", file)
    expect(page.locator("#own-candidate")).to_be_visible()


def tried(page: Page) -> None:
    page.get_by_role("button", name="Try it", exact=True).click()
    expect(page.locator("#own-result")).to_be_visible()


def test_from_a_file_to_a_cutout(panel: Page, folder: Path, astronaut: Path) -> None:
    opened(panel, folder / "tiny.onnx")
    expect(panel.locator("#own-family")).to_be_focused()
    expect(panel.locator("#own-name")).to_have_value("tiny")
    expect(panel.locator("#own-facts")).to_contain_text("from tiny.onnx")
    expect(panel.locator("#own-accept")).to_be_disabled()
    tried(panel)
    expect(panel.locator("#own-accept")).to_be_focused()
    expect(panel.locator("#own-ran")).to_contain_text("WebAssembly")
    assert panel.evaluate(SEEN)

    panel.fill("#own-name", "Mine")
    panel.click("#own-accept")
    expect(panel.locator("#models-said")).to_contain_text("not audited")
    mine = panel.locator(".row", has=panel.get_by_role("heading", name="Mine", exact=True))
    expect(mine).to_contain_text("Yours, not audited")
    expect(mine).to_contain_text("Commercial use: unclear")
    size = (folder / "tiny.onnx").stat().st_size
    assert figure(mine.locator(".row-size")) == figure(panel.locator("#stored-models")) == size
    expect(panel.locator("#own-candidate")).to_be_hidden()

    panel.reload()
    open_panel(panel)
    id = mine.get_attribute("data-id") or ""
    press(panel, id, "Use this model")
    panel.keyboard.press("Escape")
    panel.set_input_files("#file", astronaut)
    assert receipt(panel)["model"]["id"] == id

    open_panel(panel)
    press(panel, id, "Delete")
    expect(row(panel, id)).to_have_count(0)
    expect(panel.locator("#models-said")).to_contain_text("Open it again")
    expect(panel.locator("#speeds input:checked")).to_have_count(1)


def test_only_what_was_tried_can_be_accepted(panel: Page, folder: Path) -> None:
    opened(panel, folder / "free.onnx")
    expect(panel.locator("#own-family")).to_have_value("rmbg-2.0")
    panel.click("#own-candidate summary")
    known = panel.locator("#own-candidate label", has_text="from the graph")
    assert "Input" in "".join(known.all_inner_texts())
    panel.fill("#own-size", "64")
    tried(panel)
    panel.select_option("#own-activation", "stretch")
    expect(panel.locator("#own-accept")).to_be_disabled()
    expect(panel.locator("#own-result")).to_be_hidden()
    tried(panel)
    expect(panel.locator("#own-accept")).to_be_enabled()
    panel.select_option("#own-family", "birefnet")
    expect(panel.locator("#own-accept")).to_be_disabled()
    expect(panel.locator("#own-activation")).to_have_value("sigmoid")
    expect(panel.locator("#own-input")).to_have_value("pixel_values")
    panel.click("#own-discard")
    expect(panel.locator("#own-candidate")).to_be_hidden()
    assert figure(panel.locator("#stored-models")) == 0


def test_it_is_tried_on_a_photo_of_ones_own(panel: Page, folder: Path, astronaut: Path) -> None:
    opened(panel, folder / "tiny.onnx")
    panel.set_input_files("#own-photo", astronaut)
    expect(panel.locator("#own-result")).to_be_visible()
    assert panel.evaluate(SEEN)
    assert panel.locator("#own-before").evaluate("(one) => one.naturalWidth") == 512


def test_what_is_wrong_is_said_beside_the_form(panel: Page, folder: Path) -> None:
    error = panel.locator("#own-error")
    panel.click("#own-open button[type=submit]")
    expect(error).to_contain_text("https://")
    panel.fill("#own-address", "http://example.org/model.onnx")
    panel.press("#own-address", "Enter")
    expect(error).to_contain_text("begins with http://")
    expect(panel.locator("#own-address")).to_be_focused()
    opened(panel, folder / "tiny.onnx")
    expect(error).to_be_hidden()
    panel.click("#own-candidate summary")
    panel.fill("#own-mean", "0.5, half")
    panel.get_by_role("button", name="Try it", exact=True).click()
    expect(error).to_contain_text("Mean takes three numbers")
    panel.fill("#own-mean", "0.5")
    tried(panel)
    expect(error).to_be_hidden()


def test_from_an_address_with_progress_and_cancel(panel: Page, folder: Path) -> None:
    with Elsewhere(folder) as elsewhere:
        elsewhere.faults.delay("/heavy.onnx", seconds=30)
        panel.fill("#own-address", f"{elsewhere.url}heavy.onnx")
        panel.press("#own-address", "Enter")
        expect(panel.locator("#own-doing")).to_have_text("Fetching the model")
        wait_for(lambda: elsewhere.log, "a request for the model")
        panel.click("#own-cancel")
        expect(panel.locator("#own-error")).to_have_text("Cancelled.")
        expect(panel.locator("#own-busy")).to_be_hidden()
        elsewhere.faults.clear()
        panel.click("#own-open button[type=submit]")
        expect(panel.locator("#own-facts")).to_contain_text("from 127.0.0.1")
        assert elsewhere.sent("/heavy.onnx") == (folder / "heavy.onnx").stat().st_size


def test_a_model_dropped_on_the_page_is_opened(quiet: Page, folder: Path) -> None:
    expect(quiet.locator("#speeds input:checked")).to_have_count(1)
    content = list((folder / "tiny.onnx").read_bytes())
    transfer = quiet.evaluate_handle(DROP, ["tiny.onnx", content])
    for event in ("dragenter", "dragover", "drop"):
        quiet.dispatch_event("body", event, {"dataTransfer": transfer})
    expect(quiet.locator("#own-facts")).to_contain_text("tiny.onnx")
    expect(quiet.locator("#models")).to_be_visible()
