"""The audit: what passes is written down, and each thing that is wrong makes it fail."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import pytest

from cutaway.models import registry
from cutaway.models.model import Model
from cutaway.models.schema import parse
from tools import audit, audit_page, audit_prompt, audit_site, registry_file
from tools.audit_page import Failed, Late
from tools.problems import Problem
from tools.progress import Progress
from tools.reference import PARTS, WEIGHTS, reference

U2NETP = registry.find("u2netp")
SAM = registry.entry(registry.SELECTING)
GPU = {"software": False, "shader_f16": False, "limits": {"maxBufferSize": 2**31}}
pytestmark = pytest.mark.skipif(
    not audit.PHOTO.exists(), reason="the build has not fetched weights and photographs yet"
)


def natively(
    page: Any, site: Path, model: Model, provider: str, feeds: Any, seconds: int
) -> list[Any]:
    """What the inference worker would answer."""
    contract = model.contract
    outputs = [contract.output]
    return [session(model.id).run(outputs, {contract.input: feed})[0] for feed in feeds]


@cache
def session(id: str) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(WEIGHTS / f"{id}.onnx")


@cache
def wanted(id: str) -> Any:
    """The makers' own mask of the audit's photograph."""
    return reference(audit.photograph(), id)


class Lab:
    """A browser that is none: it computes natively, and tells of one thing that goes wrong."""

    def __init__(self) -> None:
        self.model: Any = U2NETP
        self.webgpu: dict[str, Any] | None = None
        self.sent = U2NETP.bytes
        self.receipt: dict[str, Any] = {
            "retries": [],
            "provider": {"ran": "wasm", "reason": ""},
            "model": {"sha256": U2NETP.sha256},
        }
        self.times = [3.0, 9.0, 4.0]
        self.log: list[SimpleNamespace] = []
        self.written: dict[str, Any] = {}
        self.mask = np.zeros((1, 1), np.float32)

    def cut(self, page: Any, model: Model, provider: str, seconds: int) -> dict[str, Any]:
        if not self.log:
            self.log.append(SimpleNamespace(path="/models/u2netp-fp16.1of1.ab.bin", sent=7))
            self.log.append(SimpleNamespace(path="/models/u2netp.1of1.ab.bin", sent=self.sent))
        return self.receipt | {"milliseconds": {"inference": self.times.pop(0)}}


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Lab:
    made = Lab()

    @contextmanager
    def running(ids: Any, progress: Any) -> Iterator[Any]:
        yield SimpleNamespace(version="1.2"), SimpleNamespace(root=Path(), log=made.log)

    @contextmanager
    def page(browser: Any, site: Any) -> Iterator[Any]:
        yield SimpleNamespace(set_input_files=lambda *what: None)

    monkeypatch.setattr(audit, "running", running)
    monkeypatch.setattr(audit, "_page", page)
    monkeypatch.setattr(audit, "make_ready", lambda *how, **more: None)
    monkeypatch.setattr(audit.browsers.CHROMIUM.__class__, "missing", "")
    monkeypatch.setattr(audit.registry, "entry", lambda id: made.model)
    monkeypatch.setattr(audit, "Peak", lambda: nullcontext(SimpleNamespace(bytes=500_000_000)))
    monkeypatch.setattr(audit, "reference", lambda photo, id: wanted(id))
    monkeypatch.setattr(audit_page, "device", lambda page: {"webgpu": made.webgpu})
    monkeypatch.setattr(audit_page, "run", natively)
    monkeypatch.setattr(audit_page, "cut", made.cut)
    monkeypatch.setattr(registry_file, "write", made.written.update)
    return made


def audited(lab: Lab, webgpu: bool = False) -> tuple[int, dict[str, Any]]:
    """The exit code, and what was written down about the small model."""
    code = audit.audit(["u2netp"], webgpu=webgpu, progress=Progress())
    assert parse(lab.written)
    return code, lab.written["audit"]["u2netp"]


def test_what_was_found_is_written_down(lab: Lab) -> None:
    code, found = audited(lab)
    assert code == 0
    assert found["sha256"] == U2NETP.sha256
    assert found["browser"] == "Chromium 1.2"
    assert found["onnxruntime"] == "1.30.0"
    result = found["providers"]["wasm"]
    assert list(found["providers"]) == ["wasm"]
    assert (result["passed"], result["milliseconds"]) == (True, 4)
    assert result["memory"] == 500_000_000
    assert result["difference"] <= 0.0001
    assert result["overlap"] >= 0.999


def refused(lab: Lab) -> str:
    """Why the audit failed."""
    code, found = audited(lab)
    assert code == 1
    result = found["providers"]["wasm"]
    assert set(result) == {"passed", "cause"}
    assert result["passed"] is False
    return str(result["cause"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"mean": (0.5, 0.5, 0.5)},
        {"std": (0.5, 0.5, 0.5)},
        {"scale": "255"},
        {"activation": "sigmoid"},
    ],
)
def test_a_wrong_contract_fails(lab: Lab, wrong: dict[str, Any]) -> None:
    lab.model = replace(U2NETP, contract=replace(U2NETP.contract, **wrong))
    assert "mask differs" in (cause := refused(lab)) or "known answer" in cause


def test_modnet_with_a_wrong_mean_fails() -> None:
    model = registry.find("modnet")
    if not (WEIGHTS / "modnet.onnx").exists():
        pytest.skip("not fetched: python3 build.py dist")
    contract = replace(model.contract, mean=(0.485, 0.456, 0.406))
    wrong = replace(model, contract=contract)
    (mask,) = natively(None, Path(), wrong, "wasm", [audit.feed(wrong)], 1)
    with pytest.raises(Failed, match="mask differs"):
        audit.compared(mask[0, 0], reference(audit.photograph(), "modnet"))


def test_a_wrong_known_answer_fails(lab: Lab) -> None:
    lab.model = replace(U2NETP, answer="ff" * 64)
    assert "known answer" in refused(lab)


def test_a_model_whose_makers_are_not_known_fails(lab: Lab) -> None:
    lab.model = replace(U2NETP, id="u3netp")
    audit.audit(["u2netp"], webgpu=False, progress=Progress())
    assert "tools/reference.py" in lab.written["audit"]["u3netp"]["providers"]["wasm"]["cause"]


def test_too_few_bytes_fail(lab: Lab) -> None:
    lab.sent -= 1
    assert "4574860 bytes arrived, not 4574861" in refused(lab)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": {"sha256": "0" * 64}}, "0" * 64),
        ({"provider": {"ran": "webgpu", "reason": "a whim"}}, "ran on webgpu: a whim"),
        ({"retries": [{"provider": "wasm", "cause": "no memory"}]}, "on wasm: no memory"),
    ],
)
def test_a_receipt_that_tells_of_something_else_fails(
    lab: Lab, change: dict[str, Any], words: str
) -> None:
    lab.receipt |= change
    assert words in refused(lab)


def test_a_page_that_fails_is_told(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise Failed("load-failed: no kernel\nand a long trace")

    monkeypatch.setattr(audit_page, "run", fail)
    assert refused(lab) == "load-failed: no kernel"


@pytest.fixture
def pointed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """The same with a model that answers prompts; it selects a quarter of the photograph."""
    mask = np.zeros((256, 256), np.float32)
    mask[:128, :128] = 1
    spent = iter(
        [{"encode": 70.0, "decode": 9.0}, *({"encode": 0.0, "decode": d} for d in range(9))]
    )

    def point(page: Any, place: Any, *, fresh: bool, **how: Any) -> dict[str, float]:
        if fresh and not lab.log:
            lab.log.append(SimpleNamespace(path="/models/sam2-tiny-encoder.1of1.ab.bin", sent=9))
            lab.log.append(
                SimpleNamespace(path="/models/sam2-tiny-decoder.1of1.cd.bin", sent=lab.sent - 9)
            )
        return next(spent)

    lab.model, lab.sent = SAM, SAM.bytes
    monkeypatch.setattr(audit, "answer", lambda *what: mask)
    monkeypatch.setattr(audit_prompt, "answer", lambda *what: lab.mask)
    monkeypatch.setattr(audit_prompt, "point", point)
    lab.mask = mask
    return lab


def test_what_was_found_of_answers_is_written_down(pointed: Lab) -> None:
    assert audit.audit(["u2netp"], webgpu=True, progress=Progress()) == 0
    assert parse(pointed.written)
    (provider,) = pointed.written["audit"]["sam2-tiny"]["providers"].items()
    assert provider == (
        "wasm",
        {
            "passed": True,
            "milliseconds": 70,
            "memory": 500_000_000,
            "difference": 0.0,
            "overlap": 1.0,
            "answer_milliseconds": 2,
            "answer_memory": 500_000_000,
        },
    )


def test_answers_that_differ_fail(pointed: Lab) -> None:
    pointed.mask = np.roll(pointed.mask, 4, 0)
    audit.audit(["u2netp"], webgpu=False, progress=Progress())
    found = pointed.written["audit"]["sam2-tiny"]["providers"]["wasm"]
    assert found["passed"] is False
    assert "mask differs" in found["cause"]


def test_half_of_a_model_fails(pointed: Lab) -> None:
    pointed.sent = 5_000_000
    audit.audit(["u2netp"], webgpu=False, progress=Progress())
    cause = pointed.written["audit"]["sam2-tiny"]["providers"]["wasm"]["cause"]
    assert cause == "5000000 bytes arrived, not 48788427"


def test_what_was_given_up_is_not_written_down(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(page: Any, site: Path, model: Model, provider: str, *how: Any) -> Any:
        if provider == "webgpu":
            raise Late("it took longer than 600 s")
        return natively(page, site, model, provider, *how)

    monkeypatch.setattr(audit_page, "run", late)
    lab.webgpu = GPU
    code, found = audited(lab)
    assert code == 1
    assert list(found["providers"]) == ["wasm"]


def test_masks_that_are_not_alike_are_refused() -> None:
    mask = np.zeros((4, 4), np.float32)
    mask[1:3] = 1
    assert audit.compared(mask, mask) == (0, 1)
    for other in (1 - mask, np.full_like(mask, np.nan), mask[:2], np.roll(mask, 1, axis=0)):
        with pytest.raises(Failed):
            audit.compared(other, mask)


@pytest.mark.parametrize(
    ("webgpu", "asked", "model", "tried"),
    [
        (None, True, U2NETP, ["wasm"]),
        (GPU, False, U2NETP, ["wasm", "webgpu"]),
        (GPU | {"software": True}, False, U2NETP, ["wasm"]),
        (GPU | {"software": True}, True, U2NETP, ["wasm", "webgpu"]),
        (GPU, True, replace(U2NETP, needs=("shader-f16",)), ["wasm"]),
        (GPU | {"limits": {"maxBufferSize": 2**20}}, True, U2NETP, ["wasm"]),
    ],
)
def test_what_this_machine_cannot_run_is_not_tried(
    lab: Lab, webgpu: Any, asked: bool, model: Model, tried: list[str]
) -> None:
    lab.webgpu = webgpu
    site: Any = None
    assert audit._providers(site, site, model, asked) == tried


def test_a_slow_provider_runs_once(lab: Lab) -> None:
    lab.times = [61_000.0]
    assert audited(lab)[1]["providers"]["wasm"]["milliseconds"] == 61_000


def test_missing_weights_are_a_problem(tmp_path: Path) -> None:
    for name in ("pyodide", "wheels", "ort", "avif", "client-zip"):
        (tmp_path / name).symlink_to(PARTS / name)
    with pytest.raises(Problem, match="weights of u2netp are missing"):
        audit_site.build(tmp_path / "audit", ["u2netp"], Progress(), tmp_path)


def test_weights_of_another_hash_are_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(document: dict[str, Any]) -> None:
        for entry in document["models"]:
            entry["sha256"] = entry.get("sha256", "")[::-1]

    monkeypatch.setattr(audit_site, "offer_all", spoil)
    with pytest.raises(Problem, match="u2netp are not the ones that registry"):
        audit_site.build(tmp_path, ["u2netp"], Progress())


def test_the_audits_copy_offers_everything_and_the_real_registry_is_left_alone(
    tmp_path: Path,
) -> None:
    before = registry_file.read()
    copied = audit_site.copy_project(tmp_path / "project", audit_site.offer_all)
    document = registry_file.read(copied / "py" / "cutaway" / "models" / "registry.json")
    entries = {entry.id: entry for entry in parse(document)}
    answering = entries.pop(registry.SELECTING)
    assert [network.providers for network in answering.networks] == [("wasm",)] * 2
    del entries["lite"]
    assert all(entry.providers == ("webgpu", "wasm") for entry in entries.values())
    assert registry_file.read() == before
    again = copy.deepcopy(before)
    audit_site.offer_all(again)
    assert again == document
