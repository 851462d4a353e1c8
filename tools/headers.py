"""Reads a ``_headers`` file the way Cloudflare Pages and Netlify do.

A line that starts at the margin is a path, an indented ``Name: value`` belongs to the path above,
``*`` stands for any characters, ``#`` starts a comment line. A request gets the headers of *every*
rule that matches; values of one name are joined by commas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tools.problems import Problem

Header = tuple[str, str]


@dataclass(frozen=True)
class Rule:
    """One path pattern and the headers under it, in the order of the file."""

    path: str
    headers: tuple[Header, ...]

    def matches(self, path: str) -> bool:
        """Whether a request for ``path`` (absolute, without query) gets this rule's headers."""
        pattern = ".*".join(re.escape(part) for part in self.path.split("*"))
        return re.fullmatch(pattern, path, re.DOTALL) is not None


@dataclass(frozen=True)
class Headers:
    """A parsed ``_headers`` file."""

    rules: tuple[Rule, ...]

    def headers_for(self, path: str) -> list[Header]:
        """Return every matching header, one entry for each rule that sets it (not yet joined)."""
        return [header for rule in self.rules if rule.matches(path) for header in rule.headers]

    def joined_for(self, path: str) -> dict[str, str]:
        """Return what a host sends for ``path``: each name once, its values joined by commas."""
        joined: dict[str, str] = {}
        spelling: dict[str, str] = {}
        for name, value in self.headers_for(path):
            known = spelling.setdefault(name.lower(), name)
            joined[known] = f"{joined[known]}, {value}" if known in joined else value
        return joined


def parse(text: str) -> Headers:
    """Parse a ``_headers`` file; raise ``Problem`` for what hosts would not understand."""
    rules: list[Rule] = []
    path: str | None = None
    headers: list[Header] = []

    def close() -> None:
        if path is not None:
            if not headers:
                raise Problem(f"_headers: nothing stands under {path}.")
            rules.append(Rule(path, tuple(headers)))

    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        if not line[0].isspace():
            close()
            path, headers = _path(content, number), []
        elif path is None:
            raise Problem(f"_headers, line {number}: a header stands before any path.")
        else:
            headers.append(_header(content, number))
    close()
    return Headers(tuple(rules))


def read(file: Path) -> Headers:
    """Parse ``file``; a file that is not there means no headers, as it does for a host."""
    return parse(file.read_text("utf-8")) if file.is_file() else Headers(())


def _path(text: str, number: int) -> str:
    if not text.startswith("/") or ":" in text or " " in text:
        raise Problem(
            f"_headers, line {number}: {text!r} is no path like /site/* "
            "(whole addresses and :names are not used here)."
        )
    if "*" in text and (text.count("*") > 1 or not text.endswith("*")):
        raise Problem(f"_headers, line {number}: * may only stand once, at the end of a path.")
    return text


def _header(text: str, number: int) -> Header:
    name, colon, value = text.partition(":")
    if not colon or not re.fullmatch(r"[A-Za-z0-9-]+", name) or not value.strip():
        raise Problem(f"_headers, line {number}: {text!r} is not of the form 'Name: value'.")
    if len(text) > 2000:
        raise Problem(f"_headers, line {number}: longer than the 2,000 characters hosts accept.")
    return name, value.strip()
