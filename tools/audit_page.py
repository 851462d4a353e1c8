"""What the audit does inside a page: the inference worker alone, and the public API."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from cutaway.models.model import Model

DEVICE = """async () => {
  const { Cutaway } = await import("./cutaway.js");
  const cutaway = await Cutaway.start();
  const facts = await cutaway.device();
  cutaway.close();
  return facts;
}"""
RUN = """async ({ module, model, provider, threads, name, output, feeds, seconds }) => {
  const { Callee, build } = await import(module);
  const root = document.baseURI;
  const worker = new Callee(new URL(build.worker.inference, root).href, provider);
  const base64 = (bytes) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(new Blob([bytes]));
  });
  const answered = (async () => {
    await worker.call("start", { build, root });
    threads = Math.min(threads, navigator.hardwareConcurrency);
    await worker.call("load", { model, provider, threads });
    const results = [];
    for (const { text, shape } of feeds) {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const tensor = { data: new Float32Array(bytes.buffer), shape };
      const asked = { model, feeds: { [name]: tensor }, outputs: [output] };
      const answer = await worker.call("run", asked);
      const { data, shape: size } = answer.outputs[output];
      results.push({ text: await base64(data), shape: size });
    }
    return results;
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
CUT = """async ({ model, provider, seconds }) => {
  const { Cutaway } = await import("./cutaway.js");
  const device = { webgpu: { software: false } };
  window.cutaway ??= await Cutaway.start({ watchdogSeconds: seconds, device });
  const photo = document.querySelector("#photo").files[0];
  try {
    const { receipt } = await window.cutaway.removeBackground(photo, { model, provider });
    return receipt;
  } catch (error) {
    return { failure: `${error.code}: ${error.message}` };
  }
}"""
#: As many as the policy gives on a device with cores enough.
THREADS = 4


class Failed(Exception):
    """A model did not pass on a provider; the text says why."""


class Late(Failed):
    """It was given up: nobody knows whether it would have passed."""


def device(page: Page) -> dict[str, Any]:
    """The facts about this machine that the page sees."""
    facts: dict[str, Any] = page.evaluate(DEVICE)
    return facts


def run(
    page: Page,
    site: Path,
    model: Model,
    provider: str,
    feeds: Sequence[NDArray[np.float32]],
    seconds: int,
) -> list[NDArray[np.float32]]:
    """The model's output for each feed, from the inference worker without the road around it."""
    (module,) = site.glob("site/*/build.js")
    answers = page.evaluate(
        RUN,
        {
            "module": f"./{module.relative_to(site).as_posix()}",
            "model": model.id,
            "provider": provider,
            "threads": THREADS if provider == "wasm" else 1,
            "name": model.contract.input,
            "output": model.contract.output,
            "feeds": [
                {"text": base64.b64encode(feed.tobytes()).decode(), "shape": list(feed.shape)}
                for feed in feeds
            ],
            "seconds": seconds,
        },
    )
    if isinstance(answers, dict):
        if answers["failure"] == "late":
            raise Late(f"it took longer than {seconds} s")
        raise Failed(answers["failure"])
    return [
        np.frombuffer(base64.b64decode(answer["text"]), np.float32).reshape(answer["shape"])
        for answer in answers
    ]


def cut(page: Page, model: Model, provider: str, seconds: int) -> dict[str, Any]:
    """The receipt of a cutout of the page's photo."""
    asked = {"model": model.id, "provider": provider, "seconds": seconds}
    receipt: dict[str, Any] = page.evaluate(CUT, asked)
    if "failure" in receipt:
        raise Failed(receipt["failure"])
    return receipt
