"""Photographs with ground truth: a folder with a ``manifest.json``.

The manifest is a list of entries ``{"id", "set", "image", "gt", "gt_kind", …}``; paths are relative
to the folder. ``gt_kind`` says what the ground truth is:

``"binary"``
    Subject or not, drawn by people. What is grey there they left undecided (GrabCut's sets mark
    their borders so); no metric looks at it.
``"binary+ignore"``
    The same, with a picture in ``"ignore"`` whose white pixels are undecided.
``"alpha"``
    True alpha, from photographs before several backgrounds.
``"pseudo-alpha"``
    Alpha that a strong matting network made and people looked through: soft edges as people would
    want them, but not measured. It counts as alpha and is told apart in the tables.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cutaway.read import read
from cutaway.values import Bytes, Photo

#: Where the photographs lie that the project is measured with: beside the project, never in it.
DATA = Path(__file__).parents[2] / "shared" / "eval"
KINDS = ("binary", "binary+ignore", "alpha", "pseudo-alpha")


@dataclass(frozen=True, slots=True)
class Entry:
    """One photograph of a set.

    ``ignore`` is None where every pixel counts.
    """

    id: str
    set: str
    image: Path
    truth: Path
    ignore: Path | None
    kind: str

    @property
    def soft(self) -> bool:
        """Whether the truth tells alpha, not only subject or background."""
        return self.kind in ("alpha", "pseudo-alpha")


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Ground truth at the photo's size.

    Attributes
    ----------
    alpha : uint8 array, shape (height, width)
        0 to 255; of binary truth only these two.
    counts : bool array, shape (height, width)
        False where nobody knows.
    soft : bool
        Whether values between 0 and 255 mean something.
    """

    alpha: Bytes
    counts: NDArray[np.bool_]
    soft: bool


def entries(folder: Path, only: Collection[str] = ()) -> tuple[Entry, ...]:
    """The entries of a folder, in its order; ``only`` names ids or sets, none means all.

    Raises
    ------
    FileNotFoundError
        When there is no manifest.
    ValueError
        When an entry has a kind that is not known, or ``only`` names what is not there.
    """
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    found = tuple(_entry(folder, fields) for fields in manifest)
    unknown = set(only) - {name for entry in found for name in (entry.id, entry.set)}
    if unknown:
        raise ValueError(f"no photograph and no set is called {', '.join(sorted(unknown))}")
    return tuple(entry for entry in found if not only or {entry.id, entry.set} & set(only))


def truth_of(entry: Entry) -> Truth:
    """Reads the ground truth."""
    with Image.open(entry.truth) as picture:
        alpha = np.asarray(picture.convert("L"))
    counts = np.ones(alpha.shape, bool)
    if not entry.soft:
        counts = (alpha == 0) | (alpha == 255)
        alpha = np.where(alpha > 127, np.uint8(255), np.uint8(0))
    if entry.ignore is not None:
        with Image.open(entry.ignore) as picture:
            counts &= np.asarray(picture.convert("L")) < 128
    return Truth(alpha, counts, entry.soft)


def sha256_of(path: Path) -> str:
    """Of a file, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _entry(folder: Path, fields: dict[str, str]) -> Entry:
    if fields["gt_kind"] not in KINDS:
        raise ValueError(f"{fields['id']}: gt_kind {fields['gt_kind']!r} is none of {KINDS}")
    ignore = folder / fields["ignore"] if fields.get("ignore") else None
    return Entry(
        fields["id"],
        fields["set"],
        folder / fields["image"],
        folder / fields["gt"],
        ignore,
        fields["gt_kind"],
    )


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A photograph, read, with its truth."""

    entry: Entry
    photo: Photo
    truth: Truth

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(entry, read(entry.image.read_bytes()), truth_of(entry))
