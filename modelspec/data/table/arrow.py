"""Arrow's arrays as columns of numpy, and its record batches as the chunks of a table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from modelspec.diagnostics import Span

from .arrow_types import UnsuitableTypeError, check_type, is_list, is_text
from .chunks import BrokenDataError, ColumnMap, FileChunks, map_in_threads
from .column_uses import ColumnUse, ListForm
from .lists import list_column, list_forms
from .parts import TablePart
from .table import Array, Column, none_missing

Batches = Callable[[Sequence[str]], Iterator[Any]]
"""Columns to the `pyarrow.RecordBatch`es of a file that have them, in order."""


def arrow_column(array: Any) -> Column:
    """A column of an Arrow array (not chunked) whose type `check_type` lets pass.

    Numbers without a missing value share their memory with Arrow.

    Raises:
        UnfitError: lists of the array have different lengths.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    shape = getattr(array.type, "shape", None)  # that of a tensor in each row
    array = _stored(array)
    kind = array.type
    if is_list(kind):
        return _lists(array, shape)
    if pt.is_null(kind):
        return Column(np.full(len(array), np.nan), np.ones(len(array), dtype=np.bool_))
    if pt.is_decimal(kind):
        array = array.cast(pa.float64())
    if pt.is_floating(array.type):
        return _floats(array)
    if pt.is_dictionary(kind) and array.dictionary.null_count:
        array = array.dictionary_decode()
    missing = _missing(array)
    if pt.is_integer(kind) or pt.is_boolean(kind):
        filled = array
        if array.null_count:
            filled = pc.fill_null(array, False if pt.is_boolean(kind) else 0)
        return Column(_numpy(filled), missing, clean=not array.null_count)
    return _words(array, missing)


def _stored(array: Any) -> Any:
    """An array without extension types and dictionaries of numbers; text keeps its dictionary."""
    import pyarrow as pa
    import pyarrow.types as pt

    while True:
        if isinstance(array, pa.ExtensionArray):
            array = array.storage
        elif pt.is_dictionary(array.type) and not is_text(array.type.value_type):
            array = array.dictionary_decode()
        else:
            return array


def _numpy(array: Any) -> Array:
    """The values of an array; numbers without a null share its memory.

    pyarrow's own `to_numpy` imports pandas, where that is installed.
    """
    import pyarrow.types as pt

    if array.null_count or pt.is_boolean(array.type):
        found: Array = array.to_numpy(zero_copy_only=False)
        return found
    return np.from_dlpack(array)


def _missing(array: Any) -> Array:
    if not array.null_count:
        return none_missing(len(array))
    return np.asarray(array.is_null().to_numpy(zero_copy_only=False), dtype=np.bool_)


def _floats(array: Any) -> Column:
    values = _numpy(array)
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    if not array.null_count and np.isfinite(values).all():
        return Column(values, none_missing(len(values)), clean=True)
    return Column(values, np.isnan(values))


def _words(array: Any, missing: Array) -> Column:
    """Text (or dates as text) as Python strings, one object for each distinct word."""
    import pyarrow as pa
    import pyarrow.types as pt

    if not pt.is_dictionary(array.type):
        if not is_text(array.type):
            array = array.cast(pa.string())
        array = array.dictionary_encode()
    words = [*array.dictionary.to_pylist(), ""]  # the last one is for missing values
    codes = array.indices
    if codes.null_count:  # fill_null is slow to import
        codes = codes.fill_null(len(words) - 1)
    codes = _numpy(codes)
    values = np.asarray(words, dtype=object)[codes]
    return Column(values, missing, None, not array.null_count, words, codes)


