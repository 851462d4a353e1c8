"""The photographs that the page offers to try."""

import io
from pathlib import Path

from PIL import Image

from tools import samples


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_each_photograph_comes_whole_and_small(tmp_path: Path) -> None:
    for name in samples.NAMES:
        Image.new("RGBA", (300, 200), "teal").save(tmp_path / f"{name}.png")
    made = samples.samples(tmp_path)
    kinds = ("", "-small")
    assert set(made) == {f"samples/{name}{kind}.jpg" for name in samples.NAMES for kind in kinds}
    assert opened(made["samples/coffee.jpg"]).size == (300, 200)
    assert opened(made["samples/coffee-small.jpg"]).size == (samples.SMALL, samples.SMALL)
    assert samples.samples(tmp_path) == made  # a build must not depend on when it is made


def test_the_page_names_the_same_photographs() -> None:
    script = (Path(samples.__file__).parents[1] / "site/visit/samples.js").read_text()
    listed = script.split("const NAMES = [")[1].split("]")[0]
    assert [name.strip(' "') for name in listed.split(",")] == list(samples.NAMES)
