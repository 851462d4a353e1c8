"""What this device has taught: checks passed, failures, a tally. Kept here and never sent."""

import json
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

#: So many outcomes are remembered.
TALLY_LENGTH = 200
#: A provider that failed this often on a device is not tried again for this build.
ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt to run a model: how it ended (``"ok"`` or a code), and how long it took."""

    model: str
    provider: str
    threads: int
    outcome: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Ahead:
    """A model that the next visit may load while Python boots; `worker/python.js` reads it."""

    model: str
    provider: str
    threads: int


@dataclass(slots=True)
class Notebook:
    """Notes about one device, for one build; a new build starts with nothing but the tally.

    Attributes
    ----------
    build : str
        The build that these notes are about.
    checks : dict
        By adapter and weights: whether the known answer came out.
    failures : dict
        By adapter: how often WebGPU failed there.
    tally : list of Outcome
        The last attempts, oldest first, of whatever build.
    ahead : Ahead or None
        What the next visit may load before anybody asks.
    """

    build: str
    checks: dict[str, bool] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    tally: list[Outcome] = field(default_factory=list)
    ahead: Ahead | None = None

    @classmethod
    def parse(cls, text: str, build: str) -> "Notebook":
        """Notes from ``to_text``; damaged ones and those of another build are forgotten."""
        try:
            kept = json.loads(text)
            tally = [Outcome(**entry) for entry in kept["tally"]]
            if kept["build"] != build:
                return cls(build, tally=tally)
            ahead = Ahead(**kept["ahead"]) if kept.get("ahead") else None
            return cls(build, dict(kept["checks"]), dict(kept["failures"]), tally, ahead)
        except (ValueError, KeyError, TypeError):
            return cls(build)

    def to_text(self) -> str:
        return json.dumps(asdict(self))

    def checked(self, adapter: str, weights: str) -> bool | None:
        """Whether these weights gave the known answer on this adapter; None when never asked."""
        return self.checks.get(f"{adapter} {weights}")

    def note_check(self, adapter: str, weights: str, passed: bool) -> None:
        self.checks[f"{adapter} {weights}"] = passed

    def note_failure(self, adapter: str) -> None:
        self.failures[adapter] = self.failures.get(adapter, 0) + 1

    def forgive(self, adapter: str) -> None:
        """Forgets what failed on an adapter, because the user asks for it again."""
        self.failures.pop(adapter, None)
        self.checks = {
            key: passed
            for key, passed in self.checks.items()
            if passed or not key.startswith(f"{adapter} ")
        }

    def given_up(self, adapter: str) -> bool:
        return self.failures.get(adapter, 0) >= ENOUGH

    def note(self, outcome: Outcome) -> None:
        self.tally = [*self.tally, outcome][-TALLY_LENGTH:]

    def usual(self, model: str) -> float | None:
        """Median milliseconds of a model's runs, by the provider that it last ran on.

        None for one that has not run on this device: then nobody can tell.
        """
        good = [entry for entry in self.tally if (entry.model, entry.outcome) == (model, "ok")]
        if not good:
            return None
        way = (good[-1].provider, good[-1].threads)
        return median(each.milliseconds for each in good if (each.provider, each.threads) == way)

    def summary(self) -> list[dict[str, Any]]:
        """The tally by model, provider and outcome: how often, and the median milliseconds."""
        groups: dict[tuple[str, str, int, str], list[float]] = {}
        for entry in self.tally:
            key = (entry.model, entry.provider, entry.threads, entry.outcome)
            groups.setdefault(key, []).append(entry.milliseconds)
        names = ("model", "provider", "threads", "outcome")
        return [
            dict(zip(names, key, strict=True))
            | {"times": len(spent), "milliseconds": round(sorted(spent)[len(spent) // 2], 1)}
            for key, spent in groups.items()
        ]