def _lists(array: Any, tensor: Any) -> Column:
    """Lists of one length, so that each row has a shape. A row without a list is missing."""
    import pyarrow.types as pt

    rows, missing = len(array), _missing(array)
    if pt.is_fixed_size_list(array.type):
        size = array.type.list_size
    else:
        lengths = np.unique(array.drop_null().value_lengths().to_numpy())
        if len(lengths) > 1:
            message = f"holds lists of {lengths[0]} and of {lengths[-1]} values"
            hint = (
                f"add `pad: {lengths[-1]}`, or as many steps as the model takes, beside the column,"
                " and shorter lists are padded"
            )
            raise UnsuitableTypeError(message, hint)
        size = int(lengths[0]) if len(lengths) else 0
    inner = arrow_column(array.drop_null().flatten())
    shape = (size, *inner.values.shape[1:]) if tensor is None else tuple(tensor)
    found = inner.values.reshape(-1, *shape)
    gaps = inner.missing.reshape(len(found), -1).any(axis=1)
    if len(found) < rows:
        spread = np.full((rows, *shape), "" if inner.is_text else 0, dtype=inner.values.dtype)
        spread[~missing] = found
        found = spread
    missing = missing.copy()
    missing[~missing] = gaps
    return Column(found, missing, clean=inner.clean and not missing.any())


def file_chunks(part: TablePart, batches: Batches, uses: Sequence[ColumnUse]) -> FileChunks:
    """A file in chunks that are read again each time.

    Args:
        part: its name and its rows.
        batches: yields its batches, from the first one each time.
        uses: where the spec names each column.
    """
    spans, forms = _spans(uses), list_forms(uses)

    def read(names: Sequence[str]) -> Iterator[ColumnMap]:
        for batch in batches(names):
            yield {name: _column(batch, name, part, spans, forms) for name in names}

    return FileChunks(part, read)


def memory_chunks(part: TablePart, batches: Sequence[Any], uses: Sequence[ColumnUse]) -> FileChunks:
    """A file in chunks that are in memory; each column is converted once, by all cores."""
    spans, forms = _spans(uses), list_forms(uses)
    converted: list[dict[str, Column]] = [{} for _ in batches]

    def read(names: Sequence[str]) -> Iterator[ColumnMap]:
        def convert(chunk: tuple[Any, dict[str, Column]]) -> ColumnMap:
            batch, columns = chunk
            for name in names:
                if name not in columns:
                    columns[name] = _column(batch, name, part, spans, forms)
            return {name: columns[name] for name in names}

        chunks = zip(batches, converted, strict=True)
        is_known = all(name in columns for columns in converted for name in names)
        yield from map(convert, chunks) if is_known else map_in_threads(convert, chunks)

    return FileChunks(part, read)


def _spans(uses: Sequence[ColumnUse]) -> dict[str, Span]:
    return {use.column: use.span for use in reversed(uses)}


def _column(
    batch: Any,
    name: str,
    part: TablePart,
    spans: Mapping[str, Span],
    forms: Mapping[str, ListForm],
) -> Column:
    array = batch.column(name)
    try:
        if name in forms:
            column = list_column(_stored(array), forms[name], arrow_column)
        else:
            column = arrow_column(array)
    except UnsuitableTypeError as error:
        message = f"`{name}` of {part.name} {error}"
        raise BrokenDataError(spans[name], "wrong-column-type", message, error.hint) from error
    if not column.is_text:  # no number is text
        return column
    marks = part.marks_of(name)
    return replace(column, marks=marks) if marks != column.marks else column


def arrow_values(array: Any, use: ColumnUse, form: ListForm | None) -> Column:
    """A column of an Arrow array (not chunked) of any type.

    Args:
        array: the values.
        use: what the column is used for.
        form: how its lists are read, where it has lists of unlike lengths.

    Raises:
        UnsuitableTypeError: the values are of a type that does not suit the use.
    """
    check_type(array.type, use)
    return arrow_column(array) if form is None else list_column(_stored(array), form, arrow_column)


def release_arrow_memory() -> None:
    """Give back the memory that Arrow keeps for later, where Arrow is in use."""
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
