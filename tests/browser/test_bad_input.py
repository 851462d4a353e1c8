"""Bad input gets a sentence, and the next photo works."""

from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import Bench


@pytest.fixture
def bad(astronaut: Path, tmp_path: Path) -> dict[str, Path]:
    """Files that are no photo, by the code they must be refused with."""
    jpeg = tmp_path / "whole.jpg"
    Image.open(astronaut).save(jpeg, quality=90)
    contents = {
        "empty-file": b"",
        "not-an-image": b"dear diary, this is not a picture at all",
        "truncated": jpeg.read_bytes()[: jpeg.stat().st_size // 2],
    }
    for code, content in contents.items():
        (tmp_path / f"{code}.jpg").write_bytes(content)
    return {code: tmp_path / f"{code}.jpg" for code in contents}


def test_each_is_refused_and_the_next_photo_works(
    shared_bench: Bench, bad: dict[str, Path], astronaut: Path
) -> None:
    for code, file in bad.items():
        error = shared_bench.refused(file)
        assert error["code"] == code
        assert error["message"].endswith(".")
        assert "Traceback" not in error["message"]
    assert shared_bench.cut(astronaut).rgba.shape == (512, 512, 4)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"model": "nonesuch"}, "unknown-model"),
        ({"provider": "quantum"}, "unknown-provider"),
        ({"format": "image/gif"}, "unknown-format"),
        ({"colour": "red"}, "bad-option"),
    ],
)
def test_wrong_options_are_refused(
    shared_bench: Bench, small_photo: Path, options: dict[str, str], code: str
) -> None:
    assert shared_bench.refused(small_photo, **options)["code"] == code
