"""The bounds for slices under `expect.metrics`: whether there is such a column and such a value."""

from __future__ import annotations

from pathlib import Path

from modelspec.analysis import Analysis
from modelspec.analysis.losses import TrainedOutput, logged_values, trained_outputs
from modelspec.diagnostics import Findings, did_you_mean, join_words
from modelspec.runs import METRIC_PREFIXES, SLICED_METRICS
from modelspec.spec import Bounds, Spec
from modelspec.spec.data import CSV, DataSpec, Source

from .headers import READ_ERRORS, header_of, paths_of

SPLITS = ("test", "validation")
"""The splits that have slices, by the prefixes of their metrics."""

MOST_AXES = 2
"""Axes of an output with one decision a row, the batch axis too."""


def check_slices(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Check each slice that is expected against the metrics and the columns.

    Args:
        spec: without slices there is nothing to check.
        analysis: of its model.
        findings: takes metrics that have no slices, and columns that the table does not have.
            Tables that cannot be looked at here, such as remote ones, are checked by `train`.
    """
    if spec.expect is None or spec.data is None or spec.training is None:
        return
    outputs = trained_outputs(spec, analysis)
    for bounds in spec.expect.sliced:
        split = next((s for s in SPLITS if bounds.name.startswith(METRIC_PREFIXES[s])), None)
        if split is None:
            message = f"`{bounds.name}` is a value of the training, which has no slices"
            span = bounds.slices[0].span
            hint = f"write `test_{bounds.name}`, or `val_{bounds.name}`"
            findings.error(span, "unknown-metric", message, hint=hint)
            continue
        _check_metric(bounds, METRIC_PREFIXES[split], outputs, findings)
        _check_columns(spec, spec.data, bounds, split, findings)


def _check_metric(
    bounds: Bounds, of_split: str, outputs: tuple[TrainedOutput, ...], findings: Findings
) -> None:
    """Report a metric that has no value for a part of the rows.

    Args:
        bounds: of the metric.
        of_split: the prefix of its name.
        outputs: that are trained.
        findings: takes the error.
    """
    known, name = logged_values(outputs), bounds.name.removeprefix(of_split)
    if name not in known:
        return  # `check_expected_metrics` says it
    span, metric = bounds.slices[0].span, known[name].metric
    able = [one for one, value in known.items() if value.metric in SLICED_METRICS]
    if metric not in SLICED_METRICS:
        message = f"`{bounds.name}` has no slices: it is not measured row by row"
        shown = join_words(f"`{of_split}{one}`" for one in able)
        hint = f"those that have some here are {shown}"
        if not able:
            hint = "add a metric such as `accuracy`, or `mean_absolute_error` for numbers"
        findings.error(span, "unknown-metric", message, hint=hint)
        return
    for output in outputs:
        prefix = f"{output.name}_" if output.among > 1 else ""
        is_of_output = name.startswith(prefix) and name[len(prefix) :] in known_names(output)
        tensor = output.tensor
        if is_of_output and tensor is not None and tensor.rank > MOST_AXES and _decides(metric):
            message = f"`{bounds.name}` has no slices: `{output.name}` decides more than once a row"
            hint = "slices are of outputs with one class, labels or numbers for each row"
            findings.error(span, "unknown-metric", message, hint=hint)


def known_names(output: TrainedOutput) -> set[str]:
    """The names of the metrics of an output, without its own before them."""
    prefix = f"{output.name}_" if output.among > 1 else ""
    return {name.removeprefix(prefix) for name in logged_values((output,))}


def _decides(metric: str | None) -> bool:
    return metric is not None and "Error" not in metric and metric != "R2Score"


def _check_columns(
    spec: Spec, data: DataSpec, bounds: Bounds, split: str, findings: Findings
) -> None:
    section = data.test if split == "test" else data.validation
    source = data.train if section is None or section.source is None else section.source
    folder = Path() if spec.path is None else spec.path.parent
    header = _header(source, folder)
    for one in bounds.slices if header is not None else ():
        known = (*(header or ()), *data.derive)
        if one.column not in known:
            close = did_you_mean(one.column, known)
            message = f"slices are made by `{one.column}`, and the table has no such column{close}"
            hint = f"its columns are {join_words(known, most=12)}"
            findings.error(one.span, "unknown-column", message, hint=hint)


def _header(source: Source, folder: Path) -> tuple[str, ...] | None:
    """The columns of a csv file; None where they are not known without reading more."""
    table = source.table or source
    if table.kind != CSV:
        return None
    try:
        path = next(paths_of(table, folder), None)
        return None if path is None else header_of(table, path)
    except READ_ERRORS:
        return None  # reading the data says what is wrong with the file
