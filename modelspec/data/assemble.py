"""Rows of a table to examples, with what was learned from the training split put in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.diagnostics import Findings
from modelspec.spec.data import Columns, DataSpec

from .examples import Examples, input_array, number_target, weight_array
from .labels import encode
from .learned import Learned
from .missing import fill
from .needs import Plan
from .rows import Rows
from .table import Array, Column, Table


class Reading(NamedTuple):
    """How the columns of a table become examples: the same for training data and for new data."""

    data: DataSpec
    plan: Plan
    learned: Learned


def make_examples(
    reading: Reading,
    table: Table,
    rows: npt.NDArray[np.int64],
    findings: Findings,
    *,
    with_targets: bool = True,
) -> Examples | None:
    """The arrays of some rows of a table; None with findings.

    Args:
        reading: what the columns feed.
        table: the columns that are needed.
        rows: row numbers, shape [n]; none of them has a missing value without a stand-in.
        findings: takes columns that do not fit the model, and unknown labels.
        with_targets: whether targets and weights are made, too.
    """
    columns = _filled(table, rows, reading.learned)
    source = Rows(columns, rows, table, findings)
    inputs = {
        entry.name: input_array(entry, found, source)
        for entry, found in reading.plan.inputs
        if found is not None
    }
    targets, weights = {}, None
    if with_targets:
        for target in reading.plan.targets:
            targets[str(target.name)] = _target(target, reading.learned, source)
        name, span = reading.data.sample_weight, reading.data.sample_weight_span
        weights = None if name is None else weight_array(name, source, span)
    whole = {name: array for name, array in inputs.items() if array is not None}
    goals = {name: array for name, array in targets.items() if array is not None}
    if len(whole) < len(inputs) or len(goals) < len(targets):
        return None
    return Examples(whole, goals, weights, rows, table)


def _filled(table: Table, rows: npt.NDArray[np.int64], learned: Learned) -> dict[str, Column]:
    taken = {name: column.take(rows) for name, column in table.columns.items()}
    return {
        name: fill(column, learned.fills[name]) if name in learned.fills else column
        for name, column in taken.items()
    }


def _target(target: Columns, learned: Learned, rows: Rows) -> Array | None:
    labels = learned.labels.get(str(target.name))
    if labels is None:
        return number_target(target, rows)
    codes = encode(rows.columns[target.columns[0]], labels, target, rows)
    return codes[:, np.newaxis] if codes.ndim == 1 else codes
