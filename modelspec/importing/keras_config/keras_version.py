"""Which Keras wrote a config: the same words mean different things in each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 300
"""Configs of real models nest some ten levels for each model in a model."""

MALFORMED_CONFIG_ERRORS = (
    AssertionError, AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError,
    ValueError,
)  # fmt: skip
"""What meets a config in which values are of other types than Keras writes."""

_KERAS1_ARGUMENTS = frozenset(
    ("nb_filter", "nb_row", "nb_col", "border_mode", "subsample", "dim_ordering", "W_regularizer",
     "b_regularizer", "W_constraint", "inner_init", "filter_length", "subsample_length")
)  # fmt: skip
_KERAS1_PAIRS = frozenset(
    (("Dense", "output_dim"), ("Dropout", "p"), ("BatchNormalization", "mode"))
)


def nesting_depth(value: Any) -> int:
    """How deep a value nests, up to one more than `MAX_DEPTH`."""
    level, reached = [value], 0
    while level and reached <= MAX_DEPTH:
        reached += 1
        level = [
            inner
            for item in level
            if isinstance(item, (dict, list))
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return reached


def detect_generation(model: Any, version: str | None) -> int:
    """1, 2 or 3, by the version that the file gives, else by its words."""
    major = re.match(r"[123](?=\.)", version or "")
    if major is not None:
        return int(major.group())
    if find_keras1_layer(model) is not None:
        return 1
    found = set()
    for item in _mappings(model):
        if "batch_input_shape" in item:
            return 2
        if "batch_shape" in item or item.get("class_name") == "DTypePolicy":
            found.add(3)
        nodes = item.get("inbound_nodes")
        if isinstance(nodes, list) and any(isinstance(n, dict) and "args" in n for n in nodes):
            found.add(3)
        if str(item.get("module") or "").startswith(("keras.src.engine", "keras.engine")):
            return 2
        if "module" in item and "registered_name" in item:
            found.add(3)
    return 3 if found else 2


def find_keras1_layer(model: Any) -> tuple[str, str, str] | None:
    """Name, class and argument of the first layer that only Keras 1 could have written."""
    for item in _mappings(model):
        config, class_name = item.get("config"), item.get("class_name")
        if not isinstance(config, dict) or not isinstance(class_name, str):
            continue
        for key in config:
            if key in _KERAS1_ARGUMENTS or (class_name, key) in _KERAS1_PAIRS:
                return str(item.get("name") or config.get("name")), class_name, key
    return None


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    """All mappings of a nested value, outer ones first, in order."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield item
            waiting.extend(reversed(list(item.values())))
        elif isinstance(item, list):
            waiting.extend(reversed(item))


def unwrap_config(config: Any, version: str | None = None) -> tuple[Any, str | None, Any]:
    """The model in a config, its Keras version, and its compile settings.

    JSON inside JSON, TensorFlow.js's `modelTopology`, and a bare `get_config()` are known.
    """
    training = None
    for _ in range(6):
        if isinstance(config, str):
            try:
                config = json.loads(config)
            except (ValueError, RecursionError):
                return None, version, None
            continue
        if not isinstance(config, dict):
            break
        version = version or _text(config.get("keras_version"))
        training = training or config.get("training_config") or config.get("compile_config")
        inner = config.get("modelTopology") or config.get("model_config")
        if inner is None:
            break
        config = inner
    if isinstance(config, list):
        config = {"class_name": "Sequential", "config": config}
    if isinstance(config, dict) and "class_name" not in config and "layers" in config:
        kind = "Functional" if "input_layers" in config else "Sequential"
        config = {"class_name": kind, "config": config}
    return config, version, training


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
