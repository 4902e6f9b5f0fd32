"""Rows of a table to examples, with labels as numbers and missing values filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from modelspec.data.prepare import LearnedState, fill_missing
from modelspec.data.table import (
    Array,
    ChunkedTable,
    Column,
    FeaturePlan,
    LazyArray,
    Purpose,
    RowNumbers,
    RowSelection,
    Table,
    as_numbers,
    padded,
    purpose_text,
)
from modelspec.diagnostics import Findings
from modelspec.spec.data import Columns, DataSpec
from modelspec.spec.model import InputSpec

from .arrays import ArrayUse, input_array, weight_array
from .chunked_inputs import make_chunked_inputs
from .targets import Weights, check_weight_shape, make_target, target_weights, wide
from .token_arrays import token_array
from .window_rows import WindowRows


class Goals(NamedTuple):
    """What examples are compared with, and how much each counts.

    Attributes:
        targets: output name to target [n, ...].
        weights: the sample weights [n], or None.
        step_weights: output name to weights [n, steps...]; as in `Examples`.
    """

    targets: Mapping[str, Array | LazyArray] = {}
    weights: Weights | None = None
    step_weights: Mapping[str, Weights] = {}

    def take(self, rows: RowNumbers) -> Goals:
        """Those of some examples."""
        return Goals(
            {
                name: array.take(rows) if isinstance(array, LazyArray) else array[rows]
                for name, array in self.targets.items()
            },
            None if self.weights is None else self.weights[rows],
            {name: array[rows] for name, array in self.step_weights.items()},
        )


@dataclass(frozen=True, slots=True)
class Examples:
    """One split, ready for a model.

    Attributes:
        inputs: input name to array [n, ...] in the input's dtype, or to values that are made
            batch by batch; text as Python strings in an object array.
        targets: output name to array [n, ...]: class numbers int32, a column for each label
            float32, other numbers float32 or int64; or values that are made batch by batch, for
            images. Empty where only inputs were asked for.
        weights: float32 [n], or None.
        rows: int64 [n], for each example its row in `table`.
        table: what the examples were made from.
        step_weights: output name to float32 [n, steps...], the leading axes of its target: how
            much each step counts. What has weight 0, such as padding, counts in no loss, metric
            or table. An output that is not in it has no weights for each step. [n] where only the
            examples of one output are weighted.
        lengths: input name to int64 [n]: how many steps of it are no padding. Inputs without
            lists of unlike lengths are not in it.
        windows: where the examples of a series come from; None elsewhere.
        uncropped: the same examples with the whole images that `augment` crops; None elsewhere.
    """

    inputs: Mapping[str, Array | LazyArray]
    targets: Mapping[str, Array | LazyArray]
    weights: Weights | None
    rows: RowNumbers
    table: Table
    step_weights: Mapping[str, Weights] = field(default_factory=dict)
    lengths: Mapping[str, RowNumbers] = field(default_factory=dict)
    uncropped: Examples | None = None
    windows: WindowRows | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def step_weighted(self) -> tuple[str, ...]:
        """The outputs that have a weight for each step."""
        return tuple(name for name, weights in self.step_weights.items() if weights.ndim > 1)

    def take(self, part: slice) -> Examples:
        """A range of consecutive examples."""
        first, last, _ = part.indices(len(self))
        numbers = np.arange(first, last)
        inputs, targets = (
            {
                name: values.take(numbers) if isinstance(values, LazyArray) else values[part]
                for name, values in arrays.items()
            }
            for arrays in (self.inputs, self.targets)
        )
        weights = None if self.weights is None else self.weights[part]
        steps = {name: values[part] for name, values in self.step_weights.items()}
        lengths = {name: values[part] for name, values in self.lengths.items()}
        made = Examples(inputs, targets, weights, self.rows[part], self.table, steps, lengths)
        return made if self.windows is None else replace(made, windows=self.windows.take(part))


class Preprocessing(NamedTuple):
    """How the columns of a table become examples: the same for training data and for new data.

    Attributes:
        data: the `data` section.
        plan: which columns feed which input and target.
        learned: labels and fill values.
        drops_inputs: whether inputs are checked only, and not stored.
    """

    data: DataSpec
    plan: FeaturePlan
    learned: LearnedState
    drops_inputs: bool = False

    def fill(self, columns: Mapping[str, Column]) -> dict[str, Column]:
        """Columns without missing values."""
        fills = self.learned.fills
        return {
            name: fill_missing(column, fills[name]) if name in fills else column
            for name, column in columns.items()
        }

    def array(
        self, entry: InputSpec, columns: Columns, rows: RowSelection
    ) -> Array | LazyArray | None:
        """The array of one input, [n, *shape] in its dtype; None with a finding."""
        if columns.tokens is None:
            return input_array(entry, columns, rows)
        tokenizer = self.learned.tokenizers[columns.tokens]
        return token_array(columns, tokenizer, rows, entry.dtype or "float32")


def make_splits(
    preprocessing: Preprocessing,
    table: Table,
    rows: Mapping[str, RowNumbers],
    findings: Findings,
    *,
    with_targets: bool = True,
) -> dict[str, Examples | None]:
    """The examples of several splits of one table; None for one with findings.

    Args:
        preprocessing: what the columns feed.
        table: the columns that are needed.
        rows: split name to its row numbers, sorted; every missing value in them has a fill value.
        findings: takes columns that do not fit the model, and unknown labels.
        with_targets: whether targets and weights are made, too.

    Raises:
        BrokenDataError: a file is damaged.
        CannotRunError: the disk is full.
    """
    if not isinstance(table, ChunkedTable):
        return {
            name: _make_examples(preprocessing, table, chosen, findings, with_targets=with_targets)
            for name, chosen in rows.items()
        }
    inputs = make_chunked_inputs(
        preprocessing, table, rows, findings, drops_inputs=preprocessing.drops_inputs
    )
    origin = Table({}, table.rows, table.parts)  # so that the chunks can be freed
    chosen_rows = np.zeros(table.rows, dtype=np.bool_)
    for chosen in rows.values():
        chosen_rows[chosen] = True
    all_rows = np.flatnonzero(chosen_rows)
    source = RowSelection(_filled_rows(preprocessing, table, all_rows), all_rows, origin, findings)
    goals = goals_of(preprocessing, source) if with_targets else Goals()
    if inputs is None or goals is None:
        return dict.fromkeys(rows)
    return {
        name: _examples(inputs[name], _select(goals, all_rows, chosen), chosen, origin)
        for name, chosen in rows.items()
    }


def _make_examples(
    preprocessing: Preprocessing,
    table: Table,
    rows: RowNumbers,
    findings: Findings,
    *,
    with_targets: bool,
) -> Examples | None:
    """The examples of one split of a table in memory; None with findings."""
    columns = _filled_rows(preprocessing, table, rows)
    source = RowSelection(columns, rows, table, findings)
    inputs = encode_inputs(preprocessing, source)
    goals = goals_of(preprocessing, source) if with_targets else Goals()
    if inputs is None or goals is None:
        return None
    lengths = list_lengths(preprocessing.plan, source)
    return replace(_examples(inputs, goals, rows, table), lengths=lengths)


def _examples(
    inputs: Mapping[str, Array | LazyArray], goals: Goals, rows: RowNumbers, table: Table
) -> Examples:
    return Examples(inputs, goals.targets, goals.weights, rows, table, goals.step_weights)


def list_lengths(plan: FeaturePlan, rows: RowSelection) -> dict[str, RowNumbers]:
    """For each input of padded lists, how many steps of each example are no padding."""
    found = {}
    for entry, columns in plan.inputs:
        if columns is None or columns.width is None:
            continue
        column = rows.columns[columns.columns[0]]
        if column.values.ndim > 1:
            lengths = padded(column, columns.width).lengths
            assert lengths is not None
            found[entry.name] = np.minimum(lengths, columns.width)
    return found


def encode_inputs(
    preprocessing: Preprocessing, rows: RowSelection
) -> dict[str, Array | LazyArray] | None:
    """The arrays of the inputs that columns feed, by input name; None with findings.

    Media files are left out where the inputs are only checked.
    """
    found = {
        entry.name: preprocessing.array(entry, columns, rows)
        for entry, columns in preprocessing.plan.inputs
        if columns is not None
        and not (preprocessing.drops_inputs and rows.columns[columns.columns[0]].media_source)
    }
    made = {name: array for name, array in found.items() if array is not None}
    return made if len(made) == len(found) else None


def _filled_rows(preprocessing: Preprocessing, table: Table, rows: RowNumbers) -> dict[str, Column]:
    """The columns of some rows, without missing values."""
    columns = dict(table.columns)
    if len(rows) < table.rows:
        columns = {name: column.take(rows) for name, column in columns.items()}
    return preprocessing.fill(columns)


def _select(goals: Goals, all_rows: RowNumbers, chosen: RowNumbers) -> Goals:
    """The targets and weights of some of the rows that they were made for."""
    if len(chosen) == len(all_rows):
        return goals
    if len(all_rows) and all_rows[-1] == len(all_rows) - 1:  # all rows of the table
        return goals.take(chosen)
    return goals.take(np.searchsorted(all_rows, chosen))


def goals_of(preprocessing: Preprocessing, rows: RowSelection) -> Goals | None:
    """Targets and weights; None with findings."""
    before = rows.findings.error_count
    targets = preprocessing.plan.targets
    found = {str(target.name): make_target(target, preprocessing, rows) for target in targets}
    made = {name: array for name, array in found.items() if array is not None}
    weights = _sample_weights(preprocessing.data, made, rows)
    if len(made) < len(found):
        return None
    steps = {str(target.name): target_weights(target, made, rows) for target in targets}
    step_weights = {name: array for name, array in steps.items() if array is not None}
    if weights is not None and weights.ndim > 1:
        step_weights = {
            name: weights * wide(step_weights[name], weights.ndim)
            if name in step_weights
            else weights
            for name in made
        }
        weights = None
    if rows.findings.error_count > before:
        return None
    return Goals(made, weights, step_weights)


def _sample_weights(
    data: DataSpec, targets: Mapping[str, Array | LazyArray], rows: RowSelection
) -> Weights | None:
    """The sample weights, [n] or [n, steps...]; None where there are none, or with findings."""
    name, span = data.sample_weight, data.sample_weight_span
    if name is None:
        return None
    use = ArrayUse((name,), purpose_text(Purpose.SAMPLE_WEIGHT), span)
    weights = weight_array(as_numbers(rows.columns[name]), use, rows)
    if weights is not None and weights.ndim > 1:
        fits = [
            check_weight_shape(name, weights, span, target, targets, rows) for target in targets
        ]
        return weights if all(fits) else None
    return weights
