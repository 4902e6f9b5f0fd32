"""One look at every value: which are no numbers, which are missing, which rows stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from modelspec.data.table import (
    NUMBER,
    NUMERIC_KINDS,
    BrokenDataError,
    Chunk,
    ChunkedTable,
    Column,
    ColumnUse,
    Purpose,
    Table,
    as_numbers,
    column_names,
    drop_purposes,
)
from modelspec.diagnostics import Findings
from modelspec.spec.data import DataSpec

from .missing import DROP
from .value_errors import ValueSummary, check_missing_values, report_values

RowNumbers = npt.NDArray[np.int64]


def read_chunks(table: Table, names: Sequence[str]) -> Iterator[Chunk]:
    """Some columns of a table, in pieces where it has them."""
    if isinstance(table, ChunkedTable):
        yield from table.read(names)
    else:
        yield Chunk(0, table.rows, table.columns)


def check_values(
    table: Table, needs: Sequence[ColumnUse], data: DataSpec, findings: Findings
) -> RowNumbers | None:
    """The rows, from 0, that no rule `drop` takes out; None with findings.

    Args:
        table: the columns.
        needs: what each is used for.
        data: the rules for missing values.
        findings: takes text among numbers, infinite numbers, arrays that are neither numbers nor
            text, and the counts of missing values that no rule is for.

    Raises:
        BrokenDataError: a file is damaged.
    """
    seen = {(need.column, need.kind): ValueSummary(need) for need in reversed(needs)}
    hard = column_names(
        drop_purposes(needs, Purpose.STRATIFY)
    )  # there a missing value is its own stratum
    gaps = {name: MissingCount() for name in hard}
    keep = np.ones(table.rows, dtype=np.bool_)
    dropping = [name for name in hard if data.missing.get(name) == DROP]
    shapes: dict[str, tuple[int, ...]] = {}
    for chunk in read_chunks(table, column_names(needs)):
        _check_shapes(chunk, shapes, table, needs)
        for one in seen.values():
            _look(one, chunk.columns[one.need.column], chunk.start)
        for name, gap in gaps.items():
            gap.look(chunk.columns[name], chunk.start)
        for name in dropping:
            if not chunk.columns[name].clean:
                keep[chunk.start : chunk.start + chunk.rows] &= ~chunk.columns[name].missing
    before = len(findings)
    report_values(list(seen.values())[::-1], table, findings)
    if len(findings) > before:
        return None
    counts = {name: (gap.count, gap.first) for name, gap in gaps.items() if gap.count}
    if not check_missing_values(counts, table, data, findings):
        return None
    return np.flatnonzero(keep)


def _check_shapes(
    chunk: Chunk, shapes: dict[str, tuple[int, ...]], table: Table, needs: Sequence[ColumnUse]
) -> None:
    """Whether arrays in rows have the shape of those before them."""
    for name, column in chunk.columns.items():
        shape = column.values.shape[1:]
        first = shapes.setdefault(name, shape)
        if shape != first:
            span = next(need.span for need in needs if need.column == name)
            message = (
                f"`{name}` has shape {list(shape)} in {table.locate(chunk.start)}"
                f" and {list(first)} before it"
            )
            raise BrokenDataError(span, "unequal-shapes", message)


class MissingCount:
    """How many values of a column are missing, and the row of the first."""

    def __init__(self) -> None:
        self.count = 0
        self.first = 0

    def look(self, column: Column, start: int) -> None:
        """Count those of one piece."""
        if column.clean:
            return
        found = int(np.count_nonzero(column.missing))
        if found and not self.count:
            self.first = start + int(np.argmax(column.missing))
        self.count += found


def _look(seen: ValueSummary, column: Column, start: int) -> None:
    """Note what one piece shows."""
    if column.media_source is not None:  # its files have been checked
        return
    if column.clean and not column.is_text:
        seen.present += len(column.missing)
        return
    if not column.is_text and column.values.dtype.kind not in NUMERIC_KINDS:
        seen.type = seen.type or str(column.values.dtype)
    elif seen.need.kind == NUMBER and column.is_text:
        _look_at_text(seen, column, start)
    else:
        seen.present += int((~column.missing).sum())
        if column.values.dtype.kind == "f" and seen.infinite is None:
            bad = np.isinf(column.values).any(axis=tuple(range(1, column.values.ndim)))
            if bad.any():
                seen.infinite = start + int(np.argmax(bad))


def _look_at_text(seen: ValueSummary, column: Column, start: int) -> None:
    numbers = as_numbers(column)
    bad = ~np.isfinite(numbers.reshape(len(numbers), -1)).all(axis=1) & ~column.missing
    count = int(bad.sum())
    seen.present += int((~column.missing).sum())
    if count and not seen.text:
        row = int(np.argmax(bad))
        seen.first_text = start + row
        seen.first_word = str(column.values[row]) if column.values.ndim == 1 else "text"
    seen.text += count
