"""Numbers with marks between their thousands or a unit, which Arrow reads as text, as numbers;
and words for missing values, as missing ones.

All values of a column are one array of bytes in Arrow, so that the marks of all are checked and
removed at once.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.tabular import AROUND_UNITS, NULL_WORDS, SAME_MARKS, Dialect, Nulls, NumberMarks

from .chunks import map_in_threads

Bytes = npt.NDArray[np.uint8]

Flags = npt.NDArray[np.bool_]


SLICE = 4096
"""About how many values are seen at once: their bytes fit into a processor's nearest memory, and
arrays of them are below 128 KiB, from which on a thread fetches the memory of each from the kernel
anew."""

GROUPS = 4
"""Groups of a mark and three digits that a whole number read at once may have."""

_WIDTH = 4 * GROUPS

_IS_OWN = np.arange(_WIDTH) >= _WIDTH - np.arange(_WIDTH)[:, np.newaxis]

_OWN_BYTES = [
    np.where(_IS_OWN[:width, -width:], 255, 0).astype(np.uint8).view(f"V{width}").ravel()
    for width in range(4, _WIDTH + 1, 4)
]
"""By groups and for each length of a number: which of the bytes up to its end belong to it."""

_LEAST = np.asarray([0] * 4 + [10 ** (n - 1 - n // 4) for n in range(4, _WIDTH)], np.float64)
"""For each length, the least number with marks that does not begin with 0."""


def is_marked(name: str, kind: Any, dialect: Dialect, text: Container[str]) -> bool:
    """Whether a column that pyarrow read as text may be one of numbers all the same."""
    import pyarrow as pa

    if name in text or kind != pa.string():
        return False
    marks = dialect.marks_of(name)
    return bool(marks.thousands or marks.unit) or isinstance(dialect.na, Mapping)


def with_numbers(table: Any, dialect: Dialect, text: Container[str]) -> Any:
    """A table without the values that `na` names, whose columns of marked numbers are numbers.

    Args:
        table: a `pyarrow.Table`.
        dialect: how the file is written.
        text: the columns that stay text.
    """
    import pyarrow as pa

    if not dialect.thousands and not dialect.na and not dialect.units:
        return table
    for index, (name, kind) in enumerate(zip(table.schema.names, table.schema.types, strict=True)):
        nulls = dialect.nulls(name)
        chunks = [without_words(chunk, nulls) for chunk in table.column(name).chunks]
        if is_marked(name, kind, dialect, text):
            numbers = _numbers_of(chunks, dialect.marks_of(name))
            if numbers is not None:
                chunks = [without_words(chunk, nulls) for chunk in numbers]
        whole = pa.chunked_array(chunks, chunks[0].type if chunks else kind)
        table = table.set_column(index, name, whole)
    return table


def _numbers_of(chunks: Sequence[Any], marks: NumberMarks) -> list[Any] | None:
    """The chunks of a column of text as numbers; None where a value is no number."""
    first = [without_marks(chunk, marks) for chunk in chunks[:1]]
    if any(numbers is None for numbers in first):  # as in most columns of words
        return None
    rest = list(map_in_threads(partial(without_marks, marks=marks), chunks[1:]))
    return None if any(numbers is None for numbers in rest) else first + rest


class NoNumbersError(Exception):
    """A column of text has a value that is no number. Its argument is the column's name."""


