"""A `tf.data.Dataset` that a function of an extension returns, gone through once.

What it gives is kept, in memory or in a file, and is then like any table: it is split, shuffled
and resumed by modelspec's own order, which no pipeline of somebody else's could promise.
"""

from __future__ import annotations

import hashlib
import json
import math
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.data.table import (
    CHUNK_ROWS,
    Array,
    BrokenDataError,
    Column,
    ColumnMap,
    ColumnUse,
    FileChunks,
    RowFile,
    Table,
    TablePart,
    TextFile,
    column_names,
    tensor_column,
)
from modelspec.diagnostics import Findings
from modelspec.spec.data import Source
from modelspec.spec.extensions import refuse_function

from .dataset_elements import named, problem_of
from .files import DataFile

BATCH = 1024
"""Examples that are taken at once."""

CODE = "bad-dataset"


def dataset_of(source: Source, folder: Path, findings: Findings) -> list[DataFile]:
    """Call the function of a source; its dataset as if it were a file, or nothing with findings.

    Args:
        source: with its function, if that may be called.
        folder: of the spec.
        findings: takes a function that may not be called or fails, and a dataset whose elements
            are no examples.
    """
    if source.make is None:
        refuse_function(source, findings)
        return []
    name, place = str(source.options["function"]), source.place("function")
    try:
        dataset = source.make(folder)
    except Exception as error:  # somebody else's code
        _failed(name, error, source, findings)
        return []
    problem = problem_of(dataset)
    if problem is not None:
        message, hint = problem
        findings.error(place, CODE, f"`{name}` {message}", hint=hint)
        return []
    made = replace(source, make=lambda _: dataset)
    args = json.dumps(source.options["args"], sort_keys=True, default=str)
    return [DataFile(Path(f"{name} {args}"), name, place, made)]


def columns_of_python(file: DataFile, findings: Findings) -> list[str] | None:
    """The names that the elements of a dataset have."""
    del findings
    return list(named(_dataset(file).element_spec))


def examples_of(file: DataFile) -> float:
    """How many examples there are; infinitely many where TensorFlow cannot tell."""
    count = int(_dataset(file).cardinality())
    return count if count >= 0 else math.inf


def _dataset(file: DataFile) -> Any:
    assert file.source.make is not None
    return file.source.make(Path())


def _failed(name: str, error: Exception, source: Source, findings: Findings) -> None:
    text = " ".join(str(error).split())
    message = f"calling `{name}` failed: {type(error).__name__}{': ' if text else ''}{text}"
    here = Path(__file__).parents[2]
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not Path(frame.filename).is_relative_to(here)]
    hint = f"at {own[-1].filename}:{own[-1].lineno}" if own else ""
    findings.error(source.place("function"), "extension-failed", message, hint=hint)


def read_python(file: DataFile, needs: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """The needed columns of all examples, held; None with findings.

    Args:
        file: as `dataset_of` gave it.
        needs: which columns.
        findings: takes a dataset that fails on the way, or has no example.

    Raises:
        BrokenDataError: examples differ in shape, or hold bytes that are no text.
    """
    pieces: dict[str, list[Array]] = {name: [] for name in column_names(needs)}
    taken = _Taken(file, list(pieces))
    for batch in taken.batches(findings):
        for name, values in batch.items():
            pieces[name].append(values)
    if not taken.sound:
        return None
    columns = {name: _column(np.concatenate(found), name, file) for name, found in pieces.items()}
    return Table(columns, taken.rows, [taken.part])


def stream_python(
    file: DataFile, needs: Sequence[ColumnUse], findings: Findings
) -> FileChunks | None:
    """The same in pieces, from a file without a name.

    Raises:
        BrokenDataError: examples differ in shape.
        CannotRunError: the disk is full.
    """
    kept: dict[str, RowFile | TextFile] = {}
    taken = _Taken(file, column_names(needs))
    for batch in taken.batches(findings):
        for name, values in batch.items():
            text = values.dtype == object
            sink = kept.setdefault(name, TextFile() if text else RowFile())
            column = _column(values, name, file)
            sink.add(column.values)
    if not taken.sound:
        return None
    rows = taken.rows

    def read(names: Sequence[str]) -> Iterator[ColumnMap]:
        for start in range(0, rows, CHUNK_ROWS):
            chosen = np.arange(start, min(start + CHUNK_ROWS, rows))
            yield {name: _column(kept[name].read(chosen), name, file) for name in names}

    return FileChunks(taken.part, read, taken.size)


def _column(values: Array, name: str, file: DataFile) -> Column:
    found = tensor_column(values)
    if found is None:
        message = f"`{name}` of `{file.name}` holds bytes that are no UTF-8 text"
        raise BrokenDataError(file.span, CODE, message)
    return found


class _Taken:
    """One way through a dataset: how much came, and a hash of all of it."""

    def __init__(self, file: DataFile, names: Sequence[str]) -> None:
        self.file = file
        self.names = names
        self.rows = 0
        self.size = 0
        self.sound = False
        self._hash = hashlib.sha256()
        self._shapes: dict[str, tuple[int, ...]] = {}

    @property
    def part(self) -> TablePart:
        """What the examples are called, and the hash that tells them from others."""
        return TablePart(self.file.name, self.rows, 0, digest=self._hash.digest())

    def batches(self, findings: Findings) -> Iterator[dict[str, Array]]:
        """Some examples at a time, column to array; `sound` is true where all came."""
        names = self.names

        def chosen(*element: Any) -> dict[str, Any]:
            found = named(element)
            return {name: found[name] for name in names}

        try:
            for batch in _dataset(self.file).map(chosen).batch(BATCH).prefetch(2):
                arrays = {name: batch[name].numpy() for name in names}
                self._note(arrays)
                yield arrays
        except Exception as error:  # somebody else's code, in whatever way it runs
            if isinstance(error, BrokenDataError):
                raise
            self._broken(error, findings)
            return
        if self.rows == 0:
            message = f"`{self.file.name}` gives no example"
            findings.error(self.file.span, "empty-data", message)
            return
        self.sound = True

    def _note(self, arrays: Mapping[str, Array]) -> None:
        for name, values in arrays.items():
            shape = self._shapes.setdefault(name, values.shape[1:])
            if values.shape[1:] != shape:
                message = (
                    f"`{name}` of `{self.file.name}` has shape {list(values.shape[1:])} in example"
                    f" {self.rows} and {list(shape)} before it"
                )
                raise BrokenDataError(self.file.span, "unequal-shapes", message)
            content = _bytes_of(values)
            self._hash.update(content)
            self.size += len(content)
        self.rows += len(next(iter(arrays.values())))

    def _broken(self, error: Exception, findings: Findings) -> None:
        text = str(error)
        lines = text.rpartition("}} ")[2].partition("[Op:")[0].strip().splitlines()
        reason = next(iter(lines), type(error).__name__)
        message = (
            f"what `{self.file.name}` returns fails in the {BATCH} examples from number {self.rows}"
            f" on: {reason}"
        )
        hint = ""
        if "batch tensors with different shapes" in text:
            hint = "give all examples one shape, such as with `padded_batch` and `unbatch`"
        findings.error(self.file.span, CODE, message, hint=hint)


def _bytes_of(values: Array) -> bytes:
    if values.dtype != object:
        return np.ascontiguousarray(values).tobytes()
    words = values.ravel().tolist()
    lengths = np.asarray([len(word) for word in words], dtype="<i8")
    return lengths.tobytes() + b"".join(words)
