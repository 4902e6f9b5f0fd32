"""The file of a run with its predictions: one table of all splits, which other tools read, too.

Its columns are `split`, the places of the rows, the columns of the data, and for each output the
truth (`NAME_truth`) and what the model says: the probability of each class or label (`NAME_LABEL`),
that of the second of two classes, or numbers. What the columns are, and what they were computed
from, is JSON in the metadata of the file, so that a split is read back as it was written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from modelspec.files import write_atomically
from modelspec.runs import OutputKind, RunFile

from .predictions import NOT_COUNTED, Array, OutputPredictions, SplitPredictions

VERSION = 1

KEY = b"modelspec"
"""Of the file's metadata, where what is known of the columns is."""

SPLIT, TRUTH, WEIGHT = "split", "truth", "weight"

GIVEN = "_given"
"""Added to the name of a column that another one has already."""


@dataclass(frozen=True, slots=True)
class SplitOrigin:
    """What the predictions of a split were computed from.

    Attributes:
        weights: the fingerprint of the file of the model, in hex.
        data: the digest of the files and the row numbers of the split, in hex.
        files: the files of the split, relative to the run's folder, with their fingerprints.
    """

    weights: str
    data: str
    files: Mapping[str, str]


class _Stored(NamedTuple):
    """A split of a file: what is known of its columns, and the columns."""

    facts: dict[str, Any]
    table: Any


def save_split(folder: Path, predictions: SplitPredictions, origin: SplitOrigin) -> Path:
    """Write the predictions of a split into a run's folder; those of other splits stay.

    Splits of other weights than these are dropped, and so is a file that cannot be read.

    Args:
        folder: of the run.
        predictions: of one split.
        origin: what they were computed from.

    Returns:
        The path of the file.

    Raises:
        CannotRunError: the file cannot be written.
    """
    import pyarrow as pa

    path = folder / RunFile.PREDICTIONS
    others = _others(path, predictions.split, origin.weights)
    splits = [*others, _stored(predictions, origin, [one.table for one in others])]
    tables = _same_columns([one.table for one in splits])
    facts = {"version": VERSION, "splits": [one.facts for one in splits]}
    schema = tables[0].schema.with_metadata({KEY: json.dumps(facts, ensure_ascii=False).encode()})

    def fill(draft: Path) -> None:
        import pyarrow.parquet as pq

        own = draft.with_name(f"{draft.name}-{os.getpid()}")  # another process may write as well
        try:
            with pq.ParquetWriter(own, schema) as writer:
                for table in tables:
                    writer.write_table(table.cast(schema), row_group_size=max(1, len(table)))
            own.replace(draft)
        except pa.ArrowException as error:
            raise OSError(f"pyarrow fails: {error}") from error
        finally:
            with suppress(OSError):
                own.unlink()

    return write_atomically(path, fill)


def read_split(
    folder: Path, split: str, is_current: Callable[[SplitOrigin], bool]
) -> SplitPredictions | None:
    """The predictions of a split that are kept in a run's folder.

    Args:
        folder: of the run.
        split: "train", "validation" or "test".
        is_current: whether predictions of this origin are those that the run would make now.

    Returns:
        None where there are none, where they are of other weights or data, or the file is damaged.
    """
    import pyarrow as pa

    try:
        with _opened(folder / RunFile.PREDICTIONS) as file:
            facts = _facts(file)
            numbers = [i for i, one in enumerate(facts) if one[SPLIT] == split]
            if not numbers or not is_current(SplitOrigin(**facts[numbers[0]]["origin"])):
                return None
            return _restored(facts[numbers[0]], file.read_row_group(numbers[0]))
    except (OSError, ValueError, KeyError, TypeError, IndexError, pa.ArrowException):
        return None


