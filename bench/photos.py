"""Photos for the benchmarks, made from the one photograph that the tests use."""

from pathlib import Path

from PIL import Image, ImageOps

ASTRONAUT = Path(__file__).parents[1] / ".cache/parts/photos/astronaut.png"
TWELVE_MEGAPIXELS = (4000, 3000)
TWO_MEGAPIXELS = (1632, 1224)


def twelve_megapixels(folder: Path, count: int) -> list[Path]:
    """So many 12-megapixel JPEGs, no two alike: each shows less, every other is mirrored."""
    return photos(folder, count, TWELVE_MEGAPIXELS)


def photos(folder: Path, count: int, size: tuple[int, int]) -> list[Path]:
    """The same at a size (width, height)."""
    files = []
    with Image.open(ASTRONAUT) as astronaut:
        for number in range(count):
            inset = 4 * number
            photo = astronaut.crop((inset, inset, astronaut.width - inset, astronaut.height))
            if number % 2:
                photo = ImageOps.mirror(photo)
            files.append(folder / f"photo-{size[0]}-{number:02}.jpg")
            photo.resize(size, Image.Resampling.LANCZOS).save(files[-1], quality=92)
    return files
