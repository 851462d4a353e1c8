"""The values that travel along the road, one per stage.

    bytes ─read→ Photo ─segment→ Mask ─refine→ Matte ─cut→ Cutout ─compose→ Picture
    ─encode→ File ─verify→ Verification

Each is frozen; arrays inside are never written to after the stage that made them.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint16]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded photograph, upright (EXIF orientation applied), at full size.

    Attributes
    ----------
    rgba : uint8 array, shape (height, width, 4), C-contiguous
        Colour in the photo's own colour space, and in the fourth channel the transparency the photo
        already had (255 throughout where it had none). Four bytes a pixel, because Pillow takes and
        NumPy combines whole pixels of four bytes without a copy.
    opaque : bool
        True when no pixel is transparent at all.
    icc : bytes or None
        The embedded ICC profile, carried along unchanged.
    format : str
        What the file was: ``"JPEG"``, ``"PNG"``, …
    size : int
        Length of the file in bytes.
    exif, xmp : bytes or None
        Metadata as found, its orientation corrected to 1.
    grey : bool
        True when the file was grey; its ICC profile, if any, is one for grey then.
    deep : bool
        True when the file had more than 8 bits a channel.
    notices : tuple of str
        Sentences for the receipt: what reading changed or left out.
    """

    rgba: Bytes
    opaque: bool
    icc: bytes | None
    format: str
    size: int
    exif: bytes | None = None
    xmp: bytes | None = None
    grey: bool = False
    deep: bool = False
    notices: tuple[str, ...] = ()

    @property
    def pixels(self) -> Bytes:
        """A view of the colour alone, shape (height, width, 3)."""
        return self.rgba[..., :3]

    @property
    def alpha(self) -> Bytes | None:
        """A view of the transparency, shape (height, width), 0 (clear) to 255; None when opaque."""
        return None if self.opaque else self.rgba[..., 3]

    @property
    def height(self) -> int:
        return int(self.rgba.shape[0])

    @property
    def width(self) -> int:
        return int(self.rgba.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """What the model says, at the model's size.

    Attributes
    ----------
    values : float32 array, shape (rows, columns)
        0 (background) to 1 (subject); covers the whole photo, edge to edge.
    """

    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Matte:
    """Alpha at the photo's full size.

    Attributes
    ----------
    alpha : uint8 array, shape (height, width)
        0 (clear) to 255 (opaque).
    """

    alpha: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """Foreground colour and matte.

    Attributes
    ----------
    rgba : uint8 array, shape (height, width, 4), C-contiguous
        Straight alpha. Colour is 0 wherever alpha is 0, so no hidden background leaves the device.
    icc : bytes or None
        The photo's ICC profile.
    """

    rgba: Bytes
    icc: bytes | None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What a file is made of: the cutout as it was composed.

    Attributes
    ----------
    rgba : uint8 array, shape (height, width, 4), C-contiguous
        Straight alpha, in the photo's colour space. Colour is 0 wherever alpha is 0.
    icc : bytes or None
        The ICC profile of the colours.
    grey : bool
        True when red, green and blue are equal throughout; the profile, if any, is one for grey.
    exif, xmp : bytes or None
        The photo's metadata, where it is to be kept.
    """

    rgba: Bytes
    icc: bytes | None
    grey: bool = False
    exif: bytes | None = None
    xmp: bytes | None = None

    @property
    def height(self) -> int:
        return int(self.rgba.shape[0])

    @property
    def width(self) -> int:
        return int(self.rgba.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """An encoded picture: its bytes, MIME type and size in pixels.

    ``notices`` are sentences about what its format could not hold.
    """

    data: bytes
    mime: str
    width: int
    height: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """What a second decoding of the written file found.

    ``alpha`` and ``colour`` are ``"exact"`` where they came back identical (colour is compared
    wherever alpha > 0). Where the format loses something ``colour`` is ``"within 8"``: 99 of 100
    values along the edge and on a grid differ by so many levels of 255 at most. ``size`` is true
    when the pixel size is the picture's; ``decoder`` tells who decoded.
    """

    alpha: str
    colour: str
    size: bool
    decoder: str = "Pillow"


@dataclass(frozen=True, slots=True)
class Device:
    """Facts about the machine, gathered by the host; policy turns them into a decision.

    Attributes
    ----------
    webgpu : dict or None
        ``None`` when there is no adapter, else ``{"software": bool, "shader_f16": bool,
        "description": str, "limits": {name: int}}``.
    isolated : bool
        Cross-origin isolated: only then can WASM threads run.
    cores : int
        Logical cores, at least 1.
    memory : float or None
        Device memory in GiB where the browser tells.
    bundle : str
        ONNX Runtime build in use: ``"jspi"``, ``"asyncify"``, ``"wasm"`` or ``"native"``.
    shared_memory, jspi : bool
        Whether ``SharedArrayBuffer`` and JavaScript promise integration are there.
    storage : dict or None
        ``{"quota": int, "usage": int}`` in bytes, where the browser tells.
    """

    webgpu: dict[str, Any] | None
    isolated: bool
    cores: int
    memory: float | None
    bundle: str
    shared_memory: bool = True
    jspi: bool = False
    storage: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to run a model, and why.

    ``provider`` is ``"webgpu"`` or ``"wasm"``, natively ``"cpu"``, and ``"python"`` where no model
    runs at all; ``threads`` is at least 1. Two attempts are equal when they run alike, whatever the
    reason.
    """

    provider: str
    threads: int
    reason: str = field(compare=False)