def _opened(path: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(path)


def _facts(file: Any) -> list[dict[str, Any]]:
    """What is known of each split, in the order of the row groups.

    Raises:
        ValueError, KeyError, TypeError: the file is of no run, or of another version.
    """
    content = json.loads((file.schema_arrow.metadata or {})[KEY])
    if content["version"] != VERSION or len(content["splits"]) != file.num_row_groups:
        raise ValueError("not written by this version")
    found: list[dict[str, Any]] = content["splits"]
    return found


def _others(path: Path, split: str, weights: str) -> list[_Stored]:
    """The other splits of a file of the same weights; none where it is missing or damaged."""
    import pyarrow as pa

    try:
        with _opened(path) as file:
            facts = _facts(file)
            return [
                _Stored(one, file.read_row_group(number).select(one["names"]))
                for number, one in enumerate(facts)
                if one[SPLIT] != split and one["origin"]["weights"] == weights
            ]
    except (OSError, ValueError, KeyError, TypeError, IndexError, pa.ArrowException):
        return []


def _same_columns(tables: Sequence[Any]) -> list[Any]:
    """Tables with the columns of all of them: null where one has none."""
    import pyarrow as pa

    types = _types(tables)
    found = []
    for table in tables:
        given = set(table.column_names)
        columns = {
            name: table[name].cast(kind) if name in given else pa.nulls(len(table), kind)
            for name, kind in types.items()
        }
        found.append(pa.table(columns))
    return found


def _types(tables: Sequence[Any]) -> dict[str, Any]:
    """The type of each column of some tables: of numbers one that has those of all."""
    import pyarrow as pa

    types: dict[str, Any] = {}
    for table in tables:
        for field in table.schema:
            kind = types.setdefault(field.name, field.type)
            if kind != field.type:
                common = np.promote_types(kind.to_pandas_dtype(), field.type.to_pandas_dtype())
                types[field.name] = pa.from_numpy_dtype(common)
    return types


def _agree(first: Any, second: Any) -> bool:
    """Whether values of two types can be in one column."""
    import pyarrow as pa

    numbers = [pa.types.is_integer(one) or pa.types.is_floating(one) for one in (first, second)]
    return bool(first == second) or all(numbers)


class _Columns:
    """The columns of a split as they are collected, under names that no other has.

    Args:
        taken: the types of the columns of other splits, by name.
    """

    def __init__(self, taken: Mapping[str, Any]) -> None:
        self.taken = taken
        self.arrays: dict[str, Any] = {}

    def add(self, name: str, array: Any) -> str:
        """Take a column; returns the name that it got."""
        while name in self.arrays or not _agree(self.taken.get(name, array.type), array.type):
            name += GIVEN
        self.arrays[name] = array
        return name


def _stored(predictions: SplitPredictions, origin: SplitOrigin, others: Sequence[Any]) -> _Stored:
    """A split as a table with the facts that say what its columns are.

    Args:
        predictions: of the split.
        origin: what they were computed from.
        others: the tables that share the file with it.
    """
    import pyarrow as pa

    columns, rows = _Columns(_types(others)), len(predictions)
    columns.add(SPLIT, pa.array([predictions.split] * rows, pa.string()))
    places = {name: columns.add(name, _arrow(v)) for name, v in predictions.places.items()}
    given = {name: columns.add(name, _arrow(v)) for name, v in predictions.columns.items()}
    outputs = [_stored_output(one, columns) for one in predictions.outputs.values()]
    facts = {
        SPLIT: predictions.split,
        "origin": asdict(origin),
        "places": places,
        "columns": given,
        "outputs": outputs,
        "left_out": dict(predictions.left_out),
        "names": list(columns.arrays),
    }
    return _Stored(facts, pa.table(columns.arrays))


def _arrow(values: Array) -> Any:
    import pyarrow as pa

    if values.dtype != object:
        return pa.array(values)
    return pa.array([None if one is None else str(one) for one in values], pa.string())


def _stored_output(output: OutputPredictions, columns: _Columns) -> dict[str, Any]:
    import pyarrow as pa

    name, labels = output.name, output.labels
    facts: dict[str, Any] = {
        "name": name,
        "kind": output.kind,
        "labels": list(labels),
        "columns": list(output.columns),
        "quantiles": list(output.quantiles),
        "threshold": output.threshold,
    }
    if output.kind is OutputKind.NUMBERS:
        ends = [f"_{one}" for one in output.columns] if len(output.columns) > 1 else [""]
        truths = [
            columns.add(f"{name}{end}_{TRUTH}", pa.array(output.truth[:, i]))
            for i, end in enumerate(ends)
        ]
        scores = output.scores.reshape(len(output), -1)
        if output.quantiles:
            ends = [f"{end}_q{one:g}" for end in ends for one in output.quantiles]
    elif output.kind is OutputKind.LABELS:
        truths = [columns.add(f"{name}_{TRUTH}", _label_lists(output))]
        scores, ends = output.scores, [f"_{one}" for one in labels]
    else:
        known = pa.array(output.truth, pa.int32(), mask=output.truth == NOT_COUNTED)
        words = pa.DictionaryArray.from_arrays(known, pa.array(labels, pa.string()))
        truths = [columns.add(f"{name}_{TRUTH}", words.cast(pa.string()))]
        scores, ends = output.scores.reshape(len(output), -1), [f"_{one}" for one in labels]
        if output.kind is OutputKind.BINARY:
            ends = ends[1:]
    facts[TRUTH] = truths
    facts["scores"] = [
        columns.add(f"{name}{end}", pa.array(_narrow(scores[:, i]))) for i, end in enumerate(ends)
    ]
    if output.weights is not None:
        facts[WEIGHT] = columns.add(f"{name}_{WEIGHT}", pa.array(output.weights))
    return facts


def _narrow(values: Array) -> Array:
    """The values as float32, where that has them exactly: models compute these."""
    with np.errstate(over="ignore"):
        narrow = values.astype(np.float32)
    return narrow if np.array_equal(narrow, values, equal_nan=True) else values


def _label_lists(output: OutputPredictions) -> Any:
    import pyarrow as pa

    _, which = np.nonzero(output.truth)
    words = np.asarray(output.labels, dtype=object)[which]
    offsets = np.concatenate([[0], np.cumsum(output.truth.sum(axis=1))])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(words, pa.string()))


