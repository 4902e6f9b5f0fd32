"""Columns that are made of columns: what each is, and its value in one row."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from modelspec.diagnostics import Span
from modelspec.spec.data import DATE_PARTS, moment_of
from modelspec.value_classes import value_class

PART, UNTIL, CLIP, BINS, EXPRESSION = "part", "until", "clip", "bins", "expression"
"""The kinds of derived columns besides `FUNCTIONS`."""

SPLIT = "split"

FUNCTIONS: dict[str, Callable[[float], float]] = {
    "log": math.log,
    "log1p": math.log1p,
    "log10": math.log10,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "abs": abs,
}
"""The functions of one number, by their name in the spec."""

UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
"""The seconds of each unit of a length of time."""

NUMBERS, DATES, TEXTS = "numbers", "dates", "text"
"""What a derived column takes."""

CIRCLES = {"sin": math.sin, "cos": math.cos}


@value_class
class Derived:
    """One derived column.

    Attributes:
        name: of the column.
        kind: `PART`, `UNTIL`, `CLIP`, `BINS`, `EXPRESSION`, or one of `FUNCTIONS`.
        takes: the columns that it is made of, each with what that must hold. A column of the file
            with its own name is called `own_source`.
        span: where it stands in the spec.
        part: the part of a date.
        circle: "sin" or "cos" of its place on a circle; "" for the part itself.
        unit: the seconds of the unit of a length of time.
        form: how dates are written, as for `strptime`; None for the common forms.
        since: where a length of time begins that takes a single column, in UTC; None for its first
            column.
        least: the bound of `CLIP`; None for none.
        largest: the other one.
        edges: of `BINS`, ascending.
        quantiles: the number of bins whose edges are learned; 0 for edges that are given.
        text: the expression, between `${` and `}`.
    """

    name: str
    kind: str
    takes: Mapping[str, str]
    span: Span
    part: str = ""
    circle: str = ""
    unit: int = 1
    form: str | None = None
    since: datetime | None = None
    least: float | None = None
    largest: float | None = None
    edges: tuple[float, ...] = ()
    quantiles: int = 0
    text: str = ""

    @property
    def own_source(self) -> str:
        """What the column of the file is called that has the name of the derived one."""
        return own_source(self.name)

    @property
    def is_time(self) -> bool:
        """Whether a time without a date will do."""
        return self.kind == PART and DATE_PARTS[self.part].is_time

    def of_row(self, values: Mapping[str, Any]) -> float | None:
        """The value in one row; None where one of its columns has none, or there is no finite one.

        Args:
            values: column to its value: a number, a `datetime` or a text, or None.
        """
        if any(values[name] is None for name in self.takes):
            return None
        try:
            found = self._of_row(values)
        except (ValueError, OverflowError):
            return None
        return found if found is not None and math.isfinite(found) else None

    def _of_row(self, values: Mapping[str, Any]) -> float | None:
        if self.kind == EXPRESSION:
            from modelspec.spec.expressions import row_value

            given = {name: values[name] for name in self.takes}
            if self.own_source in given:
                given[self.name] = given.pop(self.own_source)
            return row_value(self.text, given)
        first, *others = (values[name] for name in self.takes)
        if self.kind == UNTIL:
            last: datetime = others[0] if others else first
            return (moment_of(last) - (self.since or moment_of(first))).total_seconds() / self.unit
        if self.kind == PART:
            part = DATE_PARTS[self.part]
            value = part.of(first)
            if not self.circle or part.period is None:
                return float(value)
            return CIRCLES[self.circle](2 * math.pi * (value - part.first) / part.period)
        if self.kind == BINS and self.quantiles and not self.edges:
            return 0.0  # which bin is known only after training has learned the edges
        if self.kind == BINS:
            return float(bisect_right(self.edges, first))
        if self.kind == CLIP:
            least = first if self.least is None else max(first, self.least)
            return float(least if self.largest is None else min(least, self.largest))
        return FUNCTIONS[self.kind](first)


def own_source(name: str) -> str:
    """What a column of a file is called of which a derived one has the name."""
    return f"{name} (of the file)"


@value_class
class DerivedColumns:
    """The derived columns of a section.

    Attributes:
        columns: by name, each after those that it is made of.
        lists: column to what separates the values in its cells, for those that are lists.
        list_spans: where these stand.
        list_sources: what the columns of lists are called in the file.
        circles: the names that became two columns each.
    """

    columns: Mapping[str, Derived]
    lists: Mapping[str, str]
    list_spans: Mapping[str, Span]
    list_sources: Mapping[str, str]
    circles: frozenset[str] = frozenset()


def needed(names: Iterable[str], derived: Mapping[str, Derived]) -> list[Derived]:
    """The derived columns that some columns are or are made of, in the order of making."""
    wanted = set(names)
    found = []
    for one in reversed(list(derived.values())):
        if one.name in wanted:
            found.append(one)
            wanted |= set(one.takes)
    return found[::-1]
