"""What the tests of scenes share: a photo with a subject in it, and what becomes of it."""

import asyncio
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from PIL import Image

from cutaway.compose import Arrangement, compose
from cutaway.composing.scene import Scene
from cutaway.cut import cut
from cutaway.finish import arranged, image_of
from cutaway.hand.edited import Hand
from cutaway.refining.adjust import Refinement, adjust
from cutaway.sources import Sources
from cutaway.uncertainty import uncertainty
from cutaway.values import Bytes, Cutout, Mask, Matte, Photo, Picture
from cutaway.view import view
from cutaway.viewing.screen import View
from tests.unit.doubles import FakeEngine, disc, photo


def soft(width: int, height: int) -> Bytes:
    """A matte: a soft disc, 0 outside, 255 inside."""
    large = np.asarray(Image.fromarray(disc(160) * 255).resize((width, height)))
    return large.clip(0, 255).astype(np.uint8)


def block(width: int, height: int, left: int, top: int, right: int, bottom: int) -> Bytes:
    """A matte: 255 within a box, 0 outside."""
    alpha = np.zeros((height, width), np.uint8)
    alpha[top:bottom, left:right] = 255
    return alpha


@dataclass
class Stage:
    """A photo and its matte, and any scene around them."""

    photo: Photo
    alpha: Bytes

    def __post_init__(self) -> None:
        self.sources = Sources(self.photo, Matte(self.alpha))

    def cut(self, refinement: Refinement = Refinement()) -> Cutout:  # noqa: B008
        matte = self.sources.matte
        adjusted = adjust(matte, refinement)
        strength = refinement.decontaminate
        return cut(self.photo, matte, strength, adjusted, self.sources.estimate)

    def picture(self, refinement: Refinement = Refinement(), **scene: object) -> Picture:  # noqa: B008
        return compose(self.cut(refinement), self.arranged(refinement, **scene))

    def arranged(self, refinement: Refinement = Refinement(), **scene: object) -> Arrangement:  # noqa: B008
        wanted = Scene.of(scene)
        return arranged(self.sources, refinement, wanted, self.image(wanted))

    def image(self, scene: Scene) -> Photo | None:
        return asyncio.run(image_of(scene, self.sources, FakeEngine()))

    def view(self, refinement: Refinement, scene: Scene, *what: str, **how: object) -> View:
        image = self.image(scene)
        return view(self.result(), refinement, scene, *what, image=image, **how)

    def result(self) -> SimpleNamespace:
        """What a view needs of a result; nothing but its sources is held."""
        unsure = uncertainty(Mask(disc(160)))
        finished = SimpleNamespace(cutout=None)
        return SimpleNamespace(
            hand=Hand(self.sources),
            sources=self.sources,
            photo=self.photo,
            uncertainty=unsure,
            finished=finished,
        )


def stage(width: int = 300, height: int = 220, alpha: Bytes | None = None, **how: object) -> Stage:
    return Stage(photo(width, height, **how), soft(width, height) if alpha is None else alpha)
