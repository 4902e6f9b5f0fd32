"""`keras.json`: for each kind of Keras object, which names and mappings may stand for it.

The class is found by its key and not by trying one schema after another, so that an error in an
argument is told at that argument.
"""

from __future__ import annotations

from typing import Any

import keras

from .identifiers import METRIC_WORDS, registered_names
from .namespaces import Catalogue, page_of
from .refused import REFUSED, SPACES, all_refused

EXTENSION = "^[A-Za-z_][A-Za-z0-9_.]*>[A-Za-z_][A-Za-z0-9_]*$"
BLOCK = "^[a-z][a-z0-9_]*$"
SPEC = "modelspec.schema.json"
RATE = "a number or a learning rate schedule"
EXPRESSION = {"$ref": "types.json#/$defs/expression"}

TITLES = {
    "layer": "a layer",
    "initializer": "an initializer",
    "regularizer": "a regularizer",
    "constraint": "a constraint",
    "activation": "an activation",
    "optimizer": "an optimizer",
    "schedule": "a learning rate schedule",
    "loss": "a loss",
    "metric": "a metric",
    "callback": "a callback",
    "dtype_policy": "a dtype policy",
    "op": "a function of keras.ops",
    "application": "an architecture of keras.applications",
    "optimizer_map": "a mapping from `OptimizerMap` to its arguments",
}

NULLABLE = {
    "initializer",
    "regularizer",
    "constraint",
    "activation",
    "loss",
    "metric",
    "dtype_policy",
}
"""Kinds that Keras takes None for."""

OWN_LAYERS = ("Sequential", "Functional", "Weight")
"""Layers of the language that no text can stand for: each needs its mapping."""

DTYPES = {"$ref": "types.json#/$defs/policy_name_or_null"}
QUANTIZED = r"^(int8|int4(/-?[0-9]+)?|float8|gptq/[2348]/-?[0-9]+|awq/4/-?[0-9]+)_from_[a-z0-9_]+$"


def keras_file(
    catalogue: Catalogue, contents: dict[str, dict[str, Any]], faults: list[str]
) -> dict[str, Any]:
    """The whole of `keras.json`."""
    kinds = {kind: _kind(catalogue, kind) for kind in SPACES}
    kinds |= _derived()
    faults += _unknown_names(catalogue)
    return {
        "$schema": next(iter(contents.values()))["$schema"],
        "title": "Keras objects by kind",
        "x-keras-version": keras.__version__,
        "x-refused": all_refused(catalogue.public),
        "$defs": dict(sorted(kinds.items())),
    }


def _kind(catalogue: Catalogue, kind: str) -> dict[str, Any]:
    if kind in ("op", "application"):
        return _form(kind, *_functions(catalogue, kind, ""))
    targets = registered_names(catalogue, kind)
    references = {name: _reference(catalogue, kind, target) for name, target in targets.items()}
    words: list[dict[str, Any]] = []
    patterns: dict[str, Any] = {EXTENSION: {"$ref": f"{SPEC}#/$defs/extension_use"}}
    if kind == "layer":
        for inner in ("op", "application"):
            references |= _functions(catalogue, inner, SPACES[inner] + ".")[0]
        references["Sequential"] = {"$ref": f"{SPEC}#/$defs/nested_sequential"}
        references["Functional"] = {"$ref": f"{SPEC}#/$defs/nested_functional"}
        references["Weight"] = {"$ref": f"{SPEC}#/$defs/weight"}
        patterns[BLOCK] = {"$ref": f"{SPEC}#/$defs/block_use"}
        words.append({"pattern": BLOCK})
    if kind == "activation":
        references |= _activation_layers(catalogue)
    if kind == "metric":
        words.append({"enum": METRIC_WORDS})
    if kind == "dtype_policy":
        words += [DTYPES, {"pattern": QUANTIZED}]
    if kind == "optimizer":
        del references["OptimizerMap"], references["optimizermap"]
    return _form(kind, references, words, patterns)


