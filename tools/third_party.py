"""What others made of what a site carries, as a page: found in the very files that are shipped."""

import fnmatch
import re
import tomllib
import zipfile
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cutaway.models import registry
from tools.environment import ROOT
from tools.files import written
from tools.problems import Problem
from tools.sources import Sources

#: The name of the page, in the project's root and in a built site.
NAME = "THIRD_PARTY.md"
LISTED = Path(__file__).with_name("third_party.toml")

HEAD = """\
# What others made

A site that Cutaway builds carries what is listed here. The list is made by the build, from the
files that are shipped. Licence texts that came with a part are inside it.

"""


def text(models: Sequence[str], parts: Path) -> str:
    """The page for a site with these models; ``parts`` is the folder of the fetched parts.

    Raises ``Problem`` when a part is not in the file where it should be.
    """
    listed = known()
    rows = [_row(part, parts) for part in listed["part"]]
    weights = [_weights(id, listed["projects"]) for id in models]
    return (
        HEAD
        + _table(("part", "version", "licence", "home"), rows)
        + "\n## Weights\n\n"
        + _table(("model", "bytes", "licence", "commercial use", "made by", "home"), weights)
    )


def known() -> dict[str, Any]:
    """What ``third_party.toml`` says."""
    return tomllib.loads(LISTED.read_text(encoding="utf-8"))


def write(page: str, root: Path = ROOT) -> None:
    """Put the page into the project's root, where it is kept."""
    if not (root / NAME).is_file() or (root / NAME).read_text(encoding="utf-8") != page:
        with written(root / NAME) as temporary:
            temporary.write_text(page, encoding="utf-8")


def _row(part: dict[str, Any], parts: Path) -> tuple[str, ...]:
    content = _content(parts, part["file"])
    found = _found(part["mark"], content, part["name"])
    version = _word(found) if found.groups() else "not told"
    if "npm" in part:
        version = Sources().version(part["npm"])
    licence = part.get("licence") or _word(_found(part["licence_mark"], content, part["name"]))
    name = f"{part['name']} (in {part['inside']})" if "inside" in part else part["name"]
    return name, version, licence, part["home"]


def _weights(id: str, projects: dict[str, dict[str, str]]) -> tuple[str, ...]:
    if id not in projects:
        raise Problem(f"tools/third_party.toml does not say who made {id}.")
    model, project = registry.entry(id), projects[id]
    size = f"{model.bytes:,}"
    return model.title, size, model.licence, model.commercial, project["name"], project["home"]


def _found(mark: str, content: bytes, name: str) -> re.Match[bytes]:
    found = re.search(mark.encode(), content)
    if found is None:
        raise Problem(f"{name} is not where tools/third_party.toml says it is.")
    return found


def _word(found: re.Match[bytes]) -> str:
    return found.group(1).decode().replace("_", ".")


@cache
def _content(parts: Path, place: str) -> bytes:
    """The bytes of a file below ``parts``, or of one inside a zip there."""
    file, _, member = place.partition("!")
    try:
        path = next(parts.glob(file))
        if not member:
            return path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            return archive.read(next(iter(fnmatch.filter(archive.namelist(), member))))
    except (StopIteration, OSError) as error:
        raise Problem(f"{place} is missing: run python3 build.py dist again.") from error


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
