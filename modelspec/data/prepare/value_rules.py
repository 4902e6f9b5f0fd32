"""The rules that every reader of values applies, with numpy or without. Needs no numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelspec.data.table import (
    NUMBER,
    ColumnUse,
    FeaturePlan,
    Purpose,
    column_names,
    drop_purposes,
)
from modelspec.diagnostics import Findings, did_you_mean
from modelspec.spec.data import DROP, STATISTICS, Columns, DataSpec
from modelspec.tabular import join_labels, sort_labels

from .value_errors import (
    ListCut,
    RowLocator,
    ValueSummary,
    report_labels_of_several,
    report_no_number,
    report_no_statistic,
    report_one_class,
    report_text_statistic,
    warn_of_rule_as_text,
)

VALUES_MAY_BE_MISSING = (Purpose.STRATIFY, Purpose.WHERE, Purpose.SPLIT, Purpose.DERIVE)
"""Purposes for which a missing value is a value like others."""


@dataclass(slots=True)
class MissingCount:
    """How many values of a column are missing, and the row of the first."""

    count: int = 0
    first_row: int = 0


def summaries_of(uses: Sequence[ColumnUse]) -> list[ValueSummary]:
    """An empty summary for each column and kind of values; the first such use stands for all."""
    first = {(use.column, use.kind): ValueSummary(use) for use in reversed(uses)}
    return list(first.values())[::-1]


def cuts_of(uses: Sequence[ColumnUse]) -> dict[tuple[str, int], ListCut]:
    """A count of cut lists for each column and width that some use pads to.

    Weights are cut as what they weight is.
    """
    found: dict[tuple[str, int], ListCut] = {}
    for use in uses:
        if use.lists is not None and use.lists.width is not None and not use.lists.or_numbers:
            key = use.column, use.lists.width
            found.setdefault(key, ListCut(*key, use.span))
    return found


def columns_that_need_values(uses: Sequence[ColumnUse]) -> list[str]:
    """The columns whose missing values need a rule; elsewhere they are a value like others."""
    return column_names(drop_purposes(uses, *VALUES_MAY_BE_MISSING))


def check_missing_values(
    counts: Mapping[str, MissingCount], table: RowLocator, data: DataSpec, findings: Findings
) -> bool:
    """Whether every missing value has a rule; one finding with the counts of those without.

    Args:
        counts: column to its missing values.
        table: knows where rows came from.
        data: the rules, and where the finding points.
        findings: takes the finding.
    """
    found = {n: count for n, count in counts.items() if count.count and n not in data.missing}
    if not found:
        return True
    columns = ", ".join(f"`{name}` {count.count}" for name, count in found.items())
    first = min(count.first_row for count in found.values())
    message = f"values are missing: {columns} (the first in {table.locate(first)})"
    rules = ", ".join(f"{name}: drop" for name in found)
    hint = f"choose a rule, e.g. missing: {{{rules}}} (or mean, median, or a fill value)"
    if any(name in data.derive for name in found):
        hint += "; a derived column is missing where a column that it takes is, and where its"
        hint += " result is not a finite number"
    findings.error(data.train.span, "missing-values", message, hint=hint)
    return False


def check_missing_rules(
    data: DataSpec, plan: FeaturePlan, known: Sequence[str], findings: Findings
) -> None:
    """Report rules for unknown or unused columns, and statistics as fill values of targets."""
    used = column_names(drop_purposes(plan.uses, Purpose.WHERE, Purpose.SPLIT))
    targets = {name for columns in plan.targets for name in columns.columns}
    known = [*known, *data.derive]
    amounts = {
        use.column for use in plan.uses if use.purpose is Purpose.TARGET and use.kind == NUMBER
    }
    for name, rule in data.missing.items():
        span = data.missing_spans[name]
        if name not in known:
            close = did_you_mean(name, known)
            message = f"`missing` names `{name}`, which is not a column{close}"
            hint = "fix the name, or remove the line"
            if name in ("all", "columns"):
                hint = f'write missing: {{"*": {rule}}} for all columns'
            findings.error(span, "unknown-column", message, hint=hint)
        elif name not in used:
            message = f"`missing` names `{name}`, which no input, target or weight uses"
            made = [one.name for one in data.derive.values() if name in one.takes]
            hint = f"remove the line, or write `{made[0]}: {rule}`" if made else "remove the line"
            findings.error(span, "unused-column", message, hint=hint)
        elif name in targets and rule in STATISTICS:
            message = f"`{name}` is a target: an imputed {rule} would be learned as if it were true"
            findings.error(span, "missing-target", message, hint=f"write {name}: drop")
        elif name in amounts and rule != DROP and _is_number(rule):
            message = (
                f"`{name}` is a target: where it is missing, {rule} would be learned as if it were"
                " measured"
            )
            hint = f"write {name}: drop, unless a missing value means {rule}"
            findings.warning(span, "missing-target", message, hint=hint)


OTHER_RULES = frozenset(
    ("mode", "most_frequent", "ffill", "bfill", "pad", "interpolate", "knn", "zero", "constant")
)
"""What rules are called elsewhere, which here would be a text."""


def check_fill_rule(
    name: str, data: DataSpec, findings: Findings, *, is_text: bool, has_values: bool
) -> bool:
    """Whether the fill value of a column suits it; a finding where it does not.

    Args:
        name: of the column; its rule is not `drop`.
        data: the rules.
        findings: takes the mean of text or of nothing, and text as the fill value of numbers.
        is_text: whether the column holds text.
        has_values: whether the training split has a value of it.
    """
    rule = data.missing[name]
    if rule in STATISTICS and is_text:
        report_text_statistic(name, data, findings)
    elif rule in STATISTICS and not has_values:
        report_no_statistic(name, data, findings)
    elif rule not in STATISTICS and not is_text and not _is_number(rule):
        report_no_number(name, data, findings)
    else:
        if is_text and rule in OTHER_RULES:
            warn_of_rule_as_text(name, data, findings)
        return True
    return False


def _is_number(rule: Any) -> bool:
    try:
        float(rule)
    except ValueError:
        return False
    return True


def classes_of(
    target: Columns, is_text: bool, words: Callable[[], Iterable[str]], findings: Findings
) -> tuple[str, ...] | None:
    """The classes of a target in the order of their numbers; None where it has none.

    Args:
        target: its `labels` are a list, "auto", or None; text always has classes.
        is_text: whether its column holds text.
        words: gives the different values of the training split, none missing.
        findings: takes a single class, and classes of several columns.
    """
    if isinstance(target.labels, tuple):
        labels = target.labels
    elif target.labels is None and not is_text and not target.has_column_per_label:
        return None
    else:
        labels = sort_labels(join_labels(words()))
        if len(labels) < 2:
            report_one_class(target, "".join(labels), findings)
    if len(target.columns) > 1:
        report_labels_of_several(target, findings)
    return labels


def rows_in_fraction(fraction: float, rows: int) -> int:
    """How many of the rows a fraction takes: at least one where the fraction is not 0."""
    return max(1, round(fraction * rows)) if fraction else 0
