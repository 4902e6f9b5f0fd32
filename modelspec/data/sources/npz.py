"""The source `npz`: the arrays of an archive are columns, their first axis counts the examples.

A single array, as `numpy.save` writes it, is a column too.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from modelspec.data.table import (
    Array,
    Column,
    ColumnUse,
    Table,
    TablePart,
    column_names,
    full_column,
)
from modelspec.diagnostics import Findings, join_words, suggest
from modelspec.document import value_span
from modelspec.spec.data import SINGLE_ARRAY
from modelspec.unpacking import UnpacksTooLargeError, refuse_too_large

from .files import DataFile, report_unreadable
from .source import DataSource

_ARRAY = b"\x93NUMPY"
"""What a `.npy` file begins with."""

_ERRORS = (OSError, ValueError, zipfile.BadZipFile, EOFError, KeyError, MemoryError)
"""Also of an array that claims to be larger than any memory."""


def npz_columns(file: DataFile, findings: Findings) -> list[str] | None:
    """The columns of a file; None with findings where it is not of numpy, or lacks an array."""
    names = _array_names(file, findings)
    if names is None:
        return None
    columns = _arrays_of_columns(file, names)
    chosen = {} if file.by_hand else columns
    missing = [column for column, array in chosen.items() if array not in names]
    for column in missing:
        array = columns[column]
        place = value_span(file.source.options["columns"], column, file.source.place("columns"))
        close = suggest(array, names)
        message = f"{file.name} has no array `{array}`{close.text}"
        hint = f"its arrays are {join_words(f'`{name}`' for name in names)}"
        if column in names:
            hint = f"`columns` has the names of arrays on the right: write `{array}: {column}`"
        findings.error(place, "unknown-column", message, hint=hint, replace=close.replace)
    return None if missing else list(columns)


def read_npz(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """The used arrays of one file; None with findings.

    Args:
        file: one that has all columns of `uses`.
        uses: which arrays.
        findings: takes arrays of different lengths and arrays of Python objects.
    """
    found: dict[str, Column] = {}
    try:
        with _opened(file.path) as arrays:
            columns = _arrays_of_columns(file, list(arrays))
            _refuse_large(file.path, [columns[name] for name in column_names(uses)])
            for name in column_names(uses):
                found[name] = _column(arrays[columns[name]])
    except UnpacksTooLargeError as error:
        report_unreadable(file, error, findings)
        return None
    except _ERRORS as error:
        _report_unreadable(file, error, findings)
        return None
    return _table(file, found, findings)


NPZ_SOURCE = DataSource(columns=npz_columns, read=read_npz, suffixes=(".npz", ".npy"))


def _array_names(file: DataFile, findings: Findings) -> list[str] | None:
    """The names of the arrays in a file; None with a finding where it is not of numpy."""
    try:
        with file.path.open("rb") as stream:
            if stream.read(len(_ARRAY)) == _ARRAY:
                return [SINGLE_ARRAY]
            stream.seek(0)
            with np.load(stream, allow_pickle=False) as archive:
                return list(archive.files)
    except _ERRORS as error:
        _report_unreadable(file, error, findings)
        return None


def _arrays_of_columns(file: DataFile, names: Sequence[str]) -> dict[str, str]:
    """Column to the name of its array.

    A file that was given by hand may call its arrays as the columns are called, or as the training
    data did.
    """
    own = {name: name for name in names}
    chosen = file.source.options.get("columns")
    if not chosen:
        return own
    if not file.by_hand:
        return dict(chosen)
    return {**{column: array for column, array in chosen.items() if array in names}, **own}


@contextmanager
def _opened(path: Path) -> Iterator[Mapping[str, Array]]:
    """The arrays of a file by name; those of an archive are read when they are asked for."""
    found = np.load(path, allow_pickle=False)
    if isinstance(found, np.ndarray):
        yield {SINGLE_ARRAY: found}
        return
    with found as archive:
        yield archive


def _refuse_large(path: Path, arrays: Sequence[str]) -> None:
    """Refuse arrays of an archive by the sizes in its table of members, which numpy keeps to.

    Raises:
        UnpacksTooLargeError: together they are beyond the bound.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        sizes = {member.filename: member.file_size for member in archive.infolist()}
    unpacked = sum(sizes.get(f"{name}.npy", sizes.get(name, 0)) for name in set(arrays))
    refuse_too_large(path.stat().st_size, unpacked)


def _report_unreadable(file: DataFile, error: Exception, findings: Findings) -> None:
    if _contains_objects(file.path):
        message = f"{file.name} contains Python objects; only numbers and text are read"
        hint = "save arrays with a dtype such as float32 or str"
        findings.error(file.span, "bad-data-file", message, hint=hint)
        return
    if isinstance(error, OSError) and error.strerror:
        message = f"{file.name} cannot be read: {error.strerror}"
    else:
        kind = "npy" if file.path.suffix == ".npy" else "npz"
        message = f"{file.name} is not a valid {kind} file"
    findings.error(file.span, "bad-data-file", message)


def _contains_objects(path: Path) -> bool:
    """Whether a file has an array of Python objects, which numpy reads by unpickling alone.

    numpy raises a plain ValueError for it, so the headers of the arrays are looked at.
    """
    try:
        if not zipfile.is_zipfile(path):
            with path.open("rb") as stream:
                return _dtype(stream).hasobject
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".npy")]
            return any(_dtype(archive.open(name)).hasobject for name in names)
    except _ERRORS:
        return False


def _dtype(stream: IO[bytes]) -> np.dtype[Any]:
    """The dtype in the header of an array."""
    if np.lib.format.read_magic(stream) == (1, 0):
        return np.lib.format.read_array_header_1_0(stream)[2]
    return np.lib.format.read_array_header_2_0(stream)[2]


def _table(file: DataFile, found: dict[str, Column], findings: Findings) -> Table | None:
    lengths = {name: len(column.values) for name, column in found.items()}
    name = next(iter(lengths), "")
    other = next((key for key, length in lengths.items() if length != lengths[name]), None)
    if other is not None:
        message = (
            f"the arrays of {file.name} differ in length: `{name}` has {lengths[name]} examples, "
            f"`{other}` has {lengths[other]}"
        )
        findings.error(file.span, "unequal-lengths", message)
        return None
    rows = next(iter(lengths.values()), 0)
    if rows == 0:
        findings.error(file.span, "empty-data", f"{file.name} has no examples")
        return None
    return Table(found, rows, [TablePart(file.name, rows, 0)])


def _column(array: Array) -> Column:
    """NaN is a missing value; text becomes Python strings."""
    if array.ndim == 0:
        array = array.reshape(1)
    if array.dtype.kind in "SU":
        text = array.astype(str).astype(object)
        return full_column(text)
    if array.dtype.kind != "f":
        return full_column(array)
    axes = tuple(range(1, array.ndim))
    return Column(array, np.asarray(np.isnan(array).any(axis=axes)))
