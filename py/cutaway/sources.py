"""sources: what views and layers of one photo are made from, each made once."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from PIL import Image

from cutaway.composing.frame import Box, subject_box
from cutaway.foreground import Estimate
from cutaway.pillow import array_of, picture_of
from cutaway.values import Matte, Photo

T = TypeVar("T")


class Sources:
    """A photo and its matte before any control, and what was made of the two.

    Attributes
    ----------
    photo, matte : Photo, Matte
    share : Matte
        How much of a pixel's colour is the subject's; the matte itself, unless brushes have
        changed that alone.
    estimate : Estimate
        Of the photo and the share.
    image : (bytes, Photo) or None
        The file of a background's image and what it holds, the last that was asked for.
    """

    def __init__(
        self,
        photo: Photo,
        matte: Matte,
        share: Matte | None = None,
        estimate: Estimate | None = None,
    ) -> None:
        self.photo = photo
        self.matte = matte
        self.share = share or matte
        self.estimate = estimate or Estimate(photo, self.share)
        self.image: tuple[bytes, Photo] | None = None
        self._halves: dict[tuple[str, int], Image.Image] = {}
        self._made: dict[str, tuple[Any, Any]] = {}

    @property
    def plain(self) -> bool:
        """Whether the matte alone tells how colours are mixed."""
        return self.share is self.matte

    def painted(self, matte: Matte, share: Matte) -> "Sources":
        """Those of the same photo with a matte that brushes have changed.

        A brush shows more or less of the colours that there are, so the estimate stays.
        """
        return self._of(Sources(self.photo, matte, share, self.estimate))

    def solved(self, matte: Matte, share: Matte) -> "Sources":
        """Those of the same photo with a matte that the photo itself has told."""
        return self._of(Sources(self.photo, matte, share))

    def _of(self, others: "Sources") -> "Sources":
        others.image = self.image
        others._halves = {key: half for key, half in self._halves.items() if key[0] == "colours"}
        return others

    @cached_property
    def subject(self) -> Box | None:
        """Where the subject lies; None where there is none."""
        return subject_box(self.matte.alpha)

    def alpha(self, halvings: int) -> Image.Image:
        """The matte as a grey picture, halved so often; a pixel covers whole ones of the photo."""
        return self._halved("alpha", halvings)

    def shares(self, halvings: int) -> Image.Image:
        """The share in the same way."""
        return self._halved("alpha" if self.plain else "share", halvings)

    def colours(self, halvings: int) -> Image.Image:
        """The photo as an RGBX picture, or RGBA where it is transparent, halved so often."""
        return self._halved("colours", halvings)

    def made(self, name: str, key: Hashable, make: Callable[[], T]) -> T:
        """What was made under this name and key the last time, or else is made now."""
        if name not in self._made or self._made[name][0] != key:
            self._made[name] = key, make()
        value: T = self._made[name][1]
        return value

    def _halved(self, what: str, halvings: int) -> Image.Image:
        key = (what, halvings)
        if key not in self._halves:
            whole = self._whole(what)
            self._halves[key] = whole.reduce(1 << halvings) if halvings else whole
        return self._halves[key]

    def _whole(self, what: str) -> Image.Image:
        if what != "colours":
            return picture_of((self.matte if what == "alpha" else self.share).alpha, "L")
        return _coloured(self.photo)


def shrunk(photo: Photo, side: int) -> Photo:
    """The photo so that its longer side has ``side`` pixels at most; itself where it has."""
    factor = side / max(photo.width, photo.height)
    if factor >= 1:
        return photo
    size = (max(1, round(photo.width * factor)), max(1, round(photo.height * factor)))
    small = _coloured(photo).resize(size, Image.Resampling.BOX, reducing_gap=2)
    return replace(photo, rgba=array_of(small))


def _coloured(photo: Photo) -> Image.Image:
    """As RGBA Pillow weighs pixels by their transparency, as RGBX it does not."""
    return picture_of(photo.rgba, "RGBX" if photo.opaque else "RGBA")


def halvings(pixels: float, most: float) -> int:
    """How often a number of pixels is halved on each side until there are no more than so many."""
    times = 0
    while pixels > most:
        pixels /= 4
        times += 1
    return times
