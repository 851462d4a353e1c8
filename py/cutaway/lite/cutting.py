"""The minimal cut of a picture's pixels, and colour models that learn from it, in turns."""

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np

from cutaway.lite.colours import Palette
from cutaway.values import Floats

#: What a cut between two pixels of the same colour costs, in nats.
SMOOTHNESS = 20.0
#: The share of that which a cut between the most different pixels costs.
LEAST = 0.02
#: Steps of the solver a round; the next round goes on where the last one ended.
STEPS = 40
#: Gaussians of a colour model.
GAUSSIANS = 5
#: What colours say of a pixel counts at most so much, in nats.
CERTAIN = 30.0
#: Stands for what is known: more nats than all else together.
KNOWN = 1000.0
#: With less than this many pixels on a side there is no colour model to learn.
FEWEST = 20.0

#: Pairs of neighbouring pixels: (the later ones, the earlier ones, 1 / distance).
_ALL, _LATER, _EARLIER = slice(None), slice(1, None), slice(None, -1)
PAIRS = (
    ((_ALL, _LATER), (_ALL, _EARLIER), 1.0),
    ((_LATER, _ALL), (_EARLIER, _ALL), 1.0),
    ((_LATER, _LATER), (_EARLIER, _EARLIER), 0.7071),
    ((_LATER, _EARLIER), (_EARLIER, _LATER), 0.7071),
)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture made ready to be cut.

    Attributes
    ----------
    palette : Palette
    costs : tuple of four float32 arrays
        What a cut between the pixels of each of ``PAIRS`` costs, in nats.
    strokes : float32 array, shape (rows, columns)
        1 where the user marked the subject, -1 background, 0 elsewhere.
    """

    palette: Palette
    costs: tuple[Floats, ...]
    strokes: Floats

    @classmethod
    def of(cls, lab: Floats, strokes: Floats) -> "Scene":
        """The scene of a picture in Lab, shape (rows, columns, 3)."""
        gaps = [((lab[later] - lab[earlier]) ** 2).sum(-1) for later, earlier, _ in PAIRS]
        pairs = sum(gap.size for gap in gaps)
        mean = max(sum(float(gap.sum()) for gap in gaps) / max(1, pairs), 1e-3)
        costs = tuple(
            np.float32(SMOOTHNESS * near)
            * (np.float32(LEAST) + np.float32(1 - LEAST) * np.exp(gap / np.float32(-2 * mean)))
            for gap, (_, _, near) in zip(gaps, PAIRS, strict=True)
        )
        return cls(Palette.of(lab), costs, strokes)


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """The state of the solver: the mask so far, 0..1, and the flow between pixels."""

    mask: Floats
    flows: tuple[Floats, ...]


def divided(
    scene: Scene, start: Floats, odds: Floats, rounds: int
) -> Generator[None, None, Floats]:
    """GrabCut (Rother et al. 2004) without its box: the mask; it pauses after each round.

    Parameters
    ----------
    scene : Scene
    start : float32 array, shape (rows, columns)
        0..1: what the first colour models learn from.
    odds : float32 array, shape (rows, columns)
        What is said of each pixel's place: log-odds of subject against background.
    rounds : int
        It ends sooner where a side has no pixels left to learn from.
    """
    mask = obeyed(start, scene.strokes)
    state = Division(np.full_like(mask, 0.5), tuple(np.zeros_like(cost) for cost in scene.costs))
    for _ in range(rounds):
        colours = _colour_odds(scene, mask)
        if colours is None:
            break
        pull = np.where(scene.strokes, scene.strokes * np.float32(KNOWN), colours + odds)
        state = _nearer(scene.costs, pull.astype(np.float32), state, STEPS)
        mask = state.mask
        yield
    return mask


def _nearer(costs: tuple[Floats, ...], odds: Floats, state: Division, steps: int) -> Division:
    """Steps towards the minimal cut.

    It is the convex problem whose solution, cut at a half, is the minimal cut of the graph
    (Chan, Esedoglu and Nikolova 2006), by the primal-dual steps of Chambolle and Pock (2011):
    whole arrays at once, where a maximal flow goes pixel by pixel.

    ``odds`` are log-odds of subject against background for each pixel alone, in nats.
    """
    mask, ahead = state.mask, state.mask
    flows = [flow.copy() for flow in state.flows]
    least = [-cost for cost in costs]
    push, pull = np.float32(SMOOTHNESS / 2), np.float32(1 / (8 * SMOOTHNESS))
    for _ in range(steps):
        balance = -odds
        for flow, low, high, (later, earlier, _) in zip(flows, least, costs, PAIRS, strict=True):
            rise = ahead[later] - ahead[earlier]
            rise *= push
            flow += rise
            np.maximum(flow, low, out=flow)
            np.minimum(flow, high, out=flow)
            balance[later] += flow
            balance[earlier] -= flow
        balance *= -pull
        balance += mask
        np.maximum(balance, 0, out=balance)
        np.minimum(balance, 1, out=balance)
        ahead = 2 * balance - mask
        mask = balance
    return replace(state, mask=mask, flows=tuple(flows))


def _colour_odds(scene: Scene, mask: Floats) -> Floats | None:
    """Log-odds that colours alone give, by models of either side; None when a side is empty."""
    palette = scene.palette
    subject, background = palette.weigh(mask), palette.weigh(1 - mask)
    if min(subject.sum(), background.sum()) < FEWEST:
        return None
    odds = palette.likelihood(subject, GAUSSIANS) - palette.likelihood(background, GAUSSIANS)
    return np.clip(odds, -CERTAIN, CERTAIN).reshape(mask.shape).astype(np.float32)


def obeyed(mask: Floats, strokes: Floats) -> Floats:
    """The mask with the strokes in it: 1 where they say subject, 0 where they say background."""
    return np.where(strokes, (strokes + 1) / 2, mask).astype(np.float32)
