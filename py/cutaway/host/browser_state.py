"""What all calls of the page share: the workshop, what this device has taught, the held photo."""

from dataclasses import dataclass, field

from pyodide.ffi import JsProxy

import cutaway_bridge as bridge
from cutaway.errors import CutawayError
from cutaway.hand.selector import prepare_edits
from cutaway.held import Held
from cutaway.host import browser_own
from cutaway.host.browser_engine import BrowserEngine, Workshop
from cutaway.host.crossing import plain
from cutaway.models.notebook import Notebook
from cutaway.options import Options
from cutaway.result import Result
from cutaway.trip import Trip


@dataclass(slots=True)
class State:
    """There is one: ``here``."""

    workshop: Workshop = field(default_factory=Workshop)
    notebook: Notebook = field(default_factory=lambda: Notebook(bridge.build))
    held: Held = field(default_factory=Held)


here = State()


async def options_of(options: JsProxy) -> Options:
    """What the page asks for, its own models among them."""
    given = await plain(options.to_py())
    named = given.get("model") not in (None, "auto")
    return Options.of(given, (await browser_own.shelf()).models if named else ())


def held_result(held: int) -> Result:
    """What that job made; ``CutawayError`` ``"not-held"`` where another photo came since."""
    result = here.held.result(held)
    if result is None:
        raise CutawayError(
            "not-held", "This photo is no longer held. Cut it out again, then it is."
        )
    return result


async def engine_for(result: Result, options: Options) -> BrowserEngine:
    """An engine, once everything is answered that is selected among the edits."""
    engine = BrowserEngine(0, here.workshop)
    trip = Trip(engine, lambda *_: None, here.notebook)
    await prepare_edits(options.edits, result.hand.selector, trip)
    return engine


async def write_down() -> None:
    """Keeps what this device has taught until the next visit."""
    here.notebook.ahead = here.workshop.ahead() or here.notebook.ahead
    await bridge.remember(here.notebook.to_text())
