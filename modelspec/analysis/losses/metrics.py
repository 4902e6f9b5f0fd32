"""Whether the metrics of an output suit its loss.

A metric that Keras fails on is an error; one that it computes without meaning is a warning.
"""

from __future__ import annotations

from modelspec.analysis.arguments import complete, keras_class
from modelspec.diagnostics import Findings, Related
from modelspec.layers.rule import known_batch
from modelspec.spec.model import KerasObject

from .kinds import (
    BINARY_LOSSES,
    CLASS_METRICS,
    CLASS_NUMBER_LOSSES,
    CLASS_NUMBER_METRICS,
    ELEMENT_METRICS,
    F_SCORES,
    NOT_PROBABILITIES,
    NUMBER_LOSSES,
    NUMBER_METRICS,
    ONE_HOT_LOSSES,
    ONE_HOT_METRICS,
    THRESHOLD_METRICS,
    TOP_K_METRICS,
)
from .metric_failures import ROW_RANK, MetricCall, MetricProblem, find_failure
from .outputs import TrainedOutput
from .target_values import quantiles_of

CODE = "metric-does-not-fit"
BINARY = 2
"""Labels that one unit can tell apart."""

AUTO = "auto"
"""`accuracy` as text: Keras chooses the accuracy that fits the shapes."""


def check_metrics(output: TrainedOutput, findings: Findings) -> None:
    """Report the metrics of one output that Keras fails on, or that do not suit its loss."""
    measured = (*output.metrics, *output.weighted_metrics)
    quantiles = quantiles_of(output.loss) or ()
    for metric in measured if len(quantiles) > 1 else ():
        if _kind(metric):
            _report_of_quantiles(metric, output, len(quantiles), findings)
    for metric in measured if len(quantiles) < 2 else ():
        failure, problem = _failure(metric, output), _problem(metric, output)
        found = failure or problem
        if found is None:
            continue
        if failure is not None and problem is not None and failure.of_shapes:
            # the problem says what the shapes mean, but that numbers are no classes is another one
            numbers = output.loss_class in NUMBER_LOSSES
            found = MetricProblem(found.message if numbers else problem.message, problem.hint)
        related = (Related(output.loss.span, "the loss is here"),)
        message = f"`{metric.class_name}` {found.message}"
        add = findings.warning if failure is None else findings.error
        add(metric.span, CODE, message, hint=found.hint, related=related)


def _report_of_quantiles(
    metric: KerasObject, output: TrainedOutput, count: int, findings: Findings
) -> None:
    message = (
        f"`{metric.class_name}` would compare the truth with all {count} quantiles of"
        f" `{output.name}` as if each were the prediction"
    )
    hint = (
        "leave it out: `modelspec evaluate` has the loss of each quantile, and the share of truths"
        " up to it"
    )
    related = (Related(output.loss.span, "the loss is here"),)
    findings.error(metric.span, CODE, message, hint=hint, related=related)


def _failure(metric: KerasObject, output: TrainedOutput) -> MetricProblem | None:
    kind, tensor = _kind(metric), output.tensor
    if not kind or tensor is None:
        return None
    shape = tensor.shape[1:]
    target = target_shape(output.loss_class, shape)
    if kind == AUTO:
        kind = _chosen_accuracy(target, shape)
    rows = known_batch(tensor, output.batch_size)
    return find_failure(
        MetricCall(
            kind,
            complete(metric),
            output.loss_class,
            target,
            shape,
            tensor.dtype,
            tensor.rank,
            rows,
        )
    )


def _chosen_accuracy(target: tuple[int | None, ...], output: tuple[int | None, ...]) -> str:
    """Which metric Keras takes for `accuracy`."""
    if output[-1:] == (1,):
        return "BinaryAccuracy"
    numbers = target[-1:] == (1,) and (output[-1] or 0) > 1
    if len(target) < len(output) or numbers:
        return "SparseCategoricalAccuracy"
    return "CategoricalAccuracy"


