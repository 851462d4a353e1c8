"""Puts what a benchmark told into the documents, between its marks."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"


def put(document: Path, name: str, text: str) -> None:
    """Replaces what stands between ``<!-- name -->`` and ``<!-- /name -->`` in a document.

    Raises
    ------
    ValueError
        When the document lacks one of the marks.
    """
    opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found, rest = document.read_text("utf-8").partition(opening)
    _, closed, after = rest.partition(closing)
    if not found or not closed:
        raise ValueError(f"{document.name} has no place for {name}")
    document.write_text(f"{before}{opening}{text.strip()}\n{closing}{after}", "utf-8")
