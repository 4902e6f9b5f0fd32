"""What is true of the examples of a split, beside what a model says of them, and the error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelspec.data.table import Table
from modelspec.runs import OutputKind, middle_quantile

from .output_columns import (
    Array,
    OutputColumn,
    class_names,
    quantile_suffix,
)

TRUTH_SUFFIX = "_truth"
ERROR_SUFFIX = "_error"
RIGHT_SUFFIX = "_right"
INSIDE_SUFFIX = "_inside"


def with_truth(
    name: str,
    predicted: Mapping[str, OutputColumn],
    values: Array,
    truth: Array,
    meaning: Mapping[str, Any],
) -> dict[str, OutputColumn]:
    """The columns of an output with those of the truth before them, and of the error after them.

    The error of a number is the prediction minus the truth; a class is right or not. Of quantiles
    it is the error of the one nearest to the median, and whether the truth is between the outer
    ones.

    Args:
        name: of the output.
        predicted: its `output_columns`.
        values: [n, ...]: the output of the model.
        truth: its target [n, ...], decoded.
        meaning: its `output_meaning`, not of the kind "tokens".
    """
    if meaning["kind"] == OutputKind.LABELS:
        return _of_labels(name, predicted, truth, meaning)
    if meaning["kind"] in (OutputKind.CLASSES, OutputKind.BINARY):
        return _of_classes(name, predicted, values, truth, meaning)
    if meaning.get("quantiles"):
        return _of_quantiles(predicted, truth, meaning["quantiles"])
    found: dict[str, OutputColumn] = {}
    if len(predicted) == 1 or truth.size == values.size:
        for number, (key, column) in enumerate(predicted.items()):
            shape = column.values.shape
            if truth.size == column.values.size:
                true = truth.reshape(shape)
            elif truth.size == values.size:
                true = truth.reshape(values.shape)[:, number]
            else:
                break
            found[f"{key}{TRUTH_SUFFIX}"] = column._replace(values=true)
            found[key] = column
            error = column.values - true.astype(column.values.dtype)
            found[f"{key}{ERROR_SUFFIX}"] = column._replace(values=error)
        if found:
            return found
    flat = truth.reshape(len(truth), -1)
    if flat.shape[1] != 1:
        return {f"{name}{TRUTH_SUFFIX}": OutputColumn(truth, output=name), **predicted}
    return {f"{name}{TRUTH_SUFFIX}": OutputColumn(flat[:, 0], output=name), **predicted}


def _of_classes(
    name: str,
    predicted: Mapping[str, OutputColumn],
    values: Array,
    truth: Array,
    meaning: Mapping[str, Any],
) -> dict[str, OutputColumn]:
    column = predicted[name]
    if meaning["kind"] == OutputKind.BINARY:
        numbers, words = truth > 0.5, list(meaning["labels"])
    else:
        words = class_names(meaning, values.shape[-1])
        is_one_hot = truth.shape == values.shape and values.shape[-1] > 1
        numbers = truth.argmax(axis=-1) if is_one_hot else truth
    numbers = numbers.reshape(column.values.shape).astype(np.int64)
    is_class = (numbers >= 0) & (numbers < len(words))
    right = column.values == numbers
    true = np.where(is_class, numbers, len(words))  # a class that the loss ignores has no name
    return {
        f"{name}{TRUTH_SUFFIX}": column._replace(values=true, words=[*words, ""]),
        **predicted,
        f"{name}{RIGHT_SUFFIX}": column._replace(values=right, words=None),
    }


def _of_quantiles(
    predicted: Mapping[str, OutputColumn], truth: Array, quantiles: Sequence[float]
) -> dict[str, OutputColumn]:
    """For each target column its truth, its quantiles, the error, and whether it is inside."""
    found: dict[str, OutputColumn] = {}
    keys, count = list(predicted), len(quantiles)
    several = len(keys) // count
    middle = middle_quantile(quantiles)
    for number in range(several):
        part = keys[number * count : (number + 1) * count]
        name = part[0].removesuffix(f"_{quantile_suffix(quantiles[0])}")
        first, column, last = (predicted[part[index]] for index in (0, middle, -1))
        true = truth if several == 1 else truth.reshape(len(truth), -1)[:, number]
        true = true.reshape(column.values.shape)
        found[f"{name}{TRUTH_SUFFIX}"] = column._replace(values=true)
        found |= {key: predicted[key] for key in part}
        error = column.values - true.astype(column.values.dtype)
        found[f"{name}{ERROR_SUFFIX}"] = column._replace(values=error)
        if count > 1:
            inside = (true >= first.values) & (true <= last.values)
            found[f"{name}{INSIDE_SUFFIX}"] = column._replace(values=inside)
    return found


def _of_labels(
    name: str, predicted: Mapping[str, OutputColumn], truth: Array, meaning: Mapping[str, Any]
) -> dict[str, OutputColumn]:
    column = predicted[name]
    words = class_names(meaning, truth.shape[-1])
    chosen = truth > 0.5
    first = np.argsort(~chosen, axis=-1, kind="stable")
    counts = chosen.sum(axis=-1)
    assert column.lengths is not None
    inside = np.arange(truth.shape[-1]) < counts[..., np.newaxis]
    same = (column.values == first) | ~inside
    right = (counts == column.lengths) & same.all(axis=-1)
    return {
        f"{name}{TRUTH_SUFFIX}": column._replace(values=first, words=words, lengths=counts),
        **predicted,
        f"{name}{RIGHT_SUFFIX}": OutputColumn(right, output=name),
    }


def row_places(table: Table, rows: Array) -> dict[str, Array]:
    """Where each row is: its number as messages have it, and its file where there are several."""
    ends = np.cumsum([part.rows for part in table.parts])
    part_of = np.searchsorted(ends, rows, side="right")
    starts = ends - [part.rows for part in table.parts]
    first = np.asarray([part.first_row for part in table.parts])
    places = {"row": rows - starts[part_of] + first[part_of]}
    if table.files:
        return {"file": np.asarray(table.files, dtype=object)[rows], **places}
    if len(table.parts) == 1:
        return places
    names = np.asarray([part.name for part in table.parts], dtype=object)
    return {"file": names[part_of], **places}
