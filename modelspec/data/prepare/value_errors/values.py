"""Findings for values that a use as numbers or as dates does not take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from modelspec.data.table import ColumnUse, Purpose
from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import CSV, Columns, Source
from modelspec.tabular import (
    DECIMAL_COMMA,
    MISSING_WORDS,
    CommaEvidence,
    NumberMarks,
    csv_option,
    date_hint,
    number_hint,
    parse_date,
    parse_number,
    part_hint,
    unit_of,
    without_unit,
)


class RowLocator(Protocol):
    """Knows where rows came from."""

    @property
    def names(self) -> str:
        """What messages call the table."""
        ...

    def locate(self, row: int) -> str:
        """Where row `row`, counted from 0, is: "penguins.csv, row 18"."""
        ...


@dataclass(slots=True)
class ValueSummary:
    """The values of a column, summarized for one use of it.

    Attributes:
        use: what the column is used for.
        present: how many values are not missing.
        text: how many of these are text that is not a number, where numbers are needed.
        first_text: the row of the first such text.
        first_word: the first such text.
        commas: what the commas in its numbers are.
        infinite: the first row with an infinite number.
        dtype: the numpy dtype of values that are neither numbers nor text.
    """

    use: ColumnUse
    present: int = 0
    text: int = 0
    first_text: int = 0
    first_word: str = ""
    infinite: int | None = None
    dtype: str = ""
    commas: CommaEvidence = field(default_factory=CommaEvidence)


@dataclass(slots=True)
class ListCut:
    """The lists of a column that are longer than `pad`.

    Attributes:
        column: its name.
        width: what lists are cut to.
        span: where `pad` stands.
        count: how many lists are longer.
        longest: the length of the longest.
    """

    column: str
    width: int
    span: Span
    count: int = 0
    longest: int = 0


@dataclass(slots=True)
class DateCheck:
    """The first text that is no date, in a column that a derived one takes for dates.

    Attributes:
        use: of the column.
        row: the number of the row.
        word: the text; "" where there is none.
    """

    use: ColumnUse
    row: int = 0
    word: str = ""


def report_values(
    summaries: Sequence[ValueSummary],
    table: RowLocator,
    findings: Findings,
    source: Source,
) -> None:
    """Report each use of a column with values that do not suit it.

    Args:
        summaries: of the uses.
        table: knows where rows came from.
        findings: takes the findings.
        source: of the table, whose options hints name.
    """
    for one in summaries:
        name, span = one.use.column, one.use.span
        if one.dtype:
            message = f"`{name}` of {table.names} holds {one.dtype}, not numbers or text"
            findings.error(span, "wrong-column-type", message)
        elif one.text:
            _report_text(one, table, findings, source)
        elif one.infinite is not None:
            message = f"`{name}` is infinite in {table.locate(one.infinite)}"
            findings.error(span, "not-finite", message, hint="fix the value, or leave it empty")


def _report_text(one: ValueSummary, table: RowLocator, findings: Findings, source: Source) -> None:
    rest = f" and {one.text - 1} more" if one.text > 1 else ""
    message = (
        f"{one.use.text} takes numbers, but `{one.use.column}` is {quoted(one.first_word)}"
        f" in {table.locate(one.first_text)}{rest}"
    )
    findings.error(one.use.span, "not-a-number", message, hint=_text_hint(one, source))


def _text_hint(one: ValueSummary, source: Source) -> str:
    count, word = one.text, one.first_word.strip()
    if source.options.get("thousands") == "," and DECIMAL_COMMA.fullmatch(word):
        return "with `thousands` three digits follow each comma: fix the value in the file"
    if hint := _unit_hint(one, source) or number_hint(one.first_word, one.commas):
        return hint
    if count < one.present and (hint := _missing_hint(one, source)):
        return hint
    if word == one.use.column:
        return "this row repeats the names of the columns: delete it from the file"
    if count == 1 and one.first_text == 0:
        what = "delete this row if it says what columns hold, such as units"
        return f"{what}; else fix the value, or leave it empty and choose a rule under `missing`"
    if count == one.present and word.lower() in AGREEMENTS:
        name, yes = one.use.column, {"no": "yes", "n": "y"}.get(word.lower(), word)
        flag = f"${{{name if name.isidentifier() else f'row[{name!r}]'} == '{yes}'}}"
        return f'take `{name}_is_{yes}` in its place, of `derive: {{{name}_is_{yes}: "{flag}"}}`'
    if count == 1 and word.strip(":").lower() in TOTALS:
        return "this row seems to sum up the others: delete it from the file"
    return _target_hint(one) if one.use.purpose is Purpose.TARGET else _input_hint(one)


def _column_of_file(use: ColumnUse) -> str:
    """The name that a column has in the file; one that is derived of itself takes its name."""
    made = use.derived
    return made.name if made is not None and use.column == made.own_source else use.column


def _unit_hint(one: ValueSummary, source: Source) -> str:
    """How the spec of a csv says what stands around its numbers; "" where nothing does."""
    units: Mapping[str, str] = source.options.get("units", {})
    name, unit = _column_of_file(one.use), unit_of(one.first_word)
    if source.kind != CSV or not unit:
        return ""
    if name in units:
        return f'`units` has "{units[name]}" for this column: convert the value in the file'
    shown = unit if unit.isalpha() else f'"{unit}"'
    hint = f"write {csv_option('units', f'{{{name}: {shown}}}')}"
    bare = without_unit(one.first_word, unit)
    marks = NumberMarks(source.options["decimal"], source.options.get("thousands", ""))
    number = number_hint(bare, one.commas) if math.isnan(parse_number(bare, marks)) else ""
    return f"{hint}; {number}" if number else hint


AGREEMENTS = frozenset(("yes", "no", "y", "n"))


TOTALS = frozenset(("total", "totals", "sum", "average", "mean", "count", "summe", "gesamt"))
"""Words for a row that is no example."""


def _missing_hint(one: ValueSummary, source: Source) -> str:
    """How the spec of a csv says that a word stands for a missing value; "" for other words."""
    word, given = one.first_word.strip(), source.options.get("na") or []
    if source.kind != CSV or word.lower() not in MISSING_WORDS or isinstance(given, Mapping):
        return ""
    words = ", ".join(
        f'"{each}"' if isinstance(each, str) else f"{each}" for each in (*given, word)
    )
    rule = "drop" if one.use.purpose is Purpose.TARGET else "median"
    return (
        f'if "{word}" is a missing value, write {csv_option("na", f"[{words}]")} and a rule such as'
        f" missing: {{{_column_of_file(one.use)}: {rule}}}"
    )


def _target_hint(one: ValueSummary) -> str:
    if one.text < one.present:
        name = one.use.column
        return f"fix the value, or leave it empty and drop its row: missing: {{{name}: drop}}"
    return (
        "for classes write `labels: auto` below the target, with one unit for each class and"
        " the loss sparse_categorical_crossentropy"
    )


def _input_hint(one: ValueSummary) -> str:
    if one.use.is_input and parse_date(one.first_word, None) is not None:
        return part_hint(one.use.column)
    if one.text < one.present:
        return "fix the value, or leave it empty and choose a rule under `missing`"
    if one.use.is_input:
        return (
            "a text column needs a separate input with `dtype: string`, followed by a StringLookup"
            " or TextVectorization layer, or `tokens: NAME` beside the column and a tokenizer of"
            " that name under `data.tokens`"
        )
    return ""


def report_dates(checks: Iterable[DateCheck], table: RowLocator, findings: Findings) -> None:
    """Report the text that is no date of each derived column."""
    for check in checks:
        if check.word:
            message = (
                f"{check.use.text} takes dates, but `{check.use.column}` is {quoted(check.word)}"
                f" in {table.locate(check.row)}"
            )
            form = None if check.use.derived is None else check.use.derived.form
            hint = date_hint(check.word, form)
            findings.error(check.use.span, "not-a-date", message, hint=hint)


def report_no_date(columns: Columns, name: str, text: str, place: str, findings: Findings) -> None:
    """Report text that an input takes as a date, and that is not one."""
    message = f"`{name}` is {quoted(text)} in {place}, which is not a date in a known form"
    hint = date_hint(text, columns.options.get("format"))
    findings.error(columns.span, "not-a-date", message, hint=hint)


def report_cut_lists(cuts: Iterable[ListCut], table: RowLocator, findings: Findings) -> None:
    """Say how many lists are cut."""
    for cut in cuts:
        if cut.count:
            lists = "1 list is" if cut.count == 1 else f"{cut.count} lists are"
            message = (
                f"`{cut.column}` of {table.names}: {lists} longer than {cut.width} and cut;"
                f" the longest has {cut.longest} values"
            )
            hint = f"write `pad: {cut.longest}` to keep all of it"
            findings.warning(cut.span, "cut-lists", message, hint=hint)


def quoted(text: str) -> str:
    """Text in quotes, at most 40 characters of it."""
    return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'
