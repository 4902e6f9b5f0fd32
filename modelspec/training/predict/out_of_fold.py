"""The predictions for the rows that a fold's model was not trained on, beside the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.data.examples import Examples, decoded
from modelspec.runs import OutputKind, RunFile, RunFolder, fold_folder

from .output_columns import Array, PredictionOptions, by_step, output_columns
from .truth import TRUTH_SUFFIX
from .window_lines import STEP, lines_of_windows, places_of_lines

CHUNK = 1 << 14
"""Examples whose predictions are made at once."""

MOST_AXES = 2
"""Axes of an array that columns can hold: the rows and the columns."""


def write_fold_predictions(
    folder: RunFolder, examples: Examples, meanings: Mapping[str, Mapping[str, Any]], predictor: Any
) -> None:
    """Write what a fold's model says of its validation rows; nothing for images and text.

    Args:
        folder: of the fold's run.
        examples: its validation split.
        meanings: output name to its `output_meaning`.
        predictor: from examples to output name to array [n, ...].
    """
    wanted = [name for name, one in meanings.items() if name in examples.targets and _fits(one)]
    if not wanted:
        return
    windows = examples.windows
    later = () if windows is None else [name for name in wanted if name in windows.values]
    lines = lines_of_windows(examples, later)
    made: dict[str, list[Array]] = {}
    for start in range(0, len(examples), CHUNK):
        chunk = examples.take(slice(start, start + CHUNK))
        outputs = predictor(replace(chunk, targets={}))
        truths = {name: decoded(chunk.targets[name]) for name in wanted}
        if lines is not None:
            outputs, truths = (by_step(one, lines, later) for one in (outputs, truths))
        for name in wanted:
            truth = truths[name]
            for key, values in _columns(name, outputs[name], truth, meanings[name]).items():
                made.setdefault(key, []).append(values)
    if not made:
        return  # their arrays have more axes than columns can hold
    columns = places_of_lines(examples, lines)
    columns |= {name: np.concatenate(parts) for name, parts in made.items()}
    folder.write(RunFile.OUT_OF_FOLD, lambda path: _write(columns, path))


def join_fold_predictions(folder: RunFolder, folds: int) -> None:
    """Write the predictions of all folds into one file, in the order of the rows."""
    import pyarrow as pa
    import pyarrow.csv as pc

    parts = []
    for number in range(1, folds + 1):
        path = folder.path / fold_folder(number) / RunFile.OUT_OF_FOLD
        if not path.is_file():  # images, or a run of an earlier version
            return
        names = pc.open_csv(path).schema.names
        kinds = dict.fromkeys([name for name in names if name not in ("row", STEP)], pa.string())
        table = pc.read_csv(path, convert_options=pc.ConvertOptions(column_types=kinds))
        fold = pa.array([number] * len(table), pa.int64())
        parts.append(table.add_column(names.index("row") + 1, "fold", fold))
    given = [name for name in ("file", "row", STEP) if name in parts[0].column_names]
    keys = [(name, "ascending") for name in given]
    whole = pa.concat_tables(parts).sort_by(keys)
    folder.write(RunFile.OUT_OF_FOLD, lambda path: pc.write_csv(whole, path))


def _fits(meaning: Mapping[str, Any]) -> bool:
    has_steps = "join" in meaning and meaning["kind"] != OutputKind.LABELS
    return meaning["kind"] != OutputKind.TOKENS and not meaning.get("pixels") and not has_steps


def _columns(
    name: str, values: Array, truth: Array, meaning: Mapping[str, Any]
) -> dict[str, Array]:
    """The truth and the prediction of an output; nothing where a column cannot hold them."""
    if values.ndim > MOST_AXES or truth.ndim > MOST_AXES:
        return {}
    predicted = {
        key: column.decoded()
        for key, column in output_columns(name, values, meaning, PredictionOptions()).items()
    }
    if meaning["kind"] == OutputKind.LABELS:
        words = np.asarray(meaning["labels"] or range(truth.shape[1]), dtype=object)
        shown = [", ".join(map(str, words[row > 0])) for row in truth]
        lists = {key: _joined(column) for key, column in predicted.items()}
        return {f"{name}{TRUTH_SUFFIX}": np.asarray(shown, dtype=object), **lists}
    if meaning["kind"] in (OutputKind.CLASSES, OutputKind.BINARY):
        return {f"{name}{TRUTH_SUFFIX}": _class_words(truth, meaning["labels"]), **predicted}
    flat = truth.reshape(len(truth), -1)
    if meaning.get("quantiles") and flat.shape[1] == 1:
        return {f"{name}{TRUTH_SUFFIX}": flat[:, 0]} | predicted
    if flat.shape[1] != len(predicted):
        return {}
    pairs = zip(predicted, flat.T, strict=True)
    return {f"{key}{TRUTH_SUFFIX}": column for key, column in pairs} | predicted


def _joined(values: Array) -> Array:
    if values.dtype != object:
        return values
    joined = [", ".join(map(str, one)) if isinstance(one, list) else one for one in values.tolist()]
    return np.asarray(joined, dtype=object)


def _class_words(truth: Array, labels: Sequence[str] | None) -> Array:
    """Class numbers, or a column for each class, as the names of classes."""
    flat = truth.reshape(len(truth), -1)
    numbers = flat.argmax(axis=1) if flat.shape[1] > 1 else flat[:, 0]
    if labels is None:
        return numbers
    return np.asarray(labels, dtype=object)[numbers.astype(np.int64)]


def _write(columns: Mapping[str, Array], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.csv as pc

    arrays = {}
    for name, values in columns.items():
        plain = values.astype(str).tolist() if values.dtype == object else values
        arrays[name] = pa.array(plain)
    pc.write_csv(pa.table(arrays), path)