def _restored(facts: Mapping[str, Any], table: Any) -> SplitPredictions:
    """The opposite of `_stored`."""

    def taken(names: Mapping[str, str]) -> dict[str, Array]:
        return {name: _numpy(table[column]) for name, column in names.items()}

    return SplitPredictions(
        facts[SPLIT],
        {one["name"]: _restored_output(one, table) for one in facts["outputs"]},
        taken(facts["places"]),
        taken(facts["columns"]),
        facts["left_out"],
    )


def _numpy(column: Any) -> Array:
    import pyarrow as pa

    if pa.types.is_string(column.type):
        found = np.empty(len(column), dtype=object)
        found[:] = column.to_pylist()
        return found
    values: Array = column.to_numpy()
    return values


def _restored_output(facts: Mapping[str, Any], table: Any) -> OutputPredictions:
    kind, labels = OutputKind(facts["kind"]), tuple(facts["labels"])
    scores = _side_by_side(table[name] for name in facts["scores"])
    truths = [table[name] for name in facts[TRUTH]]
    quantiles = tuple(facts["quantiles"])
    if kind is OutputKind.NUMBERS:
        truth = _side_by_side(truths)
        if quantiles:
            scores = scores.reshape(len(scores), -1, len(quantiles))
    elif kind is OutputKind.LABELS:
        truth = _label_truth(truths[0], labels)
    else:
        truth = _positions(truths[0], labels)
    if kind is OutputKind.BINARY:
        scores = scores[:, 0]
    return OutputPredictions(
        facts["name"],
        kind,
        truth,
        scores,
        labels,
        tuple(facts["columns"]),
        quantiles,
        facts["threshold"],
        np.asarray(table[facts[WEIGHT]].to_numpy()) if WEIGHT in facts else None,
    )


def _side_by_side(columns: Iterable[Any]) -> Array:
    return np.stack([np.asarray(one.to_numpy(), dtype=np.float64) for one in columns], axis=1)


def _positions(words: Any, labels: tuple[str, ...]) -> Array:
    """The position of each word in the labels; `NOT_COUNTED` where it is null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.index_in(words, pa.array(labels, pa.string()))
    return np.asarray(pc.fill_null(found, NOT_COUNTED).to_numpy(), dtype=np.int64)


def _label_truth(lists: Any, labels: tuple[str, ...]) -> Array:
    import pyarrow.compute as pc

    truth, lists = np.zeros((len(lists), len(labels)), dtype=np.bool_), lists.combine_chunks()
    rows = pc.list_parent_indices(lists).to_numpy()
    truth[rows, _positions(pc.list_flatten(lists), labels)] = True
    return truth
