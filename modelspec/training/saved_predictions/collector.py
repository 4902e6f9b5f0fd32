"""What a model says of the rows of a split, beside the truth, in the form that measures take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.data.examples import Examples, decoded
from modelspec.data.table import Column, FeaturePlan, RowNumbers
from modelspec.evaluation import NOT_COUNTED, OutputPredictions, SplitPredictions, joined_outputs
from modelspec.runs import OutputKind
from modelspec.spec.data import DataSpec
from modelspec.training.predict import (
    by_step,
    chunk_size,
    class_names,
    is_image,
    lines_of_windows,
    outputs_of_horizon,
    places_of_lines,
    probabilities,
    rows_of_lines,
    threshold_of,
)
from modelspec.training.run_splits import other_columns, source_of_split, used_columns
from modelspec.training.trained_run import Predictor

Array = npt.NDArray[Any]

MOST_NUMBERS = 1024
"""Numbers that an output may have for each row."""

MOST_KEPT = 1 << 27
"""Numbers that it may have for all rows."""


@dataclass(frozen=True, slots=True)
class RowsToSave:
    """The rows of a split, and what is known of their outputs.

    Attributes:
        split: "train", "validation" or "test"; "" for the rows of a file.
        examples: all of them.
        plan: which columns feed which input and target.
        meanings: output name to its `output_meaning`.
        ignored: output name to the class number that its loss passes over.
        others: columns of the files that the data section does not read, which are kept too.
    """

    split: str
    examples: Examples
    plan: FeaturePlan
    meanings: Mapping[str, Mapping[str, Any]]
    ignored: Mapping[str, int | None] = field(default_factory=dict)
    others: tuple[str, ...] = ()


def why_not_saved(meaning: Mapping[str, Any]) -> str:
    """Why an output is left out, by its `output_meaning`, as the end of a sentence; "" where its
    values decide."""
    if is_image(meaning):
        return "is an image"
    if meaning["kind"] == OutputKind.TOKENS:
        return "is a text"
    if "join" in meaning and meaning["kind"] != OutputKind.LABELS:
        return "is a list with a value for each step"
    return ""


class SplitCollector:
    """Collects what a model says of the rows of a split, chunk by chunk.

    Outputs that are images, texts or lists, and those of very many numbers, are left out.

    Args:
        rows: all rows that are predicted, in order.
    """

    def __init__(self, rows: RowsToSave) -> None:
        self.rows = rows
        self.later = outputs_of_horizon(rows.plan.targets)
        later = [name for name in self.later if name in rows.examples.targets]
        self.lines = lines_of_windows(rows.examples, later)
        self.left_out = {
            name: reason
            for name, meaning in rows.meanings.items()
            if (reason := self._why_not(name, meaning))
        }
        self._parts: dict[str, list[OutputPredictions]] = {
            name: [] for name in rows.meanings if name not in self.left_out
        }

    @property
    def chosen_rows(self) -> RowNumbers:
        """The row of the table that each line is of."""
        return rows_of_lines(self.rows.examples, self.lines)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Those that are collected."""
        return tuple(self._parts)

    def _why_not(self, name: str, meaning: Mapping[str, Any]) -> str:
        """Why an output is left out, as the end of a sentence; "" where nothing is known yet."""
        if name not in self.rows.examples.targets:
            return "has no target"
        return why_not_saved(meaning)

    def add(self, chunk: Examples, outputs: Mapping[str, Array]) -> None:
        """Take what the model says of the next rows.

        Args:
            chunk: the rows, with their targets.
            outputs: name to array [n, ...], as the model gives it.
        """
        names = list(self._parts)
        truths = {name: decoded(chunk.targets[name]) for name in names}
        said = {name: np.asarray(outputs[name]) for name in names}
        weights = {name: _weights(chunk, name) for name in names}
        if self.lines is not None:
            said, truths = (by_step(one, self.lines, self.later) for one in (said, truths))
        for name in names:
            made = self._made(name, said[name], truths[name], weights[name])
            if isinstance(made, str):
                self.left_out[name] = made
                del self._parts[name]
            else:
                self._parts[name].append(made)

    def predict(self, predictor: Predictor) -> None:
        """Take what a model says of all rows, in chunks that fit into memory."""
        examples, size = self.rows.examples, chunk_size(self.rows.examples)
        for start in range(0, len(examples) if self.outputs else 0, size):
            chunk = examples.take(slice(start, start + size))
            self.add(chunk, predictor(replace(chunk, targets={})))

    def _made(
        self, name: str, values: Array, truth: Array, weights: Array | None
    ) -> OutputPredictions | str:
        """The predictions of an output, or why they are left out."""
        meaning, rows = self.rows.meanings[name], len(values)
        kind, numbers = OutputKind(meaning["kind"]), values[:1].size
        total = numbers * len(self.rows.examples) * (self.lines or 1)
        if numbers > MOST_NUMBERS or total > MOST_KEPT:
            return f"has {numbers:,} numbers for each row"
        has_units = kind in (OutputKind.CLASSES, OutputKind.LABELS)
        is_one = kind is not OutputKind.BINARY or numbers == 1
        if not is_one or (values.ndim > 2 and has_units):
            return f"has values of the shape {list(values.shape[1:])} for each row"
        if weights is not None:
            weights = _weights_of_lines(weights, rows)
        threshold = threshold_of(meaning, None)
        if kind is OutputKind.NUMBERS:
            return self._numbers(name, values, truth, weights)
        scores = probabilities(values, meaning).astype(np.float64)
        if kind is OutputKind.BINARY:
            scores, labels = scores.reshape(rows), tuple(map(str, meaning["labels"]))
            found: Array = (truth.reshape(rows) > 0.5).astype(np.int64)
        elif kind is OutputKind.LABELS:
            labels, found = tuple(map(str, class_names(meaning, scores.shape[1]))), truth > 0.5
        else:
            labels = tuple(map(str, class_names(meaning, scores.shape[1])))
            one_hot = truth.shape == values.shape and values.shape[-1] > 1
            found = truth.argmax(axis=-1) if one_hot else truth.reshape(rows).astype(np.int64)
        if kind is not OutputKind.LABELS:
            counts = (found >= 0) & (found < len(labels))
            ignored = self.rows.ignored.get(name)
            if ignored is not None:
                counts &= found != ignored
            found = np.where(counts, found, NOT_COUNTED)
        return OutputPredictions(
            name, kind, found, scores, labels, threshold=threshold, weights=weights
        )

    def _numbers(
        self, name: str, values: Array, truth: Array, weights: Array | None
    ) -> OutputPredictions | str:
        meaning, rows = self.rows.meanings[name], len(values)
        quantiles = tuple(meaning.get("quantiles") or ())
        flat = truth.reshape(rows, -1).astype(np.float64)
        targets = flat.shape[1]
        if values.size != truth.size * max(1, len(quantiles)):
            return f"has other shapes than its target, {list(values.shape[1:])}"
        shape = (rows, targets, len(quantiles)) if quantiles else (rows, targets)
        columns = tuple(map(str, meaning["columns"]))
        if len(columns) != targets:
            columns = tuple(map(str, range(targets))) if targets > 1 else (name,)
        scores = values.reshape(shape).astype(np.float64)
        return OutputPredictions(
            name, OutputKind.NUMBERS, flat, scores, (), columns, quantiles, weights=weights
        )

    def result(self, columns: Mapping[str, Array] | None = None) -> SplitPredictions:
        """All that was collected.

        Args:
            columns: what is known of each row besides, as `columns_of_rows` has it.
        """
        outputs = {name: joined_outputs(parts) for name, parts in self._parts.items() if parts}
        places = places_of_lines(self.rows.examples, self.lines)
        return SplitPredictions(
            self.rows.split, outputs, places, dict(columns or {}), dict(self.left_out)
        )