def batches_with_numbers(
    stream: Any, schema: Any, marked: Sequence[str], dialect: Dialect
) -> Iterator[Any]:
    """The record batches of a stream without what `na` names; some columns of text are numbers.

    Args:
        stream: a reader of pyarrow's.
        schema: of the batches that are made.
        marked: the columns of text that become numbers.
        dialect: how the file is written.

    Raises:
        NoNumbersError: a value of `marked` is no number.
    """
    import pyarrow as pa

    if not marked and not dialect.na:
        yield from stream
        return
    for batch in stream:
        arrays = []
        for field, array in zip(schema, batch.columns, strict=True):
            nulls = dialect.nulls(field.name)
            found = without_words(array, nulls)
            if field.name in marked:
                found = without_marks(found, dialect.marks_of(field.name))
                if found is None:
                    raise NoNumbersError(field.name)
                found = without_words(found, nulls)
            arrays.append(found)
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def without_marks(array: Any, marks: NumberMarks) -> Any | None:
    """Numbers as a `pyarrow.DoubleArray`; None where a value is no number.

    Args:
        array: a `pyarrow.StringArray`. Missing values stay missing.
        marks: between the thousands, before the decimals and around all; see `modelspec.tabular`.
    """
    import pyarrow as pa

    if not len(array):
        return pa.array([], pa.float64())
    if marks.unit:
        array = _without_unit(array, marks.unit)
    count = max(round(len(array) / SLICE), 1)  # of slices of one size: a short one costs as much
    bounds = [len(array) * number // count for number in range(count + 1)]
    found = []
    for start, end in pairwise(bounds):
        one = array.slice(start, end - start)
        numbers = _whole_numbers(one, marks)
        if numbers is None:
            numbers = _numbers(_trimmed(_with_same_marks(one, marks)), marks)
        if numbers is None:
            return None
        found.append(numbers)
    return pa.concat_arrays(found)


def _without_unit(array: Any, unit: str) -> Any:
    """An array whose numbers have no unit: `modelspec.tabular.without_unit` of each value."""
    import pyarrow.compute as pc

    spaces = f"[{''.join(map(_escaped, AROUND_UNITS))}]*"
    mark = "".join(map(_escaped, unit))
    pattern = f"^{spaces}([-+]?)(?:{mark}{spaces}(.*?)|(.*?){spaces}{mark}){spaces}$"
    return pc.replace_substring_regex(array, pattern, r"\1\2\3")


def _escaped(character: str) -> str:
    return f"\\x{{{ord(character):x}}}"


def without_words(array: Any, nulls: Nulls) -> Any:
    """An Arrow array in which the words and numbers that stand for missing values are missing."""
    import pyarrow as pa
    import pyarrow.types as pt

    if pt.is_string(array.type):
        wanted = pa.array(sorted(nulls.words - NULL_WORDS), pa.string())
    elif nulls.numbers and (pt.is_integer(array.type) or pt.is_floating(array.type)):
        whole = [number for number in nulls.numbers if number.is_integer() and abs(number) < 2**62]
        values = list(map(int, whole)) if pt.is_integer(array.type) else list(nulls.numbers)
        wanted = pa.array(values, array.type)
    else:
        return array
    if not len(wanted):
        return array
    import pyarrow.compute as pc

    is_missing = pc.is_in(array, wanted)
    if pt.is_string(array.type):  # the bytes of a missing value stay, and look like its neighbour's
        array = pc.if_else(is_missing, "", array)
    return pc.if_else(is_missing, pa.scalar(None, array.type), array)


def _whole_numbers(values: Any, marks: NumberMarks) -> Any | None:
    """A slice as numbers where each is like 1,234,567, without a sign; else None.

    Such numbers end with groups of four bytes, a mark and three digits. So each value is taken as
    the bytes before its end, and four bytes are checked and added up as one number of 32 bits.
    """
    import pyarrow as pa

    text, bounds = _bytes_of(values)
    lengths = bounds[1:] - bounds[:-1]
    longest, missing = int(lengths.max(initial=0)), values.null_count
    if not marks.thousands or not marks.thousands.isascii() or longest >= _WIDTH:
        return None
    if missing and np.count_nonzero(lengths == 0) != missing:
        return None
    if np.count_nonzero(lengths & 3 == 0) != missing:  # it would begin with a mark
        return None
    groups = longest // 4 + 1
    width = 4 * groups
    before = np.concatenate([np.zeros(width, np.uint8), text])
    windows = np.ndarray((len(text) + 1,), f"V{width}", before, 0, (1,))
    group = np.frombuffer(f"{marks.thousands}000".encode(), "<u4")
    found = windows[bounds[1:]].view("<u4")
    found ^= group
    found &= _OWN_BYTES[groups - 1].take(lengths).view("<u4")
    if ((found | (found + np.uint32(0x76767600))) & np.uint32(0x808080FF)).any():
        return None  # a byte for a mark is no mark, or one for a digit is above 9
    triples = (found >> 8 & 15) * 100 + (found >> 16 & 15) * 10 + (found >> 24)
    triples = triples.reshape(-1, groups)
    numbers = triples[:, 0].astype(np.float64)
    for position in range(1, groups):  # exact: all are below 2**53
        numbers *= 1000
        numbers += triples[:, position]
    if (numbers < _LEAST.take(lengths)).any():
        return None
    buffers = [_validity(values), pa.py_buffer(numbers)]
    return pa.Array.from_buffers(pa.float64(), len(values), buffers)


def _numbers(values: Any, marks: NumberMarks) -> Any | None:
    """A slice of trimmed values as numbers; None where one is no number."""
    import pyarrow as pa

    text, bounds = _bytes_of(values)
    mark, decimal = ord(marks.thousands or "\0"), ord(marks.decimal)
    is_mark = text == mark
    if not marks.thousands and is_mark.any():
        return None
    if decimal != ord(".") and mark != ord(".") and (text == ord(".")).any():
        return None  # no mark of these numbers
    if not _are_between_thousands(text, bounds, is_mark):
        return None
    removed = np.zeros(len(text) + 1, np.int32)
    np.cumsum(is_mark, dtype=np.int32, out=removed[1:])
    bounds = bounds - removed[bounds]
    digits = text.tobytes().translate(bytes.maketrans(marks.decimal.encode(), b"."), bytes([mark]))
    plain = pa.StringArray.from_buffers(
        len(values), pa.py_buffer(bounds), pa.py_buffer(digits), _validity(values)
    )
    try:
        return plain.cast(pa.float64())
    except pa.ArrowInvalid:
        return None


def _validity(array: Any) -> Any:
    """The bits that tell missing values, from the first value on; None where none is missing."""
    if not array.null_count:
        return None
    return array.buffers()[0] if not array.offset else array.is_valid().buffers()[1]


def _with_same_marks(array: Any, marks: NumberMarks) -> Any:
    """An array in which each mark of thousands is the one that the spec names."""
    import pyarrow.compute as pc

    text, _ = _bytes_of(array)
    if marks.thousands not in SAME_MARKS or not (text > 127).any():
        return array
    for other in SAME_MARKS[marks.thousands]:
        array = pc.replace_substring(array, other, marks.thousands)
    return array


def _trimmed(array: Any) -> Any:
    """An array without spaces and tabs around its values, as pyarrow reads plain numbers."""
    import pyarrow.compute as pc

    text, _ = _bytes_of(array)
    is_space = (text == ord(" ")) | (text == ord("\t"))
    return pc.utf8_trim(array, " \t") if is_space.any() else array


def _bytes_of(array: Any) -> tuple[Bytes, npt.NDArray[np.int32]]:
    """The bytes of all values, and where each begins; the last number is where the last ends."""
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    text = np.frombuffer(b"" if data is None else data, np.uint8)[bounds[0] : bounds[-1]]
    return text, bounds - bounds[0]


def _are_between_thousands(text: Bytes, bounds: npt.NDArray[np.int32], is_mark: Flags) -> bool:
    """Whether each mark has digits where a number has them: see `without_thousands`.

    Each test is of all bytes at once, and of the same byte a few places before or after them.

    Args:
        text: the bytes of all values.
        bounds: where each value begins, and where the last ends.
        is_mark: which bytes are marks of thousands.
    """
    is_start = np.zeros(len(text) + 1, np.bool_)  # the last value is followed by a start, too
    is_start[bounds] = True
    is_digit = np.append((text - ord("0")) < 10, False)
    is_sign = np.append((text == ord("+")) | (text == ord("-")), False) & is_start
    is_lead = is_start | np.insert(is_sign[:-1], 0, False)
    is_lead &= is_digit & np.append(text != ord("0"), False)
    starts, marks, digits, leads, inner = (
        _Places(found, len(text))
        for found in (is_start, is_mark, is_digit, is_lead, is_digit & ~is_start)
    )
    after = inner[3] & (~digits[4] | starts[4]) | marks[3] & ~starts[3]
    after &= inner[1] & inner[2]
    before = leads[-3] | marks[-3] | inner[-3] & marks[-4]
    before = leads[-1] | inner[-1] & (leads[-2] | inner[-2] & before)
    return not (marks[0] & ~(after & before & ~starts[0])).any()


class _Places:
    """Flags of bytes, to be seen from a few places before or after each."""

    def __init__(self, flags: Flags, count: int) -> None:
        self._count = count
        self._wide = np.zeros(count + 8, np.bool_)
        self._wide[4 : 4 + len(flags)] = flags

    def __getitem__(self, step: int) -> Flags:
        return self._wide[4 + step : 4 + step + self._count]
