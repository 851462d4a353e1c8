"""The growth of time and memory as a picture: plain SVG, readable on light and dark pages."""

from collections.abc import Callable, Sequence
from math import log2

from bench.growth import Line, Size, line

WIDTH, HEIGHT = 720, 300
#: Of each of the two plots: left edge, width, top and height.
LEFTS, PLOT_WIDTH, TOP, PLOT_HEIGHT = (56, 418), 280, 40, 200
#: Colours that stand out on white and on black alike.
STYLE = """\
  text { font: 12px sans-serif; fill: #6e7781 }
  .title { font-weight: bold }
  .axis { stroke: #8c959f; fill: none }
  .grid { stroke: #8c959f; stroke-opacity: .25 }
  .fit { stroke: #8c959f; stroke-dasharray: 4 3; fill: none }
  .seen { fill: #2f81f7 }"""


def plotted(sizes: Sequence[Size]) -> str:
    """Two plots side by side, both axes by doublings: the road's seconds and the peak in MB."""
    megapixels = [size.megapixels for size in sizes]
    told = [
        ("the road without inference, s", [size.road for size in sizes]),
        ("peak of the page, MB", [size.memory / 1e6 for size in sizes]),
    ]
    parts = [
        _plot(left, title, megapixels, values)
        for left, (title, values) in zip(LEFTS, told, strict=True)
    ]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="Time and memory against megapixels">',
        f"<style>\n{STYLE}\n</style>",
        *parts,
        "</svg>\n",
    ])  # fmt: skip


def _plot(left: int, title: str, megapixels: Sequence[float], values: Sequence[float]) -> str:
    fit = line(megapixels, values)
    across = _scale(min(megapixels), max(megapixels), left, left + PLOT_WIDTH)
    low, high = _doublings(min(values)), _doublings(max(values), up=True)
    down = _scale(low, high, TOP + PLOT_HEIGHT, TOP)
    bottom = TOP + PLOT_HEIGHT
    parts = [f'<text class="title" x="{left}" y="{TOP - 18}">{title}</text>']
    tick = low
    while tick <= high:
        y = down(tick)
        parts.append(f'<path class="grid" d="M{left} {y:.1f}h{PLOT_WIDTH}"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
        tick *= 2
    for at in megapixels:
        parts.append(
            f'<text x="{across(at):.1f}" y="{bottom + 18}" text-anchor="middle">{at:g}</text>'
        )
    parts.append(f'<path class="axis" d="M{left} {TOP}V{bottom}h{PLOT_WIDTH}"/>')
    parts.append(_curve(fit, megapixels, across, down))
    for at, value in zip(megapixels, values, strict=True):
        parts.append(f'<circle class="seen" cx="{across(at):.1f}" cy="{down(value):.1f}" r="4"/>')
    told = f"megapixels; dashed: {fit.constant:.3g} + {fit.each:.3g} × megapixels"
    parts.append(f'<text x="{left}" y="{bottom + 40}">{told}</text>')
    return "\n".join(parts)


def _curve(
    fit: Line,
    megapixels: Sequence[float],
    across: Callable[[float], float],
    down: Callable[[float], float],
) -> str:
    first, last = min(megapixels), max(megapixels)
    places = [first * (last / first) ** (step / 40) for step in range(41)]
    points = " ".join(f"{across(at):.1f},{down(fit.at(at)):.1f}" for at in places)
    return f'<polyline class="fit" points="{points}"/>'


def _scale(low: float, high: float, start: float, stop: float) -> Callable[[float], float]:
    span = log2(high / low) or 1
    return lambda value: start + (stop - start) * log2(value / low) / span


def _doublings(value: float, up: bool = False) -> float:
    """The power of two at or below (above) a value."""
    power = log2(value)
    return 2.0 ** (-int(-power // 1) if up else int(power // 1))
