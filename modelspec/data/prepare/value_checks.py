"""One pass over every value: text among numbers, missing values, and the rows that remain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.table import (
    LABEL,
    NUMBER,
    NUMERIC_KINDS,
    TEXT,
    Array,
    BrokenDataError,
    Chunk,
    ChunkedTable,
    Column,
    ColumnUse,
    Purpose,
    RowNumbers,
    Table,
    as_numbers,
    column_names,
    dates_of_words,
    distinct_words,
    drop_purposes,
    values_of_lists,
    without_text,
)
from modelspec.diagnostics import Findings
from modelspec.spec.data import DROP, DataSpec

from .counted_rows import condition_tallies, counted_rows, report_no_counted_rows
from .value_errors import (
    DateCheck,
    ListCut,
    ValueSummary,
    report_cut_lists,
    report_dates,
    report_values,
)
from .value_rules import (
    MissingCount,
    check_missing_values,
    columns_that_need_values,
    cuts_of,
    summaries_of,
)


class CheckedTable(NamedTuple):
    """A table of which every value was checked.

    Attributes:
        table: the table.
        kept_rows: the rows that meet `where` and that no rule `drop` removes.
        counted_rows: the rows that meet `where`; None for all.
        missing: column to its missing values in these, for each whose gaps need a rule.
    """

    table: Table
    kept_rows: RowNumbers
    counted_rows: RowNumbers | None = None
    missing: Mapping[str, MissingCount] = {}


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
    deciding = tuple(use for use in uses if use.purpose is Purpose.WHERE)
    conditions = condition_tallies(data, column_names(deciding))
    summaries = summaries_of(drop_purposes(uses, Purpose.WHERE))
    all_rows = summaries_of(deciding)
    missing = {name: MissingCount() for name in columns_that_need_values(uses)}
    dropping = [name for name in missing if data.missing.get(name) == DROP]
    keep = np.ones(table.rows, dtype=np.bool_)
    counted = np.ones(table.rows if conditions else 0, dtype=np.bool_)
    shapes: dict[str, tuple[int, ...]] = {}
    cuts = cuts_of(uses)
    dates = [DateCheck(use) for use in uses if use.takes_dates]
    for chunk in read_chunks(table, column_names(uses)):
        _check_shapes(chunk, shapes, table, uses)
        rows = slice(chunk.start, chunk.start + chunk.rows)
        for summary in all_rows:
            _summarize(summary, chunk.columns[summary.use.column], chunk.start)
        part = _Rows(chunk.columns, chunk.start)
        if conditions:
            counted[rows] = counted_rows(conditions, chunk.columns, chunk.rows)
            if not counted[rows].any():
                continue
            part = _counted(chunk, counted[rows])
        for summary in summaries:
            _summarize(summary, part.columns[summary.use.column], part.start, part.chosen)
        _count_lists_and_dates(part, cuts.values(), dates)
        for name, count in missing.items():
            _count_missing(count, part.columns[name], part.start, part.chosen)
        for name in dropping:
            if not chunk.columns[name].clean:
                keep[rows] &= ~chunk.columns[name].missing
    before = findings.error_count
    if conditions and table.rows and not counted.any():
        report_no_counted_rows(conditions, table.names, findings)
    report_values([*all_rows, *summaries], table, findings, data.train.table or data.train)
    report_cut_lists(cuts.values(), table, findings)
    report_dates(dates, table, findings)
    if findings.error_count > before or not check_missing_values(missing, table, data, findings):
        return None
    if not conditions:
        return CheckedTable(table, np.flatnonzero(keep), missing=missing)
    chosen = np.flatnonzero(counted)
    table = _with_numbers(table, uses, chosen)
    return CheckedTable(table, np.flatnonzero(keep & counted), chosen, missing)


class _Rows(NamedTuple):
    """Rows of a chunk: those with some indices from its first row `start` on; None for all."""

    columns: Mapping[str, Column]
    start: int
    chosen: RowNumbers | None = None


def _counted(chunk: Chunk, counted: npt.NDArray[np.bool_]) -> _Rows:
    if counted.all():
        return _Rows(chunk.columns, chunk.start)
    chosen = np.flatnonzero(counted)
    columns = {name: column.take(chosen) for name, column in chunk.columns.items()}
    return _Rows(columns, chunk.start, chosen)


def _with_numbers(table: Table, uses: Sequence[ColumnUse], counted: RowNumbers) -> Table:
    """The table with numbers in columns that are text only because of rows that do not count."""
    text = {use.column for use in uses if use.kind in (TEXT, LABEL) and not use.decides_rows}
    columns = {
        name: column if name in text else without_text(column, counted)
        for name, column in table.columns.items()
    }
    return replace(table, columns=columns)


def _check_shapes(
    chunk: Chunk, shapes: dict[str, tuple[int, ...]], table: Table, uses: Sequence[ColumnUse]
) -> None:
    """Check that arrays in rows have the shape of those in earlier chunks."""
    for name, column in chunk.columns.items():
        shape = column.values.shape[1 if column.lengths is None else 2 :]
        first = shapes.setdefault(name, shape)
        if shape != first:
            span = next(use.span for use in uses if use.column == name)
            message = (
                f"`{name}` has shape {list(shape)} in {table.locate(chunk.start)}"
                f" and {list(first)} before it"
            )
            raise BrokenDataError(span, "unequal-shapes", message)


def _first(where: Array, start: int, chosen: RowNumbers | None) -> int:
    """The number of the first row that is true; `chosen` has indices from `start` on."""
    index = int(np.argmax(where))
    return start + (index if chosen is None else int(chosen[index]))


def _count_lists_and_dates(
    part: _Rows, cuts: Iterable[ListCut], dates: Iterable[DateCheck]
) -> None:
    """Count the cut lists of some rows, and look for text that is no date."""
    for cut in cuts:
        _count_cut_lists(cut, part.columns[cut.column])
    for check in dates:
        column, name = part.columns[check.use.column], check.use.name
        made = None if check.use.derived is None or name is None else part.columns.get(name)
        if made is None or (made.missing & ~column.missing).any():  # else all are dates
            _check_dates(check, column, part.start, part.chosen)


def _count_cut_lists(cut: ListCut, column: Column) -> None:
    """Count the lists of one chunk that are longer than the model takes."""
    if column.lengths is None:
        return
    cut.count += int(np.count_nonzero(column.lengths > cut.width))
    cut.longest = max(cut.longest, int(column.lengths.max(initial=0)))


def _check_dates(check: DateCheck, column: Column, start: int, chosen: RowNumbers | None) -> None:
    """Look for the first text that is no date in some rows of a chunk."""
    derived = check.use.derived
    if check.word or derived is None:
        return
    words, positions = distinct_words(column)
    bad = np.isnat(dates_of_words(words, derived.form, is_time=derived.is_time))
    if bad.any():
        wrong = bad[positions] & ~column.missing
        if wrong.any():
            check.row = _first(wrong, start, chosen)
            check.word = words[int(positions[int(np.argmax(wrong))])]


def _count_missing(
    count: MissingCount, column: Column, start: int, chosen: RowNumbers | None
) -> None:
    """Count the missing values of some rows of a chunk, whose first row is `start`."""
    if column.clean:
        return
    found = int(np.count_nonzero(column.missing))
    if found and not count.count:
        count.first_row = _first(column.missing, start, chosen)
    count.count += found


def _summarize(
    summary: ValueSummary, column: Column, start: int, chosen: RowNumbers | None = None
) -> None:
    """Add the values of some rows of a chunk, whose first row is `start`."""
    if column.media_source is not None:  # its files have been checked
        return
    if column.clean and not column.is_text:
        summary.present += len(column.missing)
        return
    if not column.is_text and column.values.dtype.kind not in NUMERIC_KINDS:
        summary.dtype = summary.dtype or str(column.values.dtype)
    elif summary.use.kind == NUMBER and column.is_text:
        _summarize_text(summary, column, start, chosen)
    else:
        summary.present += int((~column.missing).sum())
        if column.values.dtype.kind == "f" and summary.infinite is None:
            infinite = np.isinf(column.values).reshape(len(column.values), -1)
            bad = np.asarray(infinite.any(axis=1))
            if bad.any():
                summary.infinite = _first(bad, start, chosen)


def _summarize_text(
    summary: ValueSummary, column: Column, start: int, chosen: RowNumbers | None
) -> None:
    if column.lengths is not None:
        _summarize_words(summary, column, start, chosen)
        return
    numbers = as_numbers(column)
    bad = ~np.isfinite(numbers.reshape(len(numbers), -1)).all(axis=1) & ~column.missing
    count = int(bad.sum())
    summary.present += int((~column.missing).sum())
    if count and not summary.text:
        row = int(np.argmax(bad))
        summary.first_text = _first(bad, start, chosen)
        summary.first_word = str(column.values[row]) if column.values.ndim == 1 else "text"
    if count:
        summary.commas.add(map(str, column.values[bad].ravel().tolist()))
        known = numbers[np.isfinite(numbers)]
        if len(known):
            summary.commas.add_number(float(np.abs(known).max()))
    summary.text += count


def _summarize_words(
    summary: ValueSummary, column: Column, start: int, chosen: RowNumbers | None
) -> None:
    """Add the text inside the lists of some rows of a chunk."""
    found = values_of_lists(column)
    bad = np.flatnonzero(~np.isfinite(as_numbers(found.column)))
    summary.present += len(found.rows)
    if len(bad) and not summary.text:
        row = int(found.rows[bad[0]])
        summary.first_text = start + (row if chosen is None else int(chosen[row]))
        summary.first_word = str(found.column.values[bad[0]])
    summary.text += len(bad)