def _form(
    kind: str,
    references: dict[str, Any],
    words: list[dict[str, Any]],
    patterns: dict[str, Any] | None = None,
) -> dict[str, Any]:
    types = ["string", "object", "null"] if kind in NULLABLE else ["string", "object"]
    mapping: dict[str, Any] = {"properties": dict(sorted(references.items()))}
    if patterns:
        mapping["patternProperties"] = patterns
    mapping |= {"additionalProperties": False, "minProperties": 1, "maxProperties": 1}
    texts = [{"enum": _strings(references)}, *words, {"pattern": EXTENSION}, EXPRESSION]
    return {
        "title": TITLES[kind],
        "x-object": kind,
        "type": types,
        "if": {"type": "string"},
        "then": {"anyOf": texts},
        "else": {"if": {"type": "object"}, "then": mapping},
    }


def _strings(references: dict[str, Any]) -> list[str]:
    return sorted(name for name in references if name not in OWN_LAYERS)


def _reference(catalogue: Catalogue, kind: str, name: str) -> dict[str, Any]:
    if kind == "activation":
        return {"$ref": f"activations.json#/$defs/{name}"}
    return {"$ref": f"{page_of(kind, catalogue.classes[kind][name])}#/$defs/{name}"}


def _functions(
    catalogue: Catalogue, kind: str, prefix: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    page = f"{SPACES[kind]}.json"
    names = {name: name for name in catalogue.functions[kind]} | catalogue.aliases[kind]
    if kind == "op":
        names["get_item"] = "get_item"
    return {f"{prefix}{n}": {"$ref": f"{page}#/$defs/{t}"} for n, t in names.items()}, []


def _activation_layers(catalogue: Catalogue) -> dict[str, Any]:
    """Layers that may stand as an activation: Keras calls whatever stands there."""
    page = "layers/activations.json"
    layers = catalogue.classes["layer"]
    return {
        name: {"$ref": f"{page}#/$defs/{name}"}
        for name, cls in layers.items()
        if page_of("layer", cls) == page and name != "Activation"
    }


def _derived() -> dict[str, Any]:
    """Kinds made of others: lists, mappings, and an object or something plainer."""
    layer = {"$ref": "#/$defs/layer"}
    optimizer_map = {"OptimizerMap": {"$ref": "optimizers.json#/$defs/OptimizerMap"}}
    return {
        "layers": _list("a list of layers", "layer"),
        "cells": _either("a cell or a list of cells", "layer", "array", _list("", "layer"), layer),
        "optional_layer": _either("a layer or null", "layer", "null", {}, layer),
        "learning_rate": {
            **_either(
                "a number or a learning rate schedule", "schedule", "number", {}, _schedule()
            ),
            "x-python": "float",
        },
        "optimizer_map": {**_form("optimizer_map", optimizer_map, []), "type": "object"},
        "optimizers_by_path": _mapping("a mapping from paths to optimizers", "optimizer"),
        "dtype_policies_by_path": _mapping(
            "a mapping from paths to dtype policies", "dtype_policy"
        ),
    }


def _schedule() -> dict[str, Any]:
    return {"$ref": "#/$defs/schedule"}


def _list(title: str, kind: str) -> dict[str, Any]:
    return {
        "title": title,
        "x-object": kind,
        "x-list": True,
        "type": "array",
        "items": {"$ref": f"#/$defs/{kind}"},
    }


def _mapping(title: str, kind: str) -> dict[str, Any]:
    return {
        "title": title,
        "x-object": kind,
        "x-mapping": True,
        "type": ["object", "null"],
        "additionalProperties": {"$ref": f"#/$defs/{kind}"},
    }


def _either(
    title: str, kind: str, plain: str, then: dict[str, Any], other: dict[str, Any]
) -> dict[str, Any]:
    """An object, or a value of a plain type."""
    inner = {key: value for key, value in then.items() if key == "items"}
    return {
        "title": title,
        "x-object": kind,
        "if": {"type": plain},
        "then": inner,
        "else": other,
    }


def _unknown_names(catalogue: Catalogue) -> list[str]:
    """Refused names that the installed Keras does not have."""
    known = {f"{SPACES[kind]}.{name}" for kind, names in catalogue.public.items() for name in names}
    return [f"refused.py names {name}, which Keras has not" for name in set(REFUSED) - known]
