"""A table in memory: columns of equal length, and the file and row that each row came from."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from pickle import PicklingError
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.diagnostics import Findings
from modelspec.spec.data import Source
from modelspec.tabular import PLAIN_MARKS, NumberMarks

from .parts import TablePart, locate_row, names_of_parts

Array = npt.NDArray[Any]

RowNumbers = npt.NDArray[np.int64]
"""Numbers of rows of a table, counted from 0."""

ALIGNMENT = 64
"""Bytes: TensorFlow uses an array without a copy if it begins at a multiple of it."""


def empty_aligned(shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """An array, not initialized, that TensorFlow can use without a copy."""
    kind = np.dtype(dtype)
    if kind.kind == "O":
        return np.empty(shape, dtype=kind)
    size = kind.itemsize * prod(shape)
    memory = np.empty(size + ALIGNMENT, dtype=np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(kind).reshape(shape)


@lru_cache(maxsize=4)
def none_missing(count: int) -> npt.NDArray[np.bool_]:
    """Flags of a column without a missing value: one array for all columns of a chunk."""
    found = np.zeros(count, dtype=np.bool_)
    found.flags.writeable = False
    return found


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one column.

    Attributes:
        values: [rows] for a csv, [rows, ...] for an npz; numbers, booleans, or Python strings in
            an object array. A missing value may have any value here.
        missing: [rows], true where a value is missing.
        media_source: where the values are paths of images or the like, or the bytes of such files:
            the source, which says how each file becomes an array.
        clean: whether no value is missing, infinite or NaN; False where that was not checked.
        words: for text, all distinct values (and perhaps more), where they are known.
        codes: then, for each value the index of its word; shape as `values`.
        marks: those in numbers that are text; of a column of text only.
        lengths: for lists of unlike lengths, [rows]: how long each is; `values` are then
            [rows, width, ...], padded by 0 or "", and longer lists are cut.
        filled: [rows], true where a value stands in the place of a missing one; None where none
            does, or that is not known.
    """

    values: Array
    missing: npt.NDArray[np.bool_]
    media_source: Source | None = None
    clean: bool = False
    words: Sequence[str] | None = None
    codes: npt.NDArray[np.int64] | None = None
    marks: NumberMarks = PLAIN_MARKS
    lengths: npt.NDArray[np.int64] | None = None
    filled: npt.NDArray[np.bool_] | None = None

    @property
    def is_text(self) -> bool:
        """Whether the values are strings."""
        return self.values.dtype == object

    @property
    def holds_files(self) -> bool:
        """Whether the values are the bytes of files, which other columns of media have paths of."""
        is_media = self.media_source is not None and len(self.values) > 0
        return is_media and isinstance(self.values[0], bytes)

    def take(self, rows: Array) -> Column:
        """The column of some rows."""
        codes = None if self.codes is None else self.codes[rows]
        lengths = None if self.lengths is None else self.lengths[rows]
        filled = None if self.filled is None else self.filled[rows]
        values, missing = self.values[rows], self.missing[rows]
        return replace(
            self, values=values, missing=missing, codes=codes, lengths=lengths, filled=filled
        )


def full_column(values: Array) -> Column:
    """The column of values [rows, ...] of which none is missing."""
    clean = values.dtype.kind in "biuO"  # in numbers of other kinds there may be NaN
    return Column(values, np.zeros(len(values), dtype=np.bool_), clean=clean)


