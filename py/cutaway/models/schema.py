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
    Entry,
    Model,
    Network,
    Prompted,
)

#: What of a model is not written in its entry but found by the audit.
FOUND = {"providers", "memory", "milliseconds"}
AUDIT = {"sha256": str, "date": str, "browser": str, "onnxruntime": str, "providers": dict}
PASSED = {"passed": bool, "milliseconds": int, "memory": int, "difference": float, "overlap": float}
FAILED = {"passed": bool, "cause": str}
#: Of a model that answers prompts the first two are the encoder's, and these are the decoder's.
ANSWERED = PASSED | {"answer_milliseconds": int, "answer_memory": int}

#: What an entry tells of a network; the rest of it follows, or is found by the audit.
NETWORK = {"bytes": int, "sha256": str, "outputs": list}

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
    "encoder": dict,
    "decoder": dict,
}


def parse(document: Any) -> tuple[Entry, ...]:
    """The entries of a registry document; ``ValueError`` names the first thing that is wrong.

    An audit of other weights than an entry's is no audit of it.
    """
    _require(
        isinstance(document, dict) and set(document) == {"models", "audit"},
        "the registry holds “models” and “audit” only",
    )
    audits = document["audit"]
    _require(isinstance(audits, dict), "the audit is not an object")
    answering = [
        entry.get("id")
        for entry in document["models"]
        if isinstance(entry, dict) and entry.get("kind") == "prompted"
    ]
    for id, audit in audits.items():
        _check_audit(audit, f"audit of {id}", ANSWERED if id in answering else PASSED)
    found = tuple(_entry(entry, audits) for entry in document["models"])
    ids = [entry.id for entry in found]
    _require(len(set(ids)) == len(ids), "two models have the same id")
    unknown = set(audits) - {entry.id for entry in found if not isinstance(entry, Classical)}
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


def _entry(entry: Any, audits: Mapping[str, Any]) -> Entry:
    _require(isinstance(entry, dict), "a model is not an object")
    _one_of(entry.get("kind"), KINDS, f"model {entry.get('id')}: kind")
    made: Entry
    if entry["kind"] == "prompted":
        made = _prompted(entry, audits)
    else:
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


def _prompted(entry: dict[str, Any], audits: Mapping[str, Any]) -> Prompted:
    where = f"model {entry.get('id')}"
    values = _checked(entry, _names(Prompted), where)
    contract = parse_contract(values["contract"], where)
    _require(contract.fit == "square", f"{where}: fit of a model that answers prompts is square")
    _hex(values["sha256"], 64, f"{where}: sha256")
    audit = audits.get(values["id"])
    _require(
        audit is None or set(audit["providers"]) <= {"wasm"},
        f"audit of {values['id']}: what answers prompts has no known answer to trust WebGPU by",
    )
    # The decoder's largest input is an earlier answer, of a quarter of the photo's side.
    for name, start, share in (("encoder", "", 1), ("decoder", "answer_", 16)):
        found = _found(audit, values["sha256"], start)
        found["pixels"] = contract.largest_input() // share
        values[name] = _network(values[name], name, values, found)
    model = Prompted(**values | {"contract": contract})
    both = sum(network.bytes for network in model.networks)
    _require(model.bytes == both, f"{where}: bytes is not the sum of both networks'")
    _require(contract.output in model.encoder.outputs, f"{where}: output is none of the encoder's")
    return model


def _network(entry: Any, name: str, model: Mapping[str, Any], found: dict[str, Any]) -> Network:
    where = f"model {model['id']}: {name}"
    values = _checked(entry, set(NETWORK), where, NETWORK)
    values["outputs"] = tuple(values["outputs"])
    _require(values["bytes"] > 0, f"{where}: bytes is not positive")
    _hex(values["sha256"], 64, f"{where}: sha256")
    named = all(isinstance(output, str) and output for output in values["outputs"])
    _require(bool(values["outputs"]) and named, f"{where}: outputs are not names")
    return Network(f"{model['id']}-{name}", model["title"], **values, **found)


def _found(audit: Any, sha256: str, start: str = "") -> dict[str, Any]:
    """What an audit says of the weights with this SHA-256, in numbers that start like this."""
    results = audit["providers"] if audit and audit["sha256"] == sha256 else {}
    passed = {name: result for name, result in results.items() if result["passed"]}
    numbers = {
        name: passed["wasm"][start + name] if "wasm" in passed else 0
        for name in ("memory", "milliseconds")
    }
    return {"providers": tuple(name for name in PROVIDERS if name in passed), **numbers}


def _check_audit(audit: Any, where: str, passed: Mapping[str, type]) -> None:
    _checked(audit, set(AUDIT), where, AUDIT)
    _hex(audit["sha256"], 64, f"{where}: sha256")
    _require(_is_date(audit["date"]), f"{where}: date is not year-month-day")
    for provider, result in audit["providers"].items():
        _one_of(provider, PROVIDERS, f"{where}: providers")
        _require(isinstance(result, dict), f"{where}: {provider} is not an object")
        shape = passed if result.get("passed") is True else FAILED
        _checked(result, set(shape), f"{where}: {provider}", shape)
        for name, wanted in shape.items():
            positive = wanted is not int or result[name] > 0
            _require(positive, f"{where}: {provider}: {name} is not positive")


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
