"""Columns of lists of unlike lengths: padded to one width, with the length of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.tabular import AROUND_LISTS, AROUND_WORDS, list_mark

from .arrow_types import UnsuitableTypeError, is_list, is_text
from .column_uses import ColumnUse, ListForm
from .table import Array, Column


def list_forms(uses: Sequence[ColumnUse]) -> dict[str, ListForm]:
    """Column to how its lists are read, for the columns that some use reads as lists."""
    forms: dict[str, ListForm] = {}
    for use in uses:
        if use.lists is not None:
            known = forms.get(use.column)
            forms[use.column] = use.lists if known is None else _merged(known, use.lists)
    return forms


def _merged(first: ListForm, second: ListForm) -> ListForm:
    """The form that keeps what two uses of one column need."""
    width = None
    if first.width is not None and second.width is not None:
        width = max(first.width, second.width)
    separator = first.separator or second.separator
    return ListForm(width, separator)


class ListValues(NamedTuple):
    """The values of all lists, one after another.

    Attributes:
        column: the values [total, ...].
        rows: int64 [total]: the row of each.
        places: int64 [total]: its place in the list.
    """

    column: Column
    rows: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]


def values_of_lists(column: Column) -> ListValues:
    """The values inside the lists of a column, without the padding."""
    assert column.lengths is not None
    width = column.values.shape[1]
    inside = np.arange(width) < column.lengths[:, np.newaxis]
    rows, places = np.nonzero(inside)
    codes = None if column.codes is None else column.codes[inside]
    values = column.values[inside]
    missing = np.zeros(len(values), dtype=np.bool_)
    flat = replace(column, values=values, missing=missing, codes=codes, lengths=None)
    return ListValues(flat, rows, places)


def is_inside(lengths: npt.NDArray[np.int64], width: int) -> npt.NDArray[np.bool_]:
    """[rows, width]: which places are in the list, and not padding."""
    found: npt.NDArray[np.bool_] = np.arange(width) < lengths[:, np.newaxis]
    return found


def list_column(array: Any, form: ListForm, convert: Callable[[Any], Column]) -> Column:
    """The column of an Arrow array of lists, or of text with separators.

    Args:
        array: without extension types.
        form: how its lists are read.
        convert: from the Arrow array of the values inside the lists to their column.

    Raises:
        UnsuitableTypeError: it holds neither lists nor text that can be separated.
    """
    import pyarrow as pa
    import pyarrow.types as pt

    if pt.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pt.is_null(array.type):
        array = array.cast(pa.list_(pa.float64()))
    if is_text(array.type):
        array = _split(array, form)
    if not is_list(array.type):
        if form.or_numbers:
            return convert(array)
        raise UnsuitableTypeError(f"holds {array.type}, not lists", "leave `pad` out")
    return _spread(array, form, convert)


def _split(array: Any, form: ListForm) -> Any:
    """Text with separators as lists, without spaces around the values and without empty ones."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if form.separator is None:
        usual = "[,]" if pc.any(pc.starts_with(array, "[")).as_py() else "|"
        hint = f'write `split: "{usual}"` (or what separates the values) if each text is a list'
        raise UnsuitableTypeError("holds text, not lists", hint)
    mark = list_mark(form.separator)
    if mark.is_bracketed:
        array = pc.utf8_trim(array, AROUND_LISTS)
    lists = pc.split_pattern(array, mark.between)
    whole = lists.drop_null()
    words = pc.utf8_trim_whitespace(whole.flatten())
    if mark.is_bracketed:
        words = pc.utf8_trim(words, AROUND_WORDS)
    keep = np.asarray(pc.not_equal(words, "").to_numpy(zero_copy_only=False), dtype=np.bool_)
    ends = np.concatenate([[0], np.cumsum(whole.value_lengths().to_numpy())])
    counts = np.diff(np.concatenate([[0], np.cumsum(keep)])[ends])
    lengths = np.zeros(len(array), dtype=np.int64)
    is_there = ~_nulls(array)
    lengths[is_there] = counts
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
    mask = pa.array(~is_there) if array.null_count else None
    return pa.ListArray.from_arrays(offsets, words.filter(pa.array(keep)), mask=mask)


def _nulls(array: Any) -> npt.NDArray[np.bool_]:
    return np.asarray(array.is_null().to_numpy(zero_copy_only=False), dtype=np.bool_)


def _spread(array: Any, form: ListForm, convert: Callable[[Any], Column]) -> Column:
    """Lists as rows of one width. A row without a list, or with a gap in it, is missing."""
    missing = _nulls(array)
    whole = array.drop_null()
    found = np.asarray(whole.value_lengths().to_numpy(), dtype=np.int64)
    inner = convert(whole.flatten())
    lengths = np.zeros(len(array), dtype=np.int64)
    lengths[~missing] = found
    rows = np.repeat(np.arange(len(array)), lengths)
    places = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    missing = missing.copy()
    missing[rows[inner.missing]] = True
    width = form.width or max(1, int(lengths.max(initial=0)))
    keep = places < width
    shape, fill = (len(array), width), "" if inner.is_text else 0
    values = np.full((*shape, *inner.values.shape[1:]), fill, dtype=inner.values.dtype)
    values[rows[keep], places[keep]] = inner.values[keep]
    words, codes = inner.words, None
    if words is not None and inner.codes is not None:
        words = [*words, ""]
        codes = np.full(shape, len(words) - 1, dtype=np.int64)
        codes[rows[keep], places[keep]] = inner.codes[keep]
    clean = not inner.is_text and inner.clean and not missing.any()
    return Column(values, missing, None, clean, words, codes, lengths=lengths)


def array_of_lists(values: Array, lengths: npt.NDArray[np.int64]) -> Array:
    """[rows, width, ...] as an object array [rows] of Python lists, each cut to its length."""
    found = np.empty(len(values), dtype=object)
    for row, length in enumerate(lengths.tolist()):
        found[row] = values[row, :length].tolist()
    return found
