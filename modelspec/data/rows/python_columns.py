"""Values of Python as columns: numbers and text here, what else there is by way of Arrow.

The columns are those that a parquet file with the same values has, so that predictions are equal.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import NoneType
from typing import Any, NamedTuple

import numpy as np

from modelspec.data.table import (
    LABEL,
    TEXT,
    Array,
    BrokenDataError,
    Column,
    ColumnUse,
    ListForm,
    UnsuitableTypeError,
    arrow_values,
    none_missing,
)
from modelspec.tabular import PLAIN_MARKS, Dialect, NumberMarks, parse_number

GivenColumn = Sequence[Any] | Array | Callable[[], Any] | Any
"""A list, an array of numpy or of Arrow, or a function that gives one of these."""

NO_VALUES = ("NAType", "NaTType")
"""What pandas has for a missing value, by the names of the classes: it need not be installed."""

_NUMBERS, _TEXT = {int, float}, {str}

_WHOLE = re.compile("[-+]?[0-9]+")

_LARGE = 1 << 63

MANY = 1 << 16
"""Values that are looked through for the one that does not go with those before it."""


class ColumnRules(NamedTuple):
    """What a column is read for.

    Attributes:
        name: of the column.
        use: its first use, where findings point.
        rows: what messages call the rows.
        first_row: the number of the first of them.
        form: how its lists are read, where it has lists of unlike lengths.
        cells: how text is read where the training data was a csv.
    """

    name: str
    use: ColumnUse
    rows: str
    first_row: int
    form: ListForm | None = None
    cells: Dialect | None = None

    def error(self, message: str, hint: str = "") -> BrokenDataError:
        """What is wrong with the column; the message goes after its name."""
        text = f"`{self.name}` of {self.rows} {message}"
        return BrokenDataError(self.use.span, "wrong-column-type", text, hint)

    def place(self, row: int) -> str:
        """What messages call a row."""
        return f"row {row + self.first_row}"


def column_of(values: GivenColumn, rules: ColumnRules) -> Column:
    """A column of the values of all rows.

    Raises:
        BrokenDataError: no column can be made of them.
    """
    if callable(values):
        values = values()
    if isinstance(values, np.ndarray):
        return _of_array(values, rules)
    if isinstance(values, list):
        return _of_list(values, rules)
    return _of_arrow(values, rules)


def is_array(value: Any) -> bool:
    """Whether a value is an array of numpy, or of a library that gives it as one."""
    return hasattr(value, "__array__") and not isinstance(value, (str, bytes, np.generic))


def _of_array(array: Array, rules: ColumnRules) -> Column:
    kind = array.dtype.kind
    if kind in "biuf" and rules.form is None:
        return _of_numbers(array)
    if kind == "O" and array.ndim == 1:
        return _of_list(array.tolist(), rules)
    if kind in "US" and array.ndim == 1:
        return _of_list(array.astype(str).tolist(), rules)
    if kind in "USO":
        return _of_text_array(array)
    return _of_arrow(_to_arrow(list(array) if array.ndim > 1 else array, rules), rules)


def _of_numbers(array: Array) -> Column:
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    rows = len(array)
    if array.dtype.kind != "f":
        return Column(array, none_missing(rows), clean=True)
    if np.isfinite(array).all():
        return Column(array, none_missing(rows), clean=True)
    missing = np.isnan(array.reshape(rows, -1)).any(axis=1)
    return Column(array, np.asarray(missing, dtype=np.bool_))


def _of_text_array(array: Array) -> Column:
    words = np.empty(array.size, dtype=object)
    words[:] = [str(word) for word in array.ravel().tolist()]
    return Column(words.reshape(array.shape), none_missing(len(array)), clean=True)


def _of_list(values: list[Any], rules: ColumnRules) -> Column:
    kinds = set(map(type, values))
    if kinds <= _NUMBERS and rules.form is None:
        return _of_numbers(_numbers(values, rules))
    if kinds <= _TEXT and rules.form is None:
        return _of_text(values, rules)
    values = [_plain(value) for value in values]
    kinds = {type(value) for value in values if value is not None}
    if rules.form is not None:
        return _of_arrow(_to_arrow(values, rules), rules)
    if kinds <= _NUMBERS or kinds <= {bool}:
        return _with_gaps(values, kinds, rules)
    if kinds <= _TEXT:
        return _of_text(values, rules)
    if bytes in kinds:
        return _of_bytes(values, rules)
    if np.ndarray in kinds:
        return _of_arrays(values, rules)
    if str in kinds:
        _report_mixture(values, rules)
    return _of_arrow(_to_arrow(values, rules), rules)


def _plain(value: Any) -> Any:
    """A value of Python in place of one of numpy or pandas; None where it is missing."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or type(value).__name__ in NO_VALUES:
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if is_array(value) and not isinstance(value, np.ndarray):
        return np.asarray(value)
    return value


def _numbers(values: list[Any], rules: ColumnRules) -> Array:
    array = np.asarray(values)
    if array.dtype != object:
        return array
    row = next(row for row, value in enumerate(values) if abs(value) >= _LARGE)
    raise rules.error(f"has the number {values[row]} in {rules.place(row)}, which is too large")


def _with_gaps(values: list[Any], kinds: set[type], rules: ColumnRules) -> Column:
    """Numbers, or truth values, of which some are missing."""
    missing = np.asarray([value is None for value in values], dtype=np.bool_)
    if float in kinds:
        filled = [np.nan if value is None else value for value in values]
        return _of_numbers(_numbers(filled, rules))
    if not kinds:
        return Column(np.full(len(values), np.nan), missing)
    zero = kinds.pop()()
    filled = [zero if value is None else value for value in values]
    return Column(_numbers(filled, rules), missing, clean=not missing.any())


