"""What a layer's call takes: tensors, plain values, or a list of tensors."""

from __future__ import annotations

import inspect
from typing import Any

TENSORS = {
    "inputs",
    "data",
    "x",
    "sequence",
    "sequences",
    "states",
    "query",
    "value",
    "key",
    "initial_state",
    "mask",
    "query_mask",
    "value_mask",
    "key_mask",
    "attention_mask",
    "count_weights",
}
"""Parameters of `call` that take tensors."""

VALUES = {
    "training": "boolean_or_null",
    "return_attention_scores": "boolean",
    "use_causal_mask": "boolean",
    "reverse": "boolean",
}
"""Parameters of `call` that take plain values, and their types."""

LIST_BASES = {"Merge"}
LIST_LAYERS = {"Attention", "AdditiveAttention", "HashedCrossing", "CustomScaleLayer"}
"""Layers whose first call parameter takes a list of tensors."""


def layer_call(cls: type, faults: list[str]) -> dict[str, Any]:
    """The `x-call` of a layer."""
    tensors: list[str] = []
    values: dict[str, str] = {}
    parameters = inspect.signature(cls.__dict__.get("call") or _call(cls)).parameters
    for name, parameter in list(parameters.items())[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if name in TENSORS:
            tensors.append(name)
        elif name in VALUES:
            values[name] = VALUES[name]
        else:
            faults.append(f"{cls.__name__}.call({name}) is in no table of calls.py")
    names = {base.__name__ for base in cls.__mro__}
    takes_list = bool(names & LIST_BASES) or cls.__name__ in LIST_LAYERS
    return {"list": takes_list, "tensors": tensors, "arguments": values}


def _call(cls: type) -> Any:
    return cls.call  # type: ignore[attr-defined]
