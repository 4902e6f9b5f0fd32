"""What is said of values that do not fit, whoever found them: needs no numpy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from modelspec.diagnostics import Findings
from modelspec.spec.data import DataSpec

from .needs import Need

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


class Places(Protocol):
    """Knows where rows came from."""

    @property
    def names(self) -> str:
        """What messages call the table."""
        ...

    def place(self, row: int) -> str:
        """Where the row with a number from 0 stands."""
        ...


@dataclass(slots=True)
class Seen:
    """What one use of a column has shown.

    Attributes:
        need: the use.
        present: values that are not missing.
        text: those that are text and no numbers, where numbers are needed.
        first_text: the row of the first of them.
        first_word: the first of them.
        infinite: the first row with an infinite number.
        type: the numpy dtype of values that are neither numbers nor text.
    """

    need: Need
    present: int = 0
    text: int = 0
    first_text: int = 0
    first_word: str = ""
    infinite: int | None = None
    type: str = ""


def report_values(seen: Sequence[Seen], table: Places, findings: Findings) -> None:
    """A finding for each use of a column with values that do not fit it."""
    for one in seen:
        if one.type:
            message = f"`{one.need.column}` of {table.names} holds {one.type}, not numbers or text"
            findings.error(one.need.span, "wrong-column-type", message)
        elif one.text:
            _not_numbers(one, table, findings)
        elif one.infinite is not None:
            message = f"`{one.need.column}` is infinite in {table.place(one.infinite)}"
            hint = "mend the value, or leave it empty"
            findings.error(one.need.span, "not-finite", message, hint=hint)


def _not_numbers(one: Seen, table: Places, findings: Findings) -> None:
    rest = f" and {one.text - 1} more" if one.text > 1 else ""
    message = (
        f"{one.need.role} takes numbers, but `{one.need.column}` is {quoted(one.first_word)}"
        f" in {table.place(one.first_text)}{rest}"
    )
    findings.error(one.need.span, "not-a-number", message, hint=_text_hint(one))


def _text_hint(one: Seen) -> str:
    if _DECIMAL_COMMA.fullmatch(one.first_word.strip()):
        return "numbers have a decimal point: write 1.5 for 1,5"
    if one.text < one.present:
        return "mend the value, or leave it empty and say under `missing` what to do"
    if one.need.is_input:
        return (
            "a text column needs an input of its own with `dtype: string`,"
            " and a StringLookup or TextVectorization after it"
        )
    return ""


def quoted(text: str) -> str:
    """Text in quotes, not too much of it."""
    return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'


def missing_values(
    counts: Mapping[str, tuple[int, int]], table: Places, data: DataSpec, findings: Findings
) -> bool:
    """Whether every missing value has a rule; one finding with the counts of those that do not.

    Args:
        counts: column to how many values are missing and the row of the first, none with 0.
        table: knows where rows came from.
        data: the rules, and where the finding points.
        findings: takes the finding.
    """
    found = {name: count for name, count in counts.items() if name not in data.missing}
    if not found:
        return True
    columns = ", ".join(f"`{name}` {count}" for name, (count, _) in found.items())
    first = min(row for _, row in found.values())
    message = f"values are missing: {columns} (the first in {table.place(first)})"
    rules = ", ".join(f"{name}: drop" for name in found)
    hint = f"say what to do, e.g. missing: {{{rules}}} (or mean, median, or a value to put in)"
    findings.error(data.train.span, "missing-values", message, hint=hint)
    return False
