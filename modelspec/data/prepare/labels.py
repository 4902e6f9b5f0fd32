"""Classes as numbers: learned from the training split, or given in the spec."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from modelspec.data.table import Column, RowSelection, as_text, distinct_words
from modelspec.diagnostics import Findings
from modelspec.spec.data import Columns
from modelspec.tabular import sort_labels

from .value_errors import report_one_class, report_unknown_label


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
    labels = sort_labels(distinct_words(train)[0])
    if len(labels) < 2:
        report_one_class(target, labels[0], findings)
    return labels


def encode_labels(
    column: Column, labels: tuple[str, ...], target: Columns, rows: RowSelection
) -> npt.NDArray[np.int32]:
    """The number of each label, shape as `column.values`; a finding for a label not known.

    Args:
        column: of these rows, nothing missing.
        labels: in the order of their numbers.
        target: where the finding points.
        rows: knows where the values came from.
    """
    numbers = {label: number for number, label in enumerate(labels)}
    kinds, positions = distinct_words(column)
    codes = np.asarray([numbers.get(kind, -1) for kind in kinds], dtype=np.int32)
    encoded: npt.NDArray[np.int32] = codes[positions]
    if (encoded < 0).any():
        first = int(np.argwhere(encoded < 0)[0][0])
        words = as_text(column)[first : first + 1].ravel().tolist()
        word = next(word for word in words if word not in numbers)
        report_unknown_label(word, rows.locate(first), labels, target, rows.findings)
    return encoded
