"""Rows of a table to examples, with labels as numbers and missing values filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.media import class_mask, number_image
from modelspec.data.prepare import LearnedState, encode_labels, encode_tokens, fill_missing
from modelspec.data.table import (
    Array,
    ChunkedTable,
    Column,
    FeaturePlan,
    LazyArray,
    RowNumbers,
    RowSelection,
    Table,
    example_shape,
)
from modelspec.diagnostics import Findings
from modelspec.spec.data import CORPUS, Columns, DataSpec
from modelspec.spec.model import InputSpec

from .arrays import input_array, number_target, weight_array
from .chunked_inputs import make_chunked_inputs
from .token_arrays import token_array

Weights = npt.NDArray[np.float32]


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
            or table. An output that is not in it has no weights for each step.
    """

    inputs: Mapping[str, Array | LazyArray]
    targets: Mapping[str, Array | LazyArray]
    weights: Weights | None
    rows: RowNumbers
    table: Table
    step_weights: Mapping[str, Weights] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

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
        return Examples(inputs, targets, weights, self.rows[part], self.table, steps)


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
    return _examples(inputs, goals, rows, table)


def _examples(
    inputs: Mapping[str, Array | LazyArray], goals: Goals, rows: RowNumbers, table: Table
) -> Examples:
    return Examples(inputs, goals.targets, goals.weights, rows, table, goals.step_weights)


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
    found = {
        str(target.name): _target(target, preprocessing, rows)
        for target in preprocessing.plan.targets
    }
    made = {name: array for name, array in found.items() if array is not None}
    tokens = {str(target.name) for target in preprocessing.plan.targets if target.tokens}
    steps = {name: np.asarray(made[name] != 0, np.float32) for name in made if name in tokens}
    data = preprocessing.data
    name, span = data.sample_weight, data.sample_weight_span
    if name is None:
        return Goals(made, None, steps) if len(made) == len(found) else None
    weights = weight_array(name, rows, span)
    if len(made) < len(found) or weights is None:
        return None
    if weights.ndim == 1:
        return Goals(made, weights, steps)
    fits = [_check_step_weights(name, weights, target, made, data, rows) for target in made]
    both = {one: weights * steps[one] if one in steps else weights for one in made}
    return Goals(made, None, both) if all(fits) else None


def _check_step_weights(
    name: str,
    weights: Weights,
    output: str,
    targets: Mapping[str, Array | LazyArray],
    data: DataSpec,
    rows: RowSelection,
) -> bool:
    """Whether a column of weights has a weight for each step of a target; a finding where not."""
    shape, wanted = list(weights.shape[1:]), list(example_shape(targets[output]))
    if shape == wanted[: len(shape)]:
        return True
    message = (
        f"`{name}` has weights of shape {shape} for each example, and the target `{output}`"
        f" has shape {wanted}"
    )
    hint = f"give one weight for each example, or weights of shape {wanted[:1]}, one for each step"
    rows.findings.error(data.sample_weight_span, "column-shape", message, hint=hint)
    return False


def _target(
    target: Columns, preprocessing: Preprocessing, rows: RowSelection
) -> Array | LazyArray | None:
    if target.tokens is not None:
        return token_array(target, preprocessing.learned.tokenizers[target.tokens], rows)
    name = str(target.name)
    labels = preprocessing.learned.labels.get(name)
    column = rows.columns[target.columns[0]]
    if column.media_source is not None:
        output = preprocessing.plan.output_shapes.get(name, ())
        if labels is None:
            return number_image(column, target, output)
        return class_mask(column, target, output, labels)
    if labels is None:
        return number_target(target, rows)
    if preprocessing.data.train.kind == CORPUS:
        codes = encode_tokens(column, labels)
    else:
        codes = encode_labels(column, labels, target, rows)
    if target.is_one_hot:
        return np.eye(len(labels), dtype=np.float32)[codes]
    return codes[:, np.newaxis] if codes.ndim == 1 else codes
