"""The registry's file: its entries, what the audit found of them, and nothing else."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from cutaway.models.model import (
    ACTIVATIONS,
    COMMERCIAL,
    FEATURES,
    FITS,
    KINDS,
    PROVIDERS,
    SCALES,
    TIERS,
    Classical,
    Contract,
    Model,
)

#: What of a model is not written in its entry but found by the audit.
FOUND = {"providers", "memory", "milliseconds"}
AUDIT = {"sha256": str, "date": str, "browser": str, "onnxruntime": str, "providers": dict}
PASSED = {"passed": bool, "milliseconds": int, "memory": int, "difference": float, "overlap": float}
FAILED = {"passed": bool, "cause": str}

#: What JSON must hold for each field that is not plain text.
_JSON_TYPES: Mapping[str, type] = {
    "bytes": int,
    "size": int,
    "multiple": int,
    "contract": dict,
    "needs": list,
    "buffer": int,
    "mean": list,
    "std": list,
}


def parse(document: Any) -> tuple[Model | Classical, ...]:
    """The entries of a registry document; ``ValueError`` names the first thing that is wrong.

    An audit of other weights than an entry's is no audit of it.
    """
    _require(
        isinstance(document, dict) and set(document) == {"models", "audit"},
        "the registry holds “models” and “audit” only",
    )
    audits = document["audit"]
    _require(isinstance(audits, dict), "the audit is not an object")
    for id, audit in audits.items():
        _check_audit(audit, f"audit of {id}")
    found = tuple(_entry(entry, audits) for entry in document["models"])
    ids = [entry.id for entry in found]
    _require(len(set(ids)) == len(ids), "two models have the same id")
    unknown = set(audits) - {entry.id for entry in found if isinstance(entry, Model)}
    _require(not unknown, f"audit of {sorted(unknown)}: there is no such model")
    return found


def parse_contract(entry: Any, where: str) -> Contract:
    """A contract as JSON holds it; ``ValueError`` names what is wrong, after ``where``."""
    values = _checked(entry, _names(Contract), f"{where}: contract")
    for name in ("mean", "std"):
        numbers = values[name]
        _require(
            len(numbers) == 3 and all(_is_number(number) for number in numbers),
            f"{where}: {name} is not three numbers",
        )
        values[name] = tuple(float(number) for number in numbers)
    contract = Contract(**values)
    _require(16 <= contract.size <= 4096, f"{where}: size is not 16 to 4096")
    _require(all(std > 0 for std in contract.std), f"{where}: std is not positive")
    _one_of(contract.scale, SCALES, f"{where}: scale")
    _one_of(contract.activation, ACTIVATIONS, f"{where}: activation")
    _one_of(contract.fit, FITS, f"{where}: fit")
    whole = contract.multiple > 0 and contract.size % contract.multiple == 0
    _require(whole, f"{where}: size is not a multiple of multiple")
    _require(
        contract.fit == "short" or contract.multiple == 1, f"{where}: a square needs no multiple"
    )
    return contract


def _entry(entry: Any, audits: Mapping[str, Any]) -> Model | Classical:
    _require(isinstance(entry, dict), "a model is not an object")
    _one_of(entry.get("kind"), KINDS, f"model {entry.get('id')}: kind")
    made = _classical(entry) if entry["kind"] == "classical" else _model(entry, audits)
    _one_of(made.tier, TIERS, f"model {made.id}: tier")
    _one_of(made.commercial, COMMERCIAL, f"model {made.id}: commercial")
    return made


def _classical(entry: dict[str, Any]) -> Classical:
    made = Classical(**_checked(entry, _names(Classical), f"model {entry.get('id')}"))
    _require(made.bytes == 0, f"model {made.id}: bytes is not 0, but it has no weights")
    return made


def _model(entry: dict[str, Any], audits: Mapping[str, Any]) -> Model:
    where = f"model {entry.get('id')}"
    values = _checked(entry, _names(Model) - FOUND, where)
    values["contract"] = parse_contract(values["contract"], where)
    values["needs"] = tuple(values["needs"])
    model = Model(**values, **_found(audits.get(values["id"]), values["sha256"]))
    for feature in model.needs:
        _one_of(feature, FEATURES, f"{where}: needs")
    for name in ("bytes", "buffer"):
        _require(getattr(model, name) > 0, f"{where}: {name} is not positive")
    _hex(model.sha256, 64, f"{where}: sha256")
    _hex(model.answer, 128, f"{where}: answer")
    return model


def _found(audit: Any, sha256: str) -> dict[str, Any]:
    """What an audit says of the weights with this SHA-256."""
    results = audit["providers"] if audit and audit["sha256"] == sha256 else {}
    passed = {name: result for name, result in results.items() if result["passed"]}
    return {
        "providers": tuple(name for name in PROVIDERS if name in passed),
        "memory": passed["wasm"]["memory"] if "wasm" in passed else 0,
        "milliseconds": passed["wasm"]["milliseconds"] if "wasm" in passed else 0,
    }


def _check_audit(audit: Any, where: str) -> None:
    _checked(audit, set(AUDIT), where, AUDIT)
    _hex(audit["sha256"], 64, f"{where}: sha256")
    _require(_is_date(audit["date"]), f"{where}: date is not year-month-day")
    for provider, result in audit["providers"].items():
        _one_of(provider, PROVIDERS, f"{where}: providers")
        _require(isinstance(result, dict), f"{where}: {provider} is not an object")
        shape = PASSED if result.get("passed") is True else FAILED
        _checked(result, set(shape), f"{where}: {provider}", shape)
        for name in ("milliseconds", "memory"):
            _require(result.get(name, 1) > 0, f"{where}: {provider}: {name} is not positive")


def _names(shape: type) -> set[str]:
    return {field.name for field in fields(shape)}


def _checked(
    entry: Any, names: set[str], where: str, types: Mapping[str, type] = _JSON_TYPES
) -> dict[str, Any]:
    """``entry`` with exactly these keys, each of its JSON type."""
    _require(isinstance(entry, dict), f"{where} is not an object")
    _require(not set(entry) - names, f"{where}: unknown key {sorted(set(entry) - names)}")
    _require(not names - set(entry), f"{where}: missing key {sorted(names - set(entry))}")
    for name, value in entry.items():
        wanted = types.get(name, str)
        right = isinstance(value, wanted) and isinstance(value, bool) == (wanted is bool)
        _require(right and value != "", f"{where}: {name} is not {wanted.__name__}")
    return dict(entry)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _one_of(value: Any, allowed: tuple[str, ...], where: str) -> None:
    _require(value in allowed, f"{where} is “{value}”, not one of {', '.join(allowed)}")


def _hex(value: str, digits: int, where: str) -> None:
    right = len(value) == digits and set(value) <= set("0123456789abcdef")
    _require(right, f"{where} is not {digits} hex digits")


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(f"registry: {sentence}")
