"""What the metrics of a model count: no padding, nothing that the loss ignores or a mask hides.

Keras gives plain metrics no weights, and a mask to some metrics only. So the metrics of an output
with steps are updated here, with a weight of 1 for what counts and 0 for what does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from modelspec.framework import mask_of, metrics_by_output

from .outputs import Output


class MetricBatch(NamedTuple):
    """What a metric compares, as tensors.

    Attributes:
        target: [n, ...].
        prediction: [n, ..., units].
        weights: [n] or [n, steps...]: what `weighted_metrics` weight by; None if all are 1.
        ignored: the class number that does not count, or None.
    """

    target: Any
    prediction: Any
    weights: Any
    ignored: int | None


def count_steps(model: Any, outputs: Sequence[Output], names: Sequence[str]) -> None:
    """Let the metrics of a compiled model count only what its losses count.

    Args:
        model: compiled.
        outputs: what each output is trained for.
        names: all outputs, in the order in which Keras flattens them.
    """
    ignored = {output.name: output.ignored_class for output in outputs}
    has_steps = any(
        len(output.shape) > 1 and (output.metrics or output.weighted_metrics) for output in outputs
    )
    if not has_steps and not any(number is not None for number in ignored.values()):
        return

    def compute_metrics(x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        del x
        found = metrics_by_output(model, y, y_pred, sample_weight)
        for name, entry in zip(names, found, strict=True):
            compared = MetricBatch(entry.target, entry.prediction, entry.weights, ignored.get(name))
            counted = _counted(compared)
            for metric in entry.metrics:
                _update(metric, compared, _as_metric_counts(metric, counted))
            for metric in entry.weighted_metrics:
                _update(metric, compared, _weighted(compared.weights, counted))
        return model.get_metrics_result()

    model.compute_metrics = compute_metrics


def _counted(compared: MetricBatch) -> Any:
    """Float [n, steps...]: 1 for what counts, 0 for what does not; None if everything counts."""
    from keras import ops

    rank, parts = len(compared.prediction.shape), []
    mask = mask_of(compared.prediction)
    if mask is not None and 1 < len(mask.shape) < rank:
        parts.append(mask)
    if compared.weights is not None and 1 < len(compared.weights.shape) < rank:
        parts.append(compared.weights > 0)
    if compared.ignored is not None:
        target = compared.target
        numbers = target[..., 0] if len(target.shape) == rank else target
        parts.append(ops.not_equal(numbers, ops.cast(compared.ignored, numbers.dtype)))
    return _product([ops.cast(part, "float32") for part in parts])


def _as_metric_counts(metric: Any, counted: Any) -> Any:
    """In whole numbers for a metric that counts in them: Keras warns that it would cut floats."""
    from keras import ops

    counts_whole = counted is not None and "int" in str(getattr(metric, "dtype", ""))
    return ops.cast(counted, "int32") if counts_whole else counted


def _weighted(weights: Any, counted: Any) -> Any:
    from keras import ops

    given = [] if weights is None else [ops.cast(weights, "float32")]
    return _product(given if counted is None else [*given, counted])


def _product(parts: Sequence[Any]) -> Any:
    """The product of tensors whose leading axes are the same; None of nothing."""
    from keras import ops

    if not parts:
        return None
    rank = max(len(part.shape) for part in parts)
    product = None
    for part in parts:
        missing = (1,) * (rank - len(part.shape))
        wide = ops.reshape(part, (*ops.shape(part), *missing))
        product = wide if product is None else product * wide
    return product


def _update(metric: Any, compared: MetricBatch, weights: Any) -> None:
    """Update a metric. Those of Keras see each step as an example, so that all take the weights."""
    from keras import ops

    target, prediction = compared.target, compared.prediction
    if (
        weights is None
        or len(weights.shape) == 1
        or not type(metric).__module__.startswith("keras.")
    ):
        metric.update_state(target, prediction, sample_weight=weights)
        return
    axes = len(weights.shape)

    def rows(tensor: Any) -> Any:
        return ops.reshape(tensor, (-1, *(tensor.shape[axes:] or (1,))))

    metric.update_state(rows(target), rows(prediction), sample_weight=ops.reshape(weights, (-1,)))
