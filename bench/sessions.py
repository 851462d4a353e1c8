"""What ONNX Runtime Web's session options are worth, in Chromium with the built site's own runtime.

    .venv/bin/python -m bench.sessions [--model u2netp] [--rounds 5] [--flavour jspi] [--only names]

Each way has a page of its own (the number of threads holds for a page) and answers a noise picture
``rounds`` times; the ways take turns, each round in another order. Told are seconds of making the
session, of the first run and of the median of the others, the share of the usual way, and what the
page's process held at most.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

import onnxruntime
from playwright.sync_api import Page, Route, sync_playwright

from bench.blank import ISOLATION
from bench.peers.tables import table
from cutaway.models.registry import Model, find
from tools import browsers, memory
from tools.serve import SiteServer

ROOT = Path(__file__).parents[1]
MODELS = ROOT / ".cache" / "parts" / "models"
USUAL = "as it is"


def _entry(group: str, name: str, value: str) -> dict[str, Any]:
    return {"extra": {"session": {group: {name: value}}}}


#: Ways by their names: options of the session, threads, and whether the graph is in ORT's format.
WAYS: dict[str, tuple[dict[str, Any], int, bool]] = {
    USUAL: ({}, 2, False),
    "one thread": ({}, 1, False),
    "graph: extended": ({"graphOptimizationLevel": "extended"}, 2, False),
    "graph: basic": ({"graphOptimizationLevel": "basic"}, 2, False),
    "no memory pattern": ({"enableMemPattern": False}, 2, False),
    "no arena": ({"enableCpuMemArena": False}, 2, False),
    "no arena, no pattern": ({"enableCpuMemArena": False, "enableMemPattern": False}, 2, False),
    "no spinning": (_entry("intra_op", "allow_spinning", "0"), 2, False),
    "dynamic block 4": ({"extra": {"session": {"dynamic_block_base": "4"}}}, 2, False),
    "ORT's format": ({}, 2, True),
}
PREPARE = """async ({ bundle, wasm, model, options, threads, size }) => {
  const ort = await import(bundle);
  ort.env.logLevel = "error";
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, location.href).href };
  ort.env.wasm.numThreads = threads;
  const weights = new Uint8Array(await (await fetch(model)).arrayBuffer());
  const begun = performance.now();
  const asked = { executionProviders: ["wasm"], ...options };
  const session = await ort.InferenceSession.create(weights, asked);
  const seconds = (performance.now() - begun) / 1000;
  const values = new Float32Array(3 * size * size);
  for (let at = 0, seed = 1; at < values.length; at++) {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    values[at] = seed / 0x7fffffff - 0.5;
  }
  window.run = async () => {
    const begun = performance.now();
    const tensor = new ort.Tensor("float32", values, [1, 3, size, size]);
    await session.run({ [session.inputNames[0]]: tensor }, [session.outputNames[0]]);
    return (performance.now() - begun) / 1000;
  };
  return seconds;
}"""


def main() -> None:
    arguments = _arguments()
    entry = find(arguments.model)
    assert isinstance(entry, Model), "a model with weights"
    told: dict[str, dict[str, Any]] = {name: {"runs": []} for name in arguments.only}
    with (
        tempfile.TemporaryDirectory() as folder,
        SiteServer(ROOT / "dist") as site,
        sync_playwright() as playwright,
    ):
        graphs = {False: MODELS / f"{entry.id}.onnx", True: Path(folder) / f"{entry.id}.ort"}
        _optimise(graphs[False], graphs[True])
        for turn in range(arguments.rounds):
            for name in arguments.only[:: -1 if turn % 2 else 1]:
                browser = playwright.chromium.launch(
                    executable_path=browsers.CHROMIUM.path, args=browsers.CHROMIUM_FLAGS
                )
                page = _page(browser.new_page(), site.url, graphs)
                _measure(page, name, entry, arguments.flavour, told[name])
                browser.close()
    print(_table(told))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="u2netp", help="id of a model of the registry")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--flavour", default="jspi", help="of the runtime: jspi, asyncify, wasm")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(WAYS))
    given = parser.parse_args()
    unknown = set(given.only) - set(WAYS)
    if unknown:
        parser.error(f"no way is called {', '.join(sorted(unknown))}: {', '.join(WAYS)}")
    return given


def _optimise(graph: Path, target: Path) -> None:
    """Ahead of time, into ORT's own format; not further than what holds on every processor."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.graph_optimization_level = level
    options.optimized_model_filepath = str(target)
    options.add_session_config_entry("session.save_model_format", "ORT")
    onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _page(page: Page, url: str, graphs: dict[bool, Path]) -> Page:
    page.set_default_timeout(300_000)

    def graph(route: Route) -> None:
        route.fulfill(path=graphs[route.request.url.endswith(".ort")], headers=ISOLATION)

    page.route("**/graph.*", graph)
    page.route(
        "**/bench",
        lambda route: route.fulfill(content_type="text/html", body="", headers=ISOLATION),
    )
    page.goto(f"{url}bench")
    return page


def _measure(page: Page, name: str, model: Model, flavour: str, told: dict[str, Any]) -> None:
    options, threads, converted = WAYS[name]
    runtime = json.loads((ROOT / "dist" / "build.json").read_text())["ort"][flavour]
    how = {
        "bundle": f"./{runtime['bundle']}",
        "wasm": runtime["wasm"]["pieces"][0]["url"],
        "model": "graph.ort" if converted else "graph.onnx",
        "options": options,
        "threads": threads,
        "size": model.contract.size,
    }
    told.setdefault("load", []).append(page.evaluate(PREPARE, how))
    told.setdefault("first", []).append(page.evaluate("() => run()"))
    told["runs"].append(statistics.median(page.evaluate("() => run()") for _ in range(3)))
    told["memory"] = max(told.get("memory", 0), memory.peak_of_pages())


def _table(told: dict[str, dict[str, Any]]) -> str:
    rows = [["", "session, s", "first run, s", "further runs, s", "share", "by round", "peak, MB"]]
    usual = told.get(USUAL, next(iter(told.values())))
    for name, found in told.items():
        runs = found["runs"]
        shares = [one / other for one, other in zip(runs, usual["runs"], strict=True)]
        rows.append([
            name, *(f"{statistics.median(found[part]):.2f}" for part in ("load", "first", "runs")),
            f"{statistics.median(shares):.2f}", f"{min(shares):.2f} to {max(shares):.2f}",
            f"{found['memory'] / 1e6:.0f}",
        ])  # fmt: skip
    return table(rows)


if __name__ == "__main__":
    main()
