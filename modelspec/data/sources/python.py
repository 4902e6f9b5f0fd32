"""The source `python`: a `tf.data.Dataset` that a function of an extension returns.

The dataset is read once, into memory or into a file, and is then like any table: modelspec splits,
shuffles and resumes it in an order of its own, which no pipeline of the user's could guarantee.
"""

from __future__ import annotations

import hashlib
import json
import math
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

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
from modelspec.diagnostics import Findings, join_words
from modelspec.framework import operation_message
from modelspec.spec.data import Source
from modelspec.spec.extensions import refuse_function

from .files import DataFile
from .source import DataSource

BATCH = 1024
"""Examples that are taken at once."""

CODE = "bad-dataset"

ELEMENT_PARTS = ("input", "target", "weight")
"""The columns of an element that is a tuple, as Keras takes them; a dict in it gives its keys."""


def call_function(source: Source, folder: Path, findings: Findings) -> list[DataFile]:
    """Call the function of a source; its dataset as if it were a file, or nothing with findings.

    Args:
        source: with its function, if that may be called.
        folder: of the spec.
        findings: takes a function that may not be called or fails, and a dataset whose elements
            are not examples.
    """
    if source.make is None:
        refuse_function(source, findings)
        return []
    name, span = str(source.options["function"]), source.place("function")
    try:
        dataset = source.make(folder)
    except Exception as error:  # the user's code
        _report_failed_call(name, error, source, findings)
        return []
    problem = _find_problem(dataset)
    if problem is not None:
        findings.error(span, CODE, f"`{name}` {problem.text}", hint=problem.hint)
        return []
    made = replace(source, make=lambda _: dataset)
    args = json.dumps(source.options["args"], sort_keys=True, default=str)
    return [DataFile(Path(f"{name} {args}"), name, span, made)]


def _report_failed_call(name: str, error: Exception, source: Source, findings: Findings) -> None:
    text = " ".join(str(error).split())
    message = f"calling `{name}` failed: {type(error).__name__}{': ' if text else ''}{text}"
    here = Path(__file__).parents[2]
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not Path(frame.filename).is_relative_to(here)]
    hint = f"at {own[-1].filename}:{own[-1].lineno}" if own else ""
    findings.error(source.place("function"), "extension-failed", message, hint=hint)


class _Problem(NamedTuple):
    """Why something is not a dataset of examples: a text after the function's name, and a hint."""

    text: str
    hint: str = ""


_YIELD_DICT = "yield a dict from column names to tensors"


def _find_problem(dataset: Any) -> _Problem | None:
    """Why something is not a finite dataset of examples; None for one that is."""
    import tensorflow as tf

    if not isinstance(dataset, tf.data.Dataset):
        hint = "return a tf.data.Dataset, for example from tf.data.Dataset.from_generator(...)"
        return _Problem(f"returns {_type_name(dataset)}, not a tf.data.Dataset", hint)
    element = dataset.element_spec
    if isinstance(element, tuple) and len(element) > len(ELEMENT_PARTS):
        known = join_words(f"`{part}`" for part in ELEMENT_PARTS)
        text = f"yields tuples of {len(element)}; they may have {known}"
        return _Problem(text, _YIELD_DICT)
    found = _columns_of(element)
    parts = element if isinstance(element, tuple) else ()
    names = [key for part in parts if isinstance(part, Mapping) for key in part]
    if len(names) > len(set(names)):
        text = "yields a column twice: its inputs and its targets share a name"
        return _Problem(text, "rename one of them")
    for name, spec in found.items():
        if not isinstance(spec, tf.TensorSpec):
            return _Problem(
                f"yields `{name}` as {_type_name(spec)}; a column must be a tensor", _YIELD_DICT
            )
        if not _is_known(spec.dtype):
            return _Problem(
                f"yields `{name}` as {spec.dtype.name}; a column must hold numbers or text"
            )
    if all(_has_open_first_axis(spec) for spec in found.values()):
        text = "seems to yield batches: the first axis of every tensor has no size"
        return _Problem(text, "remove `.batch(...)`: modelspec makes the batches")
    if dataset.cardinality() == tf.data.INFINITE_CARDINALITY:
        hint = "remove `.repeat()`: modelspec repeats the examples in each epoch"
        return _Problem("yields examples without end", hint)
    return None


def _columns_of(element: Any) -> dict[str, Any]:
    """Column name to the tensor of an element, or to its TensorSpec."""
    if isinstance(element, tuple) and len(element) == 1:
        (element,) = element
    if isinstance(element, Mapping):
        return dict(element)
    if not isinstance(element, tuple):
        return {ELEMENT_PARTS[0]: element}
    found: dict[str, Any] = {}
    for name, part in zip(ELEMENT_PARTS, element, strict=False):
        found |= part if isinstance(part, Mapping) else {name: part}
    return found


def _is_known(dtype: Any) -> bool:
    return bool(dtype.is_floating or dtype.is_integer or dtype.is_bool or dtype.name == "string")


def _has_open_first_axis(spec: Any) -> bool:
    return bool(spec.shape.rank) and spec.shape[0] is None


def _type_name(value: Any) -> str:
    return type(value).__name__


def _dataset(file: DataFile) -> Any:
    assert file.source.make is not None
    return file.source.make(Path())


def dataset_columns(file: DataFile, findings: Findings) -> list[str] | None:
    """The names that the elements of a dataset have."""
    del findings
    return list(_columns_of(_dataset(file).element_spec))


