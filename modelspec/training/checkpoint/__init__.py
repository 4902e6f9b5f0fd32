"""Checkpoints: saving the state of a training and the best models, and resuming from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .best_epochs import BestEpochs, mode_of, monitor_of
    from .resume import (
        NothingLeftError,
        Resumption,
        check_data_unchanged,
        close_csv_logs,
        continue_csv_logs,
        find_resumption,
    )
    from .saver import CheckpointSaver
    from .state import CallbackStates, TrainingState

__all__ = [
    "BestEpochs",
    "CallbackStates",
    "CheckpointSaver",
    "NothingLeftError",
    "Resumption",
    "TrainingState",
    "check_data_unchanged",
    "close_csv_logs",
    "continue_csv_logs",
    "find_resumption",
    "mode_of",
    "monitor_of",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "BestEpochs": "best_epochs",
            "mode_of": "best_epochs",
            "monitor_of": "best_epochs",
            "NothingLeftError": "resume",
            "Resumption": "resume",
            "check_data_unchanged": "resume",
            "close_csv_logs": "resume",
            "continue_csv_logs": "resume",
            "find_resumption": "resume",
            "CheckpointSaver": "saver",
            "CallbackStates": "state",
            "TrainingState": "state",
        },
    )