def target_shape(loss: str, output: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """The shape of the target that a loss of Keras's class `loss` is given with an output."""
    if loss == "CategoricalGeneralizedCrossEntropy" and len(output) > 1:
        return output[:-1]
    if loss in CLASS_NUMBER_LOSSES:
        return (*output[:-1], 1)
    if loss == "CTC":
        return (None,)
    return (1,) if loss == "Circle" else output


def _problem(metric: KerasObject, output: TrainedOutput) -> MetricProblem | None:
    kind = _kind(metric)
    units = output.units
    if not kind or units is None:
        return None
    args = complete(metric)
    if kind == "Accuracy":
        message = f"counts equal values, and those of `{output.name}` are never equal to the target"
        return MetricProblem(message, "write accuracy, without arguments")
    if output.loss_class in NUMBER_LOSSES:
        return _with_numbers(kind, output)
    if units > 1 and kind in TOP_K_METRICS and args["k"] >= units:
        message = f"counts the top {args['k']} of {units} classes, which is always right"
        return MetricProblem(message, f"give it a `k` below {units}")
    if output.loss_class in CLASS_NUMBER_LOSSES and units > 1:
        return _with_class_numbers(kind, args, output)
    if output.loss_class in ONE_HOT_LOSSES and units > 1:
        return _with_one_hot(kind, output)
    if output.loss_class in BINARY_LOSSES:
        return _with_one_unit(kind, args, output) if units == 1 else _with_many(kind, args, output)
    return None


def _kind(metric: KerasObject) -> str:
    if metric.as_text and metric.class_name.lower() in ("acc", "accuracy"):
        return AUTO
    return keras_class(metric)


def _with_numbers(kind: str, output: TrainedOutput) -> MetricProblem | None:
    if output.activation not in NOT_PROBABILITIES or kind not in CLASS_METRICS | {AUTO}:
        return None
    message = f"counts correct classes, and `{output.name}` returns numbers: it is always near 0"
    if kind == "AUC":
        message = f"measures how two classes are ranked, and `{output.name}` returns numbers"
    is_row = output.tensor is not None and output.tensor.rank == ROW_RANK
    return MetricProblem(message, "write mean_absolute_error" + " or R2Score" * is_row)


def _with_class_numbers(
    kind: str, args: dict[str, object], output: TrainedOutput
) -> MetricProblem | None:
    """The target is one class number, the output has a unit for each class."""
    needs = f"compares column by column, and the target of `{output.name}` is one class number"
    if kind in ONE_HOT_METRICS:
        return MetricProblem(needs, f"write {ONE_HOT_METRICS[kind]}")
    if kind in ("IoU", "MeanIoU") and args["sparse_y_pred"]:
        message = f"takes class numbers, and `{output.name}` returns {output.units} scores"
        return MetricProblem(message, "give it `sparse_y_pred: false`")
    hint = "write accuracy"
    if output.target is None or output.target.labels is None:  # labels are no columns
        hint += ", or train on one column for each class with categorical_crossentropy"
    elif output.labels is not None and len(output.labels) == BINARY:
        hint += ", or end in one unit with a sigmoid, and train it with binary_crossentropy"
    if kind in ELEMENT_METRICS | NUMBER_METRICS | F_SCORES or kind == "BinaryAccuracy":
        return MetricProblem(needs, hint)
    return None


def _with_one_hot(kind: str, output: TrainedOutput) -> MetricProblem | None:
    """Target and output have a column for each class."""
    if kind in CLASS_NUMBER_METRICS:
        message = (
            f"takes class numbers, and the target of `{output.name}` has {output.units} columns"
        )
        return MetricProblem(message, f"write {CLASS_NUMBER_METRICS[kind]}")
    if kind == "BinaryAccuracy":
        message = f"counts each of the {output.units} columns of `{output.name}` separately"
        return MetricProblem(message, "write categorical_accuracy")
    return None


def _with_many(kind: str, args: dict[str, object], output: TrainedOutput) -> MetricProblem | None:
    """Several units, each a binary classifier."""
    if kind in CLASS_NUMBER_METRICS:
        message = (
            f"takes class numbers, and the target of `{output.name}` has {output.units} columns"
        )
        return MetricProblem(message, "write binary_accuracy")
    largest = kind == AUTO or (kind in F_SCORES and args["threshold"] is None)
    if largest and output.activation == "sigmoid":
        message = (
            f"takes the largest of the {output.units} units of `{output.name}` as the only class,"
            " and each unit is a binary classifier"
        )
        return MetricProblem(
            message, "write binary_accuracy" if kind == AUTO else "give it `threshold: 0.5`"
        )
    return None


def _with_one_unit(
    kind: str, args: dict[str, object], output: TrainedOutput
) -> MetricProblem | None:
    """One unit, a binary classifier."""
    if kind in CLASS_NUMBER_METRICS or kind in set(ONE_HOT_METRICS) - {"CategoricalHinge"}:
        message = f"takes the largest of several units, and `{output.name}` has one"
        return MetricProblem(message, "write binary_accuracy")
    if kind in ("IoU", "MeanIoU") and args["sparse_y_pred"]:
        message = f"takes class numbers, and `{output.name}` returns a score"
        return MetricProblem(message, "write BinaryIoU")
    if kind in F_SCORES and args["threshold"] is None:
        message = f"without a `threshold` always takes the one unit of `{output.name}` as positive"
        return MetricProblem(message, "give it `threshold: 0.5`")
    if not output.from_logits or output.activation != "linear":
        return None
    return _on_logits(kind, args, output)


def _on_logits(kind: str, args: dict[str, object], output: TrainedOutput) -> MetricProblem | None:
    """Thresholds are between 0 and 1, logits are not."""
    if kind != AUTO and kind not in THRESHOLD_METRICS:
        return None
    if args.get("from_logits"):
        return None
    message = f"compares probabilities with a threshold, and `{output.name}` returns logits"
    hint = "end in a sigmoid, and let the loss take probabilities"
    if kind == "AUC":
        hint = "give it `from_logits: true`"
    return MetricProblem(message, hint)
