"""The categories of a table against the layers that look them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from modelspec.analysis.data import (
    CategoryLookup,
    lookups_of_inputs,
    report_few_tokens,
    report_unknown_category,
)
from modelspec.data.table import FeaturePlan, RowNumbers, Table, distinct_words
from modelspec.diagnostics import Findings
from modelspec.graph import Graph

from .learned_state import LearnedState, fill_missing
from .value_checks import CheckedTable, read_chunks
from .windows import TRAIN


def check_categories(
    graph: Graph,
    plan: FeaturePlan,
    tables: Mapping[str, CheckedTable],
    rows: Mapping[str, RowNumbers],
    learned: LearnedState,
    findings: Findings,
) -> None:
    """Check the columns of the inputs that a layer looks up.

    Args:
        graph: the model.
        plan: which columns feed the inputs.
        tables: by split; a split that is not in it is a part of train.
        rows: the rows of each split.
        learned: the fill values.
        findings: takes categories that no layer has a number for.
    """
    fed = {entry.name: columns for entry, columns in plan.inputs}
    for lookup in lookups_of_inputs(graph):
        columns = fed.get(lookup.input)
        if columns is None or columns.options:
            continue
        if lookup.most is not None or not lookup.unknown:
            splits = {name: tables.get(name, tables[TRAIN]).table for name in rows}
            _check_lookup(lookup, columns.columns, splits, rows, learned, findings)


def _check_lookup(
    lookup: CategoryLookup,
    names: Sequence[str],
    tables: Mapping[str, Table],
    rows: Mapping[str, RowNumbers],
    learned: LearnedState,
    findings: Findings,
) -> None:
    words = {
        split: _first_rows(tables[split], names, chosen, learned) for split, chosen in rows.items()
    }
    if lookup.most is not None:
        report_few_tokens(lookup, names[0], words[TRAIN], findings)
    if lookup.unknown:
        return
    known = tuple(words[TRAIN]) if lookup.vocabulary is None else lookup.vocabulary
    for split, found in words.items():
        unknown = [(row, word) for word, row in found.items() if word not in known]
        if unknown:
            row, word = min(unknown)
            place = tables[split].locate(row)
            report_unknown_category(lookup, known, (word, place), lookup.span, findings)
            return


def _first_rows(
    table: Table, names: Sequence[str], rows: RowNumbers, learned: LearnedState
) -> dict[str, int]:
    """The different words of some rows, each with its first row."""
    found: dict[str, int] = {}
    chosen = np.zeros(table.rows, dtype=np.bool_)
    chosen[rows] = True
    for chunk in read_chunks(table, names):
        inside = np.flatnonzero(chosen[chunk.start : chunk.start + chunk.rows])
        for name in names:
            column = fill_missing(chunk.columns[name].take(inside), learned.fills.get(name))
            if column.values.ndim > 1 or column.media_source is not None:
                continue
            kinds, positions = distinct_words(column)
            codes, first = np.unique(positions, return_index=True)
            for code, index in zip(codes.tolist(), first.tolist(), strict=True):
                found.setdefault(kinds[code], chunk.start + int(inside[index]))
    return found
