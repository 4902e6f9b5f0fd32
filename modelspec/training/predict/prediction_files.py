"""Writing predictions to files and streams, chunk by chunk."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import numpy.typing as npt

from modelspec.data import NewDataChunk
from modelspec.diagnostics import CannotRunError, UsageError, join_words
from modelspec.files import cannot_write
from modelspec.tabular import FORMULA_START, PLAIN_NUMBER, escape_formula

from .arrow_columns import arrow_columns
from .output_columns import ColumnCollector, OutputColumn

SPACE = " "
"""Separates the values of lists that are not predicted in text."""

NEEDS_QUOTES = '[",\\r\\n]'


Predictions = Iterator[tuple[Mapping[str, OutputColumn], NewDataChunk]]
"""The predicted columns of each chunk."""


class PredictionFile(Protocol):
    """Takes predictions in order; it is complete only when it is closed."""

    def add(self, columns: Mapping[str, OutputColumn], chunk: NewDataChunk) -> None:
        """Write the predictions of a chunk."""
        ...

    def close(self) -> None:
        """Write the rest."""
        ...


class CsvFile:
    """Csv text: a header, then a line for each row; empty for dropped rows.

    Args:
        stream: takes the bytes.
        escape_formulas: put an apostrophe before text that a spreadsheet would compute.
    """

    def __init__(self, stream: IO[bytes], *, escape_formulas: bool = False) -> None:
        self.stream = stream
        self.escape_formulas = escape_formulas
        self.has_header = False

    def add(self, columns: Mapping[str, OutputColumn], chunk: NewDataChunk) -> None:
        """Write the predictions of a chunk.

        Raises:
            UsageError: an output has more than one number for each row.
        """
        import pyarrow as pa
        import pyarrow.csv as pc

        arrays = arrow_columns(columns, chunk)
        joins = _joins(columns)
        flat = {n: _flatten(n, array, joins.get(n, SPACE)) for n, array in arrays.items()}
        if self.escape_formulas:
            flat = {escape_formula(name): _escaped(array) for name, array in flat.items()}
        if not self.has_header:
            self.has_header = True
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerow(flat)
            self.stream.write(text.getvalue().encode())
        quoting = "needed" if any(map(_needs_quotes, flat.values())) else "none"
        options = pc.WriteOptions(include_header=False, quoting_style=quoting)
        sink = pa.BufferOutputStream()
        pc.write_csv(pa.table(flat), sink, options)
        self.stream.write(sink.getvalue())

    def close(self) -> None:
        """Nothing is left to write."""
        self.stream.flush()


def _flatten(name: str, array: Any, join: str) -> Any:
    """A column for csv: class names as text, lists of them joined."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    if pt.is_list(array.type) and not pt.is_fixed_size_list(array.type.value_type):
        return pc.binary_join(array.cast(pa.list_(pa.string())), join)
    if pt.is_fixed_size_list(array.type):
        shape = []
        kind = array.type
        while pt.is_fixed_size_list(kind):
            shape.append(kind.list_size)
            kind = kind.value_type
        message = f"`{name}` has shape {shape} for each row, which a csv cannot hold"
        others = join_words([suffix for suffix in PREDICTION_FILES if suffix != ".csv"], "or")
        raise UsageError(f"{message}; write to a file that ends in {others}")
    return array.cast(pa.string()) if pt.is_dictionary(array.type) else array


def _escaped(array: Any) -> Any:
    """Texts with an apostrophe before each that a spreadsheet would compute; numbers stay."""
    import pyarrow.compute as pc
    import pyarrow.types as pt

    if not (pt.is_string(array.type) or pt.is_large_string(array.type)):
        return array
    is_formula = pc.match_substring_regex(array, FORMULA_START)
    is_formula = pc.and_not(is_formula, pc.match_substring_regex(array, PLAIN_NUMBER))
    return pc.if_else(is_formula, pc.binary_join_element_wise("'", array, ""), array)


def _needs_quotes(array: Any) -> bool:
    import pyarrow.compute as pc
    import pyarrow.types as pt

    if not pt.is_string(array.type):
        return False
    return bool(pc.any(pc.match_substring_regex(array, NEEDS_QUOTES)).as_py())


