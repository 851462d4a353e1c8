"""The few ways in which the road uses Pillow, in one place."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from threading import Lock

import numpy as np
from PIL import Image, ImageFile

from cutaway.values import Bytes

#: Pillow's modules by format; imported one by one: importing all of them is slow in a browser.
_PLUGINS = {
    "JPEG": "JpegImagePlugin",
    "PNG": "PngImagePlugin",
    "WEBP": "WebPImagePlugin",
    "GIF": "GifImagePlugin",
    "TIFF": "TiffImagePlugin",
    "BMP": "BmpImagePlugin",
    "ICO": "IcoImagePlugin",
}

#: The formats that Pillow reads here.
READABLE = frozenset(_PLUGINS)

#: Held while pixels are loaded: what Pillow does where some are missing is set for all threads.
_loading = Lock()

#: Rows and columns of a part of a picture.
Tile = tuple[slice, slice]


@contextmanager
def opened(data: bytes, format: str) -> Iterator[ImageFile.ImageFile]:
    """A picture of a known format, its header read and its pixels not yet.

    Pillow's own warnings are silenced: sizes are limited by the caller, and damaged EXIF blocks
    do no harm.
    """
    import_module(f"PIL.{_PLUGINS[format]}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(BytesIO(data), formats=[format]) as image:
            yield image


def load(image: ImageFile.ImageFile, salvage: bool = False) -> None:
    """Decodes the pixels; with ``salvage`` as many as there are, the others being 0 or mid-grey."""
    with _loading:
        ImageFile.LOAD_TRUNCATED_IMAGES = salvage
        try:
            image.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False


def bands(height: int, row_bytes: int, budget: int = 1 << 20) -> Iterator[tuple[int, int]]:
    """Cuts ``height`` rows into bands ``(first, last + 1)`` of about ``budget`` bytes each."""
    rows = max(1, budget // max(1, row_bytes))
    for top in range(0, height, rows):
        yield top, min(top + rows, height)


def tiles(shape: tuple[int, ...], rows: int, columns: int) -> Iterator[Tile]:
    """Cuts a picture of ``shape`` (height, width) into tiles of ``rows`` × ``columns`` at most."""
    height, width = shape
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            yield slice(top, min(top + rows, height)), slice(left, min(left + columns, width))


def array_of(image: Image.Image) -> Bytes:
    """A copy of an 8-bit picture's pixels, shape (height, width) or (height, width, channels)."""
    return np.asarray(image, dtype=np.uint8)


def picture_of(array: Bytes, mode: str) -> Image.Image:
    """A picture that looks at a C-contiguous array's memory, without a copy."""
    height, width = array.shape[:2]
    return Image.frombuffer(mode, (width, height), array, "raw", mode, 0, 1)
