"""Findings for values that do not suit their use, whoever found them. Needs no numpy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from modelspec.analysis.data import with_rank_of
from modelspec.data.table import ColumnUse, Purpose
from modelspec.diagnostics import Findings, Related, Span, did_you_mean, join_words
from modelspec.spec.data import (
    CORPUS,
    CSV,
    Columns,
    DataSpec,
    Source,
    split_times,
    takes_horizon,
)
from modelspec.spec.model import InputSpec
from modelspec.tabular import (
    DECIMAL_COMMA,
    MISSING_WORDS,
    CommaEvidence,
    csv_option,
    date_hint,
    number_hint,
    parse_date,
    part_hint,
)

OVERFLOW_LIMITS = {"float16": 65520.0, "float32": 3.4028235677973366e38}
"""The smallest number that becomes infinite in a dtype of floats."""


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
    if hint := number_hint(one.first_word, one.commas):
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
        f" missing: {{{one.use.column}: {rule}}}"
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


def quoted(text: str) -> str:
    """Text in quotes, at most 40 characters of it."""
    return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'


def report_list_fill(name: str, data: DataSpec, findings: Findings) -> None:
    """Report a fill value of a column of lists."""
    message = f"`{name}` holds lists, which have no fill value"
    findings.error(data.missing_spans[name], "missing-rule", message, hint="write drop")


def report_text_statistic(name: str, data: DataSpec, findings: Findings) -> None:
    """Report a mean or median of text."""
    message = f"`{name}` holds text, which has no {data.missing[name]}"
    findings.error(data.missing_spans[name], "missing-rule", message, hint="give a fill value")


def report_no_statistic(name: str, data: DataSpec, findings: Findings) -> None:
    """Report a mean or median of a column that has no values."""
    message = f"`{name}` has no value in the training split, so it has no {data.missing[name]}"
    hint = f"take `{name}` out of the inputs, or give a fill value"
    findings.error(data.missing_spans[name], "missing-rule", message, hint=hint)


def report_no_number(name: str, data: DataSpec, findings: Findings) -> None:
    """Report text as the fill value of a column of numbers."""
    message = f'`{name}` holds numbers, but its fill value "{data.missing[name]}" is not a number'
    hint = "give drop, mean, median, or a number"
    findings.error(data.missing_spans[name], "missing-rule", message, hint=hint)


def report_empty_split(split: str, names: str, data: DataSpec, findings: Findings) -> None:
    """Report a split without rows."""
    message = f"no rows of {names} are left for the {split} split"
    hint = "use more rows, or smaller fractions"
    if data.missing:
        hint = "the `drop` rules under `missing` remove rows"
    findings.error(data.train.span, "empty-data", message, hint=hint)


def report_one_class(target: Columns, label: str, findings: Findings) -> None:
    """Report a target with a single class."""
    message = f'`{target.columns[0]}` has only one class, "{label}", in the training split'
    hint = "a classifier needs examples of at least two classes"
    findings.error(target.column_spans[0], "one-class", message, hint=hint)


def report_empty_classes(
    target: Columns, empty: Sequence[str], split: str, data: DataSpec, findings: Findings
) -> None:
    """Warn of classes that have no row in a split; of validation and test if that can be helped."""
    drawn = {"validation": data.validation, "test": data.test}.get(split)
    is_drawn = drawn is not None and drawn.share is not None and data.stratify is None
    if not empty or not (split == "train" or is_drawn):
        return
    classes = "class" if len(empty) == 1 else "classes"
    name, shown = target.columns[0], join_words([f'"{word}"' for word in empty], most=5)
    message = f"the {split} split has no row of the {classes} {shown} of `{name}`"
    span = target.labels_span or target.column_spans[0]
    hint = f"write stratify: {name}, which draws each class in proportion"
    if data.group is not None or split_times(data):  # with which `stratify` cannot be used
        hint = f"give `{split}` a larger share: whole groups and latest rows can lack a class"
    if split == "train":
        hint = "a class without rows is never predicted: leave it out of `labels`, or add rows"
    findings.warning(span, "class-without-rows", message, hint=hint)


def report_labels_of_several(target: Columns, findings: Findings) -> None:
    """Report labels for a target of several columns."""
    message = (
        f"the target `{target.name}` has {len(target.columns)} columns;"
        " only a target of one column can have labels"
    )
    findings.error(target.span, "labels-of-several", message)


def report_unknown_label(
    word: str, place: str, labels: Sequence[str], target: Columns, findings: Findings
) -> None:
    """Report a label that is not one of the target's classes."""
    why = "is not one of `labels`"
    if not isinstance(target.labels, tuple):
        why = "does not occur in the training split"
    close = did_you_mean(word, labels)
    message = f'the label "{word}" of `{target.columns[0]}` in {place} {why}{close}'
    span = target.labels_span or target.column_spans[0]
    findings.error(span, "unknown-label", message, hint=f"known labels are {join_words(labels)}")


