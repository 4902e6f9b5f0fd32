"""The state of a training on the disk: saved, found again, resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .best_epochs import BestEpochs, mode_of, monitor_of
    from .callback_state import CallbackStates
    from .resume import NothingLeftError, Resumption, check_data_unchanged, resumption
    from .saver import Saver
    from .state import TrainingState
    from .stop_signals import StopSignals

__all__ = [
    "BestEpochs",
    "CallbackStates",
    "NothingLeftError",
    "Resumption",
    "Saver",
    "StopSignals",
    "TrainingState",
    "check_data_unchanged",
    "mode_of",
    "monitor_of",
    "resumption",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "BestEpochs": "best_epochs",
            "mode_of": "best_epochs",
            "monitor_of": "best_epochs",
            "CallbackStates": "callback_state",
            "NothingLeftError": "resume",
            "Resumption": "resume",
            "check_data_unchanged": "resume",
            "resumption": "resume",
            "Saver": "saver",
            "TrainingState": "state",
            "StopSignals": "stop_signals",
        },
    )
