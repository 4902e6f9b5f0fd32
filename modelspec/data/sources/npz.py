"""The source `npz`: the arrays of an archive are columns, their first axis counts the examples."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.data.table import Array, Column, ColumnUse, Table, TablePart, column_names
from modelspec.diagnostics import Findings

from .files import DataFile
from .source import DataSource

_ARRAY = b"\x93NUMPY"
"""What a `.npy` file begins with."""

_ERRORS = (OSError, ValueError, zipfile.BadZipFile, EOFError, KeyError)


def npz_columns(file: DataFile, findings: Findings) -> list[str] | None:
    """The keys of the archive; None with a finding where it is not one."""
    try:
        with file.path.open("rb") as stream:
            if stream.read(len(_ARRAY)) != _ARRAY:
                stream.seek(0)
                with np.load(stream, allow_pickle=False) as archive:
                    return list(archive.files)
        message = f"{file.name} is one array, not an npz archive of named arrays"
        hint = "save it with numpy.savez(FILE, NAME=ARRAY)"
        findings.error(file.span, "bad-data-file", message, hint=hint)
        return None
    except _ERRORS as error:
        _report_unreadable(file, error, findings)
        return None


def read_npz(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """The used arrays of one file; None with findings.

    Args:
        file: an archive that has all columns of `uses`.
        uses: which arrays.
        findings: takes arrays of different lengths and arrays of Python objects.
    """
    found: dict[str, Column] = {}
    try:
        with np.load(file.path, allow_pickle=False) as archive:
            for name in column_names(uses):
                found[name] = _column(archive[name])
    except _ERRORS as error:
        _report_unreadable(file, error, findings)
        return None
    return _table(file, found, findings)


NPZ_SOURCE = DataSource(columns=npz_columns, read=read_npz, suffixes=(".npz",))


def _report_unreadable(file: DataFile, error: Exception, findings: Findings) -> None:
    if _contains_objects(file.path):
        message = f"{file.name} contains Python objects; only numbers and text are read"
        hint = "save arrays with a dtype such as float32 or str"
        findings.error(file.span, "bad-data-file", message, hint=hint)
        return
    if isinstance(error, OSError) and error.strerror:
        message = f"{file.name} cannot be read: {error.strerror}"
    else:
        message = f"{file.name} is not a valid npz file"
    findings.error(file.span, "bad-data-file", message)


def _contains_objects(path: Path) -> bool:
    """Whether an archive has an array of Python objects, which numpy reads by unpickling alone.

    numpy raises a plain ValueError for it, so the headers of the arrays are looked at.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".npy")]
            return any(_dtype(archive, name).hasobject for name in names)
    except _ERRORS:
        return False


def _dtype(archive: zipfile.ZipFile, name: str) -> np.dtype[Any]:
    with archive.open(name) as stream:
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
        return Column(text, np.zeros(len(text), dtype=np.bool_))
    if array.dtype.kind != "f":
        return Column(array, np.zeros(len(array), dtype=np.bool_))
    axes = tuple(range(1, array.ndim))
    return Column(array, np.asarray(np.isnan(array).any(axis=axes)))
