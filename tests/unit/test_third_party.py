"""What others made: found in the shipped files, and the page that is checked in is up to date."""

import re
from pathlib import Path

import pytest

from cutaway.models import registry
from tools import parts, third_party
from tools.problems import Problem
from tools.reference import PARTS

ROOT = Path(__file__).parents[2]
HAVE = pytest.mark.skipif(
    not (PARTS / "wheels").exists() or not (PARTS / "ort").exists(),
    reason="the build has not fetched the parts yet",
)


@HAVE
def test_the_page_in_the_root_is_what_a_build_writes() -> None:
    page = third_party.text(parts.models_of_the_build(), PARTS)
    assert (ROOT / third_party.NAME).read_text("utf-8") == page, "run python3 build.py dist"


@HAVE
def test_it_names_every_model_that_is_carried_and_no_other() -> None:
    page = third_party.text(["u2net", "isnet"], PARTS)
    weights = page.partition("## Weights")[2]
    titles = re.findall(r"^\| (\S.*?) \| [\d,]+ \|", weights, re.MULTILINE)
    assert titles == [registry.find(id).title for id in ("u2net", "isnet")]
    assert "175,997,641" in weights
    assert "| unclear |" in weights


@HAVE
def test_it_names_what_is_shipped_with_its_version() -> None:
    page = third_party.text(["u2netp"], PARTS)
    for name, version in [
        ("Pyodide", "314.0.4"),
        ("CPython (in Pyodide)", "3.14.2"),
        ("NumPy", "2.4.3"),
        ("Pillow", "12.2.0"),
        ("LibTIFF (in Pillow)", "4.4.0"),
        ("micropip", "0.11.1"),
        ("ONNX Runtime Web", "1.30.0"),
    ]:
        assert f"| {name} | {version} |" in page


def test_every_model_has_a_maker() -> None:
    ids = [model.id for model in registry.models()]
    for id in ids:
        assert third_party._weights(id, third_party.known()["projects"])[-1].startswith("https://")
    with pytest.raises(Problem, match="u2netp"):
        third_party._weights("u2netp", {})


def test_what_is_not_where_it_should_be_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="is missing"):
        third_party.text(["u2netp"], tmp_path)
    (tmp_path / "pyodide").mkdir()
    (tmp_path / "pyodide" / "pyodide.asm.wasm").write_bytes(b"something else")
    with pytest.raises(Problem, match="Pyodide is not where"):
        third_party.text(["u2netp"], tmp_path)


def test_the_page_is_written_only_when_it_changes(tmp_path: Path) -> None:
    third_party.write("one\n", tmp_path)
    first = (tmp_path / third_party.NAME).stat().st_ino
    third_party.write("one\n", tmp_path)
    assert (tmp_path / third_party.NAME).stat().st_ino == first
    third_party.write("two\n", tmp_path)
    assert (tmp_path / third_party.NAME).read_text("utf-8") == "two\n"
