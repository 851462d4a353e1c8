"""The command line: names of files, exit status, and what is said where."""

import asyncio
import io
import json
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cutaway import cli
from cutaway.errors import CutawayError
from cutaway.host.native import NativeEngine
from cutaway.models import registry
from cutaway.values import Attempt
from tests.unit.doubles import FakeEngine, encoded, scene

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / ".cache" / "parts" / "models"
PHOTO = encoded(Image.fromarray(scene(60, 40)), "PNG")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with two photos, and a command line whose engine needs no weights."""
    monkeypatch.setattr(cli, "NativeEngine", lambda _folder: FakeEngine())
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "b.png"):
        Path(name).write_bytes(PHOTO)
    return tmp_path


def run(*arguments):
    return cli.main([str(argument) for argument in arguments])


def refused(*arguments):
    with pytest.raises(SystemExit) as end:
        run(*arguments)
    return end.value.code


def names(path="."):
    return {entry.name for entry in Path(path).iterdir()}


@pytest.mark.usefixtures("folder")
def test_a_cutout_is_written_where_asked(capsys):
    assert run("a.png", "-o", "out.png") == 0
    with Image.open("out.png") as picture:
        assert (picture.mode, picture.size) == ("RGBA", (60, 40))
    said = capsys.readouterr()
    assert "a.png → out.png" in said.out
    assert said.err == ""
    assert names() == {"a.png", "b.png", "out.png"}


@pytest.mark.usefixtures("folder")
def test_without_a_name_it_lies_beside_the_photo():
    assert run("a.png") == 0
    assert names() == {"a.png", "b.png", "a-cutout.png"}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("out", ["new", "new/", "deep/er/"])
def test_many_photos_go_into_a_folder(out):
    assert run("a.png", "b.png", "-o", out) == 0
    assert names(out) == {"a-cutout.png", "b-cutout.png"}


@pytest.mark.usefixtures("folder")
def test_one_photo_goes_into_a_folder_that_is_there():
    Path("there").mkdir()
    assert run("a.png", "-o", "there") == 0
    assert names("there") == {"a-cutout.png"}


@pytest.mark.usefixtures("folder")
def test_mask_and_receipt_lie_beside_the_cutout():
    assert run("a.png", "-o", "out.png", "--mask", "--receipt") == 0
    with Image.open("out.png") as cutout, Image.open("out-mask.png") as mask:
        assert mask.mode == "L"
        assert (np.asarray(mask) == np.asarray(cutout)[..., 3]).all()
    receipt = json.loads(Path("out.json").read_text("utf-8"))
    assert receipt["photo"]["width"] == 60
    assert receipt["model"]["id"] == registry.DEFAULT


@pytest.mark.usefixtures("folder")
def test_each_subject_is_written_as_a_layer():
    assert run("a.png", "b.png", "-o", "out", "--layers", "out/layers") == 0
    assert names("out/layers") == {"a-subject-1.png", "b-subject-1.png"}
    # The engine of these tests sees one subject.
    with Image.open("out/layers/a-subject-1.png") as layer, Image.open("out/a-cutout.png") as whole:
        assert np.array_equal(np.asarray(layer), np.asarray(whole))


@pytest.mark.usefixtures("folder")
def test_layers_that_would_overwrite_something_are_refused(capsys):
    Path("a-subject-3.png").write_bytes(PHOTO)
    assert refused("a.png", "a-subject-3.png", "-o", "out", "--layers", ".") == 2
    assert "overwritten" in capsys.readouterr().err
    Path("deep").mkdir()
    Path("deep/a.png").write_bytes(PHOTO)
    assert refused("a.png", "deep/a.png", "--layers", "out") == 2
    assert "one name" in capsys.readouterr().err
    assert not Path("out").exists()


@pytest.mark.usefixtures("folder")
def test_the_edge_is_refined_as_told():
    for name, *flags in (["plain"], ["moved", "--shift", "-3"], ["soft", "--feather", "2.5"]):
        assert run("a.png", "-o", f"{name}.png", "--receipt", *flags) == 0
    refinement = {
        name: json.loads(Path(f"{name}.json").read_text("utf-8"))["refinement"]
        for name in ("plain", "moved", "soft")
    }
    assert refinement["moved"] == refinement["plain"] | {"shift": -3.0}
    assert refinement["soft"] == refinement["plain"] | {"feather": 2.5}
    plain, moved = (np.asarray(Image.open(f"{name}.png"))[..., 3] for name in ("plain", "moved"))
    assert moved.sum() < plain.sum()


class Together(FakeEngine):
    """Answers nobody before a second photo waits for its turn."""

    def __init__(self):
        super().__init__()
        self.asked = 0
        self.second = asyncio.Event()

    @asynccontextmanager
    async def turn(self):
        self.asked += 1
        if self.asked == 2:
            self.second.set()
        yield

    async def run(self, model, attempt, feeds):
        await asyncio.wait_for(self.second.wait(), 60)
        return await super().run(model, attempt, feeds)


@pytest.mark.usefixtures("folder")
def test_the_next_photo_is_read_while_one_is_in_inference(monkeypatch, capsys):
    monkeypatch.setattr(cli, "NativeEngine", lambda _folder: Together())
    assert run("b.png", "a.png", "-o", "out") == 0
    assert [line[:5] for line in capsys.readouterr().out.splitlines()] == ["b.png", "a.png"]


def test_photos_take_turns_at_inference():
    engine, seen = NativeEngine(), []

    async def one(name):
        async with engine.turn():
            seen.append(name)
            await asyncio.sleep(0)
            seen.append(name)

    async def both():
        await asyncio.gather(one("a"), one("b"))

    asyncio.run(both())
    assert seen == ["a", "a", "b", "b"]


@pytest.mark.usefixtures("folder")
def test_the_rest_is_done_when_one_photo_fails(capsys):
    Path("bad.jpg").write_text("no photo")
    assert run("bad.jpg", "missing.jpg", "a.png", "-o", "out/") == 1
    assert names("out") == {"a-cutout.png"}
    said = capsys.readouterr()
    assert "bad.jpg: This file is not a photo" in said.err
    assert "missing.jpg: No such file" in said.err
    assert "a.png → " in said.out


@pytest.mark.usefixtures("folder")
def test_a_folder_is_no_photo(capsys):
    Path("photos").mkdir()
    assert run("photos") == 1
    assert "This is a folder" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "at least one photo"),
        (["a.png", "-o", "a.png"], "would be overwritten"),
        (["a.png", "-o", "./x/../a.png"], "would be overwritten"),
        (["a.png", "-o", "out.gif"], "end in .png, .webp, .avif, .jpg"),
        (["a.png", "-o", "out.webp", "--format", "png"], "out.webp does not end as a file of"),
        (["a.png", "--format", "gif"], "invalid choice"),
        (["a.png", "--format", "webp", "--quality", "101"], "from 1 to 100"),
        (["a.png", "b.png", "-o", "out.png"], "name a folder"),
        (["a.png", "sub/a.png", "-o", "out/"], "would both become"),
        (["a.png", "a.jpg"], "would both become"),
        (["a.png", "--model", "rmbg"], "no model called “rmbg”"),
        (["a.png", "--colour", "red"], "unrecognized"),
        (["a.png", "--feather", "101"], "from 0 to 100"),
        (["a.png", "--shift", "out"], "invalid float"),
    ],
)
def test_a_command_that_cannot_be_meant_does_nothing(arguments, word, capsys):
    assert refused(*arguments) == 2
    assert word in capsys.readouterr().err
    assert names() == {"a.png", "b.png"}
    assert Path("a.png").read_bytes() == PHOTO


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "name", "format"),
    [
        (["-o", "out.webp"], "out.webp", "WEBP"),
        (["-o", "out.JPEG"], "out.JPEG", "JPEG"),
        (["--format", "webp", "--lossless"], "a-cutout.webp", "WEBP"),
        (["--format", "jpg", "--quality", "40"], "a-cutout.jpg", "JPEG"),
        (["--format", "jpeg", "-o", "many/"], "many/a-cutout.jpg", "JPEG"),
    ],
)
def test_the_format_is_what_the_name_or_the_option_says(arguments, name, format):
    assert run("a.png", *arguments) == 0
    with Image.open(name) as picture:
        assert picture.format == format


@pytest.mark.usefixtures("folder")
def test_a_photo_named_like_an_output_is_not_overwritten(capsys):
    Path("a-cutout.png").write_bytes(PHOTO)
    assert refused("a.png", "a-cutout.png") == 2
    assert Path("a-cutout.png").read_bytes() == PHOTO


@pytest.mark.usefixtures("folder")
def test_a_place_that_cannot_be_written_is_told(capsys):
    Path("blocked").write_text("a file, not a folder")
    assert run("a.png", "-o", "blocked/") == 1
    assert "blocked" in capsys.readouterr().err


def test_the_models_are_listed(capsys):
    assert run("--list") == 0
    said = capsys.readouterr().out
    for model in registry.models():
        assert model.id in said
        assert model.licence in said


def test_weights_that_are_not_there_are_told_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "b.png"):
        Path(name).write_bytes(PHOTO)
    assert run("a.png", "b.png", "--models", tmp_path / "none") == 1
    said = capsys.readouterr().err
    assert said.count("u2netp.onnx") == 1
    assert "build.py" in said


def test_weights_that_are_not_the_known_ones_are_refused(tmp_path):
    (tmp_path / "u2netp.onnx").write_bytes(bytes(registry.find("u2netp").bytes))
    engine = NativeEngine(tmp_path)
    assert code_of_load(engine) == "model-damaged"


def test_a_folder_may_be_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("CUTAWAY_MODELS", str(tmp_path))
    (tmp_path / "u2netp.onnx").write_bytes(b"something else")
    assert code_of_load(NativeEngine()) == "model-damaged"


def test_a_missing_onnxruntime_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert code_of_load(NativeEngine()) == "engine-missing"


def code_of_load(engine):
    job = engine.load(registry.find("u2netp"), Attempt("cpu", 1, ""), lambda done, total: None)
    with pytest.raises(CutawayError) as failure:
        asyncio.run(job)
    return failure.value.code


@pytest.mark.skipif(
    not (WEIGHTS / "u2netp.onnx").exists(), reason="the build has not fetched the weights yet"
)
def test_a_real_model_from_a_real_shell(tmp_path):
    (tmp_path / "photo.png").write_bytes(PHOTO)
    done = subprocess.run(
        [sys.executable, "-m", "cutaway", "photo.png", "-o", "cutout.png"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "py"), "CUTAWAY_MODELS": str(WEIGHTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    data = (tmp_path / "cutout.png").read_bytes()
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == (60, 40)
        assert len(np.unique(np.asarray(picture)[..., 3])) > 2


@pytest.mark.usefixtures("folder")
def test_what_there_is_of_a_file_is_taken_where_that_is_asked_for(capsys):
    Path("a.png").write_bytes(PHOTO[: len(PHOTO) // 2])
    assert run("a.png", "-o", "part.png") == 1
    assert "incomplete" in capsys.readouterr().err
    assert run("a.png", "-o", "part.png", "--salvage") == 0
    with Image.open("part.png") as picture:
        assert picture.size == (60, 40)
        assert picture.getpixel((30, 39))[3] == 0


@pytest.mark.usefixtures("folder")
def test_a_scene_is_asked_for_in_a_few_words():
    assert run("a.png", "-o", "white.png", "--background", "#ffffff", "--shadow", "contact") == 0
    with Image.open("white.png") as picture:
        assert picture.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)
    assert run("a.png", "-o", "square.png", "--frame", "subject,1:1,0.1,30x", "--receipt") == 0
    with Image.open("square.png") as picture:
        assert picture.size == (30, 30)
    frame = json.loads(Path("square.json").read_text())["scene"]["frame"]
    assert (frame["crop"], frame["aspect"], frame["margin"]) == ("subject", "1:1", 0.1)
    assert run("a.png", "-o", "image.png", "--background", "b.png") == 0
    with Image.open("image.png") as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == tuple(scene(60, 40)[0, 0])
    assert run("a.png", "-o", "blur.png", "--background", "blur:5") == 0


@pytest.mark.usefixtures("folder")
def test_a_preset_sets_the_format_too():
    assert run("a.png", "--preset", "listing", "--receipt") == 0
    with Image.open("a-cutout.jpg") as picture:
        assert (picture.format, picture.size) == ("JPEG", (1600, 1600))
    assert json.loads(Path("a-cutout.json").read_text())["preset"]["id"] == "listing"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "words",
    [
        ["--background", "white"],
        ["--background", "blur:much"],
        ["--frame", "wide"],
        ["--frame", "subject,1:1,2"],
        ["--shadow", "long"],
        ["--preset", "bazaar"],
    ],
)
def test_a_scene_that_cannot_be_meant_is_refused(words):
    assert refused("a.png", *words) == 2


def dab(what="remove"):
    return {"kind": "stroke", "what": what, "size": 20, "points": [[30, 20]]}


@pytest.mark.usefixtures("folder")
def test_what_is_done_by_hand_comes_from_a_file():
    Path("edits.json").write_text(json.dumps([dab()]), "utf-8")
    assert run("a.png", "-o", "plain.png") == 0
    assert run("a.png", "-o", "out.png", "--edits", "edits.json", "--receipt") == 0
    plain, edited = (np.asarray(Image.open(name))[..., 3] for name in ("plain.png", "out.png"))
    assert plain[20, 30] == 255
    assert not edited[13:27, 25:35].any()
    assert (edited[:, 45:] == plain[:, 45:]).all()
    assert json.loads(Path("out.json").read_text("utf-8"))["edits"]["strokes"] == 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "written", ["[", '{"kind": "stroke"}', json.dumps([dab("erase")]), "[NaN]", None]
)
def test_a_file_that_holds_no_edits_is_refused(written, capsys):
    if written is not None:
        Path("edits.json").write_text(written, "utf-8")
    assert refused("a.png", "--edits", "edits.json") == 2
    assert "edit" in capsys.readouterr().err
    assert names() - {"edits.json"} == {"a.png", "b.png"}
