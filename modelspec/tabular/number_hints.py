"""What to do about text where a number is expected. Needs no numpy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .csv_files import DECIMAL_COMMA, csv_option

MOST_UNGROUPED = 999
"""The largest number that needs no mark between its thousands."""

_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?\Z")
_GROUPED_BY_POINTS = re.compile(r"[-+]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?\Z")
_GROUPED_BY_OTHERS = re.compile(
    r"[-+]?[0-9]{1,3}(?:([ '\u2019\u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]*)?\Z"
)
_NUMBER = r"([-+]?\s?[0-9](?:[0-9.,]|['\u2019 \u00a0\u202f](?=[0-9]))*)"
_CURRENCY = re.compile(rf"[$€£¥]\s?{_NUMBER}\Z|{_NUMBER}\s?[$€£¥]\Z")
_PERCENT = re.compile(rf"{_NUMBER}\s?%\Z")
_UNIT = re.compile(rf"{_NUMBER}\s?([^\W\d_]{{1,8}}[²³]?(?:/[^\W\d_]{{1,3}})?)\Z")


@dataclass(slots=True)
class CommaEvidence:
    """What the commas in the numbers of a column are, as far as its values tell.

    Attributes:
        commas: how many values are numbers with a comma.
        grouped: how many of these have three digits behind each comma.
        largest: the largest number without a comma, without its sign.
    """

    commas: int = 0
    grouped: int = 0
    largest: float = 0.0

    def add(self, words: Iterable[str]) -> None:
        """Count values that are no numbers as they stand."""
        for word in words:
            text = word.strip()
            is_grouped = _GROUPED.match(text) is not None
            self.grouped += is_grouped
            self.commas += is_grouped or DECIMAL_COMMA.match(text) is not None

    def add_number(self, value: float) -> None:
        """Take note of a number without a comma."""
        self.largest = max(self.largest, abs(value))

    @property
    def separates_thousands(self) -> bool:
        """Whether every comma is before three digits, and no larger number has none."""
        return 0 < self.commas == self.grouped and self.largest <= MOST_UNGROUPED


def unit_of(word: str) -> str:
    """The currency, percent sign or unit around a number; "" where there is none."""
    text = word.strip()
    if _CURRENCY.match(text):
        return next(mark for mark in text if mark in "$€£¥")
    if _PERCENT.match(text):
        return "%"
    found = _UNIT.match(text)
    return found[2] if found else ""


def number_hint(word: str, evidence: CommaEvidence) -> str:
    """How a spec or a file makes a number of text; empty where the text is none.

    Args:
        word: the text.
        evidence: of all values of its column.
    """
    text = word.strip()
    if DECIMAL_COMMA.match(text) or _GROUPED.match(text):
        return _comma_hint(text, evidence)
    if _GROUPED_BY_POINTS.match(text):
        return 'if the points separate thousands, write {csv: {path: …, thousands: "."}}'
    if found := _GROUPED_BY_OTHERS.match(text):
        mark = "'" if found[1] in "'\u2019" else " "
        what = "apostrophes" if mark == "'" else "spaces"
        return f'the {what} separate thousands: write {{csv: {{path: …, thousands: "{mark}"}}}}'
    if found := _CURRENCY.match(text):
        number = (found[1] or found[2]).strip()
        return f"write the number without the currency sign, {number}, in the file"
    if found := _PERCENT.match(text):
        return f"write the number without the percent sign, {found[1].strip()}, in the file"
    if found := _UNIT.match(text):
        return (
            f"write the number without its unit, {found[1].strip()}, in the file;"
            f" the name of the column may say {found[2]}"
        )
    return ""


def _comma_hint(text: str, evidence: CommaEvidence) -> str:
    thousands, decimal = csv_option("thousands", ","), csv_option("decimal", ",")
    if evidence.separates_thousands:
        return f"the commas separate thousands: write {thousands}"
    if evidence.commas > evidence.grouped or not _GROUPED.match(text):
        return f"numbers have a decimal point; for a comma, write {decimal}"
    return f"write {thousands} if {text} is larger than 999, or {decimal} if it is not"
