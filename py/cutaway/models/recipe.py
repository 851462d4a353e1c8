"""recipe: what was asked for → the models that make the mask together, in the order they run."""

from collections.abc import Collection

from cutaway.models import registry
from cutaway.models.registry import Classical, Model
from cutaway.options import Options

#: Which models a speed means. The small one runs first: its answer is there soonest. IoU on 44
#: photographs with ground truth, plainly enlarged: fast .884; balanced .930 (ISNet at 768 alone
#: .921); best .958, without MODNet .928, without U²-Netp .937, without ISNet at 1024 .947 and
#: without ISNet at 768 .948.
SPEEDS = {
    "fast": ("u2netp",),
    "balanced": ("u2netp", "isnet-768"),
    "best": ("u2netp", "modnet", "isnet", "isnet-768"),
}
#: What models are good at when several are fused (``fuse``); the others draw outlines.
ROLES = {
    "u2netp": "region",
    "u2netp-fp16": "region",
    "u2net": "region",
    "silueta": "region",
    "modnet": "alpha",
}
#: What ``"auto"`` means: the smallest download that gives a good answer.
DEFAULT = "fast"


def method(options: Options) -> Classical | None:
    """The classical method that was asked for by its name; None where it takes models."""
    named = [one for one in registry.entries() if one.id == options.model]
    return next((one for one in named if isinstance(one, Classical)), None)


def choose(options: Options, carried: Collection[str] | None = None) -> tuple[Model, ...]:
    """The models for these options; the last one leads, and names the result.

    ``carried`` are the ids of the models to be had here; None where that is no question.

    Raises
    ------
    CutawayError
        ``"not-available"`` or ``"not-carried"``, as from ``registry.choose``.
    """
    if options.own is not None:
        return (options.own,)
    if options.model != "auto":
        return (registry.choose(options.model, carried),)
    speed = DEFAULT if options.speed == "auto" else options.speed
    return tuple(registry.choose(id, carried) for id in SPEEDS[speed])


def role(id: str) -> str:
    """What the model called ``id`` is good at: one of ``fuse.ROLES``."""
    return ROLES.get(id, "outline")
