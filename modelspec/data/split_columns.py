"""The columns of a run's data as they are in the files, split by split: for a profile of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from modelspec.data.prepare import TRAIN, LearnedState, rows_of_windows
from modelspec.data.table import (
    BrokenDataError,
    ChunkedTable,
    Column,
    ColumnUse,
    RowNumbers,
    Table,
    column_names,
    with_edges,
)
from modelspec.diagnostics import Findings
from modelspec.graph import Graph
from modelspec.spec.data import DataSpec

from .split_sources import open_data, read_and_split


@dataclass(frozen=True, slots=True)
class SplitColumns:
    """The columns that a spec reads.

    Attributes:
        uses: what each column is read for.
        columns: split name to its columns by name, with missing values as they are in the files;
            of a series those of all rows that a window of the split covers.
        counts: split name to its number of examples.
    """

    uses: Mapping[str, tuple[ColumnUse, ...]]
    columns: Mapping[str, Mapping[str, Column]]
    counts: Mapping[str, int]


def read_split_columns(
    data: DataSpec,
    folder: Path,
    graph: Graph,
    seed: int,
    learned: LearnedState,
    findings: Findings,
) -> SplitColumns | None:
    """Read the columns of all splits; None with findings.

    Media files are not opened: their column has the paths. Nothing here needs TensorFlow unless
    the source does.

    Args:
        data: the `data` section.
        folder: the spec file's folder.
        graph: the model.
        seed: of the run.
        learned: what the run learned.
        findings: takes what is wrong with the files.

    Raises:
        CannotRunError: the disk is full.
    """
    own = Findings()
    found = None
    try:
        found = _read(with_edges(data, learned.edges), folder, graph, seed, learned, own)
    except BrokenDataError as broken:
        broken.report(own)
    findings.extend(own)
    return None if own.has_errors else found


def _read(
    data: DataSpec, folder: Path, graph: Graph, seed: int, learned: LearnedState, findings: Findings
) -> SplitColumns | None:
    opened = open_data(data, folder, graph, learned, findings)
    if opened is None:
        return None
    split = read_and_split(data, opened, seed, learned, findings)
    if split is None:
        return None
    uses: dict[str, tuple[ColumnUse, ...]] = {}
    for use in opened.plan.uses:
        uses[use.column] = (*uses.get(use.column, ()), use)
    columns: dict[str, Mapping[str, Column]] = {}
    counts = {}
    for name, starts in split.rows.items():
        of = name if name in split.tables else TRAIN
        table = split.tables[of].table
        rows = rows_of_windows(split.series[of], starts) if split.series else starts
        names = column_names(opened.plan.uses)
        columns[name] = _columns(table, names, np.unique(rows))  # windows overlap
        counts[name] = len(starts)
    return SplitColumns(uses, columns, counts)


def _columns(table: Table, names: list[str], rows: RowNumbers) -> Mapping[str, Column]:
    if isinstance(table, ChunkedTable):
        return table.whole(names, rows)
    return {name: table.columns[name].take(rows) for name in names if name in table.columns}
