"""Losses, metrics and targets against the outputs of a model."""

from .checks import check_losses
from .kinds import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    CROSSENTROPIES,
    EXCLUSIVE_LOSSES,
    NOT_PROBABILITIES,
    NUMBER_LOSSES,
    ONE_HOT_LOSSES,
    OVERLAP_LOSSES,
    OWN_LOSSES,
    PROBABILITIES,
    PROBABILITY_LOSSES,
    REACHES,
    SINGLE_VALUE_LOSSES,
    THRESHOLD_ARGUMENTS,
    VALUE_LOSSES,
)
from .monitors import VALIDATION_PREFIX, describe_unlogged, logged_values, metric_name, monitors_in
from .output_layers import (
    OutputLayer,
    activation_name,
    activation_of,
    find_output_layers,
    output_layer_of,
)
from .outputs import (
    OutputObjective,
    TrainedOutput,
    by_output,
    check_output_names,
    check_targets_given,
    names_with_loss,
    objectives_of,
    trained_outputs,
)
from .target_values import (
    TargetRequirement,
    check_class_labels,
    check_target_shape,
    compared_shape,
    quantiles_of,
    report_out_of_range,
    report_out_of_reach,
)
