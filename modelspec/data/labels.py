"""Classes as numbers: learned from the training split, or given in the spec."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modelspec.diagnostics import Findings, did_you_mean, listed
from modelspec.spec.data import Columns

from .rows import Rows
from .table import Column
from .values import as_text, kinds_of


def learn_labels(target: Columns, train: Column, findings: Findings) -> tuple[str, ...] | None:
    """The classes of a target in the order of their numbers; None where it has none.

    Args:
        target: its `labels` are a list, "auto", or None: then text gets classes all the same.
        train: the column of the training split alone, nothing missing.
        findings: takes a training split of one class.
    """
    if isinstance(target.labels, tuple):
        return target.labels
    if target.labels is None and not train.is_text:
        return None
    labels = in_order(kinds_of(train)[0])
    if len(labels) < 2:
        message = f'`{target.columns[0]}` has one class only, "{labels[0]}", in the training split'
        findings.error(target.column_spans[0], "one-class", message)
    return labels


def in_order(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels sorted: by their numbers where all are whole numbers, else as text."""
    try:
        return tuple(sorted(labels, key=int))
    except ValueError:
        return tuple(sorted(labels))


def encode(
    column: Column, labels: tuple[str, ...], target: Columns, rows: Rows
) -> npt.NDArray[np.int32]:
    """The number of each label, shape as `column.values`; a finding for a label not known.

    Args:
        column: of these rows, nothing missing.
        labels: in the order of their numbers.
        target: where the finding points.
        rows: knows where the values came from.
    """
    numbers = {label: number for number, label in enumerate(labels)}
    kinds, positions = kinds_of(column)
    codes = np.asarray([numbers.get(kind, -1) for kind in kinds], dtype=np.int32)
    encoded: npt.NDArray[np.int32] = codes[positions]
    if (encoded < 0).any():
        first = int(np.argwhere(encoded < 0)[0][0])
        words = as_text(column)[first : first + 1].ravel().tolist()
        word = next(word for word in words if word not in numbers)
        _unknown(word, rows.place(first), labels, target, rows)
    return encoded


def _unknown(word: str, place: str, labels: tuple[str, ...], target: Columns, rows: Rows) -> None:
    why = "is not one of `labels`"
    if not isinstance(target.labels, tuple):
        why = "does not occur in the training split"
    close = did_you_mean(word, labels)
    message = f'the label "{word}" of `{target.columns[0]}` in {place} {why}{close}'
    span = target.labels_span or target.column_spans[0]
    hint = f"known labels are {listed(labels)}"
    rows.findings.error(span, "unknown-label", message, hint=hint)
