"""result: what the road comes to, and what a change or a view starts from."""

from dataclasses import dataclass

import numpy as np

from cutaway.compose import arrange
from cutaway.composing.frame import placed
from cutaway.composing.scene import Scene
from cutaway.finish import Finished
from cutaway.hand.edited import Hand
from cutaway.options import Options
from cutaway.receipt import Receipt
from cutaway.refining.adjust import adjust
from cutaway.sources import Sources
from cutaway.uncertainty import Uncertainty
from cutaway.values import Bytes, File, Matte, Photo


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The written file, the receipt for it, and what a change would start from.

    ``hand`` has the automatic matte and what edits make of it; ``sources`` hold the photo and its
    matte as edited; ``notices`` are those of the way there.
    """

    receipt: Receipt
    hand: Hand
    sources: Sources
    uncertainty: Uncertainty
    notices: tuple[str, ...]
    finished: Finished

    @property
    def photo(self) -> Photo:
        return self.sources.photo

    @property
    def matte(self) -> Matte:
        """As edited, before any control."""
        return self.sources.matte

    @property
    def file(self) -> File:
        return self.finished.file

    def mask(self, options: Options) -> Bytes:
        """The matte by a refinement, as it lies in the frame: uint8, shape (rows, columns)."""
        alpha, sources = self.finished.adjusted.alpha, self.sources
        if not options.same_matte(self.finished.options):
            sources = self.hand.sources(options.edits)
            alpha = adjust(sources.matte, options.refine).alpha
        if self.photo.alpha is not None:
            alpha = np.minimum(alpha, self.photo.alpha)
        if options.scene.frame is None:
            return alpha
        window = arrange(sources, options.refine, Scene(frame=options.scene.frame)).window
        rgba = np.zeros((*alpha.shape, 4), np.uint8)
        rgba[..., 3] = alpha
        return np.ascontiguousarray(placed(rgba, window)[..., 3])