def report_no_date(columns: Columns, name: str, text: str, place: str, findings: Findings) -> None:
    """Report text that an input takes as a date, and that is not one."""
    message = f"`{name}` is {quoted(text)} in {place}, which is not a date in a known form"
    hint = date_hint(text, columns.options.get("format"))
    findings.error(columns.span, "not-a-date", message, hint=hint)


def report_negative_weight(
    name: str, value: float, place: str, span: Span, findings: Findings
) -> None:
    """Report a sample weight below zero."""
    message = f"the weight `{name}` is {value:g} in {place}; it must be at least 0"
    hint = "fix the value; a weight of 0 excludes an example"
    findings.error(span, "value-range", message, hint=hint)


def report_wrong_dtype(
    entry: InputSpec, columns: Columns, found: tuple[str, float, str], findings: Findings
) -> None:
    """Report a number that an input's dtype cannot hold.

    Args:
        entry: the input.
        columns: what feeds it.
        found: the column, its value, and the location of the value.
        findings: takes the finding.
    """
    name, value, place = found
    message = f"the input `{entry.name}` takes {entry.dtype}, but `{name}` is {value:g} in {place}"
    findings.error(columns.span, "value-range", message, hint="change the input's `dtype`")


def stored_dtype(dtype: str) -> str:
    """The dtype of the arrays for one of Keras's: numpy has no bfloat16."""
    return {"bfloat16": "float32"}.get(dtype, dtype)


def overflow_limit(dtype: str) -> float:
    """The smallest number that becomes infinite in an input or a target of a dtype of floats."""
    return OVERFLOW_LIMITS.get(stored_dtype(dtype), math.inf)


def report_too_large(
    use: str, dtype: str, found: tuple[str, float, str], span: Span, findings: Findings
) -> None:
    """Report a number that would become infinite in the floats that the model takes.

    Args:
        use: what messages call the use: "the input `x`".
        dtype: of the floats.
        found: the column, its value, and the location of the value.
        span: the use in the spec.
        findings: takes the finding.
    """
    name, value, place = found
    message = f"{use} takes {dtype}, but `{name}` is {value:g} in {place}, which is too large"
    hint = f"fix the value, or scale the column: {dtype} overflows at {overflow_limit(dtype):.2g}"
    findings.error(span, "value-range", message, hint=hint)


def report_input_shape(
    entry: InputSpec, columns: Columns, found: tuple[int, ...], findings: Findings
) -> None:
    """Report columns whose examples have another shape than the input takes."""
    wanted = entry.shape or ()
    made = _shown(with_rank_of(found, wanted))
    count = len(columns.columns)
    given = f"`{columns.columns[0]}` has" if count == 1 else f"{count} columns make"
    if columns.indicators:
        names = f"`{columns.columns[0]}`" if count == 1 else f"{count} columns"
        given = f"{names} and {_indicators(columns)} make"
    message = f"the input `{entry.name}` takes shape {_shown(wanted)}, but {given} {made}"
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    hint = f"give the input `shape: {made}`, or other columns"
    findings.error(columns.span, "input-shape", message, hint=hint, related=related)


def _indicators(columns: Columns) -> str:
    count = len(columns.indicators)
    return "1 indicator" if count == 1 else f"{count} indicators"


def report_no_windows(
    split: str, rows: int, names: str, data: DataSpec, findings: Findings
) -> None:
    """Report data in which no window fits.

    Args:
        split: its name; empty for new data.
        rows: that a window spans.
        names: what messages call the table.
        data: where the finding points.
        findings: takes the finding.
    """
    where = f"the {split} split of {names}" if split else names
    what = "tokens" if data.train.kind == CORPUS else "rows"
    message = f"no window of {rows} {what} fits into {where}"
    fewer = "" if data.folds is None else ", fewer folds"
    hint = f"use more {what}{fewer}, or shorter windows" if split else ""
    options = data.train.options
    if split in ("validation", "test") and options.get("history") is False and takes_horizon(data):
        hint = (
            "write `history: true` below `timeseries`: the rows before a target may then be those"
            f" of the split before; or {hint}"
        )
    findings.error(data.train.span, "empty-data", message, hint=hint)


def _shown(shape: Sequence[int | None]) -> str:
    return f"[{', '.join('null' if size is None else str(size) for size in shape)}]"
