"""Targets of examples: class numbers, columns of labels, numbers; and what each step counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

from modelspec.data.media import class_mask, number_image
from modelspec.data.prepare import LearnedState, encode_labels, encode_tokens
from modelspec.data.table import (
    Array,
    Column,
    FeaturePlan,
    LazyArray,
    Purpose,
    RowSelection,
    as_numbers,
    example_shape,
    is_inside,
    padded,
    purpose_text,
    values_of_lists,
)
from modelspec.diagnostics import Span
from modelspec.spec.data import CORPUS, Columns, DataSpec

from .arrays import ArrayUse, lists_of, number_target, weight_array
from .token_arrays import token_array

Weights = npt.NDArray[np.float32]


class TargetRules(Protocol):
    """What decides how the columns of a target become an array."""

    @property
    def data(self) -> DataSpec:
        """The section `data`."""
        ...

    @property
    def plan(self) -> FeaturePlan:
        """Which columns feed which target."""
        ...

    @property
    def learned(self) -> LearnedState:
        """Labels and tokenizers."""
        ...


def make_target(
    target: Columns, rules: TargetRules, rows: RowSelection
) -> Array | LazyArray | None:
    """The target of one output [n, ...]; None with findings."""
    name, learned = str(target.name), rules.learned
    if target.tokens is not None:
        return token_array(target, learned.tokenizers[target.tokens], rows)
    labels = learned.labels.get(name)
    media = rows.columns[target.columns[0]]
    if media.media_source is not None:
        output = rules.plan.output_shapes.get(name, ())
        if labels is None:
            return number_image(media, target, output)
        return class_mask(media, target, output, labels)
    if labels is None:
        return number_target(target, rows)
    column: Column | None = rows.columns[target.columns[0]]
    if target.width is not None:
        column = lists_of(target, rows)
    if column is None:
        return None
    if target.is_multi_hot:
        return _multi_hot(column, labels, target, rows)
    if rules.data.train.kind == CORPUS:
        codes = encode_tokens(column, labels)
    else:
        codes = encode_labels(column, labels, target, rows)
    if target.is_one_hot:
        return _one_hot(codes, column, len(labels))
    return codes[:, np.newaxis] if codes.ndim == 1 else codes


def _one_hot(codes: npt.NDArray[np.int32], column: Column, count: int) -> Array:
    """[n, ..., labels]: 1 for the class; nothing in the padding."""
    found: Array = np.eye(count, dtype=np.float32)[codes]
    if column.lengths is not None:
        found[~is_inside(column.lengths, codes.shape[1])] = 0
    return found


def _multi_hot(
    column: Column, labels: tuple[str, ...], target: Columns, rows: RowSelection
) -> Array:
    """[n, labels]: 1 for each label in the list, or in the array, of an example."""
    if column.lengths is None:  # an array of one shape, or one label
        values = column.values.reshape(len(column.values), -1)
        column = padded(Column(values, column.missing), values.shape[1])
    found = values_of_lists(column)
    inside = RowSelection(rows.columns, rows.rows[found.rows], rows.table, rows.findings)
    codes = encode_labels(found.column, labels, target, inside)
    hot = np.zeros((len(column.values), len(labels)), dtype=np.float32)
    hot[found.rows, codes] = 1
    return hot


def target_weights(
    target: Columns, targets: Mapping[str, Array | LazyArray], rows: RowSelection
) -> Weights | None:
    """What each step of a target counts, [n, steps...], or each example, [n]; None if all count.

    None with a finding where the weights do not fit. Padding counts 0.
    """
    lengths = None
    if target.width is not None:
        lists = lists_of(target, rows)
        lengths = None if lists is None else lists.lengths
    given = None if target.weight is None else _given_weights(target, lengths, targets, rows)
    if target.tokens is not None:
        found = targets[str(target.name)]
        assert not isinstance(found, LazyArray)
        tokens = np.asarray(found != 0, np.float32)
        return tokens if given is None else tokens * wide(given, 2)
    if lengths is None or target.width is None:
        return given
    counted = is_inside(lengths, target.width).astype(np.float32)
    return counted if given is None else counted * wide(given, 2)


def _given_weights(
    target: Columns,
    lengths: npt.NDArray[np.int64] | None,
    targets: Mapping[str, Array | LazyArray],
    rows: RowSelection,
) -> Weights | None:
    """The values of the column that weights a target; None with a finding."""
    name, span = str(target.weight), target.place("weight")
    column = rows.columns[name]
    if target.width is not None and column.values.ndim > 1:
        if column.lengths is not None and not _lengths_agree(target, column, lengths, rows):
            return None
        column = padded(column, target.width)
    use = ArrayUse((name,), purpose_text(Purpose.TARGET_WEIGHT, target.name), span)
    weights = weight_array(as_numbers(column), use, rows)
    if weights is None or weights.ndim == 1:
        return weights
    fits = check_weight_shape(name, weights, span, str(target.name), targets, rows)
    return weights if fits else None


def _lengths_agree(
    target: Columns, column: Column, lengths: npt.NDArray[np.int64] | None, rows: RowSelection
) -> bool:
    """Whether each list of weights is as long as that of the target; a finding where not."""
    assert column.lengths is not None
    bad = np.flatnonzero(column.lengths != lengths)
    if lengths is None or not len(bad):
        return True
    row = int(bad[0])
    message = (
        f"`{target.weight}` has {column.lengths[row]} values in {rows.locate(row)},"
        f" and `{target.columns[0]}` has {lengths[row]}"
    )
    hint = "give one weight for each step, or one number for all of them"
    rows.findings.error(target.place("weight"), "unequal-shapes", message, hint=hint)
    return False


def check_weight_shape(
    name: str,
    weights: Weights,
    span: Span,
    output: str,
    targets: Mapping[str, Array | LazyArray],
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
    rows.findings.error(span, "column-shape", message, hint=hint)
    return False


def wide(weights: Weights, axes: int) -> Weights:
    """Weights with axes of size 1 at their end, for a product with weights of more axes."""
    return weights.reshape(*weights.shape, *[1] * (axes - weights.ndim))
