"""A photograph goes in, a true cutout comes out, the same as natively."""

import base64
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cutaway.models import registry
from tests.browser.conftest import ROOT, Answer, Bench
from tools.reference import reference
from tools.serve import Exchange

#: Dynamic quantisation rounds differently from one processor to the next.
AGREEMENT = {"u2netp": 0.9995, "isnet-w8": 0.9995, "isnet-768": 0.997, "isnet": 0.997}


def natively(photo: Path, model: str, folder: Path) -> NDArray[np.uint8]:
    """The matte that the command line gives."""
    out = folder / f"{model}.png"
    command = [sys.executable, "-m", "cutaway", str(photo), "-o", str(out), "--model", model]
    subprocess.run([*command, "--mask"], check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "py")})
    return np.asarray(Image.open(folder / f"{model}-mask.png"))


def overlap(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Soft intersection over union of two mattes."""
    return float(np.minimum(a, b).sum(dtype=np.int64) / np.maximum(a, b).sum(dtype=np.int64))


@dataclass(frozen=True)
class Visit:
    """The first cutout of a visit, the second, what was asked of the server and what is offered."""

    first: Answer
    second: dict[str, Any]
    log: list[Exchange]
    offered: dict[str, Any]


@pytest.fixture(scope="module")
def visit(shared_bench: Bench, astronaut: Path) -> Visit:
    first = shared_bench.cut(astronaut)
    second = shared_bench.cut(astronaut).receipt
    offered = shared_bench.page.evaluate("cutaway.tiers()")
    return Visit(first, second, list(shared_bench.site.log), offered)


@pytest.fixture(scope="module")
def cut(visit: Visit, shared_bench: Bench, astronaut: Path) -> Callable[[str], Answer]:
    """The photograph by a model; each is asked once."""
    return cache(lambda model: shared_bench.cut(astronaut, model=model))


@pytest.mark.parametrize("model", ["u2netp", "isnet-768", "isnet", "isnet-w8"])
def test_browser_and_command_line_agree(
    cut: Callable[[str], Answer], astronaut: Path, tmp_path: Path, model: str
) -> None:
    answer = cut(model)
    native = natively(astronaut, model, tmp_path)
    assert answer.matte.shape == native.shape == (512, 512)
    assert overlap(answer.matte, native) >= AGREEMENT[model]
    assert np.abs(answer.matte.astype(int) - native).mean() <= 1
    assert answer.receipt["model"]["id"] == model
    assert answer.receipt["model"]["sha256"] == registry.find(model).sha256
    assert answer.receipt["retries"] == []


@pytest.mark.parametrize("model", ["u2netp", "isnet-768"])
def test_matte_is_what_the_contract_says(
    cut: Callable[[str], Answer], astronaut: Path, model: str
) -> None:
    answer = cut(model)
    with Image.open(astronaut) as photo:
        expected = reference(photo.convert("RGB"), model)
    full = Image.fromarray(expected).resize((512, 512), Image.Resampling.BICUBIC)
    difference = np.abs(np.clip(np.asarray(full), 0, 1) * 255 - answer.matte)
    assert difference.mean() <= 2


def test_colour_and_alpha_are_exact(visit: Visit, astronaut: Path) -> None:
    answer = visit.first
    photo = np.asarray(Image.open(astronaut).convert("RGB"))
    rgba = answer.rgba
    assert rgba.shape == (512, 512, 4)
    alpha = rgba[..., 3]
    assert np.array_equal(alpha, answer.matte)
    assert np.array_equal(rgba[alpha == 255, :3], photo[alpha == 255])
    assert not rgba[alpha == 0].any()
    soft = (alpha > 0) & (alpha < 255)
    assert (rgba[soft, :3] != photo[soft]).any()  # there the old background is taken out
    found = answer.receipt["verification"]
    assert (found["alpha"], found["colour"], found["size"]) == ("exact", "exact", True)


REFINE = """async (refine) => {
  const base64 = (blob) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(blob);
  });
  const [photo] = document.querySelector("#photo").files;
  const stages = new Set();
  const onProgress = ({ stage }) => stages.add(stage);
  const first = await cutaway.removeBackground(photo, { refine: { shift: 5 } });
  const again = await cutaway.change(first, { refine }, { onProgress });
  const near = [...stages];
  await cutaway.removeBackground(photo);
  const late = await cutaway.change(first, { refine }, { onProgress });
  return {
    again: [await base64(again.blob), again.receipt],
    late: [await base64(late.blob), late.receipt],
    near, far: [...stages],
  };
}"""


def test_an_edge_is_refined_again_without_the_model(
    visit: Visit, shared_bench: Bench, small_photo: Path
) -> None:
    bench = shared_bench
    refine = {"feather": 2.5, "shift": -1, "decontaminate": 0.5}
    whole = bench.cut(small_photo, refine=refine)
    told = bench.page.evaluate(REFINE, refine)
    for png, receipt in (told["again"], told["late"]):
        assert base64.b64decode(png) == whole.png
        assert receipt["refinement"] == whole.receipt["refinement"] == {
            "feather": 2.5, "smooth": 0, "shift": -1, "threshold": 0, "decontaminate": 0.5,
        }  # fmt: skip
    assert told["near"] == ["refine", "cut", "compose", "encode", "verify"]
    assert told["again"][1]["milliseconds"]["inference"] == 0
    # After another photo the first one's matte is gone: it is cut again, with the same outcome.
    assert "segment" in told["far"]
    assert told["late"][1]["milliseconds"]["inference"] > 0


def test_twelve_megapixels_come_back_whole(
    visit: Visit, shared_bench: Bench, twelve_megapixels: Path
) -> None:
    answer = shared_bench.cut(twelve_megapixels)
    assert answer.rgba.shape == (3000, 4000, 4)
    photo = np.asarray(Image.open(twelve_megapixels))
    seen = answer.rgba[..., 3] == 255
    # Two builds of the JPEG decoder round and interpolate colour a little apart.
    assert np.abs(answer.rgba[seen, :3].astype(np.int16) - photo[seen]).mean() <= 0.5
    assert answer.receipt["photo"] | {"bytes": 0} == {
        "width": 4000, "height": 3000, "format": "JPEG", "bytes": 0,
    }  # fmt: skip


def test_receipt_tells_what_ran(visit: Visit) -> None:
    first, second = visit.first.receipt, visit.second
    assert first["provider"]["asked"] == "auto"
    assert first["provider"]["ran"] == "wasm"
    assert "software" in first["provider"]["reason"]
    assert first["bytes"] == {"network": 4_574_861, "store": 0}
    assert second["bytes"] == {"network": 0, "store": 0}
    assert second["milliseconds"]["model"] == 0
    assert all(first["milliseconds"][s] > 0 for s in ("read", "inference", "encode", "verify"))


def test_progress_counts_real_bytes(visit: Visit) -> None:
    notes = visit.first.notes
    fetched = [note["done"] for note in notes if note["stage"] == "model"]
    assert fetched == sorted(fetched)
    assert fetched[-1] == 4_574_861
    assert len(fetched) > 3
    stages = list(dict.fromkeys(note["stage"] for note in notes))
    assert stages == ["read", "model", "segment", "refine", "cut", "compose", "encode", "verify"]


def test_wasm_streams_from_its_own_address(visit: Visit) -> None:
    """Only then the browser compiles it while it arrives, and keeps the compiled code."""
    (wasm,) = (entry for entry in visit.log if entry.path.endswith(".jspi.wasm"))
    assert (wasm.status, wasm.encoding, wasm.range) == (200, "br", None)


def test_a_speed_fuses_two_models_and_says_so(
    bench: Bench, cut: Callable[[str], Answer], astronaut: Path
) -> None:
    answer = bench.cut(astronaut, speed="balanced")
    assert answer.receipt["model"]["id"] == "isnet-768"
    assert [model["id"] for model in answer.receipt["fused_with"]] == ["u2netp"]
    alone = [cut(id).matte for id in ("isnet-768", "u2netp")]
    nearness = [np.abs(answer.matte - matte.astype(np.float32)).mean() for matte in alone]
    assert nearness[0] < 1  # they agree about this subject, so the edge is the lead's
    assert nearness[0] < nearness[1]
    assert answer.receipt["bytes"]["network"] == 4_574_861 + 47_301_116


def test_the_tiers_of_this_device_are_told(visit: Visit) -> None:
    offered = visit.offered
    standard, pro = offered["tiers"][1:]
    assert (standard["id"], standard["available"]) == ("standard", True)
    assert standard["bytes"] - standard["missing"] == 4_574_861
    assert pro["bytes"] > standard["bytes"]
    assert offered["recommended"] in ("standard", "pro")
    assert offered["reason"].endswith(".")
