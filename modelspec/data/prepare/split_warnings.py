"""What to know of the rows of the splits: classes without rows, and rows that two splits have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from modelspec.data.table import (
    ChunkedTable,
    Column,
    FeaturePlan,
    Purpose,
    RowNumbers,
    Table,
    as_numbers,
    distinct_words,
)
from modelspec.diagnostics import Findings, join_words
from modelspec.spec.data import DataSpec

from .learned_state import LearnedState
from .value_checks import CheckedTable, read_chunks
from .value_errors import report_empty_classes
from .windows import TRAIN

Hashes = npt.NDArray[np.uint64]

MISSING = 1.2345678901e-300
"""Stands for a missing number."""

ROWS_FOR_EACH = 5
"""Rows for each class from which on a split should have one of every class."""

MOST_ROWS = 200_000
"""Rows of a table that is not in memory which are read once more."""

FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""Spreads the hash of one column before the next is added."""


def warn_of_copies(
    data: DataSpec,
    plan: FeaturePlan,
    tables: Mapping[str, CheckedTable],
    rows: Mapping[str, RowNumbers],
    findings: Findings,
) -> None:
    """Warn of rows of validation and test whose inputs and targets are those of a training row.

    Rows of categories and counts alone may well be alike, and are not looked at.

    Args:
        data: says where the splits come from.
        plan: which columns are inputs and targets.
        tables: by split; one of very many rows that is not in memory is not looked at.
        rows: the rows of each split.
        findings: takes the warning.
    """
    uses = (Purpose.INPUT, Purpose.TARGET)
    names = list(dict.fromkeys(use.column for use in plan.uses if use.purpose in uses))
    if len(rows) == 1 or not names:
        return
    found: dict[str, Hashes] = {}
    of_tables: dict[str, Hashes | None] = {}
    for split, chosen in rows.items():
        name = split if split in tables else TRAIN
        if name not in of_tables:
            of_tables[name] = _hashes_of_rows(tables[name].table, names)
        if (hashes := of_tables[name]) is None:
            return
        found[split] = hashes[chosen]
    copied = {split: np.isin(one, found[TRAIN]) for split, one in found.items() if split != TRAIN}
    copied = {split: where for split, where in copied.items() if where.any()}
    if not copied:
        return
    counts = {split: int(where.sum()) for split, where in copied.items()}
    said = join_words(
        f"{count} of {len(copied[split])} rows of the {split} split"
        for split, count in counts.items()
    )
    split = next(iter(copied))
    first = int(np.argmax(copied[split]))
    source = int(np.argmax(found[TRAIN] == found[split][first]))
    table, train = tables.get(split, tables[TRAIN]).table, tables[TRAIN].table
    message = (
        f"{said} {'is' if sum(counts.values()) == 1 else 'are'} in the training split too, such as"
        f" {table.locate(int(rows[split][first]))}, the same as"
        f" {train.locate(int(rows[TRAIN][source]))}"
    )
    hint = "remove the copies, so that the metrics are of rows that training has not seen"
    findings.warning(data.train.span, "leaking-split", message, hint=hint)


def _hashes_of_rows(table: Table, names: Sequence[str]) -> Hashes | None:
    """A number for each row, the same for the same values; None where some cannot have one, or
    where nothing is measured, so that rows may well be alike."""
    if isinstance(table, ChunkedTable) and table.rows > MOST_ROWS:
        return None
    parts, is_measured = [], False
    for chunk in read_chunks(table, names):
        if not set(names) <= chunk.columns.keys():
            return None
        hashes = _hashes([chunk.columns[name] for name in names], chunk.rows)
        if hashes is None:
            return None
        is_measured |= any(_is_measured(chunk.columns[name]) for name in names)
        parts.append(hashes)
    return np.concatenate(parts) if is_measured else None


def _hashes(columns: Sequence[Column], count: int) -> Hashes | None:
    """A number for each of `count` rows; None for columns of arrays, lists and files."""
    total: Hashes = np.zeros(count, dtype=np.uint64)
    for column in columns:
        if column.media_source is not None or column.values.ndim > 1 or column.lengths is not None:
            return None
        if column.is_text:
            codes = _codes_of_text(column)
        else:
            numbers = as_numbers(column).astype(np.float64)
            codes = np.where(np.isnan(numbers), MISSING, numbers + 0.0).view(np.uint64)
        mixed = (total ^ codes) * FACTOR
        total = mixed ^ (mixed >> np.uint64(29))
    return total


def _is_measured(column: Column) -> bool:
    """Whether a column has numbers with fractions: of categories and counts, rows are alike."""
    if column.is_text or column.values.dtype.kind != "f":
        return False
    known = column.values[~column.missing]
    return bool((known % 1 != 0).any())


def _codes_of_text(column: Column) -> Hashes:
    """A number for each text, the same in all tables of one process."""
    words, positions = distinct_words(column)
    numbers = np.asarray([hash(word) & 0xFFFFFFFFFFFFFFFF for word in words], dtype=np.uint64)
    return numbers[positions]


Counts = Mapping[str, npt.NDArray[np.int64]]
"""Output to the number of rows of each of its classes."""


def class_counts(
    targets: Mapping[str, object], labels: Mapping[str, tuple[str, ...]]
) -> dict[str, npt.NDArray[np.int64]]:
    """Output to the number of rows of each class, of those with one class number for each row."""
    found = {}
    for name, words in labels.items():
        codes = targets.get(name)
        if not isinstance(codes, np.ndarray) or codes.dtype.kind != "i":
            continue
        if codes.shape[1:] in ((), (1,)):
            found[name] = np.bincount(codes.ravel(), minlength=len(words))
    return found


def warn_of_empty_classes(
    data: DataSpec,
    plan: FeaturePlan,
    learned: LearnedState,
    counts: Mapping[str, Counts],
    findings: Findings,
) -> None:
    """Warn of classes that have no row in a split.

    Args:
        data: the section.
        plan: the targets.
        learned: their classes.
        counts: split to its `class_counts`.
        findings: takes the warnings.
    """
    for target in plan.targets:
        name = str(target.name)
        labels = learned.labels.get(name, ())
        empty: dict[str, list[str]] = {}
        for split, found in counts.items():
            if name in found:
                is_empty = found[name] == 0
                if split != TRAIN:
                    is_enough = found[name].sum() >= ROWS_FOR_EACH * len(labels)
                    is_empty &= is_enough & (counts[TRAIN][name] > 0)
                empty[split] = [labels[number] for number in np.flatnonzero(is_empty).tolist()]
        report_empty_classes(target, empty, data, findings)
