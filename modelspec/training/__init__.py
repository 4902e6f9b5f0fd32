"""Model and data to a run: train it, evaluate it, let it predict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .errors import MissedError
    from .expectations import MissedExpectation
    from .folds import Folds, finished, folds_left, train_folds
    from .run import METRICS, Run, kept_of, relative_path
    from .single_step import one_step
    from .smoke import try_step
    from .train import TrainingOptions, set_seed, train_spec
    from .trained_run import (
        EXPANDED,
        TrainedRun,
        load_model,
        new_data_preprocessing,
        reopen,
        trained_spec,
    )

__all__ = [
    "EXPANDED",
    "METRICS",
    "Folds",
    "MissedError",
    "MissedExpectation",
    "Run",
    "TrainedRun",
    "TrainingOptions",
    "finished",
    "folds_left",
    "kept_of",
    "load_model",
    "new_data_preprocessing",
    "one_step",
    "relative_path",
    "reopen",
    "set_seed",
    "train_folds",
    "train_spec",
    "trained_spec",
    "try_step",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "MissedError": "errors",
            "MissedExpectation": "expectations",
            "Folds": "folds",
            "finished": "folds",
            "folds_left": "folds",
            "train_folds": "folds",
            "METRICS": "run",
            "Run": "run",
            "kept_of": "run",
            "relative_path": "run",
            "one_step": "single_step",
            "try_step": "smoke",
            "TrainingOptions": "train",
            "set_seed": "train",
            "train_spec": "train",
            "EXPANDED": "trained_run",
            "TrainedRun": "trained_run",
            "load_model": "trained_run",
            "new_data_preprocessing": "trained_run",
            "reopen": "trained_run",
            "trained_spec": "trained_run",
        },
    )
