"""The profile of a column, computed in one pass over its values, in chunks."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from modelspec.tabular import MISSING_WORDS, TRUTH_WORDS

MOST_VALUES = 100_000
"""Distinct values that are counted for one column; past it, it has many values."""

NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
WHOLE = re.compile(r"[-+]?[0-9]{1,18}\Z")
INFINITE = re.compile(r"[-+]?inf(?:inity)?\Z", re.IGNORECASE)
PADDED = re.compile(r"0[0-9]+\Z")
MISSING_NUMBERS = frozenset(
    sign + digits + end
    for sign in ("-", "")
    for digits in ("99", "999", "9999", "99999", "999999")
    for end in ("", ".0")
)
MOST_STRAYS, MOST_WORDS = 0.05, 10
"""The share of rows with other words than those, and how many different words."""
FEW_WORDS, MOST_OF_FEW = 2, 0.2
"""Up to so many words that come again and again are a habit of a file: the share of their rows."""
FEWEST_MARKS, FEWEST_OTHERS = 2, 5

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_DAYS = (
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2,4}"
    rf"|[0-9]{{1,2}} {_MONTH} [0-9]{{4}}|{_MONTH} [0-9]{{1,2}}, [0-9]{{4}}"
)
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9.]+)?(?: ?[AaPp][Mm])?"
DATE = re.compile(rf"(?:{_DAYS})(?:[T ]{_CLOCK}(?:Z|[-+][0-9:]+)?)?\Z|{_CLOCK}\Z")


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

    @property
    def is_code(self) -> bool:
        """Whether its numbers begin with a zero that a number would lose, as in 01234."""
        padded = sum(times for value, times in self.counts.items() if PADDED.match(value))
        return self.is_whole and padded * 50 > self.present

    def without(self, marks: Iterable[str]) -> ColumnProfile:
        """The profile if these values stood for a missing one."""
        counts = Counter(self.counts)
        lost = sum(counts.pop(mark, 0) for mark in marks)
        moments = RunningMoments()
        moments.add(counts)
        return replace(
            self,
            missing=self.missing + lost,
            counts=counts,
            is_unique=not self.has_many_values and counts.total() == len(counts),
            is_sequence=False,
            mean=moments.mean,
            deviation=moments.deviation,
        )

    @property
    def is_padded(self) -> bool:
        """Whether spaces around values make others of the same, or text of numbers."""
        if self.file_type or not any(value != value.strip() for value in self.counts):
            return False
        bare = {value.strip() for value in self.counts}
        return len(bare) < len(self.counts) or all(map(NUMBER.match, bare - {""}))

    def stripped(self) -> ColumnProfile:
        """The profile without the spaces around values."""
        counts: Counter[str] = Counter()
        for value, times in self.counts.items():
            counts[value.strip()] += times
        pairs = self.outcomes and frozenset((a.strip(), b.strip()) for a, b in self.outcomes)
        return replace(self, counts=counts, outcomes=pairs or None).without([""])

    def find_marks(self) -> tuple[str, ...]:
        """Values that seem to stand for a missing one: "?" or -999 in a column of numbers."""
        if self.file_type not in ("", "number") or len(self.counts) < 2:
            return ()
        words = [value for value in self.counts if not NUMBER.match(value)]
        strays = sum(self.counts[word] for word in words)
        others = [word for word in words if word.lower() not in MISSING_WORDS]
        share = MOST_OF_FEW if len(others) <= FEW_WORDS else MOST_STRAYS
        few = sum(self.counts[word] for word in others) <= share * self.present
        numbers = [value for value in self.counts if NUMBER.match(value)]
        if len(words) > MOST_WORDS or strays * 2 > self.present or not few or len(numbers) < 3:
            return ()
        if any(INFINITE.match(word) or word in TRUTH_WORDS for word in words):
            return ()
        if len(numbers) < 2 * len(words):  # of few values, any may be a category
            return ()
        return (*words, *self._odd_numbers(numbers))

    def _odd_numbers(self, numbers: Sequence[str]) -> list[str]:
        """-999 and the like: it recurs, and is far from all others."""
        found: list[str] = []
        for mark in (value for value in numbers if value in MISSING_NUMBERS):
            others = [float(value) for value in numbers if value not in MISSING_NUMBERS]
            number = float(mark)
            if self.counts[mark] < FEWEST_MARKS or len(others) < FEWEST_OTHERS:
                continue
            low, high = min(others), max(others)
            far = max(abs(low), abs(high), high - low)
            if (number < 0 <= low and abs(number) > high / 10) or abs(number) > 5 * far:
                found.append(mark)
        return found


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
