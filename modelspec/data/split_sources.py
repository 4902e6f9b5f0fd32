"""The sources of a `data` section: opened, read, and their rows split."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from modelspec.data.prepare import (
    TRAIN,
    CheckedTable,
    LearnedState,
    Series,
    check_split_column,
    check_split_sizes,
    find_step_of,
    order_series,
    resolve_unused_columns,
    split_tables,
    with_unused_columns,
)
from modelspec.data.sources import OpenSource, check_columns, open_source, open_sources
from modelspec.data.table import FeaturePlan, RowNumbers, plan_features, uses_in_files
from modelspec.diagnostics import Findings
from modelspec.graph import Graph
from modelspec.spec.data import DataSpec

from .read_tables import read_tables


class OpenData(NamedTuple):
    """The sources of a `data` section, opened.

    Attributes:
        sources: split name to its source; a split that is not in it is a fraction of train.
        plan: which of their columns feed which input and target.
        unused_columns: the columns of the one input that names none; empty otherwise.
    """

    sources: Mapping[str, OpenSource]
    plan: FeaturePlan
    unused_columns: tuple[str, ...]


def open_data(
    data: DataSpec,
    folder: Path,
    graph: Graph,
    learned: LearnedState | None,
    findings: Findings,
) -> OpenData | None:
    """Find the files and their columns, and match them with the model; None with findings.

    Args:
        data: the section.
        folder: the spec file's folder.
        graph: the model.
        learned: what a run learned; None where that is still to come.
        findings: takes files and columns that are not there.
    """
    plan = plan_features(data, graph, findings)
    sources = open_sources(data, folder, open_source, findings)
    if plan is None or sources is None:
        return None
    if not check_columns(
        sources[TRAIN], uses_in_files(plan.uses, data.derive), findings, data.derive
    ):
        return None
    if learned is not None:
        unused = learned.unused_columns
        return OpenData(sources, with_unused_columns(plan, data, unused), unused)
    resolved = resolve_unused_columns(plan, data, sources[TRAIN], findings)
    return None if resolved is None else OpenData(sources, *resolved)


class SplitTables(NamedTuple):
    """The tables of all sources, and which of their rows are in which split.

    Attributes:
        tables: split name to the table of its source.
        series: the same tables in order of time; none where they are no time series.
        rows: split name to its rows; of a series, to the starts of its windows.
    """

    tables: Mapping[str, CheckedTable]
    series: Mapping[str, Series]
    rows: Mapping[str, RowNumbers]


def read_and_split(
    data: DataSpec,
    opened: OpenData,
    seed: int,
    learned: LearnedState | None,
    findings: Findings,
) -> SplitTables | None:
    """Read the tables of all sources and split their rows; None with findings.

    Times that are not in order are a finding, but the rows are split all the same.

    Args:
        data: the section.
        opened: its sources.
        seed: of the shuffle, where the section has none.
        learned: what a run learned; None where that is still to come.
        findings: takes what is wrong with the values, and splits without rows.

    Raises:
        BrokenDataError: a file is damaged.
        CannotRunError: the disk is full.
    """
    tables = read_tables(data, opened.plan, opened.sources, findings)
    if tables is None or not check_split_column(data, tables, findings):
        return None
    before = findings.error_count
    series = _order_series(data, tables, learned, findings)
    is_ordered = findings.error_count == before
    rows = split_tables(data, tables, series, seed if data.seed is None else data.seed)
    # times that go back also break windows: that is said once
    sizes_fit = check_split_sizes(data, rows, tables, findings if is_ordered else Findings())
    return SplitTables(tables, series, rows) if sizes_fit else None


def _order_series(
    data: DataSpec,
    tables: Mapping[str, CheckedTable],
    learned: LearnedState | None,
    findings: Findings,
) -> dict[str, Series]:
    """The tables as time series; none where the source is not one.

    The table of the training split tells the usual step, unless a run did.
    """
    train = order_series(tables[TRAIN], data.train, data, findings, find_step_of(learned))
    if train is None:
        return {}
    found = {TRAIN: train}
    for name in tables:
        if name != TRAIN:
            one = order_series(tables[name], data.train, data, findings, lambda *_: train.step)
            assert one is not None
            found[name] = one
    return found
