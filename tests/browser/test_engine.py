"""Every way in which inference fails: the job still ends with the right cutout, and says so."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tests.browser import lab
from tests.browser.conftest import Answer, Bench
from tools.serve import SiteServer

#: Patience that does not run out on any machine.
PATIENCE_SECONDS = 600
#: The software adapter passes for a real one.
REAL_GPU = {
    "device": {"webgpu": {"software": False, "description": "lab"}},
    "watchdogSeconds": PATIENCE_SECONDS,
}
#: The second run is the photo: the first is the known question.
AT_THE_PHOTO = """
let runs = 0;
self.addEventListener("message", ({ data }) => {
  if (data.call === "run" && ++runs === 2) begin();
});
"""
FAULTS = {
    "device destroyed": """
const request = GPUAdapter.prototype.requestDevice;
let device;
GPUAdapter.prototype.requestDevice = async function (...how) {
  return (device = await request.apply(this, how));
};
const begin = () => queueMicrotask(() => device?.destroy());
""",
    "never answers": """
const begin = () => {
  GPUBuffer.prototype.mapAsync = () => new Promise(() => {});
  new BroadcastChannel("fault").postMessage("silent from now on");
};
""",
    "black answer": """
const begin = () => {
  const range = GPUBuffer.prototype.getMappedRange;
  GPUBuffer.prototype.getMappedRange = function (...how) {
    return new ArrayBuffer(range.apply(this, how).byteLength);
  };
};
""",
    "worker crashes": """
const begin = () => setTimeout(() => { throw new Error("the worker crashed"); });
""",
    "worker stops": """
