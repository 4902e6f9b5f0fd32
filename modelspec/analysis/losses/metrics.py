"""Whether the metrics of an output can measure what its loss trains.

What Keras fails on is an error; what it computes without meaning is a warning.
"""

from __future__ import annotations

from typing import NamedTuple

from modelspec.analysis.arguments import complete, keras_class
from modelspec.diagnostics import Findings, Related
from modelspec.spec.model import KerasObject

from .kinds import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    CLASS_NUMBER_METRICS,
    ELEMENT_METRICS,
    MATCH_METRICS,
    NO_PROBABILITIES,
    NUMBER_LOSSES,
    NUMBER_METRICS,
    ONE_HOT_LOSSES,
    ONE_HOT_METRICS,
    THRESHOLD_METRICS,
    TOP_K_METRICS,
)
from .outputs import TrainedOutput

CODE = "metric-does-not-fit"
F_SCORES = frozenset(("F1Score", "FBetaScore"))
AUTO = "auto"
"""`accuracy` as text: Keras takes the accuracy that fits the shapes."""


class MetricProblem(NamedTuple):
    """What is wrong with one metric. `fails` says whether Keras fails on it."""

    message: str
    hint: str
    fails: bool = False


def check_metrics(output: TrainedOutput, findings: Findings) -> None:
    """Findings for the metrics of one output."""
    for metric in output.metrics:
        misfit = _misfit(metric, output)
        if misfit is None:
            continue
        related = (Related(output.loss.span, "the loss is here"),)
        message = f"`{metric.class_name}` {misfit.message}"
        add = findings.error if misfit.fails else findings.warning
        add(metric.span, CODE, message, hint=misfit.hint, related=related)


def _misfit(metric: KerasObject, output: TrainedOutput) -> MetricProblem | None:
    kind = _kind(metric)
    units = output.units
    if not kind or units is None:
        return None
    args = complete(metric)
    if kind == "Accuracy":
        message = f"counts values that are equal, which those of `{output.name}` never are"
        return MetricProblem(message, "write accuracy, without arguments")
    if output.loss_class in NUMBER_LOSSES:
        return _with_numbers(kind, output)
    if units > 1 and kind in TOP_K_METRICS and args["k"] >= units:
        message = f"takes the best {args['k']} of {units} classes, which is always right"
        return MetricProblem(message, f"give it a `k` below {units}")
    if output.loss_class in CLASS_NUMBER_LOSSES and units > 1:
        return _with_class_numbers(kind, args, output)
    if output.loss_class in ONE_HOT_LOSSES and units > 1:
        return _with_one_hot(kind, output)
    if output.loss_class in BINARY_LOSSES:
        return _with_one_unit(kind, args, output) if units == 1 else _with_many(kind, args, output)
    return None


def _kind(metric: KerasObject) -> str:
    if metric.as_text and metric.class_name.lower() == "accuracy":
        return AUTO
    return keras_class(metric)


def _with_numbers(kind: str, output: TrainedOutput) -> MetricProblem | None:
    if output.activation not in NO_PROBABILITIES or kind not in MATCH_METRICS | {AUTO}:
        return None
    message = f"counts right classes, and `{output.name}` gives numbers: it is always near 0"
    return MetricProblem(message, "write mean_absolute_error or R2Score")


def _with_class_numbers(
    kind: str, args: dict[str, object], output: TrainedOutput
) -> MetricProblem | None:
    """The target is one class number, the output has a unit for each class."""
    needs = f"compares column by column, and the target of `{output.name}` is one class number"
    if kind in ONE_HOT_METRICS:
        fails = kind == "CategoricalCrossentropy"
        return MetricProblem(needs, f"write {ONE_HOT_METRICS[kind]}", fails)
    if kind in ("IoU", "MeanIoU") and args["sparse_y_pred"]:
        message = f"takes class numbers, and `{output.name}` gives {output.units} scores"
        return MetricProblem(message, "give it `sparse_y_pred: false`", True)
    hint = "write accuracy, or train on one column for each class with categorical_crossentropy"
    if kind in ELEMENT_METRICS:
        return MetricProblem(needs, hint, args.get("class_id") is None)
    if kind in NUMBER_METRICS | F_SCORES or kind == "BinaryAccuracy":
        return MetricProblem(needs, hint)
    return None


def _with_one_hot(kind: str, output: TrainedOutput) -> MetricProblem | None:
    """Target and output have a column for each class."""
    if kind in CLASS_NUMBER_METRICS:
        message = (
            f"takes class numbers, and the target of `{output.name}` has {output.units} columns"
        )
        return MetricProblem(message, f"write {CLASS_NUMBER_METRICS[kind]}", True)
    if kind == "BinaryAccuracy":
        message = f"counts each of the {output.units} columns of `{output.name}` by itself"
        return MetricProblem(message, "write categorical_accuracy")
    return None


def _with_many(kind: str, args: dict[str, object], output: TrainedOutput) -> MetricProblem | None:
    """Several units that each say yes or no."""
    if kind in CLASS_NUMBER_METRICS:
        message = (
            f"takes class numbers, and the target of `{output.name}` has {output.units} columns"
        )
        return MetricProblem(message, "write binary_accuracy", True)
    largest = kind == AUTO or (kind in F_SCORES and args["threshold"] is None)
    if largest and output.activation == "sigmoid":
        message = (
            f"takes the largest of the {output.units} units of `{output.name}` as the only class,"
            " and each says yes or no"
        )
        return MetricProblem(
            message, "write binary_accuracy" if kind == AUTO else "give it `threshold: 0.5`"
        )
    return None


def _with_one_unit(
    kind: str, args: dict[str, object], output: TrainedOutput
) -> MetricProblem | None:
    """One unit that says yes or no."""
    if kind in CLASS_NUMBER_METRICS or kind in set(ONE_HOT_METRICS) - {"CategoricalHinge"}:
        message = f"looks for the largest of several units, and `{output.name}` has one"
        return MetricProblem(message, "write binary_accuracy")
    if kind in ("IoU", "MeanIoU") and args["sparse_y_pred"]:
        message = f"takes class numbers, and `{output.name}` gives a score"
        return MetricProblem(message, "write BinaryIoU")
    if kind in F_SCORES and args["threshold"] is None:
        message = f"without a `threshold` takes the one unit of `{output.name}` always as yes"
        return MetricProblem(message, "give it `threshold: 0.5`")
    if not output.from_logits or output.activation != "linear":
        return None
    return _on_logits(kind, args, output)


def _on_logits(kind: str, args: dict[str, object], output: TrainedOutput) -> MetricProblem | None:
    """Thresholds stand between 0 and 1, logits do not."""
    if kind != AUTO and kind not in THRESHOLD_METRICS:
        return None
    if args.get("from_logits"):
        return None
    message = f"holds probabilities against a threshold, and `{output.name}` gives logits"
    hint = "end in a sigmoid, and let the loss take probabilities"
    if kind == "AUC":
        hint = "give it `from_logits: true`"
    return MetricProblem(message, hint)
