"""What is wrong with the columns that put rows into splits. Needs no numpy."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from modelspec.diagnostics import Findings
from modelspec.spec.data import DataSpec, SplitTime, Value
from modelspec.spec.data import quoted as quoted_value
from modelspec.tabular import NumberMarks, date_hint, parse_date, parse_number

from .value_errors import quoted

SPLITS = ("train", "validation", "test")


def parts_of_groups(data: DataSpec) -> tuple[int, str]:
    """How many groups the splits and folds need at least, and what messages call these."""
    shares = [one for one in (data.validation, data.test) if one is not None and one.share]
    if data.folds is not None:
        has_test = data.test is not None and bool(data.test.share)
        return data.folds + has_test, f"{data.folds} folds" + " and a test split" * has_test
    return 1 + len(shares), f"{1 + len(shares)} splits"


def check_group_count(data: DataSpec, groups: int, names: str, findings: Findings) -> bool:
    """Whether there is a group for each split and fold; a finding where there are fewer."""
    needed, parts = parts_of_groups(data)
    if groups >= needed or data.split is not None:
        return True
    shown = "one value" if groups == 1 else f"{groups} different values"
    message = f"`{data.group}` has {shown} in {names}, and {parts} need {needed} groups"
    most = groups - (needed - (data.folds or needed))
    hint = "use a column with more groups, or fewer splits"
    if data.folds is not None and most > 1:
        hint = f"write at most {most} folds"
    findings.error(data.group_span or data.span, "empty-data", message, hint=hint)
    return False


def check_shared_groups(
    data: DataSpec, splits_of_groups: Mapping[Value, Collection[str]], findings: Findings
) -> None:
    """Report a group with rows in two splits that sources or a column say.

    Args:
        data: the section.
        splits_of_groups: each group with the splits that have rows of it.
        findings: takes the first such group.
    """
    shared = {group: splits for group, splits in splits_of_groups.items() if len(splits) > 1}
    if not shared:
        return
    group = min(shared, key=str)
    one, other = [name for name in SPLITS if name in shared[group]][:2]
    message = f"`{data.group}` {quoted_value(group)} is in both `{one}` and `{other}`"
    hint = "a group stands in one split: move its rows to one of them, or let fractions such as"
    hint += " `test: 0.2` split the groups"
    findings.error(data.group_span or data.span, "leaking-split", message, hint=hint)


def wants_numbers(words: Sequence[str], by: SplitTime, marks: NumberMarks) -> bool:
    """Whether the values that a split takes the latest of are rather numbers than dates."""
    if by.form is not None:
        return False
    count = sum(is_number(word, marks) for word in words)
    return 2 * count > len(words)


def is_number(word: str, marks: NumberMarks) -> bool:
    """Whether text is a finite number."""
    number = parse_number(word, marks)
    return number - number == 0


def is_time(word: str, by: SplitTime) -> bool:
    """Whether text is a date or a time."""
    return parse_date(word, by.form, is_time=True) is not None


def report_no_time(
    by: SplitTime, split: str, word: str, place: str, findings: Findings, *, as_number: bool
) -> None:
    """Report a value by which rows cannot be put into the order of time."""
    message = f"`{split}` takes the latest rows by `{by.column}`, which is {quoted(word)}"
    message += f" in {place}"
    if as_number:
        hint = f"fix the value, or leave its row out: `where: {{{by.column}: {{not: {word}}}}}`"
        findings.error(by.span, "not-a-number", f"{message}: that is not a number", hint=hint)
        return
    message += ": that is not a date in a known form"
    findings.error(by.span, "not-a-date", message, hint=date_hint(word, by.form))


def report_missing_time(by: SplitTime, split: str, place: str, findings: Findings) -> None:
    """Report a row without a time that no rule drops."""
    message = f"`{split}` takes the latest rows by `{by.column}`, which is missing in {place}"
    hint = f"write missing: {{{by.column}: drop}}"
    findings.error(by.span, "missing-values", message, hint=hint)
