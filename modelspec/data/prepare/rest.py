"""The columns of the one input that names none: what nothing else uses."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from modelspec.data.sources import OpenSource
from modelspec.data.table import ColumnUse, FeaturePlan, input_uses
from modelspec.diagnostics import Findings, Span, join_words
from modelspec.spec.data import PYTHON, SERIES, Columns, DataSpec, Source, path_columns
from modelspec.spec.model import InputSpec


def resolve_remaining_columns(
    planned: FeaturePlan, data: DataSpec, opened: OpenSource, findings: Findings
) -> tuple[FeaturePlan, tuple[str, ...]] | None:
    """Fill in the columns of the one input that names none.

    It takes all columns of a table that nothing else uses, or the one array of an npz, a
    TFRecord or a dataset that nothing else uses, or the image of images; of a time series, all
    but its group and its time.
    """
    if not planned.takes_unused_columns:
        return planned, ()
    series = data.train.kind == SERIES  # there the past of the target is known, too
    used = {need.column for need in planned.uses if need.orders_rows or not series}
    rest = path_columns(data.train)
    if not rest:
        rest = tuple(name for name in opened.columns[0] if name not in used)
    single = feeds_single_column(data.train)
    entry = planned.inputs[0][0]
    if not rest or (single and len(rest) > 1):
        have = join_words(f"`{name}`" for name in rest) or "none"
        message = (
            f"`inputs` must say which column feeds `{entry.name}`:"
            f" beside the targets there is {have}"
        )
        findings.error(data.span, "input-without-columns", message)
        return None
    return with_remaining_columns(planned, rest, single, data.train.span), rest


def feeds_single_column(source: Source) -> bool:
    """Whether an input that names no column takes one column, whatever its shape."""
    return source.kind in ("npz", "tfrecord", PYTHON) or bool(path_columns(source))


def with_remaining_columns(
    planned: FeaturePlan, rest: Sequence[str], single: bool, span: Span
) -> FeaturePlan:
    """The plan with the columns of the input that names none."""
    if not planned.takes_unused_columns:
        return planned
    spans = (span,) * len(rest)
    inputs: list[tuple[InputSpec, Columns | None]] = []
    uses: list[ColumnUse] = []
    for entry, columns in planned.inputs:
        filled = columns or Columns(entry.name, tuple(rest), spans, single, span)
        inputs.append((entry, filled))
        if columns is None:
            uses += input_uses(entry, filled)
    return dataclasses.replace(planned, inputs=tuple(inputs), uses=(*uses, *planned.uses))
