"""The inputs of all splits, made chunk by chunk: in memory, or in files where they stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock
from typing import NamedTuple, Protocol

import numpy as np

from modelspec.data.table import (
    Array,
    Chunk,
    ChunkedTable,
    Column,
    FeaturePlan,
    LazyArray,
    RowFile,
    RowNumbers,
    RowSelection,
    TextFile,
    empty_aligned,
    map_in_threads,
)
from modelspec.diagnostics import Finding, Findings
from modelspec.spec.data import Columns
from modelspec.spec.model import InputSpec

FedInput = tuple[InputSpec, Columns]
"""An input of the model and the columns that feed it."""


class InputEncoder(Protocol):
    """How the columns of a table become inputs."""

    @property
    def plan(self) -> FeaturePlan:
        """Which columns feed which input."""
        ...

    def fill(self, columns: Mapping[str, Column]) -> Mapping[str, Column]:
        """Columns without missing values."""
        ...

    def array(
        self, entry: InputSpec, columns: Columns, rows: RowSelection
    ) -> Array | LazyArray | None:
        """The array of one input; None with a finding."""
        ...


class RowBuffer:
    """An array in memory that several threads fill."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._lock = Lock()
        self.array: Array | None = None

    def write(self, array: Array, start: int, chosen: RowNumbers | None) -> None:
        """Set the rows from `start` on to those of `array` with some indices, or to all."""
        with self._lock:
            if self.array is None:
                self.array = empty_aligned((self._rows, *array.shape[1:]), array.dtype)
        if chosen is None:
            self.array[start : start + len(array)] = array
        else:  # "clip" writes straight into `out`; no index is out of bounds
            rows = self.array[start : start + len(chosen)]
            np.take(array, chosen, axis=0, out=rows, mode="clip")


class DroppedRows:
    """Takes the place of a buffer where rows are checked only: `array` has the shape of a row."""

    def __init__(self) -> None:
        self.array: Array = np.empty(0)

    def write(self, array: Array, start: int, chosen: RowNumbers | None) -> None:
        """Store no row."""
        self.array = array[:0]


RowStore = RowBuffer | DroppedRows | RowFile | TextFile
"""Takes the rows of one input of one split."""


class ChunkOfSplits(NamedTuple):
    """A chunk and which of its rows each split takes.

    Attributes:
        chunk: the chunk.
        kept: its rows that some split has, counted from its first; None for all.
        rows: for each split its rows, as indices into those kept; None for all.
        starts: for each split how many of its rows are in earlier chunks.
    """

    chunk: Chunk
    kept: RowNumbers | None
    rows: Sequence[RowNumbers | None]
    starts: Sequence[int]


def make_chunked_inputs(
    encoder: InputEncoder,
    table: ChunkedTable,
    rows: Mapping[str, RowNumbers],
    findings: Findings,
    *,
    drops_inputs: bool = False,
) -> dict[str, dict[str, Array | LazyArray]] | None:
    """Split name to input name to its values; None with findings.

    Args:
        encoder: makes the inputs.
        table: the columns.
        rows: split name to its rows, sorted.
        findings: takes values that do not fit, the first of each kind.
        drops_inputs: check the values and store none.

    Raises:
        BrokenDataError: a file is damaged.
        CannotRunError: the disk is full.
    """
    inputs = [(entry, columns) for entry, columns in encoder.plan.inputs if columns is not None]
    stores: dict[tuple[str, str], RowStore] = {
        (split, entry.name): DroppedRows()
        if drops_inputs
        else _new_store(entry, len(chosen), streams=table.streams)
        for split, chosen in rows.items()
        for entry, _ in inputs
    }

    def store(part: ChunkOfSplits) -> Findings:
        """Make and store the inputs of a chunk; what it finds."""
        found = Findings()
        source = _filled_rows(part, encoder.fill, table, found)
        for entry, columns in inputs:
            array = encoder.array(entry, columns, source)
            if array is not None and not isinstance(array, LazyArray):
                _store(array, part, [stores[split, entry.name] for split in rows])
        return found

    first: dict[tuple[str, object], Finding] = {}
    chunks = _chunks_of_splits(table, inputs, rows)
    for found in map(store, chunks) if table.streams else map_in_threads(store, chunks):
        for finding in found:
            first.setdefault((finding.code, finding.span), finding)
    findings.extend(first.values())
    if first:
        return None
    return {
        split: {entry.name: _stored(stores[split, entry.name]) for entry, _ in inputs}
        for split in rows
    }


def _new_store(entry: InputSpec, rows: int, *, streams: bool) -> RowStore:
    if not streams:
        return RowBuffer(rows)
    return TextFile() if entry.dtype == "string" else RowFile()


def _store(array: Array, part: ChunkOfSplits, stores: Sequence[RowStore]) -> None:
    """Give each split its rows of a chunk."""
    for chosen, start, store in zip(part.rows, part.starts, stores, strict=True):
        if isinstance(store, (RowBuffer, DroppedRows)):
            store.write(array, start, chosen)
        else:
            store.add(array if chosen is None else array[chosen])


def _stored(store: RowStore) -> Array | LazyArray:
    if not isinstance(store, (RowBuffer, DroppedRows)):
        return store.lazy()
    assert store.array is not None
    return store.array


def _chunks_of_splits(
    table: ChunkedTable, inputs: Sequence[FedInput], rows: Mapping[str, RowNumbers]
) -> Iterator[ChunkOfSplits]:
    """The table's chunks without the rows that no split has."""
    split_of_row = np.full(table.rows, -1, dtype=np.int8)
    for number, chosen in enumerate(rows.values()):
        split_of_row[chosen] = number
    names = dict.fromkeys(name for _, columns in inputs for name in columns.columns)
    starts = [0] * len(rows)
    for chunk in table.read(list(names)):
        numbers = split_of_row[chunk.start : chunk.start + chunk.rows]
        kept = np.flatnonzero(numbers >= 0)
        if not len(kept):
            continue
        found = [np.flatnonzero(numbers[kept] == number) for number in range(len(rows))]
        chosen_rows = [None if len(one) == len(kept) else one for one in found]
        yield ChunkOfSplits(chunk, None if len(kept) == chunk.rows else kept, chosen_rows, starts)
        starts = [start + len(one) for start, one in zip(starts, found, strict=True)]


def _filled_rows(
    part: ChunkOfSplits,
    fill: Callable[[Mapping[str, Column]], Mapping[str, Column]],
    table: ChunkedTable,
    findings: Findings,
) -> RowSelection:
    """The rows of a chunk that some split has, without missing values."""
    chunk, kept = part.chunk, part.kept
    columns = chunk.columns
    if kept is not None:
        columns = {name: column.take(kept) for name, column in columns.items()}
    numbers = np.arange(chunk.rows) if kept is None else kept
    return RowSelection(fill(columns), chunk.start + numbers, table, findings)
