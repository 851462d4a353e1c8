"""What the audit does inside a page with a model that answers prompts."""

import base64
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from cutaway.models.model import Prompted
from tools.audit_page import THREADS, Failed, Late

ANSWER = """async ({ module, encoder, decoder, threads, input, size, text, place, seconds }) => {
  const { Callee, build } = await import(module);
  const root = document.baseURI;
  const worker = new Callee(new URL(build.worker.inference, root).href, "wasm");
  const run = async ({ id, outputs }, feeds) => {
    await worker.call("load", { model: id, provider: "wasm", threads });
    return (await worker.call("run", { model: id, feeds, outputs })).outputs;
  };
  const answered = (async () => {
    await worker.call("start", { build, root });
    threads = Math.min(threads, navigator.hardwareConcurrency);
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const photo = { data: new Float32Array(bytes.buffer), shape: [1, 3, size, size] };
    const read = await run(encoder, { [input]: photo });
    const side = size / 4;
    const { masks, iou_predictions } = await run(decoder, {
      ...read,
      point_coords: { data: Float32Array.from(place, (share) => share * size), shape: [1, 1, 2] },
      point_labels: { data: Float32Array.of(1), shape: [1, 1] },
      mask_input: { data: new Float32Array(side * side), shape: [1, 1, side, side] },
      has_mask_input: { data: new Float32Array(1), shape: [1] },
    });
    const best = iou_predictions.data.indexOf(Math.max(...iou_predictions.data));
    const logits = masks.data.subarray(best * side * side, (best + 1) * side * side);
    return [...logits];
  })();
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error("late")), seconds * 1000);
  });
  try {
    return await Promise.race([answered, late]);
  } catch (error) {
    return { failure: String(error?.message ?? error) };
  } finally {
    worker.end();
  }
}"""
POINT = """async ({ place, fresh, seconds, memory }) => {
  const { Cutaway } = await import("./cutaway.js");
  window.cutaway ??= await Cutaway.start({
    watchdogSeconds: seconds, device: memory ? { memory } : {},
  });
  const photo = document.querySelector("#photo").files[0];
  try {
    if (fresh) window.result = await window.cutaway.removeBackground(photo, { model: "lite" });
    const { width, height } = window.result.receipt.photo;
    const points = [{ x: place[0] * width, y: place[1] * height }];
    const { milliseconds } = await window.cutaway.select(window.result, { points });
    return milliseconds;
  } catch (error) {
    return { failure: `${error.code}: ${error.message}` };
  }
}"""


def answer(
    page: Page,
    site: Path,
    model: Prompted,
    feed: NDArray[np.float32],
    place: tuple[float, float],
    seconds: int,
) -> NDArray[np.float32]:
    """What the model thinks best of for one place, from the inference worker alone.

    ``place`` is in shares of the photo's width and height; the mask is 0 to 1.
    """
    (module,) = site.glob("site/*/build.js")
    networks = {
        name: {"id": network.id, "outputs": list(network.outputs)}
        for name, network in (("encoder", model.encoder), ("decoder", model.decoder))
    }
    logits = page.evaluate(
        ANSWER,
        {
            "module": f"./{module.relative_to(site).as_posix()}",
            **networks,
            "threads": THREADS,
            "input": model.contract.input,
            "size": model.contract.size,
            "text": base64.b64encode(feed.tobytes()).decode(),
            "place": list(place),
            "seconds": seconds,
        },
    )
    if isinstance(logits, dict):
        if logits["failure"] == "late":
            raise Late(f"it took longer than {seconds} s")
        raise Failed(logits["failure"])
    side = model.contract.size // 4
    values = np.array(logits, np.float32).reshape(side, side)
    mask: NDArray[np.float32] = np.float32(1) / (np.float32(1) + np.exp(-values))
    return mask


def point(
    page: Page, place: tuple[float, float], *, fresh: bool, seconds: int, memory: float = 0
) -> dict[str, float]:
    """Milliseconds of a selection in the page's photo through the public API.

    ``fresh`` cuts the photo out first, so that it is encoded anew; ``memory`` is what the device is
    said to have, in GiB, where it matters.
    """
    asked = {"place": list(place), "fresh": fresh, "seconds": seconds, "memory": memory}
    told: dict[str, Any] = page.evaluate(POINT, asked)
    if "failure" in told:
        raise Failed(told["failure"])
    return told
