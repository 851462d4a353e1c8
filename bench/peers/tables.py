"""Records of visits as tables in Markdown."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.peers.subjects import CLAIMS, SUBJECTS, Claim

Record = Mapping[str, Any]

#: Columns of the large table: the figure, what stands above it, how it is written and its unit.
COLUMNS = (
    ("cold", "cold visit", "{:.2f}", 1.0),
    ("warm", "warm visit", "{:.2f}", 1.0),
    ("steady", "steady, 12 MP", "{:.2f}", 1.0),
    ("small", "steady, 2 MP", "{:.2f}", 1.0),
    ("batch", "batch of 12", "{:.1f}", 1.0),
    ("line", "cold at 50 Mbit/s", "{:.1f}", 1.0),
    ("sent", "MB, raw", "{:.1f}", 1e-6),
    ("line_sent", "MB, brotli", "{:.1f}", 1e-6),
    ("longest", "longest block, ms", "{:.0f}", 1.0),
    ("memory", "peak, MB", "{:.0f}", 1e-6),
)


def told(results: Mapping[str, Any]) -> str:
    """Everything: where and when, the figures, what is claimed, what failed."""
    records = results["records"]
    parts = [_heading(results), _figures(records), _claims(records)]
    failed = [
        f"- {record['subject']}, {record['what']}, round {record['round']}: {record['error']}"
        for record in records
        if "error" in record
    ]
    if failed:
        parts.append("\n".join(["Failed:", *failed]))
    return "\n\n".join(parts)


def short(results: Mapping[str, Any]) -> str:
    """A few columns for a README, with when and where."""
    chosen = ("cold", "warm", "steady", "small", "line", "longest", "memory")
    return f"{_figures(results['records'], chosen)}\n\n{_heading(results)}"


def values(records: Iterable[Record], subject: str, figure: str) -> dict[int, float]:
    """A figure of a subject by round: the median where a round has several."""
    found: dict[int, float] = {}
    for record in records:
        value = record.get(figure)
        if record["subject"] == subject and value not in (None, []):
            found[record["round"]] = statistics.median(
                value if isinstance(value, list) else [value]
            )
    return found


def _heading(results: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return f"{results['date']}; {results['machine']}; {versions}."


def _figures(records: Sequence[Record], chosen: Sequence[str] | None = None) -> str:
    columns = [one for one in COLUMNS if chosen is None or one[0] in chosen]
    columns = [one for one in columns if any(record.get(one[0]) for record in records)]
    rows = [["", *(title for _, title, _, _ in columns)]]
    for subject in SUBJECTS:
        cells = []
        for figure, _, form, unit in columns:
            found = values(records, subject.id, figure)
            middle = statistics.median(found.values()) * unit if found else None
            cells.append("" if middle is None else form.format(middle))
        if any(cells):
            rows.append([subject.title, *cells])
    return table(rows)


def _claims(records: Sequence[Record]) -> str:
    titles = {subject.id: subject.title for subject in SUBJECTS}
    rows = [["", "ours", "theirs", "ratio", "by round", "asked", ""]]
    for claim in CLAIMS:
        ratios = _ratios(records, claim)
        if ratios:
            middle = _middle(records, claim)
            spread = f"{min(ratios):.2f} to {max(ratios):.2f} ({len(ratios)})"
            theirs = titles[claim.theirs] if claim.theirs else "–"
            rows.append([
                claim.what, titles[claim.ours], theirs, f"{middle:.2f}", spread,
                f"≤ {claim.limit:g}", "met" if middle <= claim.limit else "**not met**",
            ])  # fmt: skip
    return table(rows)


def _ratios(records: Sequence[Record], claim: Claim) -> list[float]:
    """Ours to theirs round by round, where both are known."""
    ours = values(records, claim.ours, claim.figure)
    if claim.theirs is None:
        return list(ours.values())
    theirs = values(records, claim.theirs, claim.figure)
    return [ours[turn] / theirs[turn] for turn in ours if turn in theirs]


def _middle(records: Sequence[Record], claim: Claim) -> float:
    """The medians' ratio."""
    ours = statistics.median(values(records, claim.ours, claim.figure).values())
    if claim.theirs is None:
        return ours
    return ours / statistics.median(values(records, claim.theirs, claim.figure).values())


def table(rows: Sequence[Sequence[str]]) -> str:
    """Markdown; the first row is the heading."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    rule = "|---" + "|---:" * (len(rows[0]) - 1) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
