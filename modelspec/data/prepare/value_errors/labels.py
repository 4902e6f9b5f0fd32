"""Findings for the classes of a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelspec.diagnostics import Findings, did_you_mean, join_words
from modelspec.spec.data import Columns, DataSpec, split_times


def report_one_class(target: Columns, label: str, findings: Findings) -> None:
    """Report a target with a single class."""
    message = f'`{target.columns[0]}` has only one class, "{label}", in the training split'
    hint = "a classifier needs examples of at least two classes"
    findings.error(target.column_spans[0], "one-class", message, hint=hint)


def report_empty_classes(
    target: Columns, empty: Mapping[str, Sequence[str]], data: DataSpec, findings: Findings
) -> None:
    """Warn of classes that have no row in a split; of validation and test if that can be helped.

    Args:
        target: the column.
        empty: split to these classes.
        data: the section.
        findings: takes the warning: one for all splits, as all are of one place in the text.
    """
    drawn = {"validation": data.validation, "test": data.test}
    told = {}
    for split, words in empty.items():
        part = drawn.get(split)
        is_drawn = part is not None and part.share is not None and data.stratify is None
        if words and (split == "train" or is_drawn):
            classes = "class" if len(words) == 1 else "classes"
            shown = join_words([f'"{word}"' for word in words], most=5)
            told[split] = f"the {split} split has no row of the {classes} {shown}"
    if not told:
        return
    name = target.columns[0]
    hint = f"write stratify: {name}, which draws each class in proportion"
    if data.group is not None or split_times(data):  # with which `stratify` cannot be used
        names = join_words(f"`{split}`" for split in told if split != "train")
        hint = f"give {names} a larger share: whole groups and latest rows can lack a class"
    if "train" in told:
        hint = "a class without rows is never predicted: leave it out of `labels`, or add rows"
    message = f"{join_words(told.values())} of `{name}`"
    span = target.labels_span or target.column_spans[0]
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
