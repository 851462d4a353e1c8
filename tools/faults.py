"""Faults that a test orders from the local server."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass
class _Fault:
    kind: str
    pattern: str
    value: float
    left: int


@dataclass
class _Gate:
    pattern: str
    left: int
    opened: threading.Event


class Faults:
    """Things that go wrong on purpose, each ``times`` times; ``path`` may hold ``*``."""

    def __init__(self) -> None:
        self._faults: list[_Fault] = []
        self._gates: list[_Gate] = []
        self._lock = threading.Lock()

    def cut(self, path: str, after: int, times: int = 1) -> None:
        """Drop the connection after ``after`` bytes of the body."""
        self._faults.append(_Fault("cut", path, after, times))

    def fail(self, path: str, status: int, times: int = 1) -> None:
        """Answer with ``status`` instead of the file."""
        self._faults.append(_Fault("fail", path, status, times))

    def delay(self, path: str, seconds: float, times: int = 1) -> None:
        """Wait before answering."""
        self._faults.append(_Fault("delay", path, seconds, times))

    def hold(self, path: str, times: int = 100) -> threading.Event:
        """Keep answers back until the event that this gives is set."""
        gate = _Gate(path, times, threading.Event())
        self._gates.append(gate)
        return gate.opened

    def clear(self) -> None:
        """Forget every fault that has not happened yet, and keep nothing back any more."""
        self._faults.clear()
        for gate in self._gates:
            gate.opened.set()
        self._gates.clear()

    def wait(self, path: str) -> None:
        """Wait for as long as what lies at ``path`` is kept back."""
        with self._lock:
            gates = [g for g in self._gates if g.left > 0 and fnmatchcase(path, g.pattern)]
            for gate in gates:
                gate.left -= 1
        for gate in gates:
            gate.opened.wait()

    def take(self, kind: str, path: str) -> float | None:
        """Use up one fault of this kind for this path; ``None`` when there is none."""
        with self._lock:
            for fault in self._faults:
                if fault.kind == kind and fault.left > 0 and fnmatchcase(path, fault.pattern):
                    fault.left -= 1
                    return fault.value
        return None
