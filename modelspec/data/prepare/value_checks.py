"""One pass over every value: text among numbers, missing values, and the rows that remain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from modelspec.data.table import (
    NUMBER,
    NUMERIC_KINDS,
    BrokenDataError,
    Chunk,
    ChunkedTable,
    Column,
    ColumnUse,
    RowNumbers,
    Table,
    as_numbers,
    column_names,
)
from modelspec.diagnostics import Findings
from modelspec.spec.data import DataSpec

from .value_errors import ValueSummary, report_values
from .value_rules import (
    DROP,
    MissingCount,
    check_missing_values,
    columns_that_need_values,
    summaries_of,
)


class CheckedTable(NamedTuple):
    """A table of which every value was checked, and the rows that no rule `drop` removes."""

    table: Table
    kept_rows: RowNumbers


def read_chunks(table: Table, names: Sequence[str]) -> Iterator[Chunk]:
    """Some columns of a table, in chunks if it has chunks, else all at once."""
    if isinstance(table, ChunkedTable):
        yield from table.read(names)
    else:
        yield Chunk(0, table.rows, table.columns)


def check_values(
    table: Table, uses: Sequence[ColumnUse], data: DataSpec, findings: Findings
) -> CheckedTable | None:
    """Check the values of a table against what they are used for; None with findings.

    Args:
        table: the columns.
        uses: what each is used for.
        data: the rules for missing values.
        findings: takes text among numbers, infinite numbers, arrays that are neither numbers nor
            text, and the counts of missing values that have no rule.

    Raises:
        BrokenDataError: a file is damaged.
    """
    summaries = summaries_of(uses)
    missing = {name: MissingCount() for name in columns_that_need_values(uses)}
    dropping = [name for name in missing if data.missing.get(name) == DROP]
    keep = np.ones(table.rows, dtype=np.bool_)
    shapes: dict[str, tuple[int, ...]] = {}
    for chunk in read_chunks(table, column_names(uses)):
        _check_shapes(chunk, shapes, table, uses)
        for summary in summaries:
            _summarize(summary, chunk.columns[summary.use.column], chunk.start)
        for name, count in missing.items():
            _count_missing(count, chunk.columns[name], chunk.start)
        for name in dropping:
            if not chunk.columns[name].clean:
                keep[chunk.start : chunk.start + chunk.rows] &= ~chunk.columns[name].missing
    before = len(findings)
    report_values(summaries, table, findings)
    if len(findings) > before or not check_missing_values(missing, table, data, findings):
        return None
    return CheckedTable(table, np.flatnonzero(keep))


def _check_shapes(
    chunk: Chunk, shapes: dict[str, tuple[int, ...]], table: Table, uses: Sequence[ColumnUse]
) -> None:
    """Check that arrays in rows have the shape of those in earlier chunks."""
    for name, column in chunk.columns.items():
        shape = column.values.shape[1:]
        first = shapes.setdefault(name, shape)
        if shape != first:
            span = next(use.span for use in uses if use.column == name)
            message = (
                f"`{name}` has shape {list(shape)} in {table.locate(chunk.start)}"
                f" and {list(first)} before it"
            )
            raise BrokenDataError(span, "unequal-shapes", message)


def _count_missing(count: MissingCount, column: Column, start: int) -> None:
    """Count the missing values of one chunk, whose first row is `start`."""
    if column.clean:
        return
    found = int(np.count_nonzero(column.missing))
    if found and not count.count:
        count.first_row = start + int(np.argmax(column.missing))
    count.count += found


def _summarize(summary: ValueSummary, column: Column, start: int) -> None:
    """Add the values of one chunk, whose first row is `start`."""
    if column.media_source is not None:  # its files have been checked
        return
    if column.clean and not column.is_text:
        summary.present += len(column.missing)
        return
    if not column.is_text and column.values.dtype.kind not in NUMERIC_KINDS:
        summary.dtype = summary.dtype or str(column.values.dtype)
    elif summary.use.kind == NUMBER and column.is_text:
        _summarize_text(summary, column, start)
    else:
        summary.present += int((~column.missing).sum())
        if column.values.dtype.kind == "f" and summary.infinite is None:
            bad = np.isinf(column.values).any(axis=tuple(range(1, column.values.ndim)))
            if bad.any():
                summary.infinite = start + int(np.argmax(bad))


def _summarize_text(summary: ValueSummary, column: Column, start: int) -> None:
    numbers = as_numbers(column)
    bad = ~np.isfinite(numbers.reshape(len(numbers), -1)).all(axis=1) & ~column.missing
    count = int(bad.sum())
    summary.present += int((~column.missing).sum())
    if count and not summary.text:
        row = int(np.argmax(bad))
        summary.first_text = start + row
        summary.first_word = str(column.values[row]) if column.values.ndim == 1 else "text"
    summary.text += count
