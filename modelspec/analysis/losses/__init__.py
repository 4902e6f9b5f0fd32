"""Losses, metrics and targets against the outputs of a model."""

from .checks import check_losses
from .kinds import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    EXCLUSIVE_LOSSES,
    NOT_PROBABILITIES,
    ONE_HOT_LOSSES,
    PROBABILITIES,
    PROBABILITY_LOSSES,
)
from .monitors import VALIDATION_PREFIX, describe_unlogged, logged_values, metric_name, monitors_in
from .output_layers import OutputLayer, activation_name, activation_of, find_output_layers
from .outputs import (
    OutputObjective,
    TrainedOutput,
    by_output,
    check_output_names,
    objectives_of,
    trained_outputs,
)
from .target_values import (
    TargetRequirement,
    check_class_labels,
    check_target_shape,
    report_out_of_range,
)

__all__ = [
    "BINARY_LOSSES",
    "CLASS_NUMBER_LOSSES",
    "EXCLUSIVE_LOSSES",
    "NOT_PROBABILITIES",
    "ONE_HOT_LOSSES",
    "PROBABILITIES",
    "PROBABILITY_LOSSES",
    "VALIDATION_PREFIX",
    "OutputLayer",
    "OutputObjective",
    "TargetRequirement",
    "TrainedOutput",
    "activation_name",
    "activation_of",
    "by_output",
    "check_class_labels",
    "check_losses",
    "check_output_names",
    "check_target_shape",
    "describe_unlogged",
    "find_output_layers",
    "logged_values",
    "metric_name",
    "monitors_in",
    "objectives_of",
    "report_out_of_range",
    "trained_outputs",
]
