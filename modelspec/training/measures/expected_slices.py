"""What `expect` says of parts of the rows, against the predictions of a split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from modelspec.analysis import keras_class
from modelspec.analysis.losses import OutputObjective, metric_name
from modelspec.evaluation import (
    OutputPredictions,
    SplitPredictions,
    measures_of,
    slices_outside,
    units_of,
)
from modelspec.runs import MEASURES, METRIC_PREFIXES, ROW_MEASURES
from modelspec.spec import Bounds, Expect, SliceBounds
from modelspec.spec.data import DataSpec
from modelspec.training.run import MissedExpectation, MissedSlice


@dataclass(frozen=True, slots=True)
class MeasureContext:
    """What is known of a run beside its predictions.

    Attributes:
        objectives: what each output is trained for.
        constants: what the training split says of every row, by output: see `constants_of`.
        group: the column of groups of rows that are not independent, or None.
        prefix: of the names of the metrics of the split.
        metrics: loss and metrics of the split by their names.
    """

    objectives: Mapping[str, OutputObjective]
    constants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    group: str | None = None
    prefix: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)


def missed_slices(
    expect: Expect | None, facts: MeasureContext, predictions: SplitPredictions
) -> list[MissedExpectation]:
    """The expectations of slices that a split misses.

    Args:
        expect: the section, or None.
        facts: of the run.
        predictions: of the split, with the columns that slices are made by; of the training split
            and of a file nothing is expected.
    """
    prefix = METRIC_PREFIXES.get(predictions.split, "")
    missed: list[MissedExpectation] = []
    for bounds in () if expect is None else expect.sliced:
        if prefix and bounds.name.startswith(prefix):
            for slices in bounds.slices:
                missed += _missed(bounds, slices, facts, predictions)
    return missed


def group_of(data: DataSpec) -> str | None:
    """The column of groups of rows that are not independent, or None: those that are kept in one
    split, or of series."""
    found = data.group or data.train.options.get("group")
    return found if isinstance(found, str) else None


def not_measured(expect: Expect, split: str, reason: str) -> list[MissedExpectation]:
    """All expectations of slices of a split, where it has no predictions.

    Args:
        expect: the section.
        split: "validation" or "test".
        reason: why, as the end of a sentence.
    """
    prefix = METRIC_PREFIXES[split]
    sliced = [bounds for bounds in expect.sliced if bounds.name.startswith(prefix)]
    return [_unknown(bounds, one, reason) for bounds in sliced for one in bounds.slices]


def _missed(
    bounds: Bounds,
    slices: SliceBounds,
    facts: MeasureContext,
    predictions: SplitPredictions,
) -> list[MissedExpectation]:
    name = bounds.name.removeprefix(METRIC_PREFIXES[predictions.split])
    found = measured_output(name, facts.objectives, predictions.outputs)
    if found is None:
        return [_unknown(bounds, slices, "no output has this metric for each row")]
    if slices.column not in predictions.columns:
        return [_unknown(bounds, slices, f"the rows have no column `{slices.column}`")]
    output, measure = found

    outside = slices_outside(
        output,
        predictions.columns[slices.column],
        measure,
        slices.bounds.contains,
        units_of(predictions, facts.group),
        at_least=slices.at_least,
    )
    return [
        MissedExpectation(
            bounds.name,
            one.measures[measure].value,
            str(slices.bounds),
            slices.span,
            MissedSlice(slices.column, one),
        )
        for one in outside
    ]


def _unknown(bounds: Bounds, slices: SliceBounds, reason: str) -> MissedExpectation:
    missed = MissedSlice(slices.column, None, reason)
    return MissedExpectation(bounds.name, None, str(slices.bounds), slices.span, missed)


def measured_output(
    name: str, objectives: Mapping[str, OutputObjective], outputs: Mapping[str, OutputPredictions]
) -> tuple[OutputPredictions, str] | None:
    """The output whose predictions have a metric, and the measure that the metric is.

    Args:
        name: of the metric as it is logged, without that of the split before it.
        objectives: what each output is trained for.
        outputs: their predictions.
    """
    for output, objective in objectives.items():
        if output not in outputs:
            continue
        prefix = f"{output}_" if objective.among > 1 else ""
        if not name.startswith(prefix):
            continue
        bare = name.removeprefix(prefix)
        known = ROW_MEASURES[outputs[output].kind]
        metrics = {metric_name(one): keras_class(one) for one in objective.metrics}
        measure = known.get(metrics.get(bare, ""))
        if measure is not None:  # Keras weights no row in `metrics`
            return replace(outputs[output], weights=None), measure
        if bare in metrics:
            continue
        is_bounded = bare in MEASURES and outputs[output].kind in MEASURES[bare].kinds
        if is_bounded or bare in measures_of(outputs[output]):
            return outputs[output], bare
    return None
