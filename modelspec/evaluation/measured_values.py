"""What the measures that `expect.metrics` may name are computed by: see `runs.named_measures`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import numpy as np

from modelspec.runs import MEASURES, METRIC_PREFIXES, measured_name

from .calibration import measure_calibration
from .curves import curves_of
from .measures import Measure, measures_of
from .predictions import Array, OutputPredictions, SplitPredictions


def _roc_auc(output: OutputPredictions) -> float:
    curves = curves_of(output)
    return float("nan") if curves is None else curves.roc_auc


def _average_precision(output: OutputPredictions) -> float:
    curves = curves_of(output)
    return float("nan") if curves is None else curves.average_precision


def _of_calibration(name: str) -> Callable[[OutputPredictions], float]:
    def value(output: OutputPredictions) -> float:
        found = measure_calibration(output)
        return float("nan") if found is None else found.values[name]

    return value


VALUES: Mapping[str, Callable[[OutputPredictions], float]] = {
    "roc_auc": _roc_auc,
    "average_precision": _average_precision,
    **{name: _of_calibration(name) for name in ("ece", "brier", "nll")},
}
"""The measures by name; NaN where the rows have none. Of several classes or labels areas are the
unweighted mean."""


def measure_named(output: OutputPredictions, name: str) -> Measure:
    """A measure of an output by its name: one of `measures_of`, or one that `expect` may bound.

    Raises:
        KeyError: there is none.
    """
    found = measures_of(output)
    if name in found:
        return found[name]
    value = VALUES[name]
    weights = np.ones(len(output)) if output.weights is None else output.weights

    def of_counts(counts: Array) -> Array:
        return np.array([value(replace(output, weights=row * weights)) for row in counts])

    return Measure(name, of_counts, is_large_good=True)


def measures_of_split(predictions: SplitPredictions, wanted: Collection[str]) -> dict[str, float]:
    """Those of the wanted measures that a split has, with the prefix of the split.

    Args:
        predictions: of the split.
        wanted: names, of which others are passed over: `test_roc_auc`, `val_churn_roc_auc`.
    """
    among = len(predictions.outputs) + len(predictions.left_out)
    prefix, found = METRIC_PREFIXES[predictions.split], {}
    for output in predictions.outputs.values():
        for name, measure in MEASURES.items():
            full = prefix + measured_name(output.name, name, among)
            if full in wanted and output.kind in measure.kinds:
                found[full] = VALUES[name](output)
    return found
