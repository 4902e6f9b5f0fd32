"""RowSelection of a table to examples, with what was learned from the training split put in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.prepare import LearnedState, encode_labels, fill_missing
from modelspec.data.table import Array, ChunkedTable, Column, FeaturePlan, RowSelection, Table
from modelspec.diagnostics import Findings
from modelspec.spec.data import Columns, DataSpec

from .examples import Examples, input_array, number_target, weight_array
from .inputs import make_inputs

Goals = tuple[Mapping[str, Array], npt.NDArray[np.float32] | None]


class Preprocessing(NamedTuple):
    """How the columns of a table become examples: the same for training data and for new data.

    Where it is dry, all is checked and no inputs are kept.
    """

    data: DataSpec
    plan: FeaturePlan
    learned: LearnedState
    dry: bool = False


def make_examples(
    reading: Preprocessing,
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
    source = RowSelection(columns, rows, table, findings)
    inputs = {
        entry.name: input_array(entry, found, source)
        for entry, found in reading.plan.inputs
        if found is not None and not (reading.dry and columns[found.columns[0]].media_source)
    }
    goals = targets_and_weights(reading, source) if with_targets else ({}, None)
    whole = {name: array for name, array in inputs.items() if array is not None}
    if len(whole) < len(inputs) or goals is None:
        return None
    return Examples(whole, *goals, rows, table)


def make_splits(
    reading: Preprocessing,
    table: Table,
    rows: Mapping[str, npt.NDArray[np.int64]],
    findings: Findings,
    *,
    with_targets: bool = True,
) -> dict[str, Examples | None]:
    """The examples of several splits of one table; None for one with findings.

    Args:
        reading: what the columns feed.
        table: the columns that are needed.
        rows: split to its row numbers, sorted; no row has a missing value without a stand-in.
        findings: takes columns that do not fit the model, and unknown labels.
        with_targets: whether targets and weights are made, too.

    Raises:
        BrokenDataError: a file is damaged.
        CannotRunError: the disk is full.
    """
    if not isinstance(table, ChunkedTable):
        return {
            name: make_examples(reading, table, chosen, findings, with_targets=with_targets)
            for name, chosen in rows.items()
        }
    learned = reading.learned
    inputs = make_inputs(reading.plan, learned.fills, table, rows, findings, dry=reading.dry)
    places = Table({}, table.rows, table.parts)  # the pieces may be forgotten
    together = np.sort(np.concatenate(list(rows.values())))
    source = RowSelection(_filled(table, together, learned), together, places, findings)
    goals = targets_and_weights(reading, source) if with_targets else ({}, None)
    if inputs is None or goals is None:
        return dict.fromkeys(rows)
    return {
        name: Examples(inputs[name], *_chosen(goals, together, chosen), chosen, places)
        for name, chosen in rows.items()
    }


def _chosen(goals: Goals, together: npt.NDArray[np.int64], chosen: npt.NDArray[np.int64]) -> Goals:
    """What some of the rows have that were made together."""
    if len(chosen) == len(together):
        return goals
    places = np.searchsorted(together, chosen)
    targets, weights = goals
    found = {name: array[places] for name, array in targets.items()}
    return found, None if weights is None else weights[places]


def _filled(table: Table, rows: npt.NDArray[np.int64], learned: LearnedState) -> dict[str, Column]:
    taken = dict(table.columns)
    if len(rows) < table.rows:
        taken = {name: column.take(rows) for name, column in taken.items()}
    return {
        name: fill_missing(column, learned.fills[name]) if name in learned.fills else column
        for name, column in taken.items()
    }


def targets_and_weights(reading: Preprocessing, source: RowSelection) -> Goals | None:
    """Targets by output name, and weights; None with findings."""
    found = {
        str(target.name): _target(target, reading.learned, source)
        for target in reading.plan.targets
    }
    name, span = reading.data.sample_weight, reading.data.sample_weight_span
    weights = None if name is None else weight_array(name, source, span)
    whole = {name: array for name, array in found.items() if array is not None}
    return (whole, weights) if len(whole) == len(found) else None


def _target(target: Columns, learned: LearnedState, rows: RowSelection) -> Array | None:
    labels = learned.labels.get(str(target.name))
    if labels is None:
        return number_target(target, rows)
    codes = encode_labels(rows.columns[target.columns[0]], labels, target, rows)
    return codes[:, np.newaxis] if codes.ndim == 1 else codes
