"""Data that a run has not seen: read exactly as its training data was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from modelspec.data.examples import Examples, Preprocessing, make_splits, make_windows
from modelspec.data.prepare import (
    TRAIN,
    LearnedState,
    feeds_single_column,
    order_series,
    split_windows,
    with_remaining_columns,
)
from modelspec.data.sources import SUFFIXES, OpenSource, open_source, source_from_name
from modelspec.data.table import (
    BrokenDataError,
    ColumnUse,
    FeaturePlan,
    Purpose,
    drop_purposes,
    plan_features,
)
from modelspec.diagnostics import Findings, Span, UsageError, join_words
from modelspec.graph import Graph
from modelspec.spec.data import CSV, SERIES, DataSpec, Source, path_columns

from .load import CheckedTable, read_table

NEW = "new"
"""What the rows of a file that no spec names are called among splits."""


def preprocessing_for_new_data(
    data: DataSpec, graph: Graph, learned: LearnedState, findings: Findings
) -> Preprocessing | None:
    """How a trained spec reads: its input without columns takes those that training found."""
    planned = plan_features(data, graph, findings)
    if planned is None:
        return None
    single = feeds_single_column(data.train)
    return Preprocessing(
        data, with_remaining_columns(planned, learned.rest, single, data.train.span), learned
    )


def open_given(
    reading: Preprocessing, path: Path, start: Span, findings: Findings
) -> OpenSource | None:
    """A file given by hand, opened as the source that the run was trained on; None with findings.

    Args:
        reading: how the run reads.
        path: relative to the current folder.
        start: the place that findings give.
        findings: takes what is wrong with the file.

    Raises:
        UsageError: the file's name tells no kind of source.
    """
    source = source_for_new_data(reading.data.train, path, start)
    if source is None:
        kinds = join_words(sorted(SUFFIXES), "or")
        raise UsageError(f'"{path}" is no data file that can be read: its name must end in {kinds}')
    return open_source(source, Path(), findings)


def read_new_data(
    reading: Preprocessing, path: Path, findings: Findings, *, with_targets: bool
) -> Examples | None:
    """Examples of one file; None with findings.

    Rows that a rule `drop` takes out have no example: `Examples.rows` tells which are left.

    Args:
        reading: how the run reads.
        path: a csv or npz file, a folder of images or one of them; relative to the current
            folder.
        findings: takes what is wrong with the file.
        with_targets: whether targets and weights are read, too.

    Raises:
        UsageError: the file's name tells no kind of source.
        CannotRunError: the disk is full.
    """
    start = Span(str(path), 1, 1, 1, 1)
    opened = open_given(reading, path, start, findings)
    if opened is None:
        return None
    needs = _needs(reading.plan, with_targets)
    try:
        looked = read_table(reading.data, reading.plan, opened, needs, findings)
        if looked is None:
            return None
        if len(looked.kept) == 0:
            findings.error(start, "empty-data", f"no rows of {path} are left")
            return None
        made = _make(reading, looked, findings, with_targets=with_targets)
    except BrokenDataError as broken:
        broken.report(findings)
        return None
    return made[NEW]


def _make(
    reading: Preprocessing, looked: CheckedTable, findings: Findings, *, with_targets: bool
) -> dict[str, Examples | None]:
    series = order_series(looked.table, looked.kept, reading.data.train, findings)
    if series is None:
        rows = {NEW: looked.kept}
        return make_splits(reading, looked.table, rows, findings, with_targets=with_targets)
    starts = split_windows(series, (0, 0), with_targets=with_targets)[TRAIN]
    if len(starts) == 0:
        span = series.windows.span(with_targets=with_targets)
        message = f"no window of {span} rows fits into {looked.table.names}"
        findings.error(reading.data.train.span, "empty-data", message)
    if findings.has_errors:
        return {NEW: None}
    found = {NEW: starts}
    return make_windows(reading, looked.table, series, found, findings, with_targets=with_targets)


def source_for_new_data(trained: Source, path: Path, span: Span) -> Source | None:
    """A file read as the training data was; a folder where that was one, or a file of one.

    A table names the files of images and the like where the training data was such a table.
    """
    table = source_from_name(path, span)
    known = trained.table or trained
    if table is not None and table.kind == known.kind == CSV:
        table = replace(table, options=known.options)
    if table is not None and trained.kind == SERIES:
        return replace(trained, paths=table.paths, path_spans=table.path_spans, table=table)
    if table is None and trained.kind == "tfrecord":
        return replace(trained, paths=(str(path),), path_spans=(span,))
    if not path_columns(trained):
        return table
    options = {key: value for key, value in trained.options.items() if key != "folder"}
    if table is None:
        return Source(trained.kind, (str(path),), (span,), span, options)
    return Source(trained.kind, table.paths, table.path_spans, span, options, table=table)


def _needs(planned: FeaturePlan, with_targets: bool) -> tuple[ColumnUse, ...]:
    needs = drop_purposes(planned.uses, Purpose.STRATIFY)
    if with_targets:
        return needs
    return tuple(need for need in needs if need.is_input or need.orders_rows)