def text_column(words: Sequence[str]) -> Column:
    """The column of text of which none is missing."""
    values = np.empty(len(words), dtype=object)
    values[:] = words
    return full_column(values)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name, each of `rows` values, and the files that these came from, in order."""

    columns: Mapping[str, Column]
    rows: int
    parts: Sequence[TablePart]

    def locate(self, row: int) -> str:
        """Where the row with a number from 0 came from: `penguins.csv, row 18`; or its file."""
        return locate_row(self.parts, row)

    def paths_in(self, names: Container[str]) -> list[str]:
        """The paths of the files, such as images, that are in some of its columns."""
        found = [column for name, column in self.columns.items() if name in names]
        files = [one for one in found if one.media_source is not None and not one.holds_files]
        return [path for column in files for path in column.values.tolist() if path]

    @property
    def files(self) -> list[str]:
        """For a table of folders, the file name of each row; else empty."""
        return [name for part in self.parts for name in part.files]

    @property
    def names(self) -> str:
        """What messages call the table: its only file, or the first of several."""
        return names_of_parts(self.parts)


@dataclass(frozen=True, slots=True)
class RowSelection:
    """Some rows of a table, with missing values filled in, and where their errors are reported.

    Attributes:
        columns: the columns of these rows alone.
        rows: their row numbers in `table`.
        table: that they were taken from.
        findings: takes what cannot become an array.
    """

    columns: Mapping[str, Column]
    rows: npt.NDArray[np.int64]
    table: Table
    findings: Findings

    def locate(self, index: int) -> str:
        """Where the row with an index in `rows` came from."""
        return self.table.locate(int(self.rows[index]))


def join_tables(tables: Sequence[Table]) -> Table:
    """One table out of several with the same columns."""
    if len(tables) == 1:
        return tables[0]
    columns = {
        name: concatenate_columns([table.columns[name] for table in tables])
        for name in tables[0].columns
    }
    rows = sum(table.rows for table in tables)
    return Table(columns, rows, [part for table in tables for part in table.parts])


def concatenate_columns(columns: Sequence[Column]) -> Column:
    """One column out of several; text where one of them is text."""
    if len(columns) == 1:
        return columns[0]
    if any(column.lengths is not None for column in columns):
        return _concatenate_lists(columns)
    missing = np.concatenate([column.missing for column in columns])
    clean = all(column.clean for column in columns)
    if all(column.codes is not None for column in columns):
        return _concatenate_words(columns, missing, clean)
    values = [column.values for column in columns]
    if any(column.is_text for column in columns):
        values = [_as_text(column) for column in columns]
    marks = next((column.marks for column in columns if column.is_text), PLAIN_MARKS)
    return Column(np.concatenate(values), missing, columns[0].media_source, clean, marks=marks)


def _concatenate_lists(columns: Sequence[Column]) -> Column:
    """Columns of lists with the width of the widest; an array of one shape is lists, too."""
    width = max(column.values.shape[1] for column in columns)
    wide = [padded(column, width) for column in columns]
    plain = concatenate_columns([replace(column, lengths=None) for column in wide])
    lengths = [column.lengths for column in wide if column.lengths is not None]
    return replace(plain, lengths=np.concatenate(lengths))


def padded(column: Column, width: int) -> Column:
    """A column of lists, or of arrays of one shape, cut and padded to a width.

    Args:
        column: values [rows, any, ...].
        width: of the result, [rows, width, ...]. The padding is 0, or "" in text.
    """
    rows, given = column.values.shape[:2]
    lengths = column.lengths
    if lengths is None:
        lengths = np.full(rows, given, dtype=np.int64)
    if given == width:
        return replace(column, lengths=lengths)
    values = column.values[:, :width]
    if given < width:
        shape = (rows, width, *values.shape[2:])
        values = np.full(shape, "" if column.is_text else 0, dtype=values.dtype)
        values[:, :given] = column.values
    return replace(column, values=values, words=None, codes=None, lengths=lengths)


def _concatenate_words(
    columns: Sequence[Column], missing: npt.NDArray[np.bool_], clean: bool
) -> Column:
    """Text out of columns whose words are known: equal words become one Python object."""
    numbers: dict[str, int] = {}
    codes = []
    for column in columns:
        if column.words is not None and column.codes is not None:
            known = [numbers.setdefault(word, len(numbers)) for word in column.words]
            codes.append(np.asarray(known, dtype=np.int64)[column.codes])
    words = np.asarray([*numbers, ""], dtype=object)[:-1]
    whole = np.concatenate(codes)
    marks = columns[0].marks
    return Column(words[whole], missing, None, clean, list(numbers), whole, marks)


def _as_text(column: Column) -> Array:
    if column.is_text:
        return column.values
    out = np.empty(column.values.size, dtype=object)
    out[:] = [str(value) for value in column.values.ravel().tolist()]
    return out.reshape(column.values.shape)


Make = Callable[[Any], Any]
"""A tensor of references [b, ...] to a tensor of values [b, *shape]; runs in a graph."""


@dataclass(frozen=True, slots=True)
class LazyArray:
    """An array that is not in memory: a reference to each example, and how to make the example.

    Stands in `Examples.inputs` and `Examples.targets` like an array. The references are in memory,
    the values are made batch by batch, several batches at a time.

    Attributes:
        references: [n, ...]: paths, row numbers, whatever `make` takes.
        shape: of one example; None for sizes in which examples differ.
        dtype: of the values.
        stored: whether the values are stored as they are, so that caching them gains nothing.
        make: references of a batch to its values. It runs inside `tf.data`, so it uses
            TensorFlow's functions, no `if` and `for` on tensors, and is deterministic.
        each: the same for one example, where `make` maps it over a batch.
        report: says what is wrong with the references of examples that cannot be made, which come
            with their places in the data; None where that is what TensorFlow says.
        again: a function at the top of a module, and its arguments, that give an array like this
            one with other references, in another process; None where nothing does.
    """

    references: Array
    shape: tuple[int | None, ...]
    dtype: str
    make: Make
    stored: bool = False
    each: Make | None = None
    report: Callable[[Sequence[Any], Sequence[str], Findings], None] | None = None
    again: tuple[Callable[..., Any], tuple[Any, ...]] | None = None

    def __len__(self) -> int:
        return len(self.references)

    def take(self, rows: Array) -> LazyArray:
        """The values of some examples."""
        return replace(self, references=self.references[rows])

    def __reduce__(self) -> tuple[Callable[..., LazyArray], tuple[Any, ...]]:
        """For another process; `make` is made again there."""
        if self.again is None:
            raise PicklingError("an array that is made batch by batch cannot be sent")
        return _made_again, (*self.again, self.references)


def _made_again(
    function: Callable[..., LazyArray], arguments: tuple[Any, ...], references: Array
) -> LazyArray:
    return replace(function(*arguments), references=references)


def example_shape(values: Array | LazyArray) -> tuple[int | None, ...]:
    """The shape of one example of an array."""
    return values.shape if isinstance(values, LazyArray) else values.shape[1:]
