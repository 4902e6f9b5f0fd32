"""The measures of each output of a split that were asked for, from its saved predictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from modelspec.diagnostics import UsageError, join_words
from modelspec.evaluation import (
    ConstantBaseline,
    Interval,
    Mistakes,
    OutputPredictions,
    Residuals,
    RowUnits,
    Slices,
    SplitPredictions,
    baseline_of,
    intervals_of,
    measure_named,
    measures_of,
    mistakes_of,
    residuals_of,
    slices_of,
    units_of,
)
from modelspec.runs import OutputKind
from modelspec.training.saved_predictions import refuse_unknown_columns

from .expected_slices import MeasureContext, measured_output

AGREES = 1e-3
"""How far a metric of Keras may be from the measure whose interval it gets, as a fraction: it
computes in float32, batch by batch."""


@dataclass(frozen=True, slots=True)
class MeasureOptions:
    """What is measured beside loss and metrics.

    Attributes:
        slices: the columns that slices are made by.
        intervals: whether metrics have intervals.
        mistakes: how many of the largest mistakes are listed.
        residuals: whether errors are summarized.
    """

    slices: tuple[str, ...] = ()
    intervals: bool = False
    mistakes: int = 0
    residuals: bool = False

    def __bool__(self) -> bool:
        """Whether anything is."""
        return bool(self.slices or self.intervals or self.mistakes or self.residuals)


@dataclass(frozen=True, slots=True)
class OutputMeasures:
    """The measures of one output.

    Attributes:
        output: its name.
        intervals: by the names of the metrics, with the prefix of the split.
        slices: one for each column.
        residuals: of numbers one for each column that is predicted.
        mistakes: the largest ones, or None.
        baseline: beside what is always the same.
        not_numbers: a sentence on the rows for which the model says NaN; "" if there are none.
    """

    output: str
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    slices: tuple[Slices, ...] = ()
    residuals: tuple[Residuals, ...] = ()
    mistakes: Mistakes | None = None
    baseline: tuple[ConstantBaseline, ...] = ()
    not_numbers: str = ""

    def text(self) -> str:
        """The tables for people; intervals and baselines stand beside the metrics."""
        parts = [f"{self.output}: {self.not_numbers}\n"] if self.not_numbers else []
        parts += [*(one.text() for one in self.slices), *(one.text() for one in self.residuals)]
        parts += [] if self.mistakes is None else [self.mistakes.text()]
        return "\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: what was asked for."""
        found: dict[str, Any] = {}
        if self.intervals:
            found["intervals"] = {name: one.to_dict() for name, one in self.intervals.items()}
        if self.slices:
            found["slices"] = [one.to_dict() for one in self.slices]
        if self.residuals:
            found["residuals"] = [one.to_dict() for one in self.residuals]
        if self.mistakes is not None:
            found["mistakes"] = self.mistakes.to_dict()
        if self.baseline:
            found["baseline"] = [one.to_dict() for one in self.baseline]
        if self.not_numbers:
            found["not_numbers"] = self.not_numbers
        return found


def measure_outputs(
    predictions: SplitPredictions, options: MeasureOptions, facts: MeasureContext
) -> tuple[OutputMeasures, ...]:
    """Measure each output of a split.

    Args:
        predictions: of the split.
        options: what is measured.
        facts: of the run.

    Raises:
        UsageError: there is no such column, or no output has numbers where errors are asked for.
    """
    refuse_unknown_columns(options.slices, predictions.columns)
    if options.residuals and not any(map(_has_numbers, predictions.outputs.values())):
        named = join_words(f"`{name}`" for name in predictions.outputs)
        message = f"--residuals are of outputs of numbers, and the run has {named}"
        raise UsageError(f"{message}: --mistakes lists the rows that are wrong")
    units = units_of(predictions, facts.group)
    intervals = _intervals(predictions, facts, units) if options.intervals else {}
    found = []
    for name, output in predictions.outputs.items():
        if not len(output.counted()):
            continue
        slices = tuple(
            slices_of(output, column, predictions.columns[column], units=units)
            for column in options.slices
        )
        with_errors = options.residuals and _has_numbers(output)
        found.append(
            OutputMeasures(
                name,
                intervals.get(name, {}),
                slices,
                residuals_of(output) if with_errors else (),
                mistakes_of(predictions, name, options.mistakes) if options.mistakes else None,
                baseline_of(output, facts.constants.get(name, {})),
                output.not_numbers(),
            )
        )
    return tuple(found)


def _has_numbers(output: OutputPredictions) -> bool:
    return output.kind is OutputKind.NUMBERS


def _intervals(
    predictions: SplitPredictions, facts: MeasureContext, units: RowUnits
) -> dict[str, dict[str, Interval]]:
    """The intervals of each output, by the names of the metrics: those of the run first, then the
    measures that it has not among them. A metric has none that is not what the rows say, such as
    one that counts rows by their weights."""
    found: dict[str, dict[str, Interval]] = {}
    for name, output in predictions.outputs.items():
        rows = output.counted_rows()
        counted = output.take(rows)
        if not len(counted):
            continue
        metrics = _metrics_of(name, predictions, facts)
        names = dict.fromkeys([*measures_of(counted), *metrics.values()])
        measures = [measure_named(counted, measure) for measure in names]
        intervals = intervals_of(measures, len(counted), units.of(rows))
        named: dict[str, Interval] = {}
        for metric, measure in metrics.items():
            value, interval = facts.metrics[metric], intervals[measure]
            if abs(value - interval.value) <= AGREES * max(abs(value), 1e-6):
                named[metric] = replace(interval, value=value)
        prefix = facts.prefix + (f"{name}_" if len(facts.objectives) > 1 else "")
        rest = {m: one for m, one in intervals.items() if m not in metrics.values()}
        found[name] = {**named, **{f"{prefix}{measure}": one for measure, one in rest.items()}}
    return found


def _metrics_of(
    output: str, predictions: SplitPredictions, facts: MeasureContext
) -> dict[str, str]:
    """The metrics of an output that are measured row by row, each with its measure."""
    found = {}
    for metric in facts.metrics:
        bare = metric.removeprefix(facts.prefix)
        measured = measured_output(bare, facts.objectives, predictions.outputs)
        if measured is not None and measured[0].name == output:
            found[metric] = measured[1]
    return found
