"""recipe: what was asked for → the models that make the mask together, in the order they run."""

from collections.abc import Collection

from cutaway import registry
from cutaway.options import Options
from cutaway.registry import Model

#: Which models a speed means. The small one runs first: its answer is there soonest.
SPEEDS = {
    "fast": ("u2netp",),
    "balanced": ("u2netp", "isnet-768"),
    "best": ("u2netp", "isnet"),
}
#: What ``"auto"`` means: the smallest download that gives a good answer.
DEFAULT = "fast"


def choose(options: Options, carried: Collection[str] | None = None) -> tuple[Model, ...]:
    """The models for these options; the last one leads, and names the result.

    ``carried`` are the ids of the models to be had here; None where that is no question.

    Raises
    ------
    CutawayError
        ``"not-available"`` or ``"not-carried"``, as from ``registry.choose``.
    """
    if options.model != "auto":
        return (registry.choose(options.model, carried),)
    speed = DEFAULT if options.speed == "auto" else options.speed
    return tuple(registry.choose(id, carried) for id in SPEEDS[speed])
