"""uncertainty: how likely it is that a cutout is wrong, told from masks alone.

A mask that is right says nearly 0 or nearly 1 but for a thin line along the outline. Four things
tell of one that is not: much that is neither, areas of it that are thicker than an outline, pieces
apart from the rest, and models that disagreed where several ran.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from cutaway.pillow import array_of
from cutaway.refining.regions import labelled
from cutaway.values import Bytes, Floats, Mask

#: Sides of the squares that masks are looked at in, and that pieces are told apart in, in pixels.
SIDE = 160
COARSE = 64
#: Above this a pixel may be subject.
MAYBE = 0.1
#: What is undecided over so many pixels of ``SIDE`` in each direction is no outline.
THICK = 5

#: By logistic regression on whether IoU is below .8 or .9, over 44 photographs and 14 ways to make
#: a mask (``bench/uncertainty.py``). How ragged the outline is, how large the subject and how much
#: of it the frame cuts off made the order worse on sets that the regression had not seen.
#: What several models made begins lower: they make up for each other as far as they agree.
ALONE, FUSED = -2.2, -4.1
UNDECIDED, BLOTCHES, LOOSE, DISAGREEMENT = 4.9, 5.9, 6.5, 2.0
#: From here on a cutout is worth a look. By weights that had not seen the set this marks 18 % of
#: them: two thirds of those with an IoU below .8, and three of four that it marks are below .9.
CHECK = 0.25
#: With less than this share of the picture on one side nothing was cut out.
NOTHING = 0.001


@dataclass(frozen=True, slots=True)
class Terms:
    """What uncertainty is made of.

    The first four are shares of what may be subject. ``undecided`` weighs pixels by how near
    they are to half, and ``blotches`` counts of these what is thicker than an outline; ``loose``
    lies apart from the main piece; ``disagreement`` is four times the variance between models, so
    two that say 0 and 1 count as wholly undecided. ``kept`` is the share of the picture that is
    subject; ``fused`` is true where it was made of several masks.
    """

    undecided: float
    blotches: float
    loose: float
    disagreement: float
    kept: float
    fused: bool


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """How uncertain a cutout is, and where.

    Attributes
    ----------
    figure : float
        0 to 1: about the share of such cutouts that turn out wrong.
    reason : str
        A sentence for people where the cutout is worth a look, else empty.
    map : uint8 array, shape (SIDE, SIDE)
        0 (decided) to 255 (could be either, or models disagree); covers the whole photo, edge to
        edge.
    """

    figure: float
    reason: str
    map: Bytes

    @property
    def check(self) -> bool:
        """Whether the cutout is worth a look."""
        return self.figure >= CHECK

    def at(self, width: int, height: int) -> Bytes:
        """The map at another size, uint8, shape (height, width)."""
        picture = Image.fromarray(self.map)
        return array_of(picture.resize((width, height), Image.Resampling.BILINEAR))


def uncertainty(mask: Mask, believed: Sequence[Mask] = ()) -> Uncertainty:
    """Of the cutout that comes of a mask.

    Parameters
    ----------
    mask : Mask
        Of any size.
    believed : sequence of Mask
        Those that the mask was made of where several models ran; of any sizes.
    """
    small, spread = _resized(mask.values), _spread(believed)
    terms = _terms(small, spread, len(believed) > 1)
    figure = figure_of(terms)
    seen = _levels(np.maximum(_open(small), np.minimum(spread, 1)))
    return Uncertainty(figure, _reason(terms) if figure >= CHECK else "", seen)


def terms_of(mask: Mask, believed: Sequence[Mask] = ()) -> Terms:
    """What the uncertainty of a mask is made of; the same arguments."""
    return _terms(_resized(mask.values), _spread(believed), len(believed) > 1)


def figure_of(terms: Terms) -> float:
    """All terms as one figure, 0 to 1."""
    if min(terms.kept, 1 - terms.kept) < NOTHING:
        return 1.0
    weighed = (
        UNDECIDED * terms.undecided
        + BLOTCHES * terms.blotches
        + LOOSE * terms.loose
        + DISAGREEMENT * terms.disagreement
    )
    start = FUSED if terms.fused else ALONE
    return float(1 / (1 + np.exp(-(start + weighed))))


def _reason(terms: Terms) -> str:
    if terms.kept < NOTHING:
        return "Next to nothing was kept."
    if terms.kept > 1 - NOTHING:
        return "Next to nothing was removed."
    if terms.disagreement > terms.undecided / 2:
        return "The models disagree about what belongs to the subject."
    if LOOSE * terms.loose > UNDECIDED * terms.undecided:
        return "Some of it lies apart from the subject."
    if terms.blotches > terms.undecided / 2:
        return "Whole areas are neither kept nor removed."
    return "Much of the outline is blurred."


def _resized(values: Floats) -> Floats:
    picture = Image.fromarray(np.clip(values, 0, 1))
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))


def _spread(believed: Sequence[Mask]) -> Floats:
    """Four times the variance between masks: 1 where half of them say 0 and half say 1."""
    if len(believed) < 2:
        return np.zeros((SIDE, SIDE), np.float32)
    small = np.stack([_resized(mask.values) for mask in believed])
    spread: Floats = 4 * small.var(axis=0)
    return spread


def _open(values: Floats) -> Floats:
    """How near to half: 1 there, 0 where a value is 0 or 1."""
    return 4 * values * (1 - values)


def _terms(values: Floats, spread: Floats, fused: bool) -> Terms:
    undecided = _open(values)
    subject = max(1, int(np.count_nonzero(values > MAYBE)))
    thick = Image.fromarray(_levels(undecided)).filter(ImageFilter.MinFilter(THICK))
    return Terms(
        undecided=float(undecided.sum()) / subject,
        blotches=float(np.asarray(thick).sum()) / 255 / subject,
        loose=_loose(values),
        disagreement=float(spread.sum()) / subject,
        kept=float((values > 0.5).mean()),
        fused=fused,
    )


def _levels(values: Floats) -> Bytes:
    return (values * 255 + np.float32(0.5)).astype(np.uint8)


def _loose(values: Floats) -> float:
    """The share of the subject that is not connected with where there is most of it."""
    coarse = Image.fromarray(_levels(values)).resize((COARSE, COARSE), Image.Resampling.BOX)
    mass = np.asarray(coarse, np.float32)
    maybe = mass > MAYBE * 255
    if not maybe.any():
        return 0.0
    middle = np.asarray(coarse.filter(ImageFilter.BoxBlur(COARSE / 16)), np.float32)
    labels, _ = labelled(maybe)
    main = labels.flat[np.where(maybe, middle, -1).argmax()]
    return 1 - float(mass[labels == main].sum() / mass[maybe].sum())
