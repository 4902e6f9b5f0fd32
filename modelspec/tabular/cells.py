"""What single cells of a table mean: missing values, truth values, numbers, class labels."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from modelspec.spec.data import label_text

NULL_WORDS = frozenset(("", "NA", "NaN", "null"))
"""Cells that stand for a missing value."""

MISSING_WORDS = frozenset(
    ["?", "-", "--", ".", "n/a", "#n/a", "n.a.", "none", "nil", "unknown", "missing"]
) | {"#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"}
"""In a column of numbers, words for a value that is not known, in lower case."""

TRUTH_WORDS = frozenset(("true", "false", "True", "False", "TRUE", "FALSE"))
"""Cells that stand for a boolean."""


SAME_MARKS = {" ": ("\u00a0", "\u202f"), "'": ("\u2019",)}
"""Marks of thousands that are also written in other ways: spaces that do not break, a quote."""


class NumberMarks(NamedTuple):
    """The marks in written numbers: before the decimals, between thousands ("" for none), and what
    stands before or behind all of it, such as a currency ("" for none).
    """

    decimal: str = "."
    thousands: str = ""
    unit: str = ""


PLAIN_MARKS = NumberMarks()
"""Those of numbers as programs write them."""


AROUND_UNITS = " \t\u00a0\u202f"
"""What may stand between a number and its unit."""


def without_unit(text: str, unit: str) -> str:
    """A cell without the unit before or behind its number, and without the spaces around both."""
    bare = text.strip(AROUND_UNITS)
    sign = bare[:1] if bare[:1] in ("+", "-") else ""
    rest = bare[len(sign) :]
    if rest.startswith(unit):
        return sign + rest[len(unit) :].lstrip(AROUND_UNITS)
    if rest.endswith(unit):
        return sign + rest[: -len(unit)].rstrip(AROUND_UNITS)
    return text


def without_thousands(text: str, marks: NumberMarks) -> str:
    """A cell without the marks between its thousands where it is a number with such marks.

    Three digits follow the last mark; between two marks there are three, or two as in India. No
    such number begins with 0, so that 0.250 is not taken for one where points mark thousands.
    """
    mark = marks.thousands
    if not mark:
        return text
    for other in SAME_MARKS.get(mark, ()):
        text = text.replace(other, mark)
    if mark not in text:
        return text
    return text.replace(mark, "") if _grouped(marks).fullmatch(text.strip(" \t")) else text


@lru_cache
def _grouped(marks: NumberMarks) -> re.Pattern[str]:
    mark, decimal = map(re.escape, (marks.thousands, marks.decimal))
    groups = f"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{2,3}})*{mark}[0-9]{{3}}"
    return re.compile(f"[-+]?{groups}(?:{decimal}[0-9]*)?(?:[eE][-+]?[0-9]+)?")


def parse_number(text: str, marks: NumberMarks = PLAIN_MARKS) -> float:
    """A cell as a number; NaN where it is not one."""
    if marks.unit:
        text = without_unit(text, marks.unit)
    if marks.thousands:
        text = without_thousands(text, marks).strip(" \t")
        if marks.thousands in text:
            return math.nan
    if marks.decimal != ".":  # then a point is not a decimal mark; it may separate thousands
        text = "?" if "." in text else text.replace(marks.decimal, ".")
    try:
        return float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan


class Nulls(NamedTuple):
    """Which cells of a column stand for a missing value: words, and numbers however written."""

    words: frozenset[str] = NULL_WORDS
    numbers: tuple[float, ...] = ()

    def has(self, cell: str, marks: NumberMarks, *, is_numeric: bool) -> bool:
        """Whether a cell is missing; numbers count where the column is one of numbers."""
        if cell in self.words:
            return True
        return bool(is_numeric and self.numbers) and parse_number(cell, marks) in self.numbers


PLAIN_NULLS = Nulls()
"""What is missing where a spec names nothing else."""

EVERY_COLUMN = "*"
"""What stands for all columns where an option is given for each."""


def nulls_of(given: Any, column: str, marks: NumberMarks) -> Nulls:
    """The missing values of a column.

    Args:
        given: the option `na`: a list for all columns, or a mapping from columns to lists.
        column: its name.
        marks: those in its numbers.
    """
    if not given:
        return PLAIN_NULLS
    found = given
    if isinstance(given, Mapping):
        found = [*given.get(EVERY_COLUMN, ()), *given.get(column, ())]
    words = [value if isinstance(value, str) else label_text(value) for value in found]
    numbers = [
        parse_number(value, marks) if isinstance(value, str) else float(value) for value in found
    ]
    known = tuple(number for number in numbers if not math.isnan(number))
    return Nulls(NULL_WORDS | frozenset(words), known)


def sort_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """Class labels in order: by their numbers where all are whole numbers, else as text."""
    words = list(labels)
    try:
        return tuple(sorted(words, key=int))
    except ValueError:
        return tuple(sorted(words))


_WHOLE = re.compile(r"([-+]?[0-9]+)\.0+\Z")


def whole_label(word: str) -> str:
    """A label as written, but `1` for `1.0`: a gap in a column makes floats of whole numbers."""
    match = _WHOLE.match(word)
    return match[1] if match else word


def join_labels(words: Iterable[str]) -> list[str]:
    """Different labels, each once: `1` and `1.0` are one; others are as written."""
    found = list(words)
    whole = set(map(whole_label, found))
    return found if len(whole) == len(found) else list(whole)


class LabelNumbers:
    """The class number of a label, where `1` and `1.0` are one.

    Args:
        labels: in the order of their numbers.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._exact = {label: number for number, label in enumerate(labels)}
        self._whole = {whole_label(label): number for label, number in self._exact.items()}

    def of(self, word: str) -> int:
        """The number of a label; -1 where it is none."""
        return self._exact.get(word, self._whole.get(whole_label(word), -1))


class ListMark(NamedTuple):
    """How a list is written as text.

    Attributes:
        between: what stands between two values.
        is_bracketed: whether the list stands in brackets, and its texts may be in quotes.
    """

    between: str
    is_bracketed: bool

    def values(self, cell: str) -> list[str]:
        """The values of a cell, without the spaces around them and without empty ones."""
        if self.is_bracketed:
            cell = cell.strip(AROUND_LISTS)
        parts = (part.strip() for part in cell.split(self.between))
        if self.is_bracketed:
            parts = (part.strip(AROUND_WORDS) for part in parts)
        return [part for part in parts if part]


AROUND_LISTS, AROUND_WORDS = "[] \t", "\"'"
"""What is dropped at both ends of a list in brackets, and of each of its values."""


def list_mark(split: str) -> ListMark:
    """What `split` means: `"|"`, or `"[,]"` for lists in brackets with commas between."""
    if len(split) > 2 and split[0] == "[" and split[-1] == "]":
        return ListMark(split[1:-1], True)
    return ListMark(split, False)
