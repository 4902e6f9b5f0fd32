"""Tables that are read in chunks, so that only a few chunks have to be in memory at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from modelspec.diagnostics import Findings, Span
from modelspec.machine import core_count

from .column_uses import ColumnUse, column_names
from .parts import TablePart
from .table import Column, Table, concatenate_columns

ColumnMap = Mapping[str, Column]

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK_ROWS = 1 << 16
"""Rows in a chunk of a table that streams."""


class Chunk(NamedTuple):
    """Consecutive rows of a table.

    Attributes:
        start: the number of the first row in the table.
        rows: how many rows there are.
        columns: the columns of these rows.
    """

    start: int
    rows: int
    columns: ColumnMap


class FileChunks(NamedTuple):
    """One file that can be read in chunks, as often as needed.

    Attributes:
        part: its name and its rows.
        read: names of columns to chunks in order. It raises BrokenDataError.
        size: the bytes of all rows, for a file whose size was not known before it was read.
    """

    part: TablePart
    read: Callable[[Sequence[str]], Iterator[ColumnMap]]
    size: int | None = None


class BrokenDataError(Exception):
    """A file turns out to be damaged while it is read. Has what a finding needs."""

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
    """A table of which some columns are in memory, and all can be read in chunks.

    `columns` has those in memory: see `ColumnUse.is_read_in_chunks`.

    Attributes:
        sources: its files in order.
        streams: whether the inputs made of it stay out of memory, too.
    """

    sources: Sequence[FileChunks] = ()
    streams: bool = False

    def read(self, names: Sequence[str]) -> Iterator[Chunk]:
        """Some columns, in consecutive chunks.

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
        """Some columns of some rows (sorted), or of all, in memory."""
        found: dict[str, list[Column]] = {name: [] for name in names}
        for chunk in self.read(names):
            chosen = None if rows is None else _rows_in(rows, chunk)
            for name in names:
                column = chunk.columns[name]
                found[name].append(column if chosen is None else column.take(chosen))
        return {name: concatenate_columns(columns) for name, columns in found.items()}


def read_whole(file: FileChunks, uses: Sequence[ColumnUse]) -> Table:
    """A file with all its used columns, in memory.

    Raises:
        BrokenDataError: the file is damaged.
    """
    table = ChunkedTable({}, file.part.rows, [file.part], [file])
    return Table(table.whole(column_names(uses)), table.rows, table.parts)


def _rows_in(rows: npt.NDArray[np.int64], chunk: Chunk) -> npt.NDArray[np.int64]:
    """Those of the rows that are in the chunk, counted from its first."""
    first, last = np.searchsorted(rows, [chunk.start, chunk.start + chunk.rows])
    return rows[first:last] - chunk.start


def chunked_table(
    files: Sequence[FileChunks], uses: Sequence[ColumnUse], *, streams: bool
) -> ChunkedTable:
    """A table of files; the columns by which rows are split and encoded are read at once.

    Raises:
        BrokenDataError: a file is damaged.
    """
    parts = [file.part for file in files]
    rows = sum(part.rows for part in parts)
    table = ChunkedTable({}, rows, parts, files, streams)
    names = column_names([use for use in uses if not use.is_read_in_chunks])
    columns = table.whole(names) if names else {}
    return ChunkedTable(columns, rows, parts, files, streams)


def map_in_threads(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Work on items by all cores, of which a few more than cores wait at once.

    numpy and Arrow release Python's lock, so threads are enough.

    Returns:
        The results in the order of the items.
    """
    cores = core_count()
    with ThreadPoolExecutor(cores) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > 2 * cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
