"""drawn: what a view is made from, with the brush strokes that are drawn at its own size."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cutaway.composing.frame import Window
from cutaway.composing.scene import Blur, Scene
from cutaway.hand.edited import Hand
from cutaway.hand.edits import Edit, Stroke
from cutaway.hand.painting import Easel, Paint
from cutaway.hand.strokes import Plane
from cutaway.pillow import Tile
from cutaway.sources import Sources
from cutaway.viewing.small import Small, small_of


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Sources as far as they are made at full size, and the strokes that go over them."""

    hand: Hand
    sources: Sources
    strokes: tuple[Stroke, ...]

    def small(self, seen: Window) -> Small:
        """What a window shows that has fewer pixels than the photo there."""
        small = _small(self.sources, seen)
        if not self.strokes:
            return small
        left, top, right, bottom = small.box
        rows, columns = small.alpha.shape
        across, down = (right - left) / columns, (bottom - top) / rows
        plane = Plane(left, top, across, down, columns, rows)

        def easel() -> Easel:
            clear = None if self.sources.photo.opaque else small.rgba[..., 3]
            automatic = _small(self.hand.automatic, seen).alpha
            return Easel(Paint(small.alpha, small.share), automatic, clear, plane)

        paint = self.hand.easel(self.sources, plane, easel).painted(self.strokes)
        return replace(small, alpha=paint.alpha, share=paint.share)

    def part(self, part: Tile, more: int) -> tuple[Paint, Tile]:
        """The matte where it has the photo's pixels, and where in it the part lies.

        Beyond the part it goes on for ``more`` pixels at least, as far as the photo goes.
        """
        matte, share = self.sources.matte.alpha, self.sources.share.alpha
        whole = Paint(matte, matte if self.sources.plain else share)
        if not self.strokes:
            return whole, part
        rows, columns = (
            slice(max(0, each.start - more), min(length, each.stop + more))
            for each, length in zip(part, matte.shape, strict=True)
        )
        plane = Plane(
            columns.start, rows.start, 1, 1, columns.stop - columns.start, rows.stop - rows.start
        )

        def easel() -> Easel:
            place = rows, columns
            alpha, automatic = self.sources.photo.alpha, self.hand.automatic.matte.alpha
            clear = None if alpha is None else alpha[place]
            return Easel(whole.part(place), automatic[place], clear, plane)

        within = tuple(
            slice(each.start - outer.start, each.stop - outer.start)
            for each, outer in zip(part, (rows, columns), strict=True)
        )
        paint = self.hand.easel(self.sources, plane, easel).painted(self.strokes)
        return paint, (within[0], within[1])


def drawn(hand: Hand, edits: Sequence[Edit], scene: Scene) -> Drawn:
    """What a view of a scene is made from after these edits.

    Where something in the scene follows the subject, nothing but the full size tells where it is.
    """
    follows = scene.frame or scene.shadow or isinstance(scene.background, Blur)
    if follows:
        return Drawn(hand, hand.sources(edits), ())
    return Drawn(hand, *hand.begun(edits))


def _small(sources: Sources, seen: Window) -> Small:
    return sources.made("small", seen, lambda: small_of(sources, seen))