def _weights(chunk: Examples, name: str) -> Array | None:
    """The weights of the examples for an output, [n] or [n, steps...]; None where all are 1."""
    steps = chunk.step_weights.get(name)
    if steps is None or chunk.weights is None:
        return chunk.weights if steps is None else steps
    product: Array = steps * chunk.weights.reshape(-1, *(1,) * (steps.ndim - 1))
    return product


def _weights_of_lines(weights: Array, lines: int) -> Array:
    """Weights float64 [lines] from those of examples or of their steps."""
    if weights.size == lines:
        return weights.reshape(lines).astype(np.float64)
    if weights.ndim == 1:
        return np.repeat(weights, lines // len(weights)).astype(np.float64)
    means: Array = weights.reshape(len(weights), -1).mean(axis=1, dtype=np.float64)
    return means if len(means) == lines else np.repeat(means, lines // len(means))


def columns_of_rows(
    collector: SplitCollector, data_spec: DataSpec, folder: Path
) -> dict[str, Array]:
    """The columns that the data section reads, and the others that are kept, of the rows that were
    collected: text and numbers.

    Of images and the like there are the paths; columns with several values a row are left out, and
    so are others that the files do not have.

    Args:
        collector: of a split of a run.
        data_spec: the section.
        folder: what its paths are relative to.

    Raises:
        SpecError: a file cannot be read again.
    """
    rows = collector.rows
    chosen = collector.chosen_rows
    table = rows.examples.table
    columns: Mapping[str, Column] = {}
    if table.columns:
        columns = {name: column.take(chosen) for name, column in table.columns.items()}
    elif source_of_split(data_spec, rows.split).traits.has_files:
        columns = used_columns(data_spec, folder, rows.split, rows.plan, chosen)
    others = [name for name in rows.others if name not in columns]
    if others and rows.split:
        columns = {**columns, **other_columns(data_spec, folder, rows.split, others, chosen)}
    return plain_columns(columns)


def plain_columns(columns: Mapping[str, Column]) -> dict[str, Array]:
    """Those of the columns that have one text or number a row, as `SplitPredictions` has them."""
    found = {name: _plain(column) for name, column in columns.items()}
    return {name: values for name, values in found.items() if values is not None}


def _plain(column: Column) -> Array | None:
    """Values [n] as numbers, NaN where one is missing, or text, None there; None for other ones."""
    values, missing = column.values, column.missing
    if values.ndim != 1 or column.lengths is not None or column.holds_files:
        return None
    if values.dtype == object:
        found = np.empty(len(values), dtype=object)
        gaps = missing.tolist()
        pairs = zip(values.tolist(), gaps, strict=True)
        found[:] = [None if gone or one is None else str(one) for one, gone in pairs]
        return found
    if values.dtype.kind not in "biuf":
        return None
    if missing.any():
        values = values.astype(np.float64)
        values[missing] = np.nan
    return values
