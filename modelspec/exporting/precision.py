"""Models of mixed precision copied into float32, which is what other runtimes compute in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from modelspec.exporting.formats import FORMATS
from modelspec.framework import all_layers

from .copied_model import copy_with_config
from .export_source import ExportSource


def in_supported_precision(source: ExportSource, form: str) -> tuple[ExportSource, str]:
    """A model as a format can keep it, and a note on what was changed, or ""."""
    if FORMATS[form].keeps_mixed_precision or not is_mixed(source.model):
        return source, ""
    note = (
        "the model has mixed precision: it was exported in float32 and compared with the Keras "
        "model in float32"
    )
    return replace(source, model=in_float32(source.model)), note


def is_mixed(model: Any) -> bool:
    """Whether a layer computes in another dtype than it keeps its weights in.

    The layers of nested models and those inside wrappers such as `Bidirectional` count too.
    """
    return any(layer.compute_dtype != layer.variable_dtype for layer in all_layers(model))


def in_float32(model: Any) -> Any:
    """A copy of a model of mixed precision whose layers compute in float32.

    The configuration in Keras's own file has the dtype policy of each layer.
    """
    return copy_with_config(model, lambda config: _float32_config(config, 0))


def _float32_config(value: Any, depth: int) -> Any:
    """A configuration without mixed policies. At a `depth` of more than 1, inside nested models,
    inputs become float32 too."""
    if isinstance(value, list):
        return [_float32_config(item, depth) for item in value]
    if not isinstance(value, dict):
        return value
    name, config = value.get("class_name"), value.get("config") or {}
    if name == "DTypePolicy" and str(config.get("name")).startswith("mixed_"):
        return {**value, "config": {**config, "name": "float32"}}
    if name == "InputLayer" and depth > 1 and config.get("dtype") in ("float16", "bfloat16"):
        return {**value, "config": {**config, "dtype": "float32"}}
    deeper = depth + (name in ("Functional", "Sequential"))
    return {key: _float32_config(item, deeper) for key, item in value.items()}
