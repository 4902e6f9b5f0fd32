"""The one input that names no column takes those that nothing else uses. Needs no numpy."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from modelspec.analysis.data import unnamed_files
from modelspec.data.sources import OpenSource
from modelspec.data.table import ColumnUse, FeaturePlan, input_uses
from modelspec.diagnostics import Findings, join_words
from modelspec.spec.data import SERIES, Columns, DataSpec, path_columns
from modelspec.spec.model import InputSpec


def resolve_unused_columns(
    plan: FeaturePlan, data: DataSpec, opened: OpenSource, findings: Findings
) -> tuple[FeaturePlan, tuple[str, ...]] | None:
    """The plan with columns for the one input that names none, and these; None with a finding.

    The input takes all columns of a table that nothing else uses, or the one array of an npz, a
    TFRecord or a dataset that nothing else uses, or the image of images; of a time series, all
    but its group and its time and the columns of `where` and `split`.
    """
    if not plan.takes_unused_columns:
        return plan, ()
    series = data.train.kind == SERIES  # there the past of the target is known, too
    kept = [use for use in plan.uses if use.orders_rows or use.decides_rows or not series]
    used = {use.column for use in kept}
    unused = unnamed_files(data, data.train)
    if not unused:
        derived = data.derive.values()
        taken = {name for one in derived for name in one.takes}
        # one that replaces the column that it is made of is there, though its name is taken
        taken -= {one.name for one in derived if one.own_source in one.takes}
        known = dict.fromkeys([*opened.columns[0], *data.derive])
        unused = tuple(name for name in known if name not in used and name not in taken)
    if not unused or (_feeds_single_column(data) and len(unused) > 1):
        message = (
            f"`inputs` must say which column feeds `{plan.inputs[0][0].name}`; available besides"
            f" the targets: {join_words(f'`{name}`' for name in unused) or 'none'}"
        )
        findings.error(data.span, "input-without-columns", message)
        return None
    return with_unused_columns(plan, data, unused), unused


def _feeds_single_column(data: DataSpec) -> bool:
    """Whether an input that names no column takes one column, whatever its shape."""
    return data.train.traits.has_arrays or bool(path_columns(data.train))


def with_unused_columns(plan: FeaturePlan, data: DataSpec, unused: Sequence[str]) -> FeaturePlan:
    """The plan with columns for the one input that names none."""
    if not plan.takes_unused_columns:
        return plan
    span, single = data.train.span, _feeds_single_column(data)
    inputs: list[tuple[InputSpec, Columns | None]] = []
    uses: list[ColumnUse] = []
    for entry, columns in plan.inputs:
        spans = (span,) * len(unused)
        taking = Columns(entry.name, tuple(unused), spans, single, span)
        filled = columns or taking.with_indicators(data.indicators)
        inputs.append((entry, filled))
        if columns is None:
            uses += input_uses(entry, filled, data)
    return dataclasses.replace(plan, inputs=tuple(inputs), uses=(*uses, *plan.uses))
