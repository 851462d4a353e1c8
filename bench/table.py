"""Results as tables of fixed width, which are Markdown too."""

from collections.abc import Mapping, Sequence

from bench.scores import LESS, REGIONS, SOFT

#: What stands above a column, and how a value is written below it.
HEADS = {
    "mae": ("MAE", "{:.4f}"),
    "iou": ("IoU", "{:.4f}"),
    "max_f": ("max-F", "{:.4f}"),
    "s": ("S", "{:.4f}"),
    "weighted_f": ("wF", "{:.4f}"),
    "boundary": ("bIoU", "{:.4f}"),
    "failures": ("fail", "{:.1%}"),
    "sad": ("SAD", "{:.3f}"),
    "mse": ("MSE", "{:.5f}"),
    "gradient": ("grad", "{:.3f}"),
    "band": ("band", "{:.4f}"),
    "composited": ("comp", "{:.4f}"),
    "photo_colours": ("comp-p", "{:.4f}"),
}
LEGEND = """\
MAE, IoU (at half), max-F, S-measure, weighted F, boundary IoU (0.5 % of the diagonal), share of \
photographs with IoU below .5.
Where the truth is alpha: SAD (thousands), MSE, gradient error (thousands), mean error inside the \
true soft band, error after laying the cutout on five backgrounds (comp), the same with the \
photo's own colours (comp-p). ↓ marks where less is better."""

Rows = Mapping[str, Mapping[str, float]]


def regions(rows: Rows) -> str:
    """Metrics of regions, a system a row."""
    return _metrics("", rows, REGIONS)


def soft(rows: Rows) -> str:
    """Metrics of alpha, a system a row."""
    return _metrics("", rows, SOFT)


def by_set(rows: Rows, metric: str) -> str:
    """One metric, a system a row and a set a column; ``rows`` holds a value per set."""
    sets = list(next(iter(rows.values())))
    title, form = HEADS[metric]
    body = [[name, *(_told(form, row[each]) for each in sets)] for name, row in rows.items()]
    return _aligned([[title + (" ↓" if metric in LESS else ""), *sets], *body])


def _metrics(corner: str, rows: Rows, metrics: Sequence[str]) -> str:
    heads = [HEADS[name][0] + (" ↓" if name in LESS else "") for name in metrics]
    body = [
        [system, *(_told(HEADS[name][1], row[name]) for name in metrics)]
        for system, row in rows.items()
    ]
    return _aligned([[corner, *heads], *body])


def _told(form: str, value: float) -> str:
    return form.format(value) if value == value else "–"  # not a number equals nothing


def _aligned(cells: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[at]) for row in cells) for at in range(len(cells[0]))]

    def line(row: Sequence[str]) -> str:
        first, *others = (
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return f"| {' | '.join([first, *others])} |"

    rule = "|".join("-" * (width + 2) if at == 0 else "-" * (width + 1) + ":"
                    for at, width in enumerate(widths))  # fmt: skip
    return "\n".join([line(cells[0]), f"|{rule}|", *(line(row) for row in cells[1:])])
