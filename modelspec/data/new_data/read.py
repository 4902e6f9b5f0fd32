"""New data for a trained model: read, checked and encoded as its training data was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from modelspec.data.examples import (
    Examples,
    Preprocessing,
    crop_examples,
    make_splits,
    make_windows,
)
from modelspec.data.prepare import (
    TRAIN,
    CheckedTable,
    LearnedState,
    find_step_of,
    order_series,
    report_no_windows,
    split_windows,
    with_unused_columns,
)
from modelspec.data.read_tables import read_table
from modelspec.data.sources import OpenSource, named_classes
from modelspec.data.table import (
    ANY,
    SPLITTING,
    TEXT,
    BrokenDataError,
    ChunkedTable,
    ColumnUse,
    FeaturePlan,
    Purpose,
    Table,
    drop_purposes,
    plan_features,
    with_edges,
)
from modelspec.diagnostics import Findings
from modelspec.graph import Graph
from modelspec.spec.data import CORPUS, DATA_SETS, DATASET, DataSpec, Source

from .gaps import allow_gaps
from .open_file import NewRows, open_new_file, start_of

NEW = "new"
"""The name of the only split of new data."""


def preprocessing_for_new_data(
    data: DataSpec, graph: Graph, learned: LearnedState, findings: Findings
) -> Preprocessing | None:
    """How a trained model's data becomes examples; None with findings.

    Args:
        data: the section that the model was trained with.
        graph: the model.
        learned: what training learned.
        findings: takes a section that does not fit the model.
    """
    data = with_edges(data, learned.edges)
    plan = plan_features(data, graph, findings)
    if plan is None:
        return None
    return Preprocessing(data, with_unused_columns(plan, data, learned.unused_columns), learned)


def read_new_data(
    preprocessing: Preprocessing,
    path: NewRows,
    findings: Findings,
    *,
    with_targets: bool,
    missing: str | None = None,
    keep: Sequence[str] = (),
) -> Examples | None:
    """The examples of one file, in memory or in files where it streams; None with findings.

    Rows that a rule `drop` removes have no example: `Examples.rows` has the rows that remain.

    Args:
        preprocessing: of the trained model.
        path: a file of any kind that the training data could be, a folder of images or one image;
            relative to the current folder.
        findings: takes what is wrong with the file.
        with_targets: whether targets and weights are read, too.
        missing: what happens to gaps where training had none; None for what the spec says.
        keep: columns that the table of the examples has too.

    Raises:
        UsageError: the name of the file does not tell its kind, or the training learned no
            medians.
        CannotRunError: the disk is full.
    """
    opened = open_new_file(preprocessing, path, findings)
    if opened is None:
        return None
    uses = uses_of_new_data(preprocessing.plan, with_targets=with_targets)
    gaps = allow_gaps(preprocessing, missing, uses)
    preprocessing = gaps.preprocessing
    uses = (*uses, *uses_to_keep(keep, uses, opened, path))
    try:
        checked = read_new_table(preprocessing, opened, path, uses, findings)
        if checked is None:
            return None
        gaps.report(checked, start_of(path), findings)
        checked = _with_class_names(checked, preprocessing.data.train)
        made = _encode(preprocessing, checked, findings, with_targets=with_targets)
        if made is None:
            return None
        return crop_examples(made, preprocessing.plan, start_of(path), findings)
    except BrokenDataError as broken:
        broken.report(findings)
        return None


def read_new_table(
    preprocessing: Preprocessing,
    opened: OpenSource,
    path: NewRows,
    uses: Sequence[ColumnUse],
    findings: Findings,
    prepare: Callable[[Table], Table] | None = None,
) -> CheckedTable | None:
    """Read and check a file; None with findings, also where no row remains.

    Args:
        preprocessing: of the trained model.
        opened: the file.
        path: its path.
        uses: of the columns that are read.
        findings: takes what is wrong with the file.
        prepare: what is done to the table before its values are checked.

    Raises:
        BrokenDataError: the file is damaged.
        CannotRunError: the disk is full.
    """
    checked = read_table(preprocessing.data, preprocessing.plan, opened, uses, findings, prepare)
    if checked is None or len(checked.kept_rows):
        return checked
    report_no_rows(checked, path, findings)
    return None


def report_no_rows(checked: CheckedTable, path: NewRows, findings: Findings) -> None:
    """Report a file without rows, or one of which rules for missing values remove all."""
    start = start_of(path)
    message = f"no rows of {start.file} are left"
    hint = ""
    gaps = [f"`{name}` {count.count}" for name, count in checked.missing.items() if count.count]
    if gaps:
        message += f", of {checked.table.rows}; values are missing: {', '.join(gaps)}"
        hint = "fill these, or give `missing` and `missing_new` of the spec rules that do"
    findings.error(start, "empty-data", message, hint=hint)


def _encode(
    preprocessing: Preprocessing, checked: CheckedTable, findings: Findings, *, with_targets: bool
) -> Examples | None:
    data, table = preprocessing.data, checked.table
    step = find_step_of(preprocessing.learned)
    series = order_series(checked, data.train, data, findings, step)
    if series is not None and data.train.kind == CORPUS and not with_targets:
        series = replace(series, windows=replace(series.windows, stride=1))  # the last one, too
    if series is None:
        rows = {NEW: checked.kept_rows}
        return make_splits(preprocessing, table, rows, findings, with_targets=with_targets)[NEW]
    starts = split_windows(series, (0, 0), with_targets=with_targets)[TRAIN]
    if len(starts) == 0:
        span = series.windows.span(with_targets=with_targets)
        report_no_windows("", span, table.names, data, findings)
    if findings.has_errors:
        return None
    windows = {NEW: starts}
    made = make_windows(preprocessing, table, series, windows, findings, with_targets=with_targets)
    return made[NEW]


def _with_class_names(checked: CheckedTable, trained: Source) -> CheckedTable:
    """The table; labels of a data set by name may be class numbers, which get their names."""
    table = checked.table
    if trained.kind != DATASET or isinstance(table, ChunkedTable):
        return checked
    label = DATA_SETS[trained.options["name"]].columns[1]
    found = {name: named_classes(c, trained) for name, c in table.columns.items() if name == label}
    return checked._replace(table=replace(table, columns={**table.columns, **found}))


def uses_to_keep(
    names: Sequence[str], uses: Sequence[ColumnUse], opened: OpenSource, path: NewRows
) -> tuple[ColumnUse, ...]:
    """The uses of columns that are written next to the predictions, read as the model takes them,
    or as they are written.

    Args:
        names: of the columns.
        uses: those of the model.
        opened: the file.
        path: its path.
    """
    kinds = {use.column: use.kind for use in reversed(uses)}
    default = TEXT if opened.source.traits.is_untyped else ANY  # so that 007 stays 007
    return tuple(
        ColumnUse(name, kinds.get(name, default), Purpose.KEEP, start_of(path), name)
        for name in dict.fromkeys(names)
    )


def uses_of_new_data(plan: FeaturePlan, *, with_targets: bool) -> tuple[ColumnUse, ...]:
    """The uses of the columns that new data must have."""
    uses = drop_purposes(plan.uses, *SPLITTING)
    if with_targets:
        return uses
    return tuple(use for use in uses if use.is_input or use.orders_rows)
