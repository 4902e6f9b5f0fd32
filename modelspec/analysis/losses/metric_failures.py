"""Metrics that Keras fails to compute, whatever the loss: they refuse shapes or arguments.

Keras calls a metric with the target and the output of the first batch, and mostly notices there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, NamedTuple

from modelspec.analysis.facts import shape_text
from modelspec.layers.rule import BATCH_HINT, is_whole, marked, run_broadcast

from .kinds import (
    AVERAGED_METRICS,
    BINARY_LOSSES,
    CLASS_NUMBER_METRICS,
    CURVE_METRICS,
    ELEMENT_METRICS,
    F_SCORES,
    FLOAT_METRICS,
    IOU_METRICS,
    NUMBER_LOSSES,
    ONE_HOT_LOSSES,
    PLAIN_METRICS,
    THRESHOLD_METRICS,
    TOP_K_METRICS,
)

Shape = tuple[int | None, ...]
"""Without the batch axis; None is an unknown size."""


ROW_RANK = 2
"""Of an output with one row of units for each example."""


class MetricProblem(NamedTuple):
    """What is wrong with one metric.

    Attributes:
        message: the end of a sentence that begins with the metric's name.
        hint: how to correct it.
        of_shapes: whether it is that target and output have different shapes.
    """

    message: str
    hint: str
    of_shapes: bool = False


class MetricCall(NamedTuple):
    """What Keras gives a metric in the first batch.

    Attributes:
        kind: Keras's class of the metric.
        args: all its arguments.
        loss: Keras's class of the loss, which decides what the target holds.
        target: the shape of the target.
        output: the shape of the output.
        dtype: of the output.
        rank: of the output, the batch axis included.
        rows: the size of the output's first axis where it is not that of the batch, or None.
    """

    kind: str
    args: Mapping[str, Any]
    loss: str
    target: Shape
    output: Shape
    dtype: str
    rank: int
    rows: int | None

    @property
    def units(self) -> int | None:
        """The size of the output's last axis; None where it is unknown or missing."""
        return self.output[-1] if self.output else None


def find_failure(call: MetricCall) -> MetricProblem | None:
    """Why Keras fails to compute a metric; None where it computes it, or where that is unknown."""
    for check in CHECKS:
        failure = check(call)
        if failure is not None:
            return failure
    return None


def _averages(call: MetricCall) -> MetricProblem | None:
    if call.kind not in AVERAGED_METRICS:
        return None
    message = "takes values alone, and Keras gives every metric a target and an output"
    return MetricProblem(message, "write mean_absolute_error, or an extension's metric")


def _regressors(call: MetricCall) -> MetricProblem | None:
    if call.kind != "R2Score" or not call.args["num_regressors"]:
        return None
    message = "with `num_regressors` asks for a value in Python, which no compiled step has"
    return MetricProblem(message, "leave `num_regressors` out")


def _class_ids(call: MetricCall) -> MetricProblem | None:
    ids, count = call.args.get("target_class_ids"), call.args.get("num_classes")
    if not isinstance(ids, (list, tuple)) or not isinstance(count, int):
        return None
    largest = max((one for one in ids if isinstance(one, int)), default=0)
    if largest < count:
        return None
    message = f"has no class {largest} among `num_classes: {count}`, which are numbered from 0"
    return MetricProblem(message, f"write `target_class_ids` below {count}")


def _sequences(call: MetricCall) -> MetricProblem | None:
    if call.loss != "CTC" or call.kind == "SparseCategoricalAccuracy":
        return None
    message = "compares values one by one, and the target of `CTC` is a sequence of classes"
    return MetricProblem(message, "leave it out, or write an extension's metric")


def _one_class(call: MetricCall) -> MetricProblem | None:
    holds_ones = call.loss in BINARY_LOSSES | ONE_HOT_LOSSES
    if call.kind != "SparseCategoricalCrossentropy" or call.units != 1 or not holds_ones:
        return None
    message = "takes class numbers below the number of units, 1, and the target holds ones"
    return MetricProblem(message, "write binary_crossentropy")


def _dtype(call: MetricCall) -> MetricProblem | None:
    """Losses cast the output to floats; metrics take it as it is."""
    dtype = call.dtype
    sorted_ids = call.args.get("from_sorted_ids")
    if call.kind in TOP_K_METRICS and dtype != "float32" and not sorted_ids:
        message = f"takes scores in float32, and the output is {dtype}"
        return MetricProblem(message, "give the last layer `dtype: float32`")
    if dtype.startswith("complex") and call.kind in REAL_METRICS:
        message = f"computes with real numbers, and the output is {dtype}"
        return MetricProblem(
            message, "measure `ops.real` or `ops.abs` of it, or mean_squared_error"
        )
    if not is_whole(dtype) or not (call.kind in FLOAT_METRICS or _overflows(call.kind, dtype)):
        return None
    message = f"computes in the dtype of the output, and {dtype} does not hold its numbers"
    return MetricProblem(message, "measure the floats that the output is computed from")


