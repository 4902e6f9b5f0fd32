"""How a model was trained: what the spec says of it beyond Keras's defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelspec.document import format_flow
from modelspec.schema import class_schema

from .card_facts import CardFacts

_KINDS = ("optimizer", "loss", "metric", "callback", "schedule", "regularizer", "initializer")

_SAID_ELSEWHERE = frozenset(("epochs", "checkpoint", "tracking"))
_BY_MACHINE = frozenset(("steps_per_execution", "jit_compile"))


def training_settings(facts: CardFacts) -> Iterator[tuple[str, str]]:
    """The name of each setting and its value, as YAML or in words."""
    record, document = facts.record, facts.compiled.spec.document
    planned = record.planned
    yield "epochs", f"{record.done} of {planned}" if planned else str(record.done)
    if record.used is not None:
        used = record.used
        yield "epoch of the model", f"{used.epoch}, the best by {used.name} ({used.value:.4g})"
    if "data" in document:
        yield "batch_size", str(document["data"].get("batch_size", 32))
    for key, value in (document.get("training") or {}).items():
        if key in _SAID_ELSEWHERE or key in _BY_MACHINE:
            continue
        shown = _without_defaults(value)
        if shown not in (None, [], {}, "none", "auto"):
            yield str(key), format_flow(shown)


def _without_defaults(value: Any) -> Any:
    """A value of the expanded spec without what is null, and without defaults of Keras."""
    if isinstance(value, Mapping):
        if len(value) == 1:
            name, arguments = next(iter(value.items()))
            if isinstance(arguments, Mapping) and (known := _defaults(str(name))) is not None:
                given = {
                    key: _without_defaults(one)
                    for key, one in arguments.items()
                    if one is not None and (key not in known or known[key] != one)
                }
                return {str(name): given} if given else str(name)
        kept = {str(key): _without_defaults(one) for key, one in value.items() if one is not None}
        return {key: one for key, one in kept.items() if one not in ([], {})}
    if isinstance(value, list):
        return [_without_defaults(one) for one in value]
    return value


def _defaults(name: str) -> Mapping[str, Any] | None:
    """The defaults of a class of Keras; None where there is no such class."""
    for kind in _KINDS:
        found = class_schema(kind, name)
        if found is not None:
            properties = found.properties.items()
            return {key: about["default"] for key, about in properties if "default" in about}
    return None
