"""What is asked of the target: one of two classes, one of several, or a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelspec.diagnostics import Findings, Span
from modelspec.tabular import sort_labels

from .profile import MOST_VALUES, NUMBER, ColumnProfile
from .tables import start

BINARY, SEVERAL, REGRESSION = "binary", "several", "regression"
CLASSIFICATION = "classification"

FEW_NUMBERS = 10
"""Up to this many whole numbers that follow one another are taken for classes."""

ROWS_A_NUMBER = 20
SHOWN_LABELS = 50
UNEVEN = 4.0
"""The largest class has so many times the rows of the smallest: then all count alike."""

ANOTHER = "--target takes a column that other columns could tell something about"


@dataclass(frozen=True, slots=True)
class Task:
    """What a model is to tell of the target.

    Attributes:
        kind: "binary", "several" or "regression".
        target: its column.
        labels: the classes in the order of their numbers; empty for numbers.
        why: half a sentence for the spec's comment.
    """

    kind: str
    target: ColumnProfile
    labels: tuple[str, ...]
    why: str

    @property
    def counts(self) -> Mapping[str, int]:
        """Rows of each class."""
        return {label: self.target.counts[label] for label in self.labels}

    @property
    def uneven(self) -> bool:
        """Whether the classes are so unlike in size that the small ones would go under."""
        sizes = self.counts.values()
        return bool(self.labels) and max(sizes) > UNEVEN * min(sizes)

    @property
    def splits_evenly(self) -> bool:
        """Whether every split can have rows of every class."""
        return bool(self.labels) and min(self.counts.values()) >= 3


def task_of(
    target: ColumnProfile, wanted: str | None, path: Path, findings: Findings
) -> Task | None:
    """The task; None with a finding where there is nothing to learn.

    Args:
        target: the column.
        wanted: "classification" or "regression"; None lets the values decide.
        path: the data file, for findings.
        findings: takes what is wrong with the target.
    """
    place, before = start(path), len(findings)
    _refuse_values(target, wanted, place, findings)
    if len(findings) == before:
        _refuse_classes(target, wanted, place, findings)
    if len(findings) > before:
        return None
    if wanted == REGRESSION:
        return Task(REGRESSION, target, (), "numbers, as --task says")
    if target.distinct == 2:
        return Task(BINARY, target, sort_labels(target.counts), "one of two values")
    if wanted == CLASSIFICATION:
        return Task(SEVERAL, target, sort_labels(target.counts), "classes, as --task says")
    if not target.is_number:
        return Task(SEVERAL, target, sort_labels(target.counts), f"one of {target.distinct} texts")
    if _counts_classes(target):
        why = f"{target.distinct} whole numbers in a row: classes (else: --task regression)"
        return Task(SEVERAL, target, sort_labels(target.counts), why)
    return Task(REGRESSION, target, (), "numbers")


def _refuse_values(
    target: ColumnProfile, wanted: str | None, place: Span, findings: Findings
) -> None:
    """A finding for values that nothing can be learned from, whatever is asked of them."""
    name, rows = f"`{target.name}`", target.present
    if target.opaque:
        message = f"{name} cannot be a target: {target.opaque}"
        findings.error(place, "wrong-column-type", message, hint=ANOTHER)
    elif rows == 0:
        message = f"{name} has no value in any of {target.rows} rows"
        findings.error(place, "empty-data", message, hint=ANOTHER)
    elif target.distinct == 1:
        value = next(iter(target.counts))
        missing = f", and {target.missing} have no value" if target.missing else ""
        message = f'{name} is "{value}" in {rows} rows{missing}: there is nothing to tell apart'
        findings.error(place, "one-class", message, hint=ANOTHER)
    elif target.is_infinite:
        message = f"{name} has infinite values"
        hint = "mend them, or leave them empty: a row without an answer is dropped"
        findings.error(place, "not-finite", message, hint=hint)
    elif target.is_date and wanted != CLASSIFICATION:
        message = f"{name} holds dates or times, which a model does not tell"
        hint = "add a column of numbers, such as the days from one date to another"
        findings.error(place, "wrong-column-type", message, hint=hint)


def _refuse_classes(
    target: ColumnProfile, wanted: str | None, place: Span, findings: Findings
) -> None:
    """A finding for text where numbers are wanted, and for classes that do not recur."""
    name = f"`{target.name}`"
    if wanted == REGRESSION:
        if not target.is_number:
            odd = next((v for v in target.counts if not NUMBER.match(v)), next(iter(target.counts)))
            message = f'{name} holds text such as "{odd}", and a regression takes numbers'
            hint = "leave --task out, or mend the file"
            findings.error(place, "not-a-number", message, hint=hint)
    elif (wanted == CLASSIFICATION or not target.is_number) and (
        target.many or target.distinct * 2 > target.present
    ):
        count = f"more than {MOST_VALUES}" if target.many else str(target.distinct)
        message = f"{name} has {count} different values in {target.present} rows"
        message += ": a class that is seen once cannot be learned"
        findings.error(place, "too-many-classes", message, hint=ANOTHER)


def _counts_classes(target: ColumnProfile) -> bool:
    if not target.is_whole or target.distinct > FEW_NUMBERS:
        return False
    numbers = sorted(map(int, target.counts))
    follow = numbers[-1] - numbers[0] == len(numbers) - 1
    return follow and target.present >= ROWS_A_NUMBER * len(numbers)
