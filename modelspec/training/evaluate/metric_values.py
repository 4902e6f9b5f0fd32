"""The metrics of a spec of any predictions: of a part of a split, or of those without a model."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from modelspec.analysis.losses import metric_name
from modelspec.building import KerasError, make_object
from modelspec.evaluation import Array
from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject

SHOWN_ALREADY = frozenset(("MeanAbsoluteError", "RootMeanSquaredError"))
"""Metrics that tables of errors have by themselves."""


class MetricValues:
    """Computes the metrics of one output that have one number as their value.

    Args:
        metrics: of the output; those that tables of errors have by themselves are left out, and so
            are functions.
    """

    def __init__(self, metrics: Sequence[KerasObject]) -> None:
        self.metrics = {metric_name(item): item for item in metrics if _is_class(item)}

    def of(self, truth: Array, said: Array) -> dict[str, float]:
        """The value of each metric by its name; NaN where it has none of these.

        Args:
            truth: [n, ...], as the model's targets are.
            said: [n, ...]: what is said of it.
        """
        return {name: self._value(item, truth, said) for name, item in self.metrics.items()}

    def _value(self, item: KerasObject, truth: Array, said: Array) -> float:
        if not len(truth):
            return float("nan")
        try:
            metric = make_object(_as_class(item))
            metric.update_state(truth, said)
            value = np.asarray(metric.result())
        except Exception:  # Keras and extensions raise all kinds, of parts that are too small
            return float("nan")
        return float(value) if value.ndim == 0 else float("nan")


def _as_class(item: KerasObject) -> KerasObject:
    """The metric as a class, also where its name is text, as in `mape`."""
    known = class_schema("metric", item.class_name)
    if known is None:
        return item
    return dataclasses.replace(item, class_name=known.name, as_text=False)


def _is_class(item: KerasObject) -> bool:
    if ">" in item.class_name:
        import keras

        try:
            return isinstance(make_object(item), keras.metrics.Metric)
        except KerasError:
            return False
    known = class_schema("metric", item.class_name)
    return known is not None and known.name not in SHOWN_ALREADY
