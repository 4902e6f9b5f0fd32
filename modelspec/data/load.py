"""The `data` section to examples: read, check, split, learn from train, encode all splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.examples import (
    Examples,
    Preprocessing,
    cache_small_inputs,
    make_splits,
    make_windows,
    synthetic_splits,
)
from modelspec.data.prepare import (
    DROP,
    LearnedState,
    Series,
    check_missing_rules,
    check_values,
    feeds_single_column,
    fill_missing,
    fold_rows,
    learn_fill_values,
    learn_labels,
    order_series,
    report_labels_of_several,
    report_no_rows,
    resolve_remaining_columns,
    rows_of_windows,
    split_rows,
    split_windows,
    window_options,
    with_remaining_columns,
)
from modelspec.data.sources import (
    LARGE_BYTES,
    OpenSource,
    check_columns,
    needs_streaming,
    open_source,
    open_sources,
    read_source,
)
from modelspec.data.table import (
    BrokenDataError,
    ChunkedTable,
    Column,
    ColumnUse,
    FeaturePlan,
    Purpose,
    Table,
    column_names,
    drop_purposes,
    plan_features,
    release_arrow_memory,
)
from modelspec.diagnostics import Findings
from modelspec.graph import Graph
from modelspec.spec.data import PYTHON, Columns, DataSpec, Split
from modelspec.spec.training import TrainingSpec

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Data:
    """All splits of a spec's data, and what was learned from the training split.

    `validation` and `test` are None where the spec has none. `files` are the files that each
    split came from; a split that is a share has train's.
    """

    train: Examples
    validation: Examples | None
    test: Examples | None
    learned: LearnedState
    plan: FeaturePlan
    files: Mapping[str, tuple[Path, ...]]


def load_data(
    data: DataSpec,
    folder: Path,
    graph: Graph,
    seed: int,
    findings: Findings,
    learned: LearnedState | None = None,
) -> Data | None:
    """Read all sources of a spec; None with findings.

    Args:
        data: the `data` section.
        folder: the spec file's folder; paths are relative to it.
        graph: the model, which says what its inputs take.
        seed: decides the splits.
        findings: takes what is wrong with the section, the files, the columns and the values.
        learned: what a run learned before; by default it is learned from the training split.
    """
    how = LoadOptions(seed, learned)
    loaded = _caught(data, folder, graph, how, findings)
    if loaded is None or learned is not None:  # then only one split is gone through, and once
        return loaded
    before = findings.error_count
    held = _held(loaded, data, findings)
    return None if findings.error_count > before else held


def load_without_inputs(
    data: DataSpec, folder: Path, graph: Graph, seed: int, findings: Findings
) -> Data | None:
    """Check all that `load_data` does, and keep no inputs: `Examples.inputs` hold nothing.

    Takes and gives what `load_data` does.
    """
    return _caught(data, folder, graph, LoadOptions(seed, None, dry=True), findings)


class LoadOptions(NamedTuple):
    """The seed of the splits, what is known already, and whether inputs are only checked."""

    seed: int
    learned: LearnedState | None
    dry: bool = False


def _caught(
    data: DataSpec, folder: Path, graph: Graph, how: LoadOptions, findings: Findings
) -> Data | None:
    own = Findings()  # so that faults found elsewhere do not end the search here
    loaded = None
    try:
        loaded = _load(data, folder, graph, how, own)
    except BrokenDataError as broken:
        broken.report(own)
    release_arrow_memory()
    findings.extend(own)
    return None if own.has_errors else loaded


def load_synthetic(
    data: DataSpec, graph: Graph, training: TrainingSpec, findings: Findings
) -> Data | None:
    """The splits of a section whose source is `synthetic`; None with findings.

    Args:
        data: the section.
        graph: the model.
        training: says by its losses what the targets look like.
        findings: takes outputs whose shape cannot be told.
    """
    planned = plan_features(data, graph, findings)
    own = Findings()
    made = synthetic_splits(data, graph, training, own)
    findings.extend(own)
    if planned is None or own.has_errors or made["train"] is None:
        return None
    learned = LearnedState({}, {}, ())
    files: dict[str, tuple[Path, ...]] = dict.fromkeys(SPLITS, ())
    return Data(made["train"], made["validation"], made["test"], learned, planned, files)


def _held(loaded: Data, data: DataSpec, findings: Findings) -> Data:
    """The same with all that is made on the way, such as images, made once if it is small."""
    train, validation, test = cache_small_inputs(
        (loaded.train, loaded.validation, loaded.test), data.train.span, findings
    )
    assert train is not None
    return replace(loaded, train=train, validation=validation, test=test)


def _load(
    data: DataSpec, folder: Path, graph: Graph, how: LoadOptions, findings: Findings
) -> Data | None:
    learned = how.learned
    planned = plan_features(data, graph, findings)
    opened = open_sources(data, folder, open_source, findings)
    if planned is None or opened is None:
        return None
    if not check_columns(opened["train"], planned.uses, findings):
        return None
    if learned is not None:
        single = feeds_single_column(data.train)
        whole, rest = (
            with_remaining_columns(planned, learned.rest, single, data.train.span),
            learned.rest,
        )
    else:
        resolved = resolve_remaining_columns(planned, data, opened["train"], findings)
        if resolved is None:
            return None
        whole, rest = resolved
    tables = _read(data, opened, whole, findings)
    if tables is None:
        return None
    series = _series(data, tables, findings)
    rows = _divide(data, tables, series, how.seed)
    if not _check_sizes(data, rows, tables, findings):
        return None
    train, from_rows = tables["train"].table, rows["train"]
    if series:
        from_rows = rows_of_windows(series["train"], from_rows)
    learned = learned or _learn(data, whole, train, from_rows, rest, findings)
    if learned is None:
        return None
    made = _make(Preprocessing(data, whole, learned, how.dry), tables, series, rows, findings)
    if findings.has_errors or made["train"] is None:
        return None
    files = {name: _files(opened.get(name, opened["train"])) for name in rows}
    return Data(made["train"], made.get("validation"), made.get("test"), learned, whole, files)


def _files(opened: OpenSource) -> tuple[Path, ...]:
    if opened.source.kind == PYTHON:  # its examples have a hash, which their table knows
        return ()
    return tuple(file.path for file in opened.files)


class CheckedTable(NamedTuple):
    """A table of which every value was looked at, and its rows that no rule drops."""

    table: Table
    kept: npt.NDArray[np.int64]


def _read(
    data: DataSpec, opened: Mapping[str, OpenSource], planned: FeaturePlan, findings: Findings
) -> dict[str, CheckedTable] | None:
    check_missing_rules(data, planned, opened["train"].columns[0], findings)
    tables = {}
    for name, item in opened.items():
        needs = planned.uses if name == "train" else drop_purposes(planned.uses, Purpose.STRATIFY)
        looked = read_table(data, planned, item, needs, findings)
        if looked is not None:
            tables[name] = looked
    _check_files_apart(tables, data, findings)
    return tables if len(tables) == len(opened) and not findings.has_errors else None


def _check_files_apart(
    tables: Mapping[str, CheckedTable], data: DataSpec, findings: Findings
) -> None:
    """A finding for an image or the like that stands in two splits."""
    known: dict[str, str] = {}
    for name, looked in tables.items():
        paths = {str(Path(text).resolve()) for text in looked.table.paths}
        for path in sorted(paths):
            if path in known:
                message = f"{Path(path).name} stands in `{known[path]}` and in `{name}`"
                hint = f"take it out of one of them: {path}"
                findings.error(data.train.span, "leaking-split", message, hint=hint)
                return
        known.update(dict.fromkeys(paths, name))


def read_table(
    data: DataSpec,
    planned: FeaturePlan,
    opened: OpenSource,
    needs: Sequence[ColumnUse],
    findings: Findings,
) -> CheckedTable | None:
    """Read and check one source; None with findings.

    Args:
        data: says whether it streams, and what of missing values.
        planned: the inputs.
        opened: the files.
        needs: which of the columns are read.
        findings: takes what is wrong.

    Raises:
        BrokenDataError: a file turns out to be damaged.
        CannotRunError: the disk is full.
    """
    streams = data.stream is True or (data.stream == "auto" and _is_large(opened, planned))
    table = read_source(opened, needs, findings, streams=streams)
    if data.stream == "auto" and isinstance(table, ChunkedTable) and _turned_out_small(table):
        table = replace(table, streams=False)
    kept = None if table is None else check_values(table, needs, data, findings)
    return None if table is None or kept is None else CheckedTable(table, kept)


def _turned_out_small(table: ChunkedTable) -> bool:
    """Whether a table whose size was not known before it was read can be held."""
    sizes = [file.size for file in table.sources]
    return None not in sizes and sum(size or 0 for size in sizes) <= LARGE_BYTES


def _is_large(opened: OpenSource, planned: FeaturePlan) -> bool:
    return needs_streaming(opened.source.kind, opened.files, planned.inputs)


def _make(
    reading: Preprocessing,
    tables: Mapping[str, CheckedTable],
    series: Mapping[str, Series],
    rows: Mapping[str, npt.NDArray[np.int64]],
    findings: Findings,
) -> dict[str, Examples | None]:
    """The examples of all splits: those of one table together."""
    made: dict[str, Examples | None] = {}
    for name, looked in tables.items():
        own = {s: rows[s] for s in rows if (s if s in tables else "train") == name}
        if series:
            made |= make_windows(reading, looked.table, series[name], own, findings)
        else:
            made |= make_splits(reading, looked.table, own, findings)
    return made


def _series(
    data: DataSpec, tables: Mapping[str, CheckedTable], findings: Findings
) -> dict[str, Series]:
    """The rows of each table as series; none where the source has no windows."""
    found = {
        name: order_series(looked.table, looked.kept, data.train, findings)
        for name, looked in tables.items()
    }
    return {name: one for name, one in found.items() if one is not None}


def _share(part: Split | None) -> float:
    return part.share or 0.0 if part is not None else 0.0


def _divide(
    data: DataSpec, tables: Mapping[str, CheckedTable], series: Mapping[str, Series], seed: int
) -> dict[str, npt.NDArray[np.int64]]:
    """The rows of each split, in its table; the starts of windows, in its series."""
    shares = _share(data.validation), _share(data.test)
    if series:
        found = {name: split_windows(one, (0, 0))["train"] for name, one in series.items()}
        found |= split_windows(series["train"], shares)
        return {name: found[name] for name in SPLITS if name in found}
    rows = {name: looked.kept for name, looked in tables.items()}
    strata = None if data.stratify is None else tables["train"].table.columns[data.stratify]
    if data.folds is None:
        parts = split_rows(rows["train"], *shares, seed, strata)
    else:
        kept, _, test = split_rows(rows["train"], 0, shares[1], seed, strata)
        parts = fold_rows(kept, (data.fold or 1, data.folds), seed, strata)._replace(test=test)
    rows["train"] = parts.train
    if shares[0]:
        rows["validation"] = parts.validation
    if shares[1]:
        rows["test"] = parts.test
    return {name: rows[name] for name in SPLITS if name in rows}


def _check_sizes(
    data: DataSpec,
    rows: Mapping[str, npt.NDArray[np.int64]],
    tables: Mapping[str, CheckedTable],
    findings: Findings,
) -> bool:
    windows = window_options(data.train)
    for name, chosen in rows.items():
        if len(chosen):
            continue
        table = tables.get(name, tables["train"]).table
        if windows is not None:
            span = windows.span(with_targets=True)
            message = f"no window of {span} rows fits into the {name} split of {table.names}"
            hint = "it needs more rows, or shorter windows"
            findings.error(data.train.span, "empty-data", message, hint=hint)
        elif name in tables or data.folds:  # a share has rows unless train has none
            report_no_rows(name, table.names, data, findings)
    return not findings.has_errors


def _learn(
    data: DataSpec,
    planned: FeaturePlan,
    table: Table,
    rows: npt.NDArray[np.int64],
    rest: tuple[str, ...],
    findings: Findings,
) -> LearnedState | None:
    """Means, medians and classes of the training rows alone."""
    before = len(findings)
    train = dict(table.columns)
    if len(rows) < table.rows:
        train = {name: column.take(rows) for name, column in train.items()}
    train |= _to_fill(data, planned, table, rows)
    fills = learn_fill_values(train, data, findings)
    if len(findings) > before:
        return None
    labels = {}
    for target in planned.targets:
        name = target.columns[0]
        column = fill_missing(train[name], fills.get(name))
        found = learn_labels(target, column, findings)
        if found is not None and _one_column(target, findings):
            labels[str(target.name)] = found
    return LearnedState(labels, fills, rest) if len(findings) == before else None


def _to_fill(
    data: DataSpec, planned: FeaturePlan, table: Table, rows: npt.NDArray[np.int64]
) -> Mapping[str, Column]:
    """The training rows of those inputs that something stands in for, of a table in pieces."""
    if not isinstance(table, ChunkedTable):
        return {}
    used = column_names(planned.uses)
    names = [name for name in data.missing if name in used and name not in table.columns]
    return table.whole([name for name in names if data.missing[name] != DROP], rows)


def _one_column(target: Columns, findings: Findings) -> bool:
    if len(target.columns) == 1:
        return True
    report_labels_of_several(target, findings)
    return False
