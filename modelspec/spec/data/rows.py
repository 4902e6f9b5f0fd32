"""Which rows of a table count, and which split a column puts them into. Needs no numpy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, value_span
from modelspec.value_classes import value_class

from .columns import label_text

Value = str | float | None
"""A value that is compared: text, a number, or None for a missing one."""

NOT, MIN, MAX = "not", "min", "max"


@value_class
class Condition:
    """What a column must hold in a row that counts.

    Attributes:
        column: its name.
        span: where the name stands.
        values: one of these; None for no such list.
        excluded: none of these.
        least: at least this number, or this text, in the order of text; None for no bound.
        largest: at most this.
        text: how messages quote it, such as `label: a`.
    """

    column: str
    span: Span
    values: tuple[Value, ...] | None
    excluded: tuple[Value, ...]
    least: float | str | None
    largest: float | str | None
    text: str

    @property
    def compares_numbers(self) -> bool:
        """Whether it has bounds, and these are numbers."""
        return any(isinstance(bound, float) for bound in (self.least, self.largest))

    @property
    def compares_text(self) -> bool:
        """Whether text is wanted as it stands in a file."""
        given = (*(self.values or ()), *self.excluded, self.least, self.largest)
        return any(isinstance(value, str) for value in given)

    def holds(self, value: Value) -> bool:
        """Whether the row with a value counts; `comparable` has the form of the value."""
        if self.values is not None and value not in self.values:
            return False
        if value in self.excluded:
            return False
        if self.least is None and self.largest is None:
            return True
        if self.compares_numbers != isinstance(value, float):
            return False
        least = self.least is None or value >= self.least  # type: ignore[operator]
        return least and (self.largest is None or value <= self.largest)  # type: ignore[operator]


@value_class
class SplitColumn:
    """A column that says to which split a row belongs; values not named are of train.

    Attributes:
        column: its name.
        span: where the name stands.
        values: split name to its values.
        value_spans: split name to where each value stands.
    """

    column: str
    span: Span
    values: Mapping[str, tuple[Value, ...]]
    value_spans: Mapping[str, tuple[Span, ...]]

    def split_of(self, value: Value) -> str:
        """The split of the rows with a value."""
        return next((name for name, values in self.values.items() if value in values), "train")


def comparable(text: str | None, parse: Callable[[str], float]) -> Value:
    """A value as text in the form in which values are compared: `4`, `4.0` and `04` are the same.

    Args:
        text: None for a missing value.
        parse: text to a number, NaN where it is none.
    """
    if text is None:
        return None
    number = parse(text)
    if not math.isnan(number):
        return number
    return text.lower() if text in ("True", "False", "TRUE", "FALSE") else text


def parse_where(section: LocatedDict, findings: Findings) -> tuple[Condition, ...]:
    """The conditions under `where`, which a row must all meet."""
    given = section.get("where")
    if given is None:
        return ()
    span = value_span(section, "where", section.span)
    return tuple(
        _condition(name, value, given.key_spans.get(name, span), findings)
        for name, value in given.items()
    )


def _condition(column: str, given: Any, span: Span, findings: Findings) -> Condition:
    text = f"{column}: {_shown(given)}"
    if not isinstance(given, LocatedDict):
        return Condition(column, span, _values(given), (), None, None, text)
    least, largest = (_bound(given.get(key)) for key in (MIN, MAX))
    if isinstance(least, str) != isinstance(largest, str) and None not in (least, largest):
        message = f"`min` and `max` of `{column}` are a number and a text"
        findings.error(span, "wrong-value", message, hint="write both as numbers, or quote both")
    elif least is not None and largest is not None and least > largest:  # type: ignore[operator]
        message = f"no value of `{column}` is at least {_shown(given[MIN])} and"
        message += f" at most {_shown(given[MAX])}"
        findings.error(span, "wrong-value", message, hint="exchange `min` and `max`")
    excluded = _values(given[NOT]) if NOT in given else ()
    return Condition(column, span, None, excluded, least, largest, text)


def _bound(given: Any) -> float | str | None:
    return given if given is None or isinstance(given, str) else float(given)


def _values(given: Any) -> tuple[Value, ...]:
    values = given if isinstance(given, list) else [given]
    return tuple(map(_value, values))


def _value(given: Any) -> Value:
    if given is None or isinstance(given, str):
        return comparable(given, _number)
    return label_text(given) if isinstance(given, bool) else float(given)


def _number(text: str) -> float:
    """A number as a spec has it; `data` reads those of files."""
    try:
        return float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan


def _shown(given: Any) -> str:
    if isinstance(given, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(value)}" for key, value in given.items()) + "}"
    if isinstance(given, list):
        return f"[{', '.join(map(_shown, given))}]"
    return "null" if given is None else label_text(given)


def deciding_columns(section: LocatedDict) -> Iterator[tuple[str, str, Span]]:
    """The columns that decide which rows count, how much, and in which split.

    Args:
        section: `data` as written; it may have mistakes.

    Yields:
        What messages call the use, the column, and where its name stands.
    """
    for key in ("group", "stratify", "sample_weight"):
        if isinstance(section.get(key), str):
            yield f"`{key}`", section[key], section.value_spans[key]
    train = next(iter(section["train"].values()))
    owners = {"validation": "by", "test": "by", "folds": "group", "split": "column"}
    parts = [(key, section.get(key), option) for key, option in owners.items()]
    parts += [(key, train, key) for key in ("group", "time")]
    for key, part, option in parts:
        if isinstance(part, LocatedDict) and isinstance(part.get(option), str):
            yield f"`{key}`", part[option], part.value_spans[option]
    where = section.get("where")
    if isinstance(where, LocatedDict):
        yield from (("`where`", name, span) for name, span in where.key_spans.items())


def parse_split_column(section: LocatedDict, findings: Findings) -> SplitColumn | None:
    """`split: {column: NAME, validation: VALUES, test: VALUES}`; None where there is none."""
    given = section.get("split")
    if given is None:
        return None
    span = value_span(section, "split", section.span)
    for key in ("validation", "test", "folds", "stratify"):
        if key in section:
            message = f"`split` puts rows into splits by a column, and `{key}` does so too"
            place = section.key_spans[key]
            findings.error(place, "wrong-value", message, hint=f"remove `split` or `{key}`")
    names = [name for name in ("validation", "test") if name in given]
    if not names:
        message = "`split` names no values for `validation` or `test`"
        hint = "write for example {column: NAME, validation: [4], test: [5]}"
        findings.error(span, "missing-key", message, hint=hint)
    values = {name: _values(given[name]) for name in names}
    spans = {name: tuple(_spans(given, name, span)) for name in names}
    both = set(values.get("validation", ())) & set(values.get("test", ()))
    for value, place in zip(values.get("test", ()), spans.get("test", ()), strict=True):
        if value in both:
            message = f"`split` puts {quoted(value)} into both `validation` and `test`"
            findings.error(place, "leaking-split", message, hint="remove it from one of them")
    column_span = value_span(given, "column", span)
    return SplitColumn(given["column"], column_span, values, spans)


def quoted(value: Value) -> str:
    """A value as messages show it."""
    if value is None:
        return "a missing value"
    return label_text(value) if isinstance(value, float) else f'"{value}"'


def _spans(given: LocatedDict, name: str, span: Span) -> Iterable[Span]:
    place = value_span(given, name, span)
    values: Sequence[Any] = given[name]
    if not isinstance(values, list):
        return (place,)
    return (value_span(values, index, place) for index in range(len(values)))
