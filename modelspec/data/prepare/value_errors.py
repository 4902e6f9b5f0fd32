"""What is said of values that do not fit, whoever found them: needs no numpy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from modelspec.data.table import ColumnUse, FeaturePlan
from modelspec.diagnostics import Findings, Related, Span, did_you_mean, join_words
from modelspec.spec.data import Columns, DataSpec
from modelspec.spec.model import InputSpec, Shape
from modelspec.tabular import DECIMAL_COMMA, csv_option


class Places(Protocol):
    """Knows where rows came from."""

    @property
    def names(self) -> str:
        """What messages call the table."""
        ...

    def locate(self, row: int) -> str:
        """Where the row with a number from 0 stands."""
        ...


@dataclass(slots=True)
class ValueSummary:
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

    need: ColumnUse
    present: int = 0
    text: int = 0
    first_text: int = 0
    first_word: str = ""
    infinite: int | None = None
    type: str = ""


def report_values(seen: Sequence[ValueSummary], table: Places, findings: Findings) -> None:
    """A finding for each use of a column with values that do not fit it."""
    for one in seen:
        if one.type:
            message = f"`{one.need.column}` of {table.names} holds {one.type}, not numbers or text"
            findings.error(one.need.span, "wrong-column-type", message)
        elif one.text:
            _not_numbers(one, table, findings)
        elif one.infinite is not None:
            message = f"`{one.need.column}` is infinite in {table.locate(one.infinite)}"
            hint = "mend the value, or leave it empty"
            findings.error(one.need.span, "not-finite", message, hint=hint)


def _not_numbers(one: ValueSummary, table: Places, findings: Findings) -> None:
    rest = f" and {one.text - 1} more" if one.text > 1 else ""
    message = (
        f"{one.need.text} takes numbers, but `{one.need.column}` is {quoted(one.first_word)}"
        f" in {table.locate(one.first_text)}{rest}"
    )
    findings.error(one.need.span, "not-a-number", message, hint=_text_hint(one))


def _text_hint(one: ValueSummary) -> str:
    if DECIMAL_COMMA.fullmatch(one.first_word.strip()):
        return f"numbers have a decimal point; for a comma, write {csv_option('decimal', ',')}"
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


def check_missing_values(
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
    message = f"values are missing: {columns} (the first in {table.locate(first)})"
    rules = ", ".join(f"{name}: drop" for name in found)
    hint = f"say what to do, e.g. missing: {{{rules}}} (or mean, median, or a value to put in)"
    findings.error(data.train.span, "missing-values", message, hint=hint)
    return False


STATISTICS = ("mean", "median")
"""The rules for missing values that take numbers of the training split."""


def check_missing_rules(
    data: DataSpec, plan: FeaturePlan, known: Sequence[str], findings: Findings
) -> None:
    """Findings for rules that name no column, or one that nothing uses, or a target's mean."""
    used = {need.column for need in plan.uses}
    targets = {name for columns in plan.targets for name in columns.columns}
    for name, rule in data.missing.items():
        span = data.missing_spans[name]
        if name not in known:
            message = f"`missing` names `{name}`, which is no column{did_you_mean(name, known)}"
            findings.error(
                span, "unknown-column", message, hint="mend the name, or remove the line"
            )
        elif name not in used:
            message = f"`missing` names `{name}`, which no input, target or weight uses"
            findings.error(span, "unused-column", message, hint="remove the line")
        elif name in targets and rule in STATISTICS:
            message = f"`{name}` is a target: a made-up {rule} would be learned as if it were true"
            findings.error(span, "missing-target", message, hint=f"write {name}: drop")


def report_text_statistic(name: str, data: DataSpec, findings: Findings) -> None:
    """A finding for the mean of text."""
    message = f"`{name}` holds text, which has no {data.missing[name]}"
    findings.error(data.missing_spans[name], "missing-rule", message, hint="give a value")


def report_no_statistic(name: str, data: DataSpec, findings: Findings) -> None:
    """A finding for the mean of nothing."""
    message = f"`{name}` has no value in the training split, so it has no {data.missing[name]}"
    findings.error(data.missing_spans[name], "missing-rule", message, hint="give a value")


def report_no_number(name: str, data: DataSpec, findings: Findings) -> None:
    """A finding for text that stands in for numbers."""
    message = f'`{name}` holds numbers; "{data.missing[name]}" is none'
    hint = "give drop, mean, median, or a number"
    findings.error(data.missing_spans[name], "missing-rule", message, hint=hint)


def report_no_rows(split: str, names: str, data: DataSpec, findings: Findings) -> None:
    """A finding for a split without examples."""
    message = f"no rows of {names} are left for the {split} split"
    hint = "it needs more rows, or smaller shares"
    if data.missing:
        hint = "the rules `drop` under `missing` take rows out"
    findings.error(data.train.span, "empty-data", message, hint=hint)


