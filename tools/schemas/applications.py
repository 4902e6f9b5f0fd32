"""One schema for each architecture of `keras.applications`, used as one layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .classes import build_entry
from .inherited import OMITTED
from .signatures import Argument, function_arguments

PAGE = "applications.json"

ADDED = (Argument("outputs", None), Argument("trainable", True), Argument("dtype", None))
"""What a spec says of an application beside the arguments of Keras's function, with defaults."""


def application_entries(
    functions: dict[str, Callable[..., Any]], faults: list[str]
) -> dict[str, dict[str, Any]]:
    """Schemas of the architectures. Each is called like a model with one input."""
    omitted = {name: why for name, why in OMITTED.items() if name != "weights"}
    entries = {}
    for name, function in functions.items():
        arguments = [*function_arguments(function), *ADDED]
        entry = build_entry(PAGE, name, arguments, faults, omitted)
        entry["x-call"] = {
            "list": False,
            "tensors": ["inputs"],
            "arguments": {"training": "boolean_or_null"},
        }
        entries[name] = entry
    return entries
