"""Everything that a training needs, made and checked before the first step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .compilation import compile_model
    from .data_check import check_training_data
    from .failure_locator import Step
    from .measurement import Compiled, evaluation_feed, measure
    from .outputs import BINARY, CLASSES, Output, meaning, outputs_of
    from .prepare import PreparedTraining, folder_of, prepare_training, sections, shapes_of
    from .targets import check_targets

__all__ = [
    "BINARY",
    "CLASSES",
    "Compiled",
    "Output",
    "PreparedTraining",
    "Step",
    "check_targets",
    "check_training_data",
    "compile_model",
    "evaluation_feed",
    "folder_of",
    "meaning",
    "measure",
    "outputs_of",
    "prepare_training",
    "sections",
    "shapes_of",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "compile_model": "compilation",
            "check_training_data": "data_check",
            "Step": "failure_locator",
            "Compiled": "measurement",
            "evaluation_feed": "measurement",
            "measure": "measurement",
            "BINARY": "outputs",
            "CLASSES": "outputs",
            "Output": "outputs",
            "meaning": "outputs",
            "outputs_of": "outputs",
            "PreparedTraining": "prepare",
            "folder_of": "prepare",
            "prepare_training": "prepare",
            "sections": "prepare",
            "shapes_of": "prepare",
            "check_targets": "targets",
        },
    )
