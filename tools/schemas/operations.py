"""One schema for each function of `keras.ops` that can be a node of a graph."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from .classes import build_entry
from .signatures import Argument, function_arguments, is_variadic

PAGE = "ops.json"

LIST_OPS = {"concatenate", "stack", "hstack", "vstack", "dstack", "select"}
"""Functions whose first parameter is a list of tensors."""

SPREAD = {"rearrange": "axes_lengths"}
"""Functions with free keyword arguments, and the argument of a spec that holds them as a
mapping."""

LEGACY_KWARGS = {"einsum", "layer_normalization", "multi_hot"}
"""Functions whose `**kwargs` only take what Keras has retired."""

ADDED = {"get_item": ["x", "key"]}
"""Functions that a spec has, though Keras spells them another way (`x[:, 0]`)."""


def operation_entries(
    functions: dict[str, Callable[..., Any]], faults: list[str]
) -> dict[str, dict[str, Any]]:
    """Schemas of the functions. A constant may stand in for any tensor, so none is required."""
    entries = {name: _entry(name, f, faults) for name, f in functions.items() if name not in ADDED}
    for name, parameters in ADDED.items():
        arguments = [Argument(p, inspect.Parameter.empty) for p in parameters]
        call = {"parameters": parameters, "list": False}
        entries[name] = _finish(build_entry(PAGE, name, arguments, faults), call)
    return entries


def _entry(name: str, function: Callable[..., Any], faults: list[str]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters
    arguments = function_arguments(function)
    kinds = {p.kind for p in parameters.values()}
    if name in SPREAD:
        arguments.append(Argument(SPREAD[name], {}))
    elif inspect.Parameter.VAR_KEYWORD in kinds and name not in LEGACY_KWARGS:
        faults.append(f"ops.{name} takes **kwargs and is in no table of operations.py")
    names = [n for n, p in parameters.items() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    call: dict[str, Any] = {"parameters": names, "list": name in LIST_OPS}
    if is_variadic(function):
        call["variadic"] = True
    if name in SPREAD:
        call["spread"] = SPREAD[name]
    return _finish(build_entry(PAGE, name, arguments, faults, {}), call)


def _finish(entry: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    required = entry["required"]
    if call.get("variadic"):
        required = [*required, *(p for p in call["parameters"] if p not in entry["properties"])]
    entry["x-required"] = [name for name in call["parameters"] if name in required]
    entry["required"] = []
    entry["x-call"] = call
    return entry
