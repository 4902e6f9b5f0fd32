"""Checkpoints: saving the state of a training and the best models, and resuming from them."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .best_epochs import BestEpochs, mode_of, monitor_of
    from .own_weights import OwnWeights
    from .resume import (
        NothingLeftError,
        PhaseStart,
        Resumption,
        check_data_unchanged,
        close_csv_logs,
        continue_csv_logs,
        find_resumption,
    )
    from .saver import CheckpointSaver
    from .state import CallbackStates, TrainingState
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "best_epochs": "BestEpochs mode_of monitor_of",
            "own_weights": "OwnWeights",
            "resume": "NothingLeftError PhaseStart Resumption check_data_unchanged close_csv_logs "
            "continue_csv_logs find_resumption",
            "saver": "CheckpointSaver",
            "state": "CallbackStates TrainingState",
        },
    )