def report_one_class(target: Columns, label: str, findings: Findings) -> None:
    """A finding for a target that tells nothing apart."""
    message = f'`{target.columns[0]}` has one class only, "{label}", in the training split'
    hint = "to tell classes apart, examples of two at least are needed"
    findings.error(target.column_spans[0], "one-class", message, hint=hint)


def report_labels_of_several(target: Columns, findings: Findings) -> None:
    """A finding for labels of more than one column."""
    message = (
        f"the target `{target.name}` has {len(target.columns)} columns; labels are those of one"
    )
    findings.error(target.span, "labels-of-several", message)


def report_unknown_label(
    word: str, place: str, labels: Sequence[str], target: Columns, findings: Findings
) -> None:
    """A finding for a label that is none of the target's."""
    why = "is not one of `labels`"
    if not isinstance(target.labels, tuple):
        why = "does not occur in the training split"
    close = did_you_mean(word, labels)
    message = f'the label "{word}" of `{target.columns[0]}` in {place} {why}{close}'
    span = target.labels_span or target.column_spans[0]
    findings.error(span, "unknown-label", message, hint=f"known labels are {join_words(labels)}")


def report_negative_weight(
    name: str, value: float, place: str, span: Span, findings: Findings
) -> None:
    """A finding for a weight below zero."""
    message = f"the weight `{name}` is {value:g} in {place}; it must be at least 0"
    findings.error(span, "value-range", message, hint="mend the value; 0 leaves an example out")


def report_wrong_dtype(
    entry: InputSpec, columns: Columns, found: tuple[str, float, str], findings: Findings
) -> None:
    """A finding for a number that an input's dtype cannot hold.

    Args:
        entry: the input.
        columns: what feeds it.
        found: the column, its value, and where that stands.
        findings: takes the finding.
    """
    name, value, place = found
    message = f"the input `{entry.name}` takes {entry.dtype}, but `{name}` is {value:g} in {place}"
    findings.error(columns.span, "value-range", message, hint="change the input's `dtype`")


OVERFLOW_LIMITS = {"float16": 65520.0, "float32": 3.4028235677973366e38}
"""From which number on a float of a dtype is infinite."""


def overflow_limit(dtype: str) -> float:
    """From which number on an input or a target of a dtype of floats is infinite."""
    return OVERFLOW_LIMITS.get({"bfloat16": "float32"}.get(dtype, dtype), math.inf)


def report_too_large(
    role: str, dtype: str, found: tuple[str, float, str], span: Span, findings: Findings
) -> None:
    """A finding for a number that would be infinite in the floats that the model takes.

    Args:
        role: what messages call the use: "the input `x`".
        dtype: of the floats.
        found: the column, its value, and where that stands.
        span: where the spec has the use.
        findings: takes the finding.
    """
    name, value, place = found
    message = f"{role} takes {dtype}, but `{name}` is {value:g} in {place}, too large for it"
    hint = f"mend the value, or scale the column: {dtype} ends at {overflow_limit(dtype):.2g}"
    findings.error(span, "value-range", message, hint=hint)


def is_shape_accepted(found: tuple[int, ...], wanted: Shape) -> bool:
    """Whether an input takes arrays of a shape, with or without a last axis of size 1."""
    if len(found) == len(wanted) - 1 and wanted[-1] in (1, None):
        found = (*found, 1)
    elif len(found) == len(wanted) + 1 and found[-1] == 1:
        found = found[:-1]
    return len(found) == len(wanted) and all(
        size is None or size == given for given, size in zip(found, wanted, strict=True)
    )


def report_input_shape(
    entry: InputSpec, columns: Columns, found: tuple[int, ...], findings: Findings
) -> None:
    """A finding for columns that make another shape than the input takes."""
    if len(found) == len(entry.shape or ()) - 1 and (entry.shape or ())[-1] in (1, None):
        found = (*found, 1)
    elif len(found) == len(entry.shape or ()) + 1 and found[-1] == 1:
        found = found[:-1]
    count = len(columns.columns)
    given = f"`{columns.columns[0]}` has" if count == 1 else f"{count} columns make"
    shape = _shown(entry.shape or ())
    message = f"the input `{entry.name}` takes shape {shape}, {given} {_shown(found)}"
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    hint = f"give the input `shape: {_shown(found)}`, or other columns"
    findings.error(columns.span, "input-shape", message, hint=hint, related=related)


def _shown(shape: Sequence[int | None]) -> str:
    return f"[{', '.join('null' if size is None else str(size) for size in shape)}]"
