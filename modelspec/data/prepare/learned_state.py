"""What is learned from the training split: the classes of targets, and fill values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.data.media import pixel_values
from modelspec.data.table import (
    NUMBER,
    ChunkedTable,
    Column,
    FeaturePlan,
    RowNumbers,
    RowSelection,
    Table,
    as_numbers,
    as_text,
    column_names,
    distinct_words,
    padded,
    values_of_lists,
    without_text,
)
from modelspec.data.tokens import Tokenizer
from modelspec.diagnostics import Findings
from modelspec.spec.data import (
    CORPUS,
    DROP,
    MEAN,
    MEDIAN,
    UNKNOWN,
    Columns,
    DataSpec,
    label_text,
)
from modelspec.tabular import LabelNumbers

from .value_errors import report_list_fill, report_unknown_label
from .value_rules import check_fill_rule, classes_of

_STATISTICS: dict[str, Callable[..., Any]] = {MEAN: np.nanmean, MEDIAN: np.nanmedian}

MEDIAN_NUMBERS = 1 << 27
"""Numbers of a table that does not fit in memory of which medians are taken at once."""


@dataclass(frozen=True, slots=True)
class LearnedState:
    """What training learned from its data; saved with the run, so that new data is read alike.

    Attributes:
        labels: output name to its classes in the order of their numbers; outputs without
            classes are not in it.
        fills: column to the value that replaces a missing one.
        unused_columns: the columns of the one input that names none; empty otherwise.
        tokenizers: by name.
        time_step: the usual step of the times of a series, beyond which there is a hole; None
            where windows take rows as they come.
        edges: derived column to where its bins begin.
        medians: column to the value for a gap in new data where training had none.
    """

    labels: Mapping[str, tuple[str, ...]]
    fills: Mapping[str, Any]
    unused_columns: tuple[str, ...]
    tokenizers: Mapping[str, Tokenizer] = field(default_factory=dict)
    time_step: float | None = None
    edges: Mapping[str, Sequence[float]] = field(default_factory=dict)
    medians: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "labels": {name: list(labels) for name, labels in self.labels.items()},
            "fills": dict(self.fills),
            "rest": list(self.unused_columns),
            "tokenizers": {name: one.to_dict() for name, one in self.tokenizers.items()},
            **({} if self.time_step is None else {"time_step": self.time_step}),
            **({"edges": dict(self.edges)} if self.edges else {}),
            **({"medians": dict(self.medians)} if self.medians else {}),
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> LearnedState:
        """The inverse of `to_dict`."""
        labels = {name: tuple(found) for name, found in data["labels"].items()}
        tokenizers = {
            name: Tokenizer.from_dict(one) for name, one in data.get("tokenizers", {}).items()
        }
        fills, unused = dict(data["fills"]), tuple(data["rest"])
        step, edges = data.get("time_step"), dict(data.get("edges", {}))
        medians = dict(data.get("medians", {}))
        return LearnedState(labels, fills, unused, tokenizers, step, edges, medians)


def learn_state(
    data: DataSpec,
    plan: FeaturePlan,
    table: Table,
    rows: RowNumbers,
    unused_columns: tuple[str, ...],
    findings: Findings,
) -> LearnedState | None:
    """Learn fill values and classes from the training rows alone; None with findings.

    Args:
        data: the rules for missing values.
        plan: the inputs and targets.
        table: the table of the training split.
        rows: the training rows, sorted.
        unused_columns: the columns of the one input that names none.
        findings: takes rules that do not suit a column, and targets of one class.

    Raises:
        BrokenDataError: a file is damaged.
    """
    before = len(findings)
    train = dict(table.columns)
    if len(rows) < table.rows:
        train = {name: column.take(rows) for name, column in train.items()}
    train |= _chunked_columns_to_fill(data, plan, table, rows)
    fills = learn_fill_values(train, data, findings)
    if len(findings) > before:
        return None
    labels = {}
    for target in plan.targets:
        if target.tokens is not None:
            continue
        name = target.columns[0]
        column = train[name]
        if column.media_source is None:
            column = fill_missing(column, fills.get(name))
            if target.width is not None and column.values.ndim > 1:
                column = padded(column, target.width)
            found = classes_of(target, column.is_text, partial(_words, column), findings)
        else:
            found = classes_of(target, False, partial(pixel_values, column, target), findings)
        if found is not None and data.train.kind == CORPUS:
            found = UNKNOWN, *_most_frequent(column, found, data.train.options.get("most"))
        if found is not None:
            labels[str(target.name)] = found
    if len(findings) > before:
        return None
    medians = _medians(data, plan, table, train, rows) if data.missing_new == MEDIAN else {}
    return LearnedState(labels, fills, unused_columns, medians=medians)


def _medians(
    data: DataSpec, plan: FeaturePlan, table: Table, train: Mapping[str, Column], rows: RowNumbers
) -> dict[str, Any]:
    """The medians of the training rows of those inputs of numbers that have no rule."""
    uses = [use for use in plan.uses if use.is_input and use.kind == NUMBER and not use.lists]
    names = [name for name in column_names(uses) if name not in data.missing]
    found = {}
    most = max(1, MEDIAN_NUMBERS // max(1, len(rows)))  # columns that are in memory at once
    for first in range(0, len(names), most):
        part = names[first : first + most]
        columns = {name: train[name] for name in part if name in train}
        if isinstance(table, ChunkedTable):
            columns |= table.whole([name for name in part if name not in columns], rows)
        for name, column in columns.items():
            if column.media_source is None and column.lengths is None:
                numbers = as_numbers(column).astype(np.float64)
                found[name] = np.nanmedian(numbers, axis=0).tolist()
    return found


def _chunked_columns_to_fill(
    data: DataSpec, plan: FeaturePlan, table: Table, rows: RowNumbers
) -> Mapping[str, Column]:
    """The training rows of those inputs that get a fill value and are not in memory."""
    if not isinstance(table, ChunkedTable):
        return {}
    used = column_names(plan.uses)
    names = [name for name in data.missing if name in used and name not in table.columns]
    found = table.whole([name for name in names if data.missing[name] != DROP], rows)
    if not data.where:
        return found
    numeric = {use.column for use in plan.uses if use.kind == NUMBER}  # see `without_text`
    return {
        name: without_text(column, np.arange(len(rows))) if name in numeric else column
        for name, column in found.items()
    }


def learn_fill_values(
    train: Mapping[str, Column], data: DataSpec, findings: Findings
) -> dict[str, Any]:
    """Column to the value that replaces a missing one: given, or a statistic of the column.

    Args:
        train: the columns of the training split alone.
        data: the rules.
        findings: takes the mean of text, or of a column without any value.
    """
    fills: dict[str, Any] = {}
    for name, rule in data.missing.items():
        column = train.get(name)
        if column is None or rule == DROP:
            continue
        if column.lengths is not None:
            report_list_fill(name, data, findings)
            continue
        has_values = rule not in _STATISTICS or not column.missing.all()
        if not check_fill_rule(name, data, findings, is_text=column.is_text, has_values=has_values):
            continue
        if rule in _STATISTICS:
            numbers = as_numbers(column).astype(np.float64)
            fills[name] = _STATISTICS[str(rule)](numbers, axis=0).tolist()
        else:
            fills[name] = label_text(rule) if column.is_text else float(rule)
    return fills


def fill_missing(column: Column, value: Any) -> Column:
    """The column with `value` where values are missing."""
    if column.clean or not column.missing.any():
        return column
    if column.is_text and isinstance(value, str):
        text = column.values.copy()
        text[column.missing] = value
        present = np.zeros_like(column.missing)
        return replace(
            column, values=text, missing=present, words=None, codes=None, filled=column.missing
        )
    numbers = as_numbers(column)
    kind = np.float32 if numbers.dtype == np.float32 else np.float64
    filled = np.where(np.isnan(numbers), np.asarray(value, dtype=kind), numbers.astype(kind))
    present = np.zeros_like(column.missing)
    return Column(filled, present, lengths=column.lengths, filled=column.missing)


def _words(column: Column) -> list[str]:
    """The different values of a column, or those in its lists, as text."""
    if column.lengths is not None:
        column = values_of_lists(column).column
    return distinct_words(column)[0]


def _most_frequent(column: Column, words: tuple[str, ...], most: int | None) -> tuple[str, ...]:
    """The most frequent of the tokens of a corpus, in the order of `words`."""
    if most is None or len(words) <= most:
        return words
    kinds, positions = distinct_words(column)
    counts = np.bincount(positions, minlength=len(kinds))
    chosen = {kinds[index] for index in np.argsort(-counts, kind="stable")[:most].tolist()}
    return tuple(word for word in words if word in chosen)


def encode_tokens(column: Column, labels: tuple[str, ...]) -> npt.NDArray[np.int32]:
    """The class number of each token of a corpus; 0 for those that the training part lacks."""
    numbers = {label: number for number, label in enumerate(labels) if number}
    kinds, positions = distinct_words(column)
    codes = np.asarray([numbers.get(kind, 0) for kind in kinds], dtype=np.int32)
    found: npt.NDArray[np.int32] = codes[positions]
    return found


def encode_labels(
    column: Column, labels: tuple[str, ...], target: Columns, rows: RowSelection
) -> npt.NDArray[np.int32]:
    """The class number of each label, shape as `column.values`; a finding for an unknown label.

    Args:
        column: of these rows, without missing values.
        labels: in the order of their numbers.
        target: where the finding points.
        rows: knows where the values came from.
    """
    if column.lengths is not None:
        return _encode_lists(column, labels, target, rows)
    numbers = LabelNumbers(labels)
    kinds, positions = distinct_words(column)
    codes = np.asarray([numbers.of(kind) for kind in kinds], dtype=np.int32)
    encoded: npt.NDArray[np.int32] = codes[positions]
    if (encoded < 0).any():
        first = int(np.argwhere(encoded < 0)[0][0])
        words = as_text(column)[first : first + 1].ravel().tolist()
        word = next(word for word in words if numbers.of(word) < 0)
        report_unknown_label(word, rows.locate(first), labels, target, rows.findings)
    return encoded


def _encode_lists(
    column: Column, labels: tuple[str, ...], target: Columns, rows: RowSelection
) -> npt.NDArray[np.int32]:
    """The class numbers [rows, width] of lists of labels; 0 in the padding."""
    found = values_of_lists(column)
    inside = RowSelection(rows.columns, rows.rows[found.rows], rows.table, rows.findings)
    codes = np.zeros(column.values.shape, dtype=np.int32)
    codes[found.rows, found.places] = encode_labels(found.column, labels, target, inside)
    return codes
