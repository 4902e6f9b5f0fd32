"""The profile of a column, computed in one pass over its values, in chunks."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from modelspec.tabular import TRUTH_WORDS

MOST_VALUES = 100_000
"""Distinct values that are counted for one column; past it, it has many values."""

NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
WHOLE = re.compile(r"[-+]?[0-9]{1,18}\Z")
INFINITE = re.compile(r"[-+]?inf(?:inity)?\Z", re.IGNORECASE)
DATE = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[T ][0-9:.]+(?:Z|[-+][0-9:]+)?)?\Z"
    r"|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2,4}\Z|[0-9]{1,2}:[0-9]{2}(?::[0-9.]+)?\Z"
)


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column of a table.

    Attributes:
        name: as the header has it.
        rows: how many rows the table has.
        missing: how many of them have no value here.
        counts: value as text to how often it occurs; of the first `MOST_VALUES` values only.
        has_many_values: whether there are more distinct values than that.
        is_unique: whether no value occurs twice.
        is_sequence: whether the values are whole numbers that count up by 1.
        opaque: why the values cannot be profiled (lists in a parquet file), or "".
        file_type: the type that the file gives (parquet): "number", "text", "truth", "date" or
            "".
        mean: of the numbers; 0 where there are none.
        deviation: their standard deviation.
        outcomes: pairs of a value and the target's value in the same row; None past a limit.
    """

    name: str
    rows: int
    missing: int
    counts: Counter[str]
    has_many_values: bool
    is_unique: bool
    is_sequence: bool
    opaque: str
    file_type: str
    mean: float
    deviation: float
    outcomes: frozenset[tuple[str, str]] | None

    @property
    def present(self) -> int:
        """Rows that have a value."""
        return self.rows - self.missing

    @property
    def distinct(self) -> int:
        """Number of distinct values; at least `MOST_VALUES` where it has many."""
        return len(self.counts)

    def all_are(self, pattern: re.Pattern[str]) -> bool:
        """Whether every value matches."""
        return bool(self.counts) and all(map(pattern.match, self.counts))

    @property
    def is_number(self) -> bool:
        """Whether every value is a finite number, and the file does not call it text."""
        return self.file_type in ("", "number") and self.all_are(NUMBER)

    @property
    def is_whole(self) -> bool:
        """Whether every value is a whole number."""
        return self.is_number and self.all_are(WHOLE)

    @property
    def is_truth(self) -> bool:
        """Whether every value is true or false."""
        return (
            self.file_type in ("", "truth")
            and bool(self.counts)
            and set(self.counts) <= TRUTH_WORDS
        )

    @property
    def is_date(self) -> bool:
        """Whether every value is a date or a time."""
        return self.file_type == "date" or (self.file_type == "" and self.all_are(DATE))

    @property
    def is_infinite(self) -> bool:
        """Whether these would be numbers if some were not infinite."""
        odd = [value for value in self.counts if not NUMBER.match(value)]
        return self.file_type != "text" and bool(odd) and all(map(INFINITE.match, odd))


class ColumnProfiler:
    """Profiles one column, chunk by chunk."""

    MOST_PAIRS = 1_000

    def __init__(self, name: str, typed: str = "", opaque: str = "") -> None:
        self.name, self.file_type, self.opaque = name, typed, opaque
        self.rows = self.missing = 0
        self.counts: Counter[str] = Counter()
        self.has_many_values = False
        self.is_unique = self.is_sequence = True
        self.last: int | None = None
        self.moments = RunningMoments()
        self.pairs: set[tuple[str, str]] | None = set()

    def add(self, values: Sequence[str], target: Sequence[str] | None = None) -> None:
        """Take a chunk of values; "" is a missing one.

        Args:
            values: of this column.
            target: the target's values in the same rows, or None where this is the target.
        """
        self.rows += len(values)
        new = Counter(values)
        self.missing += new.pop("", 0)
        self.moments.add(new)
        if not self.has_many_values:
            before = len(self.counts)
            self.counts.update(new)
            if self.is_unique:
                self.is_unique = len(self.counts) - before == new.total()
            self.has_many_values = len(self.counts) > MOST_VALUES
        if self.is_sequence:
            self.is_sequence = self._counts_up(values)
        if target is not None and self.pairs is not None:
            self.pairs.update(zip(values, target, strict=True))
            if len(self.pairs) > self.MOST_PAIRS:
                self.pairs = None

    def _counts_up(self, values: Sequence[str]) -> bool:
        for value in values:
            if not WHOLE.match(value):
                return False
            number = int(value)
            if self.last is not None and number != self.last + 1:
                return False
            self.last = number
        return True

    def profile(self) -> ColumnProfile:
        """The profile of all values added so far."""
        known = self.pairs and frozenset(p for p in self.pairs if p[0] and p[1])
        return ColumnProfile(
            self.name,
            self.rows,
            self.missing,
            self.counts,
            self.has_many_values,
            self.is_unique and not self.has_many_values,
            self.is_sequence and self.rows > 1,
            self.opaque,
            self.file_type,
            self.moments.mean,
            self.moments.deviation,
            known or None,
        )


class RunningMoments:
    """Mean and standard deviation of numbers that come in chunks."""

    def __init__(self) -> None:
        self.count, self.mean, self.squares = 0, 0.0, 0.0
        self.numbers = True

    def add(self, values: Counter[str]) -> None:
        """Add values with their counts; ignores all from the first that is not a number on."""
        if not self.numbers or not values:
            return
        if not all(map(NUMBER.match, values)):
            self.numbers = False
            return
        count = values.total()
        numbers = [(float(value), times) for value, times in values.items()]
        mean = math.fsum(number * times for number, times in numbers) / count
        squares = math.fsum((number - mean) ** 2 * times for number, times in numbers)
        total, shift = self.count + count, mean - self.mean
        self.squares += squares + shift**2 * self.count * count / total
        self.mean += shift * count / total
        self.count = total

    @property
    def deviation(self) -> float:
        """The standard deviation; 0 where the values are not numbers."""
        return math.sqrt(self.squares / self.count) if self.numbers and self.count else 0.0
