"""Rules for missing values: what is put in, and whether a column says that it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Span, did_you_mean
from modelspec.document import LocatedDict, value_span

from .columns import Columns, key_span

MissingRule = str | int | float | bool
"""`drop`, `mean`, `median`, or a value to impute."""

DROP, MEAN, MEDIAN = "drop", "mean", "median"

NAMED_RULES = (DROP, MEAN, MEDIAN)
"""The rules that are names; any other is a value that stands in."""

STATISTICS = (MEAN, MEDIAN)
"""The rules that take a statistic of the training split."""

EMPTY = "empty"
"""What else may happen to a row of new data with a gap where training had none: it has no
prediction."""

INDICATOR = "indicator"


class MissingSpec(NamedTuple):
    """The rules for missing values.

    Attributes:
        rules: column to its rule.
        spans: column to where it stands.
        indicators: the columns of which inputs take whether the value was missing.
    """

    rules: Mapping[str, MissingRule]
    spans: Mapping[str, Span]
    indicators: tuple[str, ...]


def fill_of(rule: Any) -> Any:
    """The rule, without whether there is an indicator."""
    return rule["fill"] if isinstance(rule, dict) else rule


def has_indicator(rule: Any) -> bool:
    """Whether inputs take whether a value was missing."""
    return isinstance(rule, dict) and bool(rule.get(INDICATOR))


def parse_missing(
    section: LocatedDict,
    inputs: Iterable[Columns] | None,
    targets: Iterable[Columns],
    findings: Findings,
) -> MissingSpec:
    """The rules under `missing` of a `data` section.

    Args:
        section: the section.
        inputs: the columns of the inputs; None where it names none.
        targets: those of the targets.
        findings: takes indicators that no input can take.
    """
    given = section["missing"]
    goals = {name for target in targets for name in target.columns}
    indicators = []
    for name, rule in given.items():
        if not has_indicator(rule):
            continue
        span = value_span(rule, INDICATOR, section.span)
        if _takes_indicator(name, rule, inputs, goals, span, findings):
            indicators.append(name)
    return MissingSpec(
        {name: fill_of(rule) for name, rule in given.items()},
        {name: key_span(given, name, section.span) for name in given},
        tuple(indicators),
    )


def _takes_indicator(
    name: str,
    rule: Any,
    inputs: Iterable[Columns] | None,
    goals: set[str],
    span: Span,
    findings: Findings,
) -> bool:
    """Whether an input can take the indicator of a column; a finding where none can."""
    hint = "remove `indicator`"
    if rule["fill"] == DROP:
        message = f"an indicator of `{name}` is 0 everywhere: rows without a value are dropped"
        findings.error(span, "missing-rule", message, hint=f"{hint}, or fill the value")
        return False
    using = [one for one in inputs or () if name in one.columns]
    if (inputs is not None and not using) or (inputs is None and name in goals):
        names = [column for one in inputs or () for column in one.columns]
        where = "is a target" if name in goals else "feeds no input"
        message = f"`{name}` {where}, and an indicator is a number of an input"
        message += "" if name in goals else did_you_mean(name, names)
        findings.error(span, "missing-rule", message, hint=hint)
        return False
    for one in using:
        for option in ("date", "pad", "tokens"):
            if option in one.options:
                message = (
                    f"the input `{one.name}` reads `{name}` with `{option}`, which leaves no place"
                    " for an indicator"
                )
                findings.error(span, "missing-rule", message, hint=hint)
                return False
    return True
