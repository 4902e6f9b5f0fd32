"""Losses, metrics and targets against the outputs of a model."""

from .heads import (
    Head,
    activation_name,
    activation_of,
    heads_of,
    kind_of,
)
from .kinds import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    EXCLUSIVE_LOSSES,
    NO_PROBABILITIES,
    ONE_HOT_LOSSES,
    OTHER_SHAPES,
    PROBABILITIES,
    PROBABILITY_LOSSES,
)
from .logs import VAL, logged, metric_name, not_logged, watchers
from .losses import check_losses
from .outputs import (
    TABLES,
    TrainedOutput,
    check_names,
    class_of,
    class_weights,
    spread,
    trained_outputs,
)

__all__ = [
    "BINARY_LOSSES",
    "CLASS_NUMBER_LOSSES",
    "EXCLUSIVE_LOSSES",
    "NO_PROBABILITIES",
    "ONE_HOT_LOSSES",
    "OTHER_SHAPES",
    "PROBABILITIES",
    "PROBABILITY_LOSSES",
    "TABLES",
    "VAL",
    "Head",
    "TrainedOutput",
    "activation_name",
    "activation_of",
    "check_losses",
    "check_names",
    "class_of",
    "class_weights",
    "heads_of",
    "kind_of",
    "logged",
    "metric_name",
    "not_logged",
    "spread",
    "trained_outputs",
    "watchers",
]
