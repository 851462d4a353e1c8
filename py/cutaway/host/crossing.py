"""What crosses between JavaScript and Python, in both directions."""

import traceback
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec

from js import Object
from pyodide.ffi import JsProxy, jsnull, to_js

from cutaway.composing.frame import Box
from cutaway.errors import CutawayError
from cutaway.reading.limits import check_bytes
from cutaway.road import Look
from cutaway.viewing.screen import View

P = ParamSpec("P")


def answered(function: Callable[P, Awaitable[Any]]) -> Callable[P, Awaitable[JsProxy]]:
    """Wraps a value or a failure for JavaScript, so that no traceback crosses a thread."""

    @wraps(function)
    async def answering(*args: P.args, **kwargs: P.kwargs) -> JsProxy:
        try:
            reply = {"value": await function(*args, **kwargs)}
        except CutawayError as error:
            reply = _failure(error.code, error.sentence)
        except MemoryError:
            reply = _failure(
                "out-of-memory",
                "This photo needs more memory than the browser gives. Try a smaller one.",
            )
        except Exception:
            traceback.print_exc()
            reply = _failure(
                "unexpected",
                "Something went wrong inside Cutaway. The photo is unharmed: try again.",
            )
        return to_js(reply, dict_converter=Object.fromEntries)

    return answering


def _failure(code: str, sentence: str) -> dict[str, Any]:
    return {"failure": {"code": code, "message": sentence}}


async def plain(value: Any) -> Any:
    """Null as None and blobs as their bytes, however deep; numbers in a buffer stay there."""
    if value is jsnull:
        return None
    if isinstance(value, dict):
        return {name: await plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [await plain(each) for each in value]
    return await bytes_of(value) if isinstance(value, JsProxy) else value


async def bytes_of(blob: Any) -> bytes:
    """A blob's contents."""
    check_bytes(blob.size)
    contents: bytes = (await blob.arrayBuffer()).to_bytes()
    return contents


def drawable(seen: View) -> dict[str, Any]:
    """For a bitmap, and the size of the whole picture."""
    rows, columns = seen.rgba.shape[:2]
    pixels = {"rgba": seen.in_srgb().reshape(-1), "columns": columns, "rows": rows}
    return pixels | {"width": seen.width, "height": seen.height}


def boxed(box: Box) -> dict[str, int]:
    """Where something lies, as the page has it."""
    return {
        "x": box.left,
        "y": box.top,
        "width": box.right - box.left,
        "height": box.bottom - box.top,
    }


def looking(look: JsProxy | None) -> Look | None:
    """What the road calls with a first look."""
    if look is None:
        return None
    return lambda seen: look(to_js(drawable(seen), dict_converter=Object.fromEntries))
