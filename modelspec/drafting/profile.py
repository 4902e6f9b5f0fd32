"""What a column holds, found out by going through its values once, in chunks."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from modelspec.tabular import TRUTH_WORDS

MOST_VALUES = 100_000
"""Different values that are counted for one column; past it the column has "many"."""

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
        counts: value as text to how often it stands; of the first `MOST_VALUES` values only.
        many: whether there are more different values than that.
        unique: whether no value stands twice.
        sequence: whether the values are whole numbers that count up by 1.
        opaque: why nothing can be said of the values (a list in a parquet file), or "".
        typed: whether the file itself says that these are texts, numbers or truths (parquet).
        mean: of the numbers; 0 where there are none.
        deviation: their standard deviation.
        outcomes: pairs of a value and the target's value in the same row; None past a limit.
    """

    name: str
    rows: int
    missing: int
    counts: Counter[str]
    many: bool
    unique: bool
    sequence: bool
    opaque: str
    typed: str
    mean: float
    deviation: float
    outcomes: frozenset[tuple[str, str]] | None

    @property
    def present(self) -> int:
        """Rows that have a value."""
        return self.rows - self.missing

    @property
    def distinct(self) -> int:
        """Different values; `MOST_VALUES` where there are more."""
        return len(self.counts)

    def all_are(self, pattern: re.Pattern[str]) -> bool:
        """Whether every value matches."""
        return bool(self.counts) and all(map(pattern.match, self.counts))

    @property
    def is_number(self) -> bool:
        """Whether every value is a finite number, and the file does not call it text."""
        return self.typed in ("", "number") and self.all_are(NUMBER)

    @property
    def is_whole(self) -> bool:
        """Whether every value is a whole number."""
        return self.is_number and self.all_are(WHOLE)

    @property
    def is_truth(self) -> bool:
        """Whether every value is true or false."""
        return self.typed in ("", "truth") and bool(self.counts) and set(self.counts) <= TRUTH_WORDS

    @property
    def is_date(self) -> bool:
        """Whether every value is a date or a time."""
        return self.typed == "date" or (self.typed == "" and self.all_are(DATE))

    @property
    def is_infinite(self) -> bool:
        """Whether these would be numbers if some were not infinite."""
        odd = [value for value in self.counts if not NUMBER.match(value)]
        return self.typed != "text" and bool(odd) and all(map(INFINITE.match, odd))


class Tally:
    """Goes through one column."""

    MOST_PAIRS = 1_000

    def __init__(self, name: str, typed: str = "", opaque: str = "") -> None:
        self.name, self.typed, self.opaque = name, typed, opaque
        self.rows = self.missing = 0
        self.counts: Counter[str] = Counter()
        self.many = False
        self.unique = self.sequence = True
        self.last: int | None = None
        self.moments = Moments()
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
        if not self.many:
            before = len(self.counts)
            self.counts.update(new)
            if self.unique:
                self.unique = len(self.counts) - before == new.total()
            self.many = len(self.counts) > MOST_VALUES
        if self.sequence:
            self.sequence = self._counts_up(values)
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

    def column(self) -> ColumnProfile:
        """What was found."""
        known = self.pairs and frozenset(p for p in self.pairs if p[0] and p[1])
        return ColumnProfile(
            self.name,
            self.rows,
            self.missing,
            self.counts,
            self.many,
            self.unique and not self.many,
            self.sequence and self.rows > 1,
            self.opaque,
            self.typed,
            self.moments.mean,
            self.moments.deviation,
            known or None,
        )


class Moments:
    """Mean and standard deviation of numbers that come in chunks."""

    def __init__(self) -> None:
        self.count, self.mean, self.squares = 0, 0.0, 0.0
        self.numbers = True

    def add(self, values: Counter[str]) -> None:
        """Take values with how often each stands; stops at the first that is no number."""
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
        """The standard deviation; 0 where the values are no numbers."""
        return math.sqrt(self.squares / self.count) if self.numbers and self.count else 0.0