def count_examples(file: DataFile) -> float:
    """How many examples there are; infinitely many where TensorFlow cannot tell."""
    count = int(_dataset(file).cardinality())
    return count if count >= 0 else math.inf


def read_dataset(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """The used columns of all examples, in memory; None with findings.

    Args:
        file: as `call_function` returned it.
        uses: which columns.
        findings: takes a dataset that fails on the way, or has no examples.

    Raises:
        BrokenDataError: examples differ in shape, or hold bytes that are not text.
    """
    batches: dict[str, list[Array]] = {name: [] for name in column_names(uses)}
    reader = _DatasetReader(file, list(batches))
    for batch in reader.batches(findings):
        for name, values in batch.items():
            batches[name].append(values)
    if not reader.is_complete:
        return None
    columns = {name: _column(np.concatenate(found), name, file) for name, found in batches.items()}
    return Table(columns, reader.rows, [reader.part])


def stream_dataset(
    file: DataFile, uses: Sequence[ColumnUse], findings: Findings
) -> FileChunks | None:
    """The same in chunks, from a temporary file.

    Raises:
        BrokenDataError: examples differ in shape.
        CannotRunError: the disk is full.
    """
    files: dict[str, RowFile | TextFile] = {}
    reader = _DatasetReader(file, column_names(uses))
    for batch in reader.batches(findings):
        for name, values in batch.items():
            is_text = values.dtype == object
            sink = files.setdefault(name, TextFile() if is_text else RowFile())
            sink.add(_column(values, name, file).values)
    if not reader.is_complete:
        return None
    rows = reader.rows

    def read(names: Sequence[str]) -> Iterator[ColumnMap]:
        for start in range(0, rows, CHUNK_ROWS):
            chosen = np.arange(start, min(start + CHUNK_ROWS, rows))
            yield {name: _column(files[name].read(chosen), name, file) for name in names}

    return FileChunks(reader.part, read, reader.size)


PYTHON_SOURCE = DataSource(
    columns=dataset_columns,
    read=read_dataset,
    stream=stream_dataset,
    count_rows=count_examples,
    find=call_function,
)


def _column(values: Array, name: str, file: DataFile) -> Column:
    found = tensor_column(values)
    if found is None:
        message = f"`{name}` of `{file.name}` contains bytes that are not UTF-8 text"
        raise BrokenDataError(file.span, CODE, message)
    return found


class _DatasetReader:
    """One pass over a dataset: counts rows and bytes, and hashes all values.

    Attributes:
        rows: examples read so far.
        size: their bytes.
        is_complete: whether all examples were read.
    """

    def __init__(self, file: DataFile, names: Sequence[str]) -> None:
        self.file = file
        self.names = names
        self.rows = 0
        self.size = 0
        self.is_complete = False
        self._hash = hashlib.sha256()
        self._shapes: dict[str, tuple[int, ...]] = {}

    @property
    def part(self) -> TablePart:
        """The examples as a part of a table; with a hash in place of a file."""
        return TablePart(self.file.name, self.rows, 0, digest=self._hash.digest())

    def batches(self, findings: Findings) -> Iterator[dict[str, Array]]:
        """Batches of examples, column to array; `is_complete` is true where all came."""
        names = self.names

        def choose(*element: Any) -> dict[str, Any]:
            found = _columns_of(element)
            return {name: found[name] for name in names}

        try:
            for batch in _dataset(self.file).map(choose).batch(BATCH).prefetch(2):
                arrays = {name: batch[name].numpy() for name in names}
                self._add(arrays)
                yield arrays
        except Exception as error:  # the user's code, wherever it runs
            if isinstance(error, BrokenDataError):
                raise
            self._report_failure(error, findings)
            return
        if self.rows == 0:
            message = f"`{self.file.name}` yields no examples"
            findings.error(self.file.span, "empty-data", message)
            return
        self.is_complete = True

    def _add(self, arrays: Mapping[str, Array]) -> None:
        for name, values in arrays.items():
            shape = self._shapes.setdefault(name, values.shape[1:])
            if values.shape[1:] != shape:
                message = (
                    f"`{name}` of `{self.file.name}` has shape {list(values.shape[1:])} in example"
                    f" {self.rows} and {list(shape)} before it"
                )
                raise BrokenDataError(self.file.span, "unequal-shapes", message)
            content = _content(values)
            self._hash.update(content)
            self.size += len(content)
        self.rows += len(next(iter(arrays.values())))

    def _report_failure(self, error: Exception, findings: Findings) -> None:
        reason = next(iter(operation_message(error).splitlines()), type(error).__name__)
        message = (
            f"the dataset of `{self.file.name}` fails within {BATCH} examples from number"
            f" {self.rows} on: {reason}"
        )
        hint = ""
        if _is_batching_failure(error):
            hint = "give all examples one shape, for example with `padded_batch` and `unbatch`"
        findings.error(self.file.span, CODE, message, hint=hint)


def _is_batching_failure(error: Exception) -> bool:
    """Whether examples of different shapes could not be batched.

    TensorFlow raises InvalidArgumentError for this and for much else; only its text tells.
    """
    return "batch tensors with different shapes" in str(error)


def _content(values: Array) -> bytes:
    """The bytes of an array; of text, the lengths and then the words."""
    if values.dtype != object:
        return np.ascontiguousarray(values).tobytes()
    words = values.ravel().tolist()
    lengths = np.asarray([len(word) for word in words], dtype="<i8")
    return lengths.tobytes() + b"".join(words)
