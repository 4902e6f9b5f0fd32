"""What a finished run says of new data: class names, probabilities, numbers."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt

from modelspec.data import Feed, read_fresh
from modelspec.diagnostics import Findings, SpecError, UsageError

from .folder import cannot_write
from .outputs import BINARY, CLASSES
from .reopen import reopen
from .run import Run

Array = npt.NDArray[Any]
BATCH = 1024


def predict_run(
    run: Run | Path, data: Path, output: Path | None = None, *, force: bool = False
) -> dict[str, Array]:
    """Predict for every row of a file.

    Args:
        run: a run, or its folder.
        data: a csv or npz file with the columns of the inputs; a folder of images, or one.
        output: a csv or npz file to write; None writes none.
        force: overwrite `output`.

    Returns:
        Columns by name, each with an entry for every row of `data` in its order: for an output
        with classes the labels as text and `NAME_probability`; for others the numbers. A row
        that a `missing` rule drops has "" and NaN. Before them `file`, where each example is
        a file of its own, such as an image.

    Raises:
        UsageError: the folder holds no complete run; `output` is there, or ends in neither .csv
            nor .npz.
        SpecError: the file does not have what the model needs.
        CannotRunError: a file of the run is damaged, or `output` cannot be written.
    """
    if output is not None:
        _check_output(output, force)
    opened = reopen(run)
    findings = Findings()
    examples = read_fresh(opened.reading, data, findings, with_targets=False)
    if examples is None or findings.has_errors:
        raise SpecError(findings.sorted())
    feed = Feed(examples, opened.structure, BATCH)
    found = opened.model.predict(feed.in_order(), verbose=0)
    given = opened.structure.by_output(found)
    columns: dict[str, Array] = {}
    if examples.table.files:
        columns["file"] = np.asarray(examples.table.files, dtype=object)
    for name, meaning in opened.kept.outputs.items():
        values = np.asarray(given[name])
        for column, part in _columns(name, values, meaning).items():
            columns[column] = _spread(part, examples.rows, examples.table.rows)
    if output is not None:
        _write(columns, output)
    return columns


def write_csv(columns: Mapping[str, Array], stream: TextIO) -> None:
    """Predictions as csv text.

    Raises:
        UsageError: an output has more than a number for each row.
    """
    for name, values in columns.items():
        if values.ndim > 1:
            shape = list(values.shape[1:])
            message = f"`{name}` has shape {shape} for each row, which a csv cannot hold"
            raise UsageError(f"{message}; write to a file that ends in .npz")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    lists = [_words(values) for values in columns.values()]
    writer.writerows(zip(*lists, strict=True))


def _words(values: Array) -> list[Any]:
    """Numbers in the shortest form that reads back as the same; NaN of a dropped row is empty."""
    if values.dtype.kind != "f":
        return list(values.tolist())
    return ["" if np.isnan(value) else str(value) for value in values]


def _columns(name: str, values: Array, meaning: Mapping[str, Any]) -> dict[str, Array]:
    """The columns of one output."""
    if meaning["kind"] == CLASSES:
        return _classes(name, values, meaning)
    if meaning["kind"] == BINARY:
        return _binary(name, values, meaning)
    if values.ndim == 2 and values.shape[1] == 1:
        return {name: values[:, 0]}
    targets = meaning["columns"]
    if values.ndim == 2 and len(targets) == values.shape[1]:
        return {f"{name}_{target}": values[:, i] for i, target in enumerate(targets)}
    if values.ndim == 2:
        return {f"{name}_{i}": values[:, i] for i in range(values.shape[1])}
    return {name: values}


def _classes(name: str, values: Array, meaning: Mapping[str, Any]) -> dict[str, Array]:
    if meaning["from_logits"]:
        values = np.exp(values - values.max(axis=-1, keepdims=True))
        values = values / values.sum(axis=-1, keepdims=True)
    best = values.argmax(axis=-1)
    known = list(meaning["labels"] or ())
    words = known + [str(number) for number in range(len(known), values.shape[-1])]
    labels = np.asarray(words, dtype=object)[best]
    return {name: labels, f"{name}_probability": values.max(axis=-1)}


def _binary(name: str, values: Array, meaning: Mapping[str, Any]) -> dict[str, Array]:
    second = values[..., 0] if values.ndim > 1 else values
    if meaning["from_logits"]:
        second = 1 / (1 + np.exp(-second))
    chosen = second > 0.5
    labels = np.asarray(meaning["labels"], dtype=object)[chosen.astype(np.int64)]
    return {name: labels, f"{name}_probability": np.where(chosen, second, 1 - second)}


def _spread(values: Array, rows: npt.NDArray[np.int64], total: int) -> Array:
    """Values of some rows among all rows of the file; the others are "" or NaN."""
    if len(rows) == total:
        return values
    empty: Any = "" if values.dtype == object else np.nan
    out = np.full((total, *values.shape[1:]), empty, dtype=values.dtype)
    out[rows] = values
    return out


def _check_output(output: Path, force: bool) -> None:
    if output.suffix.lower() not in (".csv", ".npz"):
        raise UsageError(f'"{output}" must end in .csv or .npz')
    if output.exists() and not force:
        raise UsageError(f"{output} is there already; choose another name, or give --force")


def _write(columns: Mapping[str, Array], output: Path) -> None:
    draft = output.with_name(f".draft-{output.name}")
    try:
        if output.suffix.lower() == ".npz":
            with draft.open("wb") as file:
                plain = {n: v.astype(str) if v.dtype == object else v for n, v in columns.items()}
                np.savez_compressed(file, allow_pickle=False, **plain)
        else:
            with draft.open("w", newline="", encoding="utf-8") as text:
                write_csv(columns, text)
        draft.replace(output)
    except OSError as error:
        raise cannot_write(output, error) from error
    finally:
        draft.unlink(missing_ok=True)
