"""Making the parts ready: what is there is left alone, what is made is held to its pin."""

import json
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from tests.unit.fetching import left_behind, quiet
from tools import convert, fetch, parts
from tools.fetch import Fetcher
from tools.problems import Problem, WrongFile
from tools.sources import Conversion, Sources

Usage = namedtuple("Usage", "total used free")
ISNET = Conversion("downloads/source.onnx", ("isnet",))


def convert_isnet(cache: Path) -> None:
    parts._convert("isnet", ISNET, Sources(), Fetcher(cache, quiet), quiet)


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
    parts.make_ready(lambda what, done, total: said.append(what), photos=True)
    assert said == []


def test_a_build_carries_models_that_exist() -> None:
    registry = json.loads((parts.ROOT / "py" / "cutaway" / "registry.json").read_text())
    models = parts.models_of_the_build()
    assert models
    assert set(models) <= {model["id"] for model in registry["models"]}
