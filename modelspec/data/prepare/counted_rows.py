"""The rows that meet `where`, and the values that its columns and that of `split` have.

All but the functions on numpy's columns is for every reader of values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from modelspec.diagnostics import Findings, Span, did_you_mean, join_words
from modelspec.spec.data import Condition, DataSpec, Value, comparable, quoted
from modelspec.tabular import parse_number

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from modelspec.data.table import Column

MOST_VALUES = 1000
"""Different values of a column that are remembered for messages."""


@dataclass(slots=True)
class ConditionTally:
    """What a condition of `where` met in a table.

    Attributes:
        condition: the condition.
        met: in how many rows it holds.
        values: the different values of its column, up to `MOST_VALUES`.
    """

    condition: Condition
    met: int = 0
    values: dict[Value, None] = field(default_factory=dict)

    def holds(self, value: Value, rows: int = 1) -> bool:
        """Whether rows with a value count; counts them."""
        if len(self.values) < MOST_VALUES:
            self.values.setdefault(value)
        holds = self.condition.holds(value)
        self.met += rows if holds else 0
        return holds


def condition_tallies(data: DataSpec, columns: Sequence[str]) -> list[ConditionTally]:
    """A tally of each condition on one of some columns."""
    return [ConditionTally(one) for one in data.where if one.column in columns]


def report_no_counted_rows(
    tallies: Sequence[ConditionTally], names: str, findings: Findings
) -> None:
    """A finding for a table of which no row counts: at a condition that never holds, or at all."""
    for tally in tallies:
        if tally.met:
            continue
        condition = tally.condition
        message = f"no row of {names} has `{condition.text}`"
        findings.error(condition.span, "empty-data", message, hint=_values_hint(tally))
        return
    shown = join_words(f"`{tally.condition.text}`" for tally in tallies)
    message = f"no row of {names} has {shown} at once"
    findings.error(tallies[0].condition.span, "empty-data", message, hint="leave one of them out")


def _values_hint(tally: ConditionTally) -> str:
    found, condition = list(tally.values), tally.condition
    numbers = [value for value in found if isinstance(value, float)]
    words = [value for value in found if isinstance(value, str)]
    if bound := _bound_in_text(condition):
        return bound
    if condition.least is None and condition.largest is None:
        return _shown_values(found)
    if condition.compares_numbers and numbers:
        return f"its values lie between {quoted(min(numbers))} and {quoted(max(numbers))}"
    if words and not condition.compares_numbers:
        return f"its values lie between {quoted(min(words))} and {quoted(max(words))}"
    return _shown_values(found)


_BOUND = re.compile(r"\s*([<>]=?|!=|<>|==?)\s*(.+)")


def _bound_in_text(condition: Condition) -> str:
    """What to write for `width: "> 3"` or `kind: "!= u"`; "" for other conditions."""
    only = condition.values[0] if condition.values and len(condition.values) == 1 else None
    found = _BOUND.fullmatch(only) if isinstance(only, str) else None
    if found is None:
        return ""
    if found[1] in ("!=", "<>"):
        return f"write {condition.column}: {{not: {found[2].strip()}}}"
    if found[1].startswith("="):
        return f"write {condition.column}: {found[2].strip()}"
    side = "min" if found[1].startswith(">") else "max"
    return f"write {condition.column}: {{{side}: {found[2].strip()}}}"


def _shown_values(found: Sequence[Value]) -> str:
    return f"its values are {join_words(map(quoted, sorted(found, key=_order)))}"


def _order(value: Value) -> tuple[int, float, str]:
    """Numbers, then text, then missing values."""
    if isinstance(value, float):
        return 0, value, ""
    return (2, 0, "") if value is None else (1, 0, value)


def check_split_values(
    data: DataSpec, counts: Mapping[Value, int], names: str, findings: Findings
) -> bool:
    """Whether the column of `split` has all values that it names, and others to train on.

    Args:
        data: the section.
        counts: value to the number of its rows that no rule drops.
        names: what messages call the table.
        findings: takes a value that no row has, and a training split without rows.
    """
    split, before = data.split, findings.error_count
    if split is None:
        return True
    known = [value for value, count in counts.items() if count]
    for name, values in split.values.items():
        for value, place in zip(values, split.value_spans[name], strict=True):
            if value in known:
                continue
            close = did_you_mean(str(value), [str(one) for one in known if isinstance(one, str)])
            message = f"no row of {names} has {quoted(value)} in `{split.column}`{close}"
            findings.error(place, "empty-data", message, hint=_shown_values(known))
    if findings.error_count == before and all(split.split_of(v) != "train" for v in known):
        message = f"`split` names all values of `{split.column}`, so no rows are left to train on"
        findings.error(split.span, "empty-data", message, hint="leave one out of both lists")
    return findings.error_count == before


def counted_rows(
    tallies: Sequence[ConditionTally], columns: Mapping[str, Column], rows: int
) -> npt.NDArray[np.bool_]:
    """Which rows of a chunk meet all conditions: [rows]."""
    import numpy as np

    counted = np.ones(rows, dtype=np.bool_)
    for tally in tallies:
        column = columns[tally.condition.column]
        refuse_arrays(column, tally.condition.column, tally.condition.span, "where")
        values, positions = comparable_values(column)
        sizes = np.bincount(positions, minlength=len(values)).tolist()
        holds = [size > 0 and tally.holds(v, size) for v, size in zip(values, sizes, strict=True)]
        counted &= np.asarray(holds, dtype=np.bool_)[positions]
    return counted


def refuse_arrays(column: Column, name: str, span: Span, key: str) -> None:
    """Raise BrokenDataError for a column with an array in each row."""
    from modelspec.data.table import BrokenDataError

    shape = list(column.values.shape[1:])
    if shape:
        message = f"`{key}` compares single values, but `{name}` has shape {shape} in each row"
        raise BrokenDataError(span, "wrong-column-type", message)


def comparable_values(column: Column) -> tuple[list[Value], npt.NDArray[np.int64]]:
    """Values of a column in the form in which they are compared, and the index of each row's."""
    import numpy as np

    from modelspec.data.table import NUMERIC_KINDS, distinct_words

    found: list[Value]
    if column.values.dtype.kind in NUMERIC_KINDS.replace("b", "") and column.values.ndim == 1:
        numbers, positions = np.unique(column.values, return_inverse=True)
        found = [float(number) for number in numbers.tolist()]
    else:
        words, positions = distinct_words(column)
        parse = partial(parse_number, marks=column.marks)
        found = [comparable(word, parse) for word in words]
    if not column.missing.any():
        return found, positions
    return [*found, None], np.where(column.missing, len(found), positions)