REAL_METRICS = frozenset(
    ("Accuracy", "BinaryAccuracy", "BinaryCrossentropy", "CategoricalAccuracy",
     "CategoricalCrossentropy", "CategoricalHinge", "CosineSimilarity", "Hinge", "KLDivergence",
     "LogCoshError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError",
     "PearsonCorrelation", "SparseCategoricalAccuracy", "SparseCategoricalCrossentropy",
     "SquaredHinge")
)  # fmt: skip
"""Metrics that no kernel computes of complex numbers; the others cast them, or take them."""


def _overflows(kind: str, dtype: str) -> bool:
    """Whether TensorFlow has no kernel for the whole numbers of a distance."""
    if kind == "MeanSquaredError":
        return dtype not in ("int32", "int64")
    if kind == "MeanAbsolutePercentageError":
        return dtype in ("bool", "uint64")
    return kind == "MeanAbsoluteError" and dtype == "bool"


def _rows(call: MetricCall) -> MetricProblem | None:
    """An output without the batch: some metrics stretch it to the targets, others do not."""
    kind, rank = call.kind, call.rank
    if rank == 0 and kind not in PLAIN_METRICS:
        message = "compares one result for each example, and the output is one number for all"
        return MetricProblem(message, BATCH_HINT)
    if call.rows != 1:
        return None
    counted = (THRESHOLD_METRICS - {"BinaryAccuracy"}) | TOP_K_METRICS | {"IoU", "MeanIoU"}
    of_rows = kind in counted or kind == "SparseCategoricalCrossentropy"
    of_steps = kind in IOU_METRICS
    if kind in CURVE_METRICS or (rank > 1 and of_rows) or (rank > ROW_RANK and of_steps):
        message = "compares one result for each example, and the output is one row for all"
        return MetricProblem(message, BATCH_HINT)
    return None


def _no_class(call: MetricCall) -> MetricProblem | None:
    """The largest of no units."""
    takes = call.kind in LARGEST_METRICS or _takes_largest(call)
    if call.units != 0 or not takes:
        return None
    message = "takes the largest unit of each example, and the output has none"
    return MetricProblem(message, "give the last layer a unit for each class")


def _rank(call: MetricCall) -> MetricProblem | None:
    """Some metrics take one vector for each example, others at least one axis of classes."""
    many_labels = call.kind == "AUC" and call.args["multi_label"]
    if (call.kind in F_SCORES or call.kind == "R2Score" or many_labels) and len(call.output) != 1:
        what = "with `multi_label` takes" if many_labels else "takes"
        message = f"{what} one row of units for each example, got {shape_text(call.output)}"
        hint = "leave `multi_label` out" if many_labels else "write mean_squared_error"
        if call.kind in F_SCORES and call.loss not in NUMBER_LOSSES:
            hint = "write accuracy"
        return MetricProblem(message, hint)
    by_class = call.args.get("class_id") is not None
    if not call.output and (call.kind in NEEDS_AXIS or by_class or _takes_largest(call)):
        message = "looks along an axis of classes, and the output is one number for each example"
        return MetricProblem(message, "end in a Dense with one unit, and write binary_accuracy")
    return None


LARGEST_METRICS = frozenset(("CategoricalAccuracy", *CLASS_NUMBER_METRICS, *TOP_K_METRICS))
NEEDS_AXIS = frozenset((*CLASS_NUMBER_METRICS, "TopKCategoricalAccuracy"))


def _takes_largest(call: MetricCall) -> bool:
    return call.kind in IOU_METRICS and not (_is_sparse(call, "true") or _is_sparse(call, "pred"))


def _labels_of_auc(call: MetricCall) -> MetricProblem | None:
    if call.kind != "AUC":
        return None
    count, weights = call.args["num_labels"], call.args["label_weights"]
    if count and not call.args["multi_label"]:
        message = "takes `num_labels` with `multi_label: true` only"
        return MetricProblem(message, "add `multi_label: true`, or leave `num_labels` out")
    units = call.units
    if not call.output and weights is not None:
        message = "takes `label_weights` for an axis of units, and the output has none"
        return MetricProblem(message, "leave `label_weights` out")
    if _cannot_pair(count, weights):
        message = f"has `num_labels: {count}`, and {len(weights)} `label_weights`"
        return MetricProblem(message, "give one weight for each label")
    if units is None or (units == 1 and call.args["multi_label"]):  # one unit stands for any label
        return None
    if count and count != units:
        message = f"has `num_labels: {count}`, and the output has {_count(units)}"
        return MetricProblem(message, f"write `num_labels: {units}`, or leave it out")
    if isinstance(weights, (list, tuple)) and len(weights) != units:
        message = f"has {len(weights)} `label_weights`, and the output has {_count(units)}"
        return MetricProblem(message, "give one weight for each unit")
    return None


def _cannot_pair(count: Any, weights: Any) -> bool:
    """Whether there is neither a weight for each label nor one for all, nor one label for all."""
    given = isinstance(count, int) and isinstance(weights, (list, tuple))
    return given and len(weights) != count and 1 not in (count, len(weights))


