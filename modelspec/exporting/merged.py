"""Models with low-rank adapters copied into plain ones, whose kernels have the adapters in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from modelspec.exporting.formats import FORMATS
from modelspec.framework import all_layers, low_rank_of

from .copied_model import copy_with_config
from .export_source import ExportSource
from .precision import in_supported_precision

ARGUMENTS = ("lora_rank", "lora_alpha")


def as_exported(source: ExportSource, form: str) -> tuple[ExportSource, str]:
    """A model as a file of a format has it, and a note on what was changed, or "".

    Its layers are plain ones, without low-rank adapters, and of a precision that the format keeps.
    """
    notes = []
    if not FORMATS[form].keeps_adapters and has_adapters_inside(source.model):
        source = replace(source, model=with_merged_adapters(source.model))
        notes.append("low-rank adapters were added to the kernels of their layers")
    source, note = in_supported_precision(source, form)
    return source, "\n".join(filter(None, (*notes, note)))


def has_adapters_inside(model: Any) -> bool:
    """Whether a layer of a model has low-rank adapters, at any depth."""
    return any(low_rank_of(layer) is not None for layer in all_layers(model))


def with_merged_adapters(model: Any) -> Any:
    """A copy of a model without low-rank adapters, which predicts the same.

    Keras adds them to their kernels when it saves a model.
    """
    return copy_with_config(model, _plain_config)


def _plain_config(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain_config(item) for item in value]
    if not isinstance(value, dict):
        return value
    is_of_keras = str(value.get("module")).partition(".")[0] == "keras"
    if is_of_keras and isinstance(value.get("config"), dict):
        config = {key: item for key, item in value["config"].items() if key not in ARGUMENTS}
        value = {**value, "config": config}
    return {key: _plain_config(item) for key, item in value.items()}
