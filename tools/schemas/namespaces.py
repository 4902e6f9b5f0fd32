"""Which objects Keras makes public, under which names, and where their schemas stand."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras

NAMESPACES = {
    "layer": "layers",
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
    "optimizer": "optimizers",
    "schedule": "optimizers.schedules",
    "loss": "losses",
    "metric": "metrics",
    "callback": "callbacks",
    "dtype_policy": "dtype_policies",
}
"""Kinds whose members are classes, and the namespace of Keras that lists them."""

PAGES = {
    "initializer": "initializers.json",
    "regularizer": "regularizers.json",
    "constraint": "constraints.json",
    "optimizer": "optimizers.json",
    "schedule": "schedules.json",
    "loss": "losses.json",
    "metric": "metrics.json",
    "callback": "callbacks.json",
    "dtype_policy": "dtype_policies.json",
}

INTERNAL_LAYERS = {
    "StochasticDepth": "keras.src.applications.convnext",
    "LayerScale": "keras.src.applications.convnext",
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
}
"""Layers that Keras's own applications are made of, though `keras.layers` does not list them."""

FAMILIES = {
    "TFSMLayer": "core",
    "StochasticDepth": "regularization",
    "LayerScale": "core",
    "CustomScaleLayer": "merging",
}
"""Families of layers that do not stand in one of Keras's family folders."""

UNLISTED = {"deserialize", "get", "serialize"}
"""Functions of each namespace that are machinery."""

OP_NAMESPACES = ("", "image", "linalg", "nn", "numpy")


@dataclass
class Catalogue:
    """All public objects of Keras, by kind.

    Attributes:
        classes: kind to canonical name to class.
        functions: for "activation", "op" and "application", name to function.
        aliases: kind to other name to canonical name.
        public: kind to every public name, those of functions and bases too.
    """

    classes: dict[str, dict[str, type]] = field(default_factory=dict)
    functions: dict[str, dict[str, Callable[..., Any]]] = field(default_factory=dict)
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    public: dict[str, set[str]] = field(default_factory=dict)


def read_catalogue() -> Catalogue:
    """Read all namespaces of the installed Keras without what `refused.py` refuses, and add the
    classes of `own.py`."""
    from .own import OWN
    from .refused import is_refused

    found = Catalogue()
    for kind, path in NAMESPACES.items():
        members = _members(path)
        found.public[kind] = {name for name in members if name not in UNLISTED}
        classes = {n: o for n, o in members.items() if inspect.isclass(o)}
        if kind == "layer":
            for name, module in INTERNAL_LAYERS.items():
                classes[name] = getattr(importlib.import_module(module), name)
        canonical = {n: _canonical(n, o, classes) for n, o in classes.items()}
        canonical |= {o.__name__: canonical[n] for n, o in classes.items()}
        kept = {n: to for n, to in sorted(canonical.items()) if not is_refused(kind, to)}
        found.classes[kind] = {n: classes[n] for n, to in kept.items() if n == to}
        found.aliases[kind] = {n: to for n, to in kept.items() if n != to}
        found.classes[kind] |= OWN.get(kind, {})
    for kind, path in (("activation", "activations"), ("application", "applications")):
        _read_functions(found, kind, {n: o for n, o in _members(path).items() if n not in UNLISTED})
    _read_functions(found, "op", _operations())
    return found


def family(cls: type) -> str:
    """The family of a layer: the folder of Keras that it stands in."""
    if cls.__name__ in FAMILIES:
        return FAMILIES[cls.__name__]
    parts = cls.__module__.split(".")
    if parts[:3] != ["keras", "src", "layers"] or len(parts) < 5:
        raise LookupError(f"{cls.__module__}.{cls.__name__} needs an entry in FAMILIES")
    return "image_preprocessing" if "image_preprocessing" in parts else parts[3]


def page_of(kind: str, cls: type) -> str:
    """The schema file of a class."""
    return f"layers/{family(cls)}.json" if kind == "layer" else PAGES[kind]


def _canonical(name: str, cls: type, classes: dict[str, type]) -> str:
    """The name that a class goes by: its own, or the public one where its own is not public."""
    return cls.__name__ if classes.get(cls.__name__) is cls else name


def _members(path: str) -> dict[str, Any]:
    module = keras
    for part in path.split("."):
        module = getattr(module, part)
    return {
        name: getattr(module, name)
        for name in dir(module)
        if not name.startswith("_") and not inspect.ismodule(getattr(module, name))
    }


def _operations() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for space in OP_NAMESPACES:
        for name, member in _members(f"ops.{space}".rstrip(".")).items():
            found[f"{space}.{name}".lstrip(".")] = member
    return found


def _read_functions(found: Catalogue, kind: str, members: dict[str, Callable[..., Any]]) -> None:
    """Sort functions into first names and aliases: the one without a dot, or Keras's own."""
    from .refused import is_refused

    found.public[kind] = set(members)
    found.functions[kind], found.aliases[kind] = {}, {}
    first: dict[int, str] = {}
    for name in sorted(members, key=lambda n: (n.count("."), n)):
        function = members[name]
        if is_refused(kind, name):
            continue
        own = function.__name__
        canonical = first.get(id(function), own if members.get(own) is function else name)
        first[id(function)] = canonical
        if name == canonical:
            found.functions[kind][name] = function
        else:
            found.aliases[kind][name] = canonical