def _class_id(call: MetricCall) -> MetricProblem | None:
    """Keras picks the class from the last axis of target and output."""
    chosen = call.args.get("class_id")
    if not isinstance(chosen, int) or not call.output or not call.target:
        return None
    for what, size in (("output", call.output[-1]), ("target", call.target[-1])):
        if size is not None and chosen >= size:
            message = f"has `class_id: {chosen}`, and the last axis of the {what} has size {size}"
            if what == "target":
                return MetricProblem(message, "write accuracy, or train on one column per class")
            return MetricProblem(message, f"write a `class_id` below {size}, or leave it out")
    return None


def _top_k(call: MetricCall) -> MetricProblem | None:
    most = call.args.get("top_k")
    if not isinstance(most, int) or call.units is None or most <= call.units:
        return None
    message = f"has `top_k: {most}`, and the output has {_count(call.units)}"
    return MetricProblem(message, f"write a `top_k` of at most {call.units}, or leave it out")


def _axis(call: MetricCall) -> MetricProblem | None:
    axis, last = call.args.get("axis"), len(call.output)
    if not isinstance(axis, int) or call.kind in IOU_METRICS - {"IoU", "OneHotIoU"}:
        return None
    if call.kind in IOU_METRICS:
        # Keras takes the same axis of its result, which has one
        message = f"takes `axis: -1` only, got {axis}"
        return None if axis in (-1, 0) else MetricProblem(message, "leave `axis` out")
    if call.kind == "SparseCategoricalCrossentropy" and axis not in (-1, last):
        return MetricProblem(f"takes `axis: -1` only, got {axis}", "leave `axis` out")
    if -last - 1 <= axis <= last:
        return None
    message = f"has `axis: {axis}`, and the output has the axes 0 to {last}, the batch included"
    return MetricProblem(message, "leave `axis` out, or write one of these")


def _shapes(call: MetricCall) -> MetricProblem | None:
    """Whether target and output have as many values as the metric compares."""
    if call.kind in CLASS_NUMBER_METRICS:
        if not _takes_class_numbers(call):
            message = f"takes class numbers, and the target has shape {shape_text(call.target)}"
            hint = f"write {CLASS_NUMBER_METRICS[call.kind]}"
            return MetricProblem(message, hint, of_shapes=True)
        return None
    if call.kind in IOU_METRICS:
        return _iou_shapes(call)
    same = call.kind in ELEMENT_METRICS and call.args.get("class_id") is None
    if not same or (call.kind == "AUC" and call.args["multi_label"]):
        return None
    if not _differ(call.target, call.output):
        return None
    message = (
        f"compares value by value, and the target has shape {shape_text(call.target)},"
        f" the output {shape_text(call.output)}"
    )
    return MetricProblem(message, "write accuracy", of_shapes=True)


def _takes_class_numbers(call: MetricCall) -> bool:
    """Whether a target may be one class number for each row of units of the output."""
    target, rows = call.target, call.output[:-1]
    if len(target) == len(call.output) and target[-1:] in ((1,), (None,)):
        target = target[:-1]
    if call.kind == "SparseTopKCategoricalAccuracy":  # it flattens both
        return not _differ(target, rows)
    if call.kind == "SparseCategoricalCrossentropy" and len(target) != len(rows):
        return False
    return run_broadcast(marked((None, *target)), marked((call.rows, *rows))) is not None


def _iou_shapes(call: MetricCall) -> MetricProblem | None:
    true, pred = _is_sparse(call, "true"), _is_sparse(call, "pred")
    if not _differ(
        call.target if true else call.target[:-1], call.output if pred else call.output[:-1]
    ):
        return None
    message = (
        f"compares class numbers: of the target's shape {shape_text(call.target)} it takes"
        f" {'every value' if true else 'the largest of each row'}, of the output's"
        f" {shape_text(call.output)} {'every value' if pred else 'the largest of each row'}"
    )
    hint = "give it the same value for `sparse_y_true` and `sparse_y_pred`"
    if call.kind.startswith("OneHot"):
        hint = "leave `sparse_y_pred` out"
    elif call.target[-1:] == (1,):
        hint = "leave `sparse_y_true` out, and give it `sparse_y_pred: false`"
    return MetricProblem(message, hint, of_shapes=True)


def _is_sparse(call: MetricCall, side: str) -> bool:
    """Whether an IoU metric takes class numbers on a side, rather than a column for each class."""
    return bool(call.args.get(f"sparse_y_{side}", not call.kind.startswith("OneHot")))


def _differ(first: Shape, second: Shape) -> bool:
    """Whether two shapes are known to have different numbers of values.

    The unknown sizes of a target are those of its output.
    """
    return first.count(None) == second.count(None) and _product(first) != _product(second)


def _product(shape: Shape) -> int:
    return prod(size for size in shape if size is not None)


def _count(units: int) -> str:
    return "1 unit" if units == 1 else f"{units} units"


CHECKS: tuple[Callable[[MetricCall], MetricProblem | None], ...] = (
    _averages,
    _regressors,
    _class_ids,
    _sequences,
    _one_class,
    _dtype,
    _rows,
    _rank,
    _no_class,
    _labels_of_auc,
    _class_id,
    _top_k,
    _axis,
    _shapes,
)
