"""What a training needs before its first step: data, compiled model, checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .compilation import compile_model
    from .data_check import check_training_data
    from .outputs import Output, OutputKind, match_outputs, output_meaning
    from .prepare import (
        PreparedTraining,
        output_shapes,
        prepare_training,
        required_sections,
        spec_folder,
    )
    from .targets import check_targets

__all__ = [
    "Output",
    "OutputKind",
    "PreparedTraining",
    "check_targets",
    "check_training_data",
    "compile_model",
    "match_outputs",
    "output_meaning",
    "output_shapes",
    "prepare_training",
    "required_sections",
    "spec_folder",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "compile_model": "compilation",
            "check_training_data": "data_check",
            "Output": "outputs",
            "OutputKind": "outputs",
            "match_outputs": "outputs",
            "output_meaning": "outputs",
            "PreparedTraining": "prepare",
            "output_shapes": "prepare",
            "prepare_training": "prepare",
            "required_sections": "prepare",
            "spec_folder": "prepare",
            "check_targets": "targets",
        },
    )
