"""The rows of the horizon in a file: those at the end of a group without a past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.data.examples import Preprocessing
from modelspec.data.table import Column, RowNumbers, Table, as_text
from modelspec.spec.data import HORIZON, WINDOW


class LaterRows:
    """Finds the rows of the horizon in a table: those at the end of a group without a past.

    Args:
        preprocessing: says which columns are of the past, and which are known beforehand.

    Attributes:
        rows: [rows of the table]: which are of the horizon.
        written: the columns of the table as they were before any was filled.
    """

    def __init__(self, preprocessing: Preprocessing) -> None:
        self.data = preprocessing.data
        fed = [columns for _, columns in preprocessing.plan.inputs if columns is not None]
        past = _names(fed, WINDOW)
        self.ahead = _names(fed, HORIZON)
        goals = [name for target in self.data.targets for name in target.columns]
        decide = [name for name in past if name in goals]
        if not decide:
            rules, default = self.data.missing, self.data.missing.get("*")
            decide = [name for name in past if rules.get(name, default) in (None, "drop")]
        self.deciding = [name for name in decide if name not in self.ahead]
        self.rows: npt.NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self.written: Mapping[str, Column] = {}

    def fill(self, table: Table) -> Table:
        """The table, with any value in place of the past that the rows of the horizon lack."""
        self.written = table.columns
        self.rows = np.zeros(table.rows, dtype=np.bool_)
        deciding = [table.columns[name] for name in self.deciding]
        if not deciding or not table.rows:
            return table
        is_known = ~np.logical_or.reduce([column.missing for column in deciding])
        group = self.data.train.options.get("group")
        for rows in rows_of_groups(table.columns[group] if group else None, table.rows):
            known = np.flatnonzero(is_known[rows])
            self.rows[rows[known[-1] + 1 if len(known) else 0 :]] = True
        keep = {*self.ahead, group, self.data.train.options["time"]}
        columns = {
            name: column if name in keep else _with_any_value(column, self.rows)
            for name, column in table.columns.items()
        }
        return replace(table, columns=columns)


def _names(fed: Sequence[Any], rows: str) -> list[str]:
    found = (columns for columns in fed if (columns.rows or WINDOW) == rows)
    return list(dict.fromkeys(name for columns in found for name in columns.columns))


def rows_of_groups(column: Column | None, count: int) -> Iterator[RowNumbers]:
    """The rows of each group, in order."""
    if column is None:
        yield np.arange(count)
        return
    _, numbers = np.unique(as_text(column).astype(str), return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)


def _with_any_value(column: Column, rows: npt.NDArray[np.bool_]) -> Column:
    lacking = column.missing & rows
    if not lacking.any():
        return column
    values = column.values.copy()
    values[lacking] = "" if column.is_text else 0
    missing = column.missing & ~rows
    return replace(column, values=values, missing=missing, words=None, codes=None)
