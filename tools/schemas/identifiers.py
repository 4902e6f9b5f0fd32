"""The strings that Keras takes in the place of an object, beyond the names of its classes."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from .namespaces import Catalogue

REGISTRIES = {
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
    "activation": "activations",
    "optimizer": "optimizers",
    "loss": "losses",
    "metric": "metrics",
    "dtype_policy": "dtype_policies",
}
"""Kinds that Keras keeps a registry of names for, and the module that holds it."""

METRIC_WORDS = ["acc"]
"""Words that `compile` turns into a metric that fits the loss; no class stands behind them. It does
so with `ce` and `crossentropy` only where a loss stands."""


def registered_names(catalogue: Catalogue, kind: str) -> dict[str, str]:
    """Names of a kind and what each stands for: class names, aliases and Keras's identifiers."""
    if kind == "activation":
        own = {name: name for name in catalogue.functions[kind]}
        return {**own, **catalogue.aliases[kind]}
    classes = catalogue.classes[kind]
    found = {name: name for name in classes} | catalogue.aliases[kind]
    if kind in REGISTRIES:
        module = importlib.import_module(f"keras.src.{REGISTRIES[kind]}")
        for name, member in module.ALL_OBJECTS_DICT.items():
            target = member.__name__ if inspect.isclass(member) else _class_of(classes, member)
            if target in classes and name not in found:
                found[name] = target
    return found


def _class_of(classes: dict[str, type], function: Any) -> str:
    """The loss class that applies a loss function."""
    for name, cls in classes.items():
        if getattr(_instance(cls), "fn", None) is function:
            return name
    return ""


def _instance(cls: type) -> Any:
    try:
        return cls()
    except TypeError:
        return None
