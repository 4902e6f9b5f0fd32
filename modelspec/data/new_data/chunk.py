"""Rows of new data with the columns that are written beside their predictions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from modelspec.data.examples import Examples
from modelspec.data.table import Column, RowNumbers, Table, full_column

FILE = "file"
"""The column with the name of each example's file, where each example is a separate file."""


ROW, OTHER_ROW = "row", "row_number"
"""The column with the number of each row in its file, where some rows are left out; and its name
beside a kept column of that name."""


class NewDataChunk(NamedTuple):
    """Consecutive rows of a file of new data.

    Attributes:
        rows: the number of rows.
        examples: the rows that no rule `drop` removes.
        example_rows: int64 [len(examples)]: which rows of the chunk the examples are.
        kept_columns: columns to write next to the predictions, each of all `rows` rows.
        horizon: how many rows each example makes, where it forecasts; else None.
    """

    rows: int
    examples: Examples
    example_rows: RowNumbers
    kept_columns: Mapping[str, Column]
    horizon: int | None = None

    def without_gaps(self) -> NewDataChunk:
        """The rows that are examples alone, with the number of each in its file.

        A row of a forecast has its time, and is in no file.
        """
        kept = {name: column.take(self.example_rows) for name, column in self.kept_columns.items()}
        if FILE not in kept and self.horizon is None:
            numbers = row_numbers(self.examples.table, self.examples.rows)
            kept = {OTHER_ROW if ROW in kept else ROW: full_column(numbers), **kept}
        count = len(self.example_rows)
        return NewDataChunk(count, self.examples, np.arange(count), kept, self.horizon)


def row_numbers(table: Table, rows: RowNumbers) -> RowNumbers:
    """The numbers that messages give rows, counted in the file of each: int64, as `rows`."""
    ends = np.cumsum([part.rows for part in table.parts])
    parts = np.searchsorted(ends[:-1], rows, side="right")
    firsts = np.asarray([part.first_row for part in table.parts])
    starts = np.asarray([0, *ends[:-1]])
    found: RowNumbers = (rows - starts[parts] + firsts[parts]).astype(np.int64)
    return found
