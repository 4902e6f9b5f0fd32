"""Arrow's record batches as the pieces of a table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from modelspec.diagnostics import Span

from .arrow_columns import UnsuitableTypeError, arrow_column
from .chunks import BrokenDataError, ColumnMap, FileChunks
from .column_uses import ColumnUse
from .table import Column, TablePart

Batches = Callable[[Sequence[str]], Iterator[Any]]
"""Columns to the `pyarrow.RecordBatch`es of a file that have them, in order."""


def file_chunks(part: TablePart, batches: Batches, needs: Sequence[ColumnUse]) -> FileChunks:
    """A file in pieces that are read anew each time.

    Args:
        part: its name and its rows.
        batches: gives its batches, from the first one each time.
        needs: where the spec names each column.
    """
    spans = _spans(needs)

    def read(names: Sequence[str]) -> Iterator[ColumnMap]:
        for batch in batches(names):
            yield {name: _column(batch, name, part, spans) for name in names}

    return FileChunks(part, read)


def memory_chunks(
    part: TablePart, batches: Sequence[Any], needs: Sequence[ColumnUse]
) -> FileChunks:
    """A file in pieces that are in memory; each column is made of Arrow's once."""
    spans = _spans(needs)
    made: list[dict[str, Column]] = [{} for _ in batches]

    def read(names: Sequence[str]) -> Iterator[ColumnMap]:
        for batch, columns in zip(batches, made, strict=True):
            for name in names:
                if name not in columns:
                    columns[name] = _column(batch, name, part, spans)
            yield {name: columns[name] for name in names}

    return FileChunks(part, read)


def _spans(needs: Sequence[ColumnUse]) -> dict[str, Span]:
    return {need.column: need.span for need in reversed(needs)}


def _column(batch: Any, name: str, part: TablePart, spans: Mapping[str, Span]) -> Column:
    try:
        column = arrow_column(batch.column(name))
    except UnsuitableTypeError as unfit:
        message = f"`{name}` of {part.name} {unfit}"
        raise BrokenDataError(spans[name], "wrong-column-type", message, unfit.hint) from unfit
    return replace(column, decimal=part.decimal) if part.decimal != column.decimal else column


def release_arrow_memory() -> None:
    """Give back the memory that Arrow keeps for later, where Arrow is in use."""
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
