"""The inputs of all splits, made piece by piece: into memory, or into files where they stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.prepare import fill_missing
from modelspec.data.table import (
    Array,
    Chunk,
    ChunkedTable,
    FeaturePlan,
    LazyArray,
    RowFile,
    RowSelection,
    TextFile,
    empty_aligned,
    map_in_threads,
)
from modelspec.diagnostics import Finding, Findings
from modelspec.spec.data import Columns
from modelspec.spec.model import InputSpec

from .examples import input_array

RowNumbers = npt.NDArray[np.int64]
Entry = tuple[InputSpec, Columns]


class Held:
    """Rows in memory, put there by several threads."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._lock = Lock()
        self.array: Array | None = None

    def put(self, array: Array, start: int) -> None:
        """Set the rows from `start` on."""
        with self._lock:
            if self.array is None:
                self.array = empty_aligned((self._rows, *array.shape[1:]), array.dtype)
        self.array[start : start + len(array)] = array


class Dropped:
    """Rows that are checked and not kept."""

    array: Array = np.empty(0)

    def put(self, array: Array, start: int) -> None:
        """Keep nothing."""


Sink = Held | Dropped | RowFile | TextFile
"""Takes the rows of one input of one split."""

Key = tuple[str, str]
"""A split and an input."""

Sinks = dict[Key, Sink]


class Part(NamedTuple):
    """What of a piece is made.

    Attributes:
        chunk: the piece.
        kept: its rows that some split has, counted from its first; None for all.
        rows: for each split its rows, counted among those kept; None for all.
        starts: for each split how many rows the pieces before have.
    """

    chunk: Chunk
    kept: RowNumbers | None
    rows: Sequence[RowNumbers | None]
    starts: Sequence[int]


def make_inputs(
    plan: FeaturePlan,
    fills: Mapping[str, Any],
    table: ChunkedTable,
    rows: Mapping[str, RowNumbers],
    findings: Findings,
    *,
    dry: bool = False,
) -> dict[str, dict[str, Array | LazyArray]] | None:
    """Split to input to its values; None with findings.

    Args:
        plan: which columns feed which input.
        fills: what stands in for missing values.
        table: the columns.
        rows: split to its rows, sorted.
        findings: takes values that do not fit, the first of each kind.
        dry: check the values and keep none.

    Raises:
        BrokenDataError: a file is damaged.
        CannotRunError: the disk is full.
    """
    entries = [(entry, columns) for entry, columns in plan.inputs if columns is not None]
    sinks: Sinks = {
        (split, entry.name): Dropped() if dry else _sink(entry, len(chosen), streams=table.streams)
        for split, chosen in rows.items()
        for entry, _ in entries
    }
    faults: dict[tuple[str, object], Finding] = {}

    def make(part: Part) -> list[Finding]:
        own = Findings()
        source = _rows(part, fills, table, own)
        for entry, columns in entries:
            array = input_array(entry, columns, source)
            if array is not None and not isinstance(array, LazyArray):
                _spread(array, part, list(rows), entry.name, sinks)
        return list(own)

    parts = _parts(table, entries, rows)
    for findings_of_part in map(make, parts) if table.streams else map_in_threads(make, parts):
        for finding in findings_of_part:
            faults.setdefault((finding.code, finding.span), finding)
    findings.extend(faults.values())
    if faults:
        return None
    return {
        split: {entry.name: _result(sinks[split, entry.name]) for entry, _ in entries}
        for split in rows
    }


def _spread(
    array: Array, part: Part, splits: Sequence[str], name: str, sinks: Mapping[Key, Sink]
) -> None:
    """Give each split its rows of a piece."""
    for split, chosen, start in zip(splits, part.rows, part.starts, strict=True):
        rows, sink = array if chosen is None else array[chosen], sinks[split, name]
        if isinstance(sink, (Held, Dropped)):
            sink.put(rows, start)
        else:
            sink.add(rows)


def _sink(entry: InputSpec, rows: int, *, streams: bool) -> Sink:
    if not streams:
        return Held(rows)
    return TextFile() if entry.dtype == "string" else RowFile()


def _result(sink: Sink) -> Array | LazyArray:
    if not isinstance(sink, (Held, Dropped)):
        return sink.lazy()
    assert sink.array is not None
    return sink.array


def _parts(
    table: ChunkedTable, entries: Sequence[Entry], rows: Mapping[str, RowNumbers]
) -> Iterator[Part]:
    """The table's pieces without the rows that no split has."""
    split = np.full(table.rows, -1, dtype=np.int8)
    for number, chosen in enumerate(rows.values()):
        split[chosen] = number
    names = dict.fromkeys(name for _, columns in entries for name in columns.columns)
    starts = [0] * len(rows)
    for chunk in table.read(list(names)):
        part = split[chunk.start : chunk.start + chunk.rows]
        kept = np.flatnonzero(part >= 0)
        if not len(kept):
            continue
        found = [np.flatnonzero(part[kept] == number) for number in range(len(rows))]
        shares = [None if len(one) == len(kept) else one for one in found]
        yield Part(chunk, None if len(kept) == chunk.rows else kept, shares, starts)
        starts = [start + len(one) for start, one in zip(starts, found, strict=True)]


def _rows(
    part: Part, fills: Mapping[str, Any], table: ChunkedTable, findings: Findings
) -> RowSelection:
    """The rows of a piece with nothing missing."""
    chunk, kept = part.chunk, part.kept
    columns = {}
    for name, column in chunk.columns.items():
        taken = column if kept is None else column.take(kept)
        columns[name] = fill_missing(taken, fills[name]) if name in fills else taken
    numbers = np.arange(chunk.rows) if kept is None else kept
    return RowSelection(columns, chunk.start + numbers, table, findings)
