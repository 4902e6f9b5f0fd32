"""Rows in memory: which columns a dict, a list of dicts, a data frame or an array has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from modelspec.data.table import (
    BrokenDataError,
    ColumnUse,
    Table,
    TablePart,
    column_names,
    list_forms,
)
from modelspec.diagnostics import Findings, UsageError
from modelspec.tabular import Dialect

from .python_columns import ColumnRules, GivenColumn, column_of, is_array

NAME = "the data"
"""What messages call rows that came from no file."""

FIRST_ROW = 0
"""The number of the first row in messages, as Python counts."""

KINDS = "a dict, a list of dicts, a data frame, a dict of arrays, or an array for the only input"


@dataclass(frozen=True, slots=True)
class GivenRows:
    """Rows by column. No value is looked at before its column is asked for.

    Attributes:
        values: column to its values: a list, an array of numpy, or an array of Arrow.
        count: the number of rows.
        as_dicts: whether each row was given as a dict.
    """

    values: Mapping[str, GivenColumn]
    count: int
    as_dicts: bool

    @property
    def names(self) -> list[str]:
        """The columns."""
        return list(self.values)

    def table(
        self, uses: Sequence[ColumnUse], findings: Findings, cells: Dialect | None = None
    ) -> Table | None:
        """The columns that are used; None with findings.

        Args:
            uses: which columns, all of which the rows have, and what for.
            findings: takes values that no column can be made of, with the column and the row.
            cells: how text is read where the training data was a csv; None for text as it is.
        """
        forms = list_forms(uses)
        first = {use.column: use for use in reversed(uses)}
        columns, sound = {}, True
        for name in column_names(uses):
            rules = ColumnRules(name, first[name], NAME, FIRST_ROW, forms.get(name), cells)
            try:
                columns[name] = column_of(self.values[name], rules)
            except BrokenDataError as broken:
                broken.report(findings)
                sound = False
        part = TablePart(NAME, self.count, FIRST_ROW)
        return Table(columns, self.count, [part]) if sound else None


def rows_from(given: Any, only_columns: Sequence[str] | None = None) -> GivenRows:
    """Rows as Python has them.

    A dict is a row, unless all of its values are lists or arrays: then it has a column in each.
    A list has a dict for each row. All else has columns.

    Args:
        given: a dict, a list of dicts, a data frame, a dict of lists or arrays, or an array.
        only_columns: the columns of the only input, which an array is for; none where there are
            several inputs, None where it is not known what an array is for.

    Raises:
        UsageError: it is none of these, has no rows, or its columns differ in length.
    """
    if isinstance(given, GivenRows):
        return given
    if isinstance(given, Mapping):
        return _from_mapping(given)
    if isinstance(given, np.ndarray):
        return _from_array(given, only_columns)
    if type(given).__module__.startswith("pandas") and hasattr(given, "columns"):
        return _from_pandas(given)
    if hasattr(given, "__arrow_c_stream__") or hasattr(given, "__arrow_c_array__"):
        return _from_arrow(given)
    if isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
        return _from_dicts(given)
    if is_array(given):
        return _from_array(np.asarray(given), only_columns)
    raise UsageError(f"rows are {KINDS}, got {_type_name(given)}")


def _from_mapping(given: Mapping[Any, Any]) -> GivenRows:
    if not given:
        raise UsageError("the row is an empty dict: it needs a value for each column of the inputs")
    for name in given:
        if not isinstance(name, str):
            raise UsageError(f"a column is called by text, got {name!r}, {_type_name(name)}")
    if not all(map(_is_column, given.values())):
        return GivenRows({name: [value] for name, value in given.items()}, 1, True)
    values: dict[str, Any] = {name: _as_column(value) for name, value in given.items()}
    lengths = {name: len(column) for name, column in values.items()}
    first = next(iter(lengths))
    other = next((name for name, length in lengths.items() if length != lengths[first]), None)
    if other is not None:
        message = (
            f"the columns differ in length: `{first}` has {lengths[first]} rows,"
            f" `{other}` has {lengths[other]}"
        )
        way = "a dict whose values are all lists or arrays has a column in each"
        raise UsageError(f"{message}; {way}: for one row give a list with its dict")
    return _counted(values, lengths[first], as_dicts=False)


def _from_dicts(given: Sequence[Any]) -> GivenRows:
    values: dict[str, list[Any]] = {}
    for number, row in enumerate(given):
        if not isinstance(row, Mapping):
            message = f"row {number} of the list is {_type_name(row)}, not a dict"
            raise UsageError(f"{message}: rows are {KINDS}")
        for name in row:
            if name not in values:
                if not isinstance(name, str):
                    raise UsageError(f"row {number} calls a column {name!r}, which is not text")
                values[name] = [None] * number
        for name, column in values.items():
            column.append(row.get(name))
    return _counted(values, len(given), as_dicts=True)


def _from_array(given: Any, only_columns: Sequence[str] | None) -> GivenRows:
    if only_columns is None:
        message = "an array does not say what its columns are called"
        raise UsageError(f"{message}: give a dict of arrays by column")
    if not only_columns:
        message = "an array is for a model with one input, and this one has several"
        raise UsageError(f"{message}: give a dict of arrays by column")
    if given.ndim == 0:
        raise UsageError(f"an array has the rows on its first axis, got the single value {given}")
    if len(only_columns) == 1:
        return _counted({only_columns[0]: given}, len(given), as_dicts=False)
    if given.ndim != 2 or given.shape[1] != len(only_columns):
        shown = ", ".join(only_columns[:5]) + (", ..." if len(only_columns) > 5 else "")
        message = f"the input takes {len(only_columns)} columns ({shown})"
        expected = f"an array of shape [rows, {len(only_columns)}]"
        raise UsageError(f"{message}, so {expected} is expected, got {list(given.shape)}")
    values = {name: given[:, index] for index, name in enumerate(only_columns)}
    return _counted(values, len(given), as_dicts=False)


def _from_pandas(frame: Any) -> GivenRows:
    """The columns of a data frame: they are those of numpy, or become so."""
    _refuse_repeated([str(name) for name in frame.columns])
    columns = {str(name): partial(_numpy_column, frame, name) for name in frame.columns}
    return _counted(columns, len(frame), as_dicts=False)


def _numpy_column(frame: Any, name: Any) -> Any:
    return frame[name].to_numpy()


def _from_arrow(given: Any) -> GivenRows:
    try:
        import pyarrow as pa
    except ModuleNotFoundError as error:
        message = f"{_type_name(given)} is read by pyarrow, which is not installed"
        raise UsageError(f"{message}: pip install pyarrow, or give a dict of arrays") from error
    try:
        if hasattr(given, "__arrow_c_stream__"):
            table = pa.table(given)
        else:
            table = pa.Table.from_batches([pa.record_batch(given)])
    except pa.ArrowInvalid as error:
        message = f"{_type_name(given)} has values, and does not say what their column is called"
        raise UsageError(f"{message}: give a dict with it, {{COLUMN: VALUES}}") from error
    _refuse_repeated(table.column_names)
    columns = {name: partial(_whole, table.column(name)) for name in table.column_names}
    return _counted(columns, table.num_rows, as_dicts=False)


def _refuse_repeated(names: Sequence[str]) -> None:
    repeated = next((name for name, count in Counter(names).items() if count > 1), None)
    if repeated is not None:
        raise UsageError(f"the data frame has two columns called `{repeated}`: rename one of them")


def _whole(chunked: Any) -> Any:
    import pyarrow as pa

    found = chunked.combine_chunks()
    if isinstance(found, pa.ChunkedArray):  # of no chunks, or too large for one
        return found.chunk(0) if found.num_chunks == 1 else pa.array([], chunked.type)
    return found


def _counted(values: Mapping[str, GivenColumn], count: int, *, as_dicts: bool) -> GivenRows:
    if count == 0:
        raise UsageError("there are no rows: give at least one")
    return GivenRows(values, count, as_dicts)


def _is_column(value: Any) -> bool:
    """Whether a value of a dict is a column: a list, a tuple, an array, a series."""
    return isinstance(value, (list, tuple)) or (is_array(value) and np.ndim(value) > 0)


def _as_column(value: Any) -> GivenColumn:
    return list(value) if isinstance(value, (list, tuple)) else np.asarray(value)


def _type_name(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
