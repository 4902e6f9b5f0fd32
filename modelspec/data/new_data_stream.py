"""New data in pieces: read as training data was, without ever holding all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from modelspec.data.examples import Examples, Preprocessing, input_array
from modelspec.data.prepare import RowNumbers, check_values, fill_missing, read_chunks
from modelspec.data.sources import OpenSource, needs_streaming, read_source
from modelspec.data.table import (
    ANY,
    CHUNK_ROWS,
    TEXT,
    BrokenDataError,
    Chunk,
    Column,
    ColumnUse,
    Purpose,
    RowSelection,
    Table,
    column_names,
)
from modelspec.diagnostics import Findings, Span, UsageError
from modelspec.spec.data import SERIES

from .new_data import open_given, read_new_data

FILE = "file"
"""The column with the name of each example's file, where each is a file of its own."""


class NewDataChunk(NamedTuple):
    """Consecutive rows of a file of new data.

    Attributes:
        rows: the number of rows.
        examples: the rows that no rule `drop` removes.
        example_rows: int64 [len(examples)]: which rows of the chunk the examples are.
        kept_columns: columns to write next to the predictions, each of all `rows` rows.
    """

    rows: int
    examples: Examples
    example_rows: RowNumbers
    kept_columns: Mapping[str, Column]


class NewData(Protocol):
    """New data that can be gone through."""

    def chunks(self, findings: Findings) -> Iterator[NewDataChunk]:
        """All rows in order; ends early with findings."""
        ...


class NewSeries(NamedTuple):
    """Windows over a table, which overlap and so are held together."""

    examples: Examples

    def chunks(self, findings: Findings) -> Iterator[NewDataChunk]:
        """All rows at once; those that no window ends at have no example."""
        del findings
        yield NewDataChunk(self.examples.table.rows, self.examples, self.examples.rows, {})


class NewTable(NamedTuple):
    """A file of which every value was looked at, so that no answer has to be taken back."""

    reading: Preprocessing
    table: Table
    rows: RowNumbers
    needs: tuple[ColumnUse, ...]

    def chunks(self, findings: Findings) -> Iterator[NewDataChunk]:
        """All rows in order; ends early with findings.

        Args:
            findings: takes values that do not fit the model, and a file that turns out damaged.
        """
        beside = [need.column for need in self.needs if need.purpose is Purpose.KEEP]
        try:
            for chunk in self._chunks():
                piece = self._piece(chunk, beside, findings)
                if piece is None:
                    return
                yield piece
        except BrokenDataError as broken:
            broken.report(findings)

    def _chunks(self) -> Iterator[Chunk]:
        """The table in pieces of no more than `CHUNK_ROWS` rows."""
        for chunk in read_chunks(self.table, column_names(self.needs)):
            for first in range(0, chunk.rows, CHUNK_ROWS):
                rows = min(CHUNK_ROWS, chunk.rows - first)
                if rows == chunk.rows:
                    yield chunk
                    continue
                chosen = np.arange(first, first + rows)
                part = {name: column.take(chosen) for name, column in chunk.columns.items()}
                yield Chunk(chunk.start + first, rows, part)

    def _piece(
        self, chunk: Chunk, beside: Sequence[str], findings: Findings
    ) -> NewDataChunk | None:
        first, last = np.searchsorted(self.rows, [chunk.start, chunk.start + chunk.rows])
        rows = self.rows[first:last]
        places = rows - chunk.start
        columns = dict(chunk.columns)
        if len(rows) < chunk.rows:
            columns = {name: column.take(places) for name, column in columns.items()}
        fills = self.reading.learned.fills
        filled = {n: fill_missing(c, fills[n]) if n in fills else c for n, c in columns.items()}
        source = RowSelection(filled, rows, self.table, findings)
        made = {
            entry.name: input_array(entry, found, source)
            for entry, found in self.reading.plan.inputs
            if found is not None
        }
        inputs = {name: array for name, array in made.items() if array is not None}
        if len(inputs) < len(made):
            return None
        examples = Examples(inputs, {}, None, rows, self.table)
        kept = {name: chunk.columns[name] for name in beside}
        if self.table.files:
            kept = {FILE: self._files(chunk), **kept}
        return NewDataChunk(chunk.rows, examples, places, kept)

    def _files(self, chunk: Chunk) -> Column:
        names = self.table.files[chunk.start : chunk.start + chunk.rows]
        return Column(np.asarray(names, dtype=object), np.zeros(chunk.rows, dtype=np.bool_))


def open_new_data(
    reading: Preprocessing, path: Path, findings: Findings, keep: Sequence[str] = ()
) -> NewData | None:
    """Look at every value of a file of new inputs; None with findings.

    Args:
        reading: how the run reads.
        path: a file with the columns of the inputs; relative to the current folder.
        findings: takes what is wrong with the file.
        keep: columns that are to stand beside the answers.

    Raises:
        UsageError: the file's name tells no kind of source, or windows are to keep columns.
        CannotRunError: the disk is full.
    """
    if reading.data.train.kind == SERIES:
        if keep:
            raise UsageError(
                "a run on a timeseries answers for windows of rows, and keeps no column"
            )
        examples = read_new_data(reading, path, findings, with_targets=False)
        return None if examples is None else NewSeries(examples)
    start = Span(str(path), 1, 1, 1, 1)
    opened = open_given(reading, path, start, findings)
    if opened is None:
        return None
    needs = tuple(need for need in reading.plan.uses if need.is_input)
    use = TEXT if opened.source.kind == "csv" else ANY  # as it stands in the file: 007 is no 7
    kept = [
        ColumnUse(name, _use_of(name, needs) or use, Purpose.KEEP, start, name)
        for name in dict.fromkeys(keep)
    ]
    try:
        table = read_source(opened, (*needs, *kept), findings, streams=_streams(reading, opened))
        rows = None if table is None else check_values(table, needs, reading.data, findings)
    except BrokenDataError as broken:
        broken.report(findings)
        return None
    if table is None or rows is None:
        return None
    if len(rows) == 0:
        findings.error(start, "empty-data", f"no rows of {path} are left")
        return None
    return NewTable(reading, table, rows, (*needs, *kept))


def _use_of(name: str, needs: Sequence[ColumnUse]) -> str | None:
    """What an input uses a column for, if one does."""
    return next((need.kind for need in needs if need.column == name), None)


def _streams(reading: Preprocessing, opened: OpenSource) -> bool:
    if reading.data.stream == "auto":
        return needs_streaming(opened.source.kind, opened.files, reading.plan.inputs)
    return reading.data.stream is True
