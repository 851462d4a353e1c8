"""A sample of what `bench.fuzz` does by the thousand."""

from bench import fuzz

COUNT = 460


def test_no_damaged_file_escapes():
    files = list(fuzz.mutants(fuzz.seeds(), COUNT, seed=7))
    outcomes, faults, slowest = fuzz.read_all(files)
    assert not faults
    assert sum(outcomes.values()) == COUNT
    assert slowest < fuzz.SECONDS
    assert set(outcomes) <= fuzz.CODES | {"read"}
    assert outcomes["read"] > COUNT // 20, "the mutants are too far from any picture"


def test_a_crash_and_a_fault_would_be_found(monkeypatch):
    monkeypatch.setattr(fuzz, "outcome", _faulty)
    outcomes, faults, _ = fuzz.read_all([b"fine", b"fault", b"crash", b"fine"])
    assert [number for number, _ in faults] == [1, 2]
    assert outcomes["read"] == 2


def _faulty(data, salvage):
    if data == b"crash":
        fuzz.os._exit(9)
    assert data != b"fault"
    return "read"
