"""Numbers with marks between their thousands, which Arrow reads as text, as numbers.

All values of a column are one array of bytes in Arrow, so that the marks of all are checked and
removed at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.tabular import NULL_WORDS, SAME_MARKS, Nulls, NumberMarks

Bytes = npt.NDArray[np.uint8]

Flags = npt.NDArray[np.bool_]


SLICE = 8192
"""Values that are seen at once: their bytes fit into a processor's nearest memory."""


def without_marks(array: Any, marks: NumberMarks) -> Any | None:
    """Numbers as a `pyarrow.DoubleArray`; None where a value is no number.

    Args:
        array: a `pyarrow.StringArray`. Missing values stay missing.
        marks: between the thousands and before the decimals; see `modelspec.tabular`.
    """
    import pyarrow as pa

    slices = (array.slice(start, SLICE) for start in range(0, len(array), SLICE))
    found = []
    for one in slices:
        numbers = _numbers(_trimmed(_with_same_marks(one, marks)), marks)
        if numbers is None:
            return None
        found.append(numbers)
    return pa.concat_arrays(found) if found else pa.array([], pa.float64())


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
