"""How much memory the inputs of a table would take, told without reading all of it."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.diagnostics import Findings
from modelspec.spec.data import PYTHON, Columns
from modelspec.spec.model import InputSpec

from .csv_files import COMPRESSIONS, TEXT_ERRORS, open_bytes
from .files import DataFile
from .parquet_source import open_parquet
from .python_source import examples_of

LARGE_BYTES = 1 << 29
"""Bytes of inputs from which on a table streams by itself; reading one that is held takes three
times as many."""

SAMPLE = 1 << 20
"""Bytes of text that the number of rows is guessed from."""

UNPACKED = 4
"""How many times larger a compressed csv usually is when it is unpacked."""

SIZES = {"string": 64, "float64": 8, "int64": 8, "uint64": 8, "float16": 2, "int16": 2, "int8": 1}
"""Bytes of one value; of text, what Python needs for a short one. All others take 4."""


def needs_streaming(
    kind: str, files: Sequence[DataFile], inputs: Sequence[tuple[InputSpec, Columns | None]]
) -> bool:
    """Whether the inputs of a table would take so much memory that they had better stream.

    Args:
        kind: of the source.
        files: its files.
        inputs: the model's inputs with their columns.
    """
    row = sum(_row_bytes(entry, columns) for entry, columns in inputs if columns is not None)
    rows = sum(_rows(kind, file) for file in files)
    return row * rows > LARGE_BYTES


def _row_bytes(entry: InputSpec, columns: Columns) -> int:
    values = len(columns.columns)
    if columns.single:
        values = 1
        for size in entry.shape or ():
            values *= size or 1
    return values * SIZES.get(entry.dtype or "float32", 4)


def _rows(kind: str, file: DataFile) -> float:
    """How many rows there are: told by parquet and some datasets, guessed from a csv's start."""
    if kind == "parquet":
        opened = open_parquet(file, Findings())
        if opened is None:
            return 0
        with opened:
            return int(opened.metadata.num_rows)
    if kind == PYTHON:
        return examples_of(file)
    if kind != "csv":
        return 0
    try:
        size = file.path.stat().st_size
        with open_bytes(file.path) as stream:
            sample = stream.read(SAMPLE)
    except TEXT_ERRORS:
        return 0
    lines = max(sample.count(b"\n"), 1)
    if len(sample) < SAMPLE:
        return lines
    packed = file.path.suffix.lower() in COMPRESSIONS
    return int(size * (UNPACKED if packed else 1) / len(sample) * lines)