class JsonLinesFile:
    """A JSON object for each row; null for dropped rows and for numbers that are not finite."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def add(self, columns: Mapping[str, OutputColumn], chunk: NewDataChunk) -> None:
        """Write the predictions of a chunk."""
        arrays = arrow_columns(columns, chunk)
        heads = [f"{json.dumps(name, ensure_ascii=False)}: " for name in arrays]
        cells = [_json_texts(array) for array in arrays.values()]
        rows = zip(*cells, strict=True)
        lines = ["{" + ", ".join(map(str.__add__, heads, row)) + "}\n" for row in rows]
        self.stream.write("".join(lines).encode())

    def close(self) -> None:
        """Nothing is left to write."""
        self.stream.flush()


def _json_texts(array: Any) -> list[str]:
    """Each value as JSON; numbers in the shortest form that reads back as the same."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    if pt.is_dictionary(array.type):
        words = [json.dumps(word, ensure_ascii=False) for word in array.dictionary.to_pylist()]
        return ["null" if c is None else words[c] for c in array.indices.to_pylist()]
    if pt.is_floating(array.type):
        finite = pc.if_else(pc.is_finite(array), array, pa.scalar(None, array.type))
        return [text or "null" for text in finite.cast(pa.string()).to_pylist()]
    return [json.dumps(_finite(value), ensure_ascii=False) for value in array.to_pylist()]


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


class ParquetFile:
    """A parquet file; class names as a dictionary, outputs of several axes as lists."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.writer: Any = None

    def add(self, columns: Mapping[str, OutputColumn], chunk: NewDataChunk) -> None:
        """Write the predictions of a chunk."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.table(arrow_columns(columns, chunk))
        if self.writer is None:
            self.writer = pq.ParquetWriter(self.stream, table.schema)
        self.writer.write_table(table.cast(self.writer.schema))

    def close(self) -> None:
        """Write the footer, without which the file cannot be read."""
        if self.writer is not None:
            self.writer.close()


class NpzFile:
    """An archive of arrays, which are in memory until the end; lists are joined to text."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.collector = ColumnCollector()
        self.joins: dict[str, str] = {}

    def add(self, columns: Mapping[str, OutputColumn], chunk: NewDataChunk) -> None:
        """Take the predictions of a chunk."""
        self.joins |= _joins(columns)
        self.collector.add(columns, chunk)

    def close(self) -> None:
        """Write all of it."""
        with zipfile.ZipFile(self.stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, values in self.collector.columns().items():
                array = _without_objects(values, self.joins.get(name, SPACE))
                # not by `np.savez`, which has a parameter `file`, as files have a column
                with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                    np.lib.format.write_array(file, array, allow_pickle=False)


def _joins(columns: Mapping[str, OutputColumn]) -> dict[str, str]:
    """What separates the values of the lists of each output in text."""
    return {name: column.join for name, column in columns.items()}


def _without_objects(values: npt.NDArray[Any], join: str) -> npt.NDArray[Any]:
    """Text, and lists as joined text, in a dtype of numpy."""
    if values.dtype != object:
        return values
    joined = [join.join(map(str, v)) if isinstance(v, list) else str(v) for v in values.ravel()]
    return np.asarray(joined).reshape(values.shape)


PREDICTION_FILES: dict[str, Callable[[IO[bytes]], PredictionFile]] = {
    ".csv": CsvFile,
    ".jsonl": JsonLinesFile,
    ".parquet": ParquetFile,
    ".npz": NpzFile,
}
"""Suffix to what writes such a file."""


def file_class(
    output: Path, *, escape_formulas: bool = False
) -> Callable[[IO[bytes]], PredictionFile]:
    """What writes a file of this name.

    Args:
        output: the name.
        escape_formulas: as for `CsvFile`; no other file has cells without a type.

    Raises:
        UsageError: its suffix is not in `PREDICTION_FILES`, or formulas are to be escaped in a file
            that is not csv.
    """
    file = PREDICTION_FILES.get(output.suffix.lower())
    if file is None:
        raise UsageError(f'"{output}" must end in {join_words(PREDICTION_FILES, "or")}')
    if not escape_formulas:
        return file
    if file is not CsvFile:
        message = f'--escape-formulas is for csv, and in "{output}" text is text'
        raise UsageError(f"{message}: leave it out, or write to a file that ends in .csv")
    return partial(CsvFile, escape_formulas=True)


def write_chunks(predictions: Predictions, file: PredictionFile) -> int:
    """Write all chunks, and close the file; how many rows there are."""
    rows = 0
    for columns, chunk in predictions:
        file.add(columns, chunk)
        rows += chunk.rows
    file.close()
    return rows


def refuse_unwritable(output: Path, *, force: bool) -> None:
    """Refuse a file before the work of predicting.

    Raises:
        UsageError: it exists, and `force` is false.
        CannotRunError: its folder, which may be a typing error, does not exist.
    """
    if output.exists() and not force:
        raise UsageError(f"{output} exists; choose another name, or give --force")
    if not output.parent.is_dir():
        raise no_folder(output)


def no_folder(path: Path) -> CannotRunError:
    """The error for a path whose folder does not exist."""
    return cannot_write(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
