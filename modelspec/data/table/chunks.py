"""Tables that are read in pieces, so that no more than a piece has to be in memory at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.diagnostics import Findings, Span

from .column_uses import ColumnUse, column_names
from .table import Column, Table, TablePart, concatenate_columns

ColumnMap = Mapping[str, Column]

CHUNK_ROWS = 1 << 16
"""Rows in a piece of a table that streams."""


class Chunk(NamedTuple):
    """Some rows of a table that follow each other: the first one's number, and their columns."""

    start: int
    rows: int
    columns: ColumnMap


class FileChunks(NamedTuple):
    """One file that is read in pieces, as often as it is asked for.

    Attributes:
        part: its name and its rows.
        read: columns to pieces in order. It raises BrokenDataError.
        size: the bytes of all, where nobody could tell before they were read.
    """

    part: TablePart
    read: Callable[[Sequence[str]], Iterator[ColumnMap]]
    size: int | None = None


class BrokenDataError(Exception):
    """A file turns out to be no sound one while it is read. It holds what a finding needs."""

    def __init__(self, span: Span, code: str, message: str, hint: str = "") -> None:
        self.span = span
        self.code = code
        self.hint = hint
        super().__init__(message)

    def report(self, findings: Findings) -> None:
        """Add the finding."""
        findings.error(self.span, self.code, str(self), hint=self.hint)


@dataclass(frozen=True, slots=True)
class ChunkedTable(Table):
    """A table whose `columns` are those alone that are held whole; all can be read in pieces.

    Attributes:
        sources: its files in order.
        streams: whether what is made of it should not be held in memory either.
    """

    sources: Sequence[FileChunks] = ()
    streams: bool = False

    def read(self, names: Sequence[str]) -> Iterator[Chunk]:
        """Some columns, in pieces that follow each other.

        Raises:
            BrokenDataError: a file is damaged.
        """
        start = 0
        for file in self.sources:
            for columns in file.read(names):
                rows = len(next(iter(columns.values())).missing) if columns else 0
                yield Chunk(start, rows, columns)
                start += rows

    def whole(self, names: Sequence[str], rows: npt.NDArray[np.int64] | None = None) -> ColumnMap:
        """Some columns of some rows (sorted), or of all, whole."""
        found: dict[str, list[Column]] = {name: [] for name in names}
        for chunk in self.read(names):
            chosen = None if rows is None else _inside(rows, chunk)
            for name in names:
                column = chunk.columns[name]
                found[name].append(column if chosen is None else column.take(chosen))
        return {name: concatenate_columns(columns) for name, columns in found.items()}


def read_whole(file: FileChunks, needs: Sequence[ColumnUse]) -> Table:
    """A file with all its needed columns held.

    Raises:
        BrokenDataError: the file is damaged.
    """
    table = ChunkedTable({}, file.part.rows, [file.part], [file])
    return Table(table.whole(column_names(needs)), table.rows, table.parts)


def _inside(rows: npt.NDArray[np.int64], chunk: Chunk) -> npt.NDArray[np.int64]:
    """Those of the rows that the chunk has, counted from its first."""
    first, last = np.searchsorted(rows, [chunk.start, chunk.start + chunk.rows])
    return rows[first:last] - chunk.start


def chunked_table(
    files: Sequence[FileChunks], needs: Sequence[ColumnUse], *, streams: bool
) -> ChunkedTable:
    """A table of files, with all but the inputs held whole: by these, rows are divided.

    Raises:
        BrokenDataError: a file is damaged.
    """
    parts = [file.part for file in files]
    rows = sum(part.rows for part in parts)
    table = ChunkedTable({}, rows, parts, files, streams)
    held = list(dict.fromkeys(need.column for need in needs if not need.is_read_in_chunks))
    columns = table.whole(held) if held else {}
    return ChunkedTable(columns, rows, parts, files, streams)
