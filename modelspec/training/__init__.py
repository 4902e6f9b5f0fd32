"""Training a model on data into a run folder; evaluating and predicting with the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .data_record import parse_data_record, relative_path
    from .folds import Folds, load_complete_fold, train_folds, unfinished_folds
    from .run import MissedError, MissedExpectation, Run
    from .smoke import step_on_data, try_synthetic_step
    from .train import TrainingOptions, set_seed, train_spec
    from .trained_run import (
        TrainedRun,
        compile_trained_spec,
        load_model,
        new_data_preprocessing,
        reopen,
    )

__all__ = [
    "Folds",
    "MissedError",
    "MissedExpectation",
    "Run",
    "TrainedRun",
    "TrainingOptions",
    "compile_trained_spec",
    "load_complete_fold",
    "load_model",
    "new_data_preprocessing",
    "parse_data_record",
    "relative_path",
    "reopen",
    "set_seed",
    "step_on_data",
    "train_folds",
    "train_spec",
    "try_synthetic_step",
    "unfinished_folds",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "parse_data_record": "data_record",
            "relative_path": "data_record",
            "Folds": "folds",
            "load_complete_fold": "folds",
            "train_folds": "folds",
            "unfinished_folds": "folds",
            "MissedError": "run",
            "MissedExpectation": "run",
            "Run": "run",
            "step_on_data": "smoke",
            "try_synthetic_step": "smoke",
            "TrainingOptions": "train",
            "set_seed": "train",
            "train_spec": "train",
            "TrainedRun": "trained_run",
            "compile_trained_spec": "trained_run",
            "load_model": "trained_run",
            "new_data_preprocessing": "trained_run",
            "reopen": "trained_run",
        },
    )
