"""Bins of as many rows: their edges are learned from the training split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from modelspec.diagnostics import Findings
from modelspec.spec.data import DataSpec, needed

from .chunks import ChunkedTable
from .column_uses import ColumnUse, column_names
from .table import RowNumbers, Table
from .values import as_numbers

Edges = Mapping[str, Sequence[float]]
"""Derived column to where its bins begin, ascending."""


def learned_bins(data: DataSpec, uses: Sequence[ColumnUse]) -> list[str]:
    """The derived columns in use whose edges are not known yet."""
    found = needed(column_names(uses), data.derive) if data.derive else []
    return [one.name for one in found if one.quantiles and not one.edges]


def learn_edges(
    data: DataSpec, names: Sequence[str], table: Table, rows: RowNumbers, findings: Findings
) -> dict[str, list[float]]:
    """The edges of bins; those that are equal count once.

    Args:
        data: the section.
        names: of the columns, which hold the numbers themselves while their edges are unknown.
        table: the table of the training split.
        rows: the training rows, sorted.
        findings: takes columns without any number.
    """
    if isinstance(table, ChunkedTable):
        columns = table.whole(names, rows)
    else:
        columns = {name: table.columns[name].take(rows) for name in names}
    found = {}
    for name, column in columns.items():
        numbers = as_numbers(column)
        numbers, one = numbers[~np.isnan(numbers)], data.derive[name]
        if not len(numbers):
            message = f"`{name}` has no value in the training split, so it has no quantiles"
            findings.error(one.span, "missing-values", message, hint="remove the column")
            continue
        shares = np.arange(1, one.quantiles) / one.quantiles
        found[name] = np.unique(np.quantile(numbers, shares)).tolist()
    return found


def with_edges(data: DataSpec, edges: Edges) -> DataSpec:
    """The section with the edges that a training learned."""
    if not edges:
        return data
    known = {name: tuple(found) for name, found in edges.items() if name in data.derive}
    derive = {
        name: replace(one, edges=known[name]) if name in known else one
        for name, one in data.derive.items()
    }
    return replace(data, derive=derive)
