"""What the page may ask about this device, its models and its store; answered as in ``browser``."""

from dataclasses import asdict
from typing import Any

import cutaway_bridge as bridge
from cutaway import __version__
from cutaway.host import browser_own
from cutaway.host.browser_state import here
from cutaway.host.crossing import answered
from cutaway.models import policy, recipe, registry
from cutaway.models.model import Entry
from cutaway.models.tiers import offer
from cutaway.options import Options


@answered
async def device() -> Any:
    """Facts about the device and what policy makes of them for the default model."""
    return policy.describe(await here.workshop.device(), registry.choose("auto"), here.notebook)


@answered
async def models() -> Any:
    """The registry's entries, each with what of it is stored.

    ``available`` is false for one that this site does not carry or that is not to be had at all;
    ``automatic`` marks the one that leads when nothing is asked for; ``usual`` is how many
    milliseconds it takes for a photo here, as far as it has run. The person's own come last.
    """
    shelf = await browser_own.shelf()
    kept = {part["id"]: part["stored"] for part in (await bridge.stored()).to_py()}
    lead = recipe.choose(Options())[-1]
    return [
        listed(entry, kept.get(entry.id, 0))
        | {
            "available": (not entry.bytes or entry.id in kept) and not entry.unavailable,
            "automatic": entry is lead,
        }
        for entry in (*registry.entries(), *shelf.models)
    ]


def listed(entry: Entry, stored: int) -> dict[str, Any]:
    """An entry as in ``models``: to be had, and not what leads by itself."""
    usual = here.notebook.usual(entry.id)
    return entry.summary() | {
        "available": True,
        "stored": stored,
        "automatic": False,
        "usual": usual,
    }


@answered
async def tiers() -> Any:
    """What this device is offered and recommended: ``tiers.Offer`` as plain values."""
    facts = await here.workshop.device()
    kept = {part["id"]: part["stored"] for part in (await bridge.stored()).to_py()}
    return asdict(offer(facts, kept, kept, here.notebook))


@answered
async def diagnostics() -> Any:
    """All that is known about this device and what happened on it, for people to read and copy."""
    facts = policy.describe(await here.workshop.device(), registry.choose("auto"), here.notebook)
    return {
        "version": __version__,
        "build": bridge.build,
        "device": facts,
        "checks": here.notebook.checks,
        "failures": here.notebook.failures,
        "tally": here.notebook.summary(),
        "heap": bridge.heap(),
    }


@answered
async def store_list() -> Any:
    """What is kept of each model, ``[{"id", "bytes", "stored"}]``; candidates are none yet."""
    shelf = await browser_own.shelf()
    known = {*bridge.models.to_py(), *(model.id for model in shelf.models)}
    return [part for part in (await bridge.stored()).to_py() if part["id"] in known]