const begin = () => {
  new BroadcastChannel("fault").postMessage("silent from now on");
  self.close();
};
""",
}
#: After a fault from which on nothing comes the python worker's watchdog bites at once.
JUMPS_AHEAD = f"""
const wait = self.setTimeout;
let bite;
self.setTimeout = (then, milliseconds) => {{
  if (milliseconds === {PATIENCE_SECONDS * 1000}) bite = then;
  return wait(then, milliseconds);
}};
new BroadcastChannel("fault").onmessage = () => bite();
"""
#: Once told to, the worker keeps an answer of the GPU back until it may go on, and says so.
AT_WORK = """
const channel = new BroadcastChannel("gpu");
let held = false;
const free = new Promise((resolve) => {
  channel.onmessage = ({ data }) => {
    if (data === "free") resolve();
    if (data !== "hold") return;
    held = true;
    channel.postMessage("holds");
  };
});
const mapAsync = GPUBuffer.prototype.mapAsync;
GPUBuffer.prototype.mapAsync = async function (...how) {
  if (held) {
    channel.postMessage("at work");
    await free;
  }
  return mapAsync.apply(this, how);
};
"""
NO_GPU = 'Object.defineProperty(navigator, "gpu", { value: undefined });'
NULL_ADAPTER = "GPU.prototype.requestAdapter = async () => null;"
SILENT_ADAPTER = "GPU.prototype.requestAdapter = () => new Promise(() => {});"
#: A heap that cannot grow beyond what the small model needs.
LITTLE_MEMORY = """
const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 65536 > 300e6) throw new RangeError("out of memory");
  return grow.call(this, pages);
};
"""
RUN_ON_BOTH = """async ([module, model]) => {
  const { Callee, build } = await import(module);
  const root = document.baseURI;
  const side = 64;
  const pixels = Float32Array.from({ length: 3 * side * side }, (_, i) => {
    const [x, y, channel] = [i % side, Math.floor(i / side) % side, Math.floor(i / side / side)];
    const disc = Math.hypot(x - 26, y - 35) < 16;
    return (disc ? [0.4, -0.1, -0.35] : [-0.3, -0.2, -0.1])[channel] + Math.sin(i) / 50;
  });
  const masks = {};
  for (const provider of ["wasm", "webgpu"]) {
    const worker = new Callee(new URL(build.worker.inference, root).href, provider);
    await worker.call("start", { build, root });
    await worker.call("load", { model, provider, threads: 1 });
    const feeds = { input: { data: pixels, shape: [1, 3, side, side] } };
    const { outputs } = await worker.call("run", { model, feeds, outputs: ["output"] });
    masks[provider] = [...outputs.output.data];
    worker.end();
  }
  return masks;
}"""
START_A_JOB = """async (model) => {
  window.channel = new BroadcastChannel("gpu");
  const heard = (word) => new Promise((resolve) => {
    channel.addEventListener("message", ({ data }) => data === word && resolve());
  });
  const [holds, atWork] = [heard("holds"), heard("at work")];
  channel.postMessage("hold");
  await holds;
  const photo = document.querySelector("#photo").files[0];
  window.job = window.cutaway.removeBackground(photo, { model });
  await atWork;
}"""
Opener = Callable[..., Bench]


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lab.build(tmp_path_factory.mktemp("lab"))


@pytest.fixture
def opened(laboratory: Path, page: Page, tmp_path: Path) -> Iterator[Opener]:
    """Opens the bench page of the lab, with a fault in its inference worker."""
    servers: list[SiteServer] = []

    def open_bench(fault: str = "") -> Bench:
        scripts = {"inference.js": fault, "python.js": JUMPS_AHEAD}
        site = lab.with_faults(laboratory, scripts, tmp_path / "site") if fault else laboratory
        servers.append(SiteServer(site).start())
        return Bench(page, servers[-1])

    yield open_bench
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def plain(browser: Browser, laboratory: Path) -> Iterator[Bench]:
    """A page of the lab without any fault, one for all tests that need no more."""
    yield from lasting(browser, laboratory)


@pytest.fixture(scope="module")
def gpu(browser: Browser, laboratory: Path) -> Iterator[Bench]:
    """The same where the software adapter passes for a real one."""
    yield from lasting(browser, laboratory)


def lasting(browser: Browser, site: Path) -> Iterator[Bench]:
    with SiteServer(site) as server:
        context = browser.new_context()
        yield Bench(context.new_page(), server)
        context.close()


@pytest.fixture(scope="module")
def on_wasm(plain: Bench, small_photo: Path) -> Answer:
    """What the tiny model says in WASM."""
    return plain.cut(small_photo, model="tiny", provider="wasm")


def reopened(bench: Bench) -> Bench:
    """The same person comes back."""
    bench.page.reload()
    return bench


def apart(a: Answer, b: Answer) -> float:
    return float(np.abs(a.matte.astype(int) - b.matte).max())


def test_webgpu_runs_and_agrees_with_wasm(gpu: Bench, on_wasm: Answer, small_photo: Path) -> None:
    answer = gpu.cut(small_photo, model="tiny", settings=REAL_GPU)
    assert answer.receipt["provider"]["ran"] == "webgpu"
    assert answer.receipt["retries"] == []
    assert answer.receipt["milliseconds"]["warmup"] > 0, "the known question was asked"
    assert on_wasm.receipt["provider"]["ran"] == "wasm"
    assert apart(answer, on_wasm) <= 1


def test_the_known_question_is_asked_once(opened: Opener, small_photo: Path) -> None:
    bench = opened()
    bench.cut(small_photo, model="tiny", settings=REAL_GPU)
    again = reopened(bench).cut(small_photo, model="tiny", settings=REAL_GPU).receipt
    assert again["provider"]["ran"] == "webgpu"
    assert again["milliseconds"]["warmup"] == 0
    checks = bench.page.evaluate("cutaway.diagnostics().then((d) => d.checks)")
    assert list(checks.values()) == [True]


@pytest.mark.parametrize(
    "fault",
    [
        NO_GPU,
        NULL_ADAPTER,
        SILENT_ADAPTER,
    ],
    ids=["no navigator.gpu", "null adapter", "silent adapter"],
)
def test_without_an_adapter_it_runs_in_wasm(opened: Opener, small_photo: Path, fault: str) -> None:
    receipt = opened(fault).cut(small_photo, model="tiny").receipt
    assert receipt["provider"]["ran"] == "wasm"
    assert "no WebGPU adapter" in receipt["provider"]["reason"]
    assert receipt["retries"] == []


def test_a_software_adapter_is_not_used(plain: Bench, small_photo: Path) -> None:
    receipt = plain.cut(small_photo, model="tiny").receipt
    assert receipt["provider"]["ran"] == "wasm"
    assert "software" in receipt["provider"]["reason"]
    assert receipt["retries"] == []


def test_a_16_bit_graph_needs_16_bit_floats(gpu: Bench, small_photo: Path) -> None:
    receipt = gpu.cut(small_photo, model="tiny-f16", settings=REAL_GPU).receipt
    assert receipt["provider"]["ran"] == "wasm"
    assert "16-bit floats" in receipt["provider"]["reason"]


def test_a_gpu_that_answers_wrongly_is_not_believed(
    opened: Opener, on_wasm: Answer, small_photo: Path
) -> None:
    bench = opened()
    answer = bench.cut(small_photo, model="tiny-liar", settings=REAL_GPU)
    assert [retry["provider"] for retry in answer.receipt["retries"]] == ["webgpu"]
    assert "known answer" in answer.receipt["retries"][0]["cause"]
    assert apart(answer, on_wasm) == 0
    again = bench.cut(small_photo, model="tiny-liar").receipt
    assert again["retries"] == []
    assert "wrong answer" in again["provider"]["reason"]


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("device destroyed", "run-failed"),
        ("never answers", "timeout"),
        ("black answer", "every value of the mask"),
        ("worker crashes", "the worker crashed"),
        ("worker stops", "timeout"),
    ],
)
def test_a_failure_in_the_middle_of_a_job_is_survived(
    opened: Opener, on_wasm: Answer, small_photo: Path, fault: str, cause: str
) -> None:
    bench = opened(FAULTS[fault] + AT_THE_PHOTO)
    answer = bench.cut(small_photo, model="tiny", settings=REAL_GPU)
    (retry,) = answer.receipt["retries"]
    assert retry["provider"] == "webgpu"
    assert cause in retry["cause"]
    assert answer.receipt["provider"]["ran"] == "wasm"
    assert answer.receipt["provider"]["threads"] >= 1
    assert apart(answer, on_wasm) == 0


def test_webgpu_that_failed_twice_rests_until_the_user_asks(
    opened: Opener, small_photo: Path
) -> None:
    bench = opened(FAULTS["device destroyed"] + AT_THE_PHOTO.replace("++runs === 2", "true"))
    for _ in range(2):
        receipt = bench.cut(small_photo, model="tiny", settings=REAL_GPU).receipt
        assert [retry["provider"] for retry in receipt["retries"]] == ["webgpu"]
    resting = reopened(bench).cut(small_photo, model="tiny", settings=REAL_GPU).receipt
    assert resting["retries"] == []
    assert "failed twice" in resting["provider"]["reason"]
    asked = bench.cut(small_photo, model="tiny", provider="webgpu").receipt
    assert [retry["provider"] for retry in asked["retries"]] == ["webgpu"]


def test_too_little_memory_leads_to_a_smaller_model(opened: Opener, small_photo: Path) -> None:
    answer = opened(LITTLE_MEMORY).cut(small_photo, model="isnet-768")
    assert answer.receipt["model"]["id"] == "u2netp"
    failed = [(retry["model"], retry["provider"]) for retry in answer.receipt["retries"]]
    assert failed == [("isnet-768", "wasm")] * 2
    assert re.search(r"failed on this device, so .* was used", answer.receipt["notices"][0])


def test_real_weights_agree_on_both_providers(gpu: Bench, small_photo: Path) -> None:
    on_gpu = gpu.cut(small_photo, model="isnet-64", settings=REAL_GPU)
    assert on_gpu.receipt["provider"]["ran"] == "webgpu"
    on_wasm = gpu.cut(small_photo, model="isnet-64", provider="wasm")
    # a mask within 1e-3 is a matte within one level
    assert apart(on_gpu, on_wasm) <= 1
    assert on_gpu.matte.std() > 20


@pytest.mark.parametrize("model", ["tiny", "isnet-64"])
def test_the_masks_themselves_are_within_a_thousandth(
    plain: Bench, laboratory: Path, model: str
) -> None:
    """The inference worker alone, on the same tensor, without the road around it."""
    page = plain.page
    (module,) = laboratory.glob("site/*/build.js")
    address = f"./{module.relative_to(laboratory).as_posix()}"
    masks = page.evaluate(RUN_ON_BOTH, [address, model])
    assert len(masks["wasm"]) == lab.SIDE**2
    assert np.std(masks["wasm"]) > 0.1
    assert np.abs(np.subtract(masks["webgpu"], masks["wasm"])).max() <= 1e-3


def test_a_device_that_forces_webgpu_is_told_why_not(plain: Bench, small_photo: Path) -> None:
    receipt = plain.cut(small_photo, model="tiny", provider="webgpu").receipt
    assert receipt["provider"]["asked"] == "webgpu"
    assert receipt["provider"]["ran"] == "wasm"
    assert "software" in receipt["provider"]["reason"]


def test_a_gpu_process_that_crashes_in_the_middle_of_a_job_is_survived(
    opened: Opener, small_photo: Path, browser: Browser
) -> None:
    """The last one here: every page loses its GPU."""
    bench = opened(AT_WORK)
    usual = bench.cut(small_photo, model="isnet-64", settings=REAL_GPU)
    assert usual.receipt["provider"]["ran"] == "webgpu"
    bench.page.evaluate(START_A_JOB, "isnet-64")
    browser.new_browser_cdp_session().send("Browser.crashGpuProcess")
    bench.page.evaluate("channel.postMessage('free')")
    receipt = bench.page.evaluate("window.job.then(({ receipt }) => receipt)")
    assert receipt["provider"]["ran"] == "wasm"
    assert [retry["provider"] for retry in receipt["retries"]] == ["webgpu"]
    assert apart(bench.cut(small_photo, model="isnet-64", provider="wasm"), usual) <= 1


@pytest.fixture(autouse=True)
def tidy(tmp_path: Path) -> Iterator[None]:
    yield
    shutil.rmtree(tmp_path, ignore_errors=True)
