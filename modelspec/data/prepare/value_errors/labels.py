"""Findings for the classes of a target."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.diagnostics import Findings, did_you_mean, join_words
from modelspec.spec.data import Columns, DataSpec, split_times


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
