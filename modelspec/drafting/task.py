"""The task: one of two classes, one of several, or a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from modelspec.diagnostics import Findings, Span
from modelspec.tabular import sort_labels

from .profile import MOST_VALUES, NUMBER, ColumnProfile, file_span

BINARY, MULTICLASS, REGRESSION = "binary", "multiclass", "regression"
CLASSIFICATION = "classification"

FEW_NUMBERS = 10
"""Up to this many consecutive whole numbers are treated as classes."""

ROWS_A_NUMBER = 20
SHOWN_LABELS = 50
IMBALANCE = 4.0
"""From so many times the rows of the smallest class in the largest on, accuracy says little."""

FEWEST_ROWS = 5
"""Rows of a class without which it cannot be learned and measured."""

ANOTHER = "choose a --target that the other columns can predict"

_DENIAL = re.compile(
    "no|n|not|never|none|false|f|off|negative|neg|inactive"
    "|nein|nee|nej|nei|non|não|nao|nie|ne|nem|hayır|нет|ні",
    re.IGNORECASE,
)
"""The class of those that are not looked for, in some languages."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a model is to predict.

    Attributes:
        kind: "binary", "multiclass" or "regression".
        target: its column.
        labels: the classes in the order of their numbers; empty for numbers.
        why: half a sentence for the spec's comment.
        rare: classes with too few rows to learn them, which the spec leaves out.
    """

    kind: str
    target: ColumnProfile
    labels: tuple[str, ...]
    why: str
    rare: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """Rows of each class."""
        return {label: self.target.counts[label] for label in self.labels}

    @property
    def is_imbalanced(self) -> bool:
        """Whether the classes differ so much in size that small ones would be ignored."""
        sizes = self.counts.values()
        return bool(self.labels) and max(sizes) > IMBALANCE * min(sizes)

    @property
    def can_stratify(self) -> bool:
        """Whether every split can have rows of every class."""
        return bool(self.labels) and min(self.counts.values()) >= 3


def choose_task(
    target: ColumnProfile, wanted: str | None, path: Path, findings: Findings
) -> Task | None:
    """The task; None with a finding where there is nothing to learn.

    Args:
        target: the column.
        wanted: "classification" or "regression"; None lets the values decide.
        path: the data file, for findings.
        findings: takes what is wrong with the target.
    """
    span, before = file_span(path), len(findings)
    _check_values(target, wanted, span, findings)
    if len(findings) == before:
        _check_classes(target, wanted, span, findings)
    if len(findings) > before:
        return None
    if wanted == REGRESSION:
        return Task(REGRESSION, target, (), "numbers, as --task says")
    if target.distinct == 2:
        return Task(BINARY, target, _labels(target), "one of two values")
    task = _several(target, wanted)
    return _without_rare(task) if task.labels else task


def _labels(target: ColumnProfile) -> tuple[str, ...]:
    """Two classes: the one to look for is the second. The much rarer one is that, or the one that
    does not say no.
    """
    labels = sort_labels(target.counts)
    first, second = (target.counts[label] for label in labels)
    if max(first, second) > IMBALANCE * min(first, second):
        return labels[::-1] if first < second else labels
    first_denies, second_denies = (_DENIAL.fullmatch(label) is not None for label in labels)
    return labels[::-1] if second_denies and not first_denies else labels


def _without_rare(task: Task) -> Task:
    """The task without classes that have too few rows for all splits."""
    rare = tuple(label for label in task.labels if task.counts[label] < FEWEST_ROWS)
    kept = tuple(label for label in task.labels if label not in rare)
    if not rare or len(kept) < 2:
        return task
    kind = BINARY if len(kept) == 2 else MULTICLASS
    return replace(task, kind=kind, labels=kept, rare=rare, why=f"one of {len(kept)} classes")


def _several(target: ColumnProfile, wanted: str | None) -> Task:
    if wanted == CLASSIFICATION:
        return Task(MULTICLASS, target, sort_labels(target.counts), "classes, as --task says")
    if not target.is_number:
        return Task(
            MULTICLASS, target, sort_labels(target.counts), f"one of {target.distinct} texts"
        )
    if _counts_classes(target):
        why = f"{target.distinct} consecutive whole numbers: classes (otherwise: --task regression)"
        return Task(MULTICLASS, target, sort_labels(target.counts), why)
    return Task(REGRESSION, target, (), "numbers")


def _check_values(
    target: ColumnProfile, wanted: str | None, span: Span, findings: Findings
) -> None:
    """A finding for values that nothing can be learned from, whatever the task."""
    name, rows = f"`{target.name}`", target.present
    if target.opaque:
        message = f"{name} cannot be a target: {target.opaque}"
        findings.error(span, "wrong-column-type", message, hint=ANOTHER)
    elif rows == 0:
        message = f"{name} has no value in any of {target.rows} rows"
        findings.error(span, "empty-data", message, hint=ANOTHER)
    elif target.distinct == 1:
        value = next(iter(target.counts))
        missing = f", and {target.missing} have no value" if target.missing else ""
        message = f'{name} is "{value}" in {rows} rows{missing}: there is nothing to learn'
        findings.error(span, "one-class", message, hint=ANOTHER)
    elif target.is_infinite:
        message = f"{name} has infinite values"
        hint = "fix them, or leave them empty: rows without a target value are dropped"
        findings.error(span, "not-finite", message, hint=hint)
    elif target.is_date and wanted != CLASSIFICATION:
        message = f"{name} holds dates or times, which a model does not predict"
        hint = "add a column of numbers, such as the days from one date to another"
        findings.error(span, "wrong-column-type", message, hint=hint)


def _check_classes(
    target: ColumnProfile, wanted: str | None, span: Span, findings: Findings
) -> None:
    """A finding for text where numbers are wanted, and for classes that do not recur."""
    name = f"`{target.name}`"
    if wanted == REGRESSION:
        if not target.is_number:
            odd = next((v for v in target.counts if not NUMBER.match(v)), next(iter(target.counts)))
            message = f'{name} holds text such as "{odd}", but a regression needs numbers'
            hint = "remove --task, or fix the file"
            findings.error(span, "not-a-number", message, hint=hint)
    elif (wanted == CLASSIFICATION or not target.is_number) and (
        target.has_many_values or target.distinct * 2 > target.present
    ):
        count = f"more than {MOST_VALUES}" if target.has_many_values else str(target.distinct)
        message = f"{name} has {count} different values in {target.present} rows"
        message += ": a class that is seen once cannot be learned"
        findings.error(span, "too-many-classes", message, hint=ANOTHER)


def _counts_classes(target: ColumnProfile) -> bool:
    if not target.is_whole or target.distinct > FEW_NUMBERS:
        return False
    numbers = sorted(map(int, target.counts))
    follow = numbers[-1] - numbers[0] == len(numbers) - 1
    return follow and target.present >= ROWS_A_NUMBER * len(numbers)