def _of_text(values: list[Any], rules: ColumnRules) -> Column:
    """Text as it is; where the training data was a csv, as its cells are read."""
    missing = None
    marks = PLAIN_MARKS
    if rules.cells is not None:
        marks = rules.cells.marks_of(rules.name)
        values = _cells(values, rules.cells, rules, marks)
        numbers = None if rules.use.kind in (TEXT, LABEL) else _numbers_in(values, marks)
        if numbers is not None:
            return _with_gaps(numbers, {type(one) for one in numbers} - {NoneType}, rules)
    if None in values:
        missing = np.asarray([value is None for value in values], dtype=np.bool_)
        values = ["" if value is None else value for value in values]
    words = np.empty(len(values), dtype=object)
    words[:] = values
    if missing is None:
        column = Column(words, none_missing(len(values)), clean=True)
    else:
        column = Column(words, missing)
    return column if marks == PLAIN_MARKS else replace(column, marks=marks)


def _cells(
    values: list[Any], cells: Dialect, rules: ColumnRules, marks: NumberMarks
) -> list[str | None]:
    """Text as cells of a csv: without spaces around it if the spec says so, None where missing."""
    nulls = cells.nulls(rules.name)
    if cells.strip:
        values = [None if value is None else value.strip(" \t") for value in values]
    is_numeric = rules.use.kind not in (TEXT, LABEL)
    return [
        None if value is None or nulls.has(value, marks, is_numeric=is_numeric) else value
        for value in values
    ]


def _numbers_in(values: list[str | None], marks: NumberMarks) -> list[Any] | None:
    """The numbers in cells, whole ones if all are; None where a cell has none."""
    found = [None if value is None else parse_number(value, marks) for value in values]
    if any(number is not None and math.isnan(number) for number in found):
        return None
    if all(value is None or _WHOLE.fullmatch(value) for value in values):
        return [None if value is None else int(value) for value in values]
    return found


def _of_bytes(values: list[Any], rules: ColumnRules) -> Column:
    """The contents of files, such as images; what reads them looks at them later."""
    for row, value in enumerate(values):
        if value is not None and not isinstance(value, bytes):
            raise rules.error(f"has bytes in some rows and {value!r} in {rules.place(row)}")
    missing = np.asarray([value is None for value in values], dtype=np.bool_)
    contents = np.empty(len(values), dtype=object)
    contents[:] = [b"" if value is None else value for value in values]
    return Column(contents, missing)


def _of_arrays(values: list[Any], rules: ColumnRules) -> Column:
    """Arrays of one shape, one for each row."""
    shapes: dict[tuple[int, ...], int] = {}
    for row, value in enumerate(values):
        if value is None:
            continue
        array = np.asarray(value)
        shapes.setdefault(array.shape, row)
        if len(shapes) > 1:
            (one, first), (other, later) = shapes.items()
            raise rules.error(
                f"has shape {list(one)} in {rules.place(first)}"
                f" and {list(other)} in {rules.place(later)}"
            )
    shape = next(iter(shapes))
    missing = np.asarray([value is None for value in values], dtype=np.bool_)
    known = next(value for value in values if value is not None)
    empty = np.zeros(shape, dtype=np.asarray(known).dtype)
    stacked = np.stack([empty if value is None else np.asarray(value) for value in values])
    column = _of_array(stacked, rules)
    return (
        replace(column, missing=column.missing | missing, clean=False) if any(missing) else column
    )


def _report_mixture(values: list[Any], rules: ColumnRules) -> None:
    text = next(row for row, value in enumerate(values) if isinstance(value, str))
    other = next(
        row for row, value in enumerate(values) if value is not None and not isinstance(value, str)
    )
    raise rules.error(
        f"is the text {values[text]!r} in {rules.place(text)}"
        f" and {values[other]!r} in {rules.place(other)}",
        "give text or numbers in all rows",
    )


def _to_arrow(values: Any, rules: ColumnRules) -> Any:
    try:
        import pyarrow as pa
    except ModuleNotFoundError as error:
        raise rules.error(
            "holds lists, dates or the like, which pyarrow reads, and it is not installed",
            "install it with pip install pyarrow",
        ) from error
    plain = [value.tolist() if isinstance(value, np.ndarray) else value for value in values]
    try:
        return pa.array(plain if isinstance(values, list) else values)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise _odd_value(plain, rules) from error


def _odd_value(values: list[Any], rules: ColumnRules) -> BrokenDataError:
    """The first value that no column takes, or that does not go with those before it."""
    import pyarrow as pa

    known: list[Any] = []
    for row, value in enumerate(values):
        try:
            pa.array([value])
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            what = f"{type(value).__name__} {value!r}"[:80]
            return rules.error(f"has the {what} in {rules.place(row)}, not numbers or text")
        try:
            pa.array([*known, value])
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            one, other = f"{known[0]!r}"[:60], f"{value!r}"[:60]
            return rules.error(f"has {one} in {rules.place(0)} and {other} in {rules.place(row)}")
        if len(known) < MANY and value is not None:
            known.append(value)
    return rules.error("holds values that are neither numbers nor text")


def _of_arrow(array: Any, rules: ColumnRules) -> Column:
    try:
        return arrow_values(array, rules.use, rules.form)
    except UnsuitableTypeError as error:
        raise rules.error(str(error), error.hint) from error
