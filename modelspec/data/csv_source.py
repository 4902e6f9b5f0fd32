"""Reading csv files with pyarrow: only the columns that are used, with their missing values."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from modelspec.diagnostics import Findings

from .files import DataFile
from .table import Array, Column, Part, Table

NULLS = ("", "NA", "NaN", "null")
"""What stands for a missing value."""

DELIMITERS = ";\t|"


def columns_of_csv(file: DataFile, findings: Findings) -> list[str] | None:
    """The names in the header row; None with a finding where there is none to use."""
    try:
        with file.path.open(encoding="utf-8-sig", newline="") as text:
            header = next((row for row in csv.reader(text) if row), None)
    except UnicodeDecodeError:
        message = f"{file.name} is not UTF-8 text"
        findings.error(file.span, "bad-data-file", message, hint="save the file as UTF-8")
        return None
    except (OSError, csv.Error) as error:
        message = f"{file.name} cannot be read: {getattr(error, 'strerror', None) or error}"
        findings.error(file.span, "bad-data-file", message)
        return None
    if header is None:
        message = f"{file.name} is empty; its first row must name the columns"
        findings.error(file.span, "empty-data", message)
        return None
    repeated = [name for name, count in Counter(header).items() if count > 1]
    if repeated:
        message = f"{file.name} has two columns called `{repeated[0]}`"
        findings.error(file.span, "duplicate-column", message, hint="rename one of them")
        return None
    return header


def separator_hint(header: Sequence[str]) -> str:
    """What to do about a table whose one column shows that something else divides it."""
    for mark in DELIMITERS:
        if len(header) == 1 and mark in header[0]:
            name = {"\t": "tabs"}.get(mark, f'"{mark}"')
            return f"the columns of the file seem to be divided by {name}; csv takes commas"
    return ""


def read_csv(
    file: DataFile, columns: Sequence[str], as_text: frozenset[str], findings: Findings
) -> Table | None:
    """The named columns of one file; None with findings.

    Args:
        file: a file whose header has all of `columns`.
        columns: what to read.
        as_text: the columns whose values stay text even where they look like numbers.
        findings: takes rows that are no rows and files that are no csv.
    """
    import pyarrow as pa

    try:
        table = _read(file, columns, as_text)
    except pa.ArrowInvalid as error:
        findings.error(file.span, "bad-data-file", _plain(file, _first_line(error)))
        return None
    except (OSError, pa.ArrowException) as error:
        message = f"{file.name} cannot be read: {_first_line(error)}"
        findings.error(file.span, "bad-data-file", message)
        return None
    if table.num_rows == 0:
        message = f"{file.name} has a header and no rows"
        findings.error(file.span, "empty-data", message)
        return None
    found = {name: _column(table.column(name)) for name in columns}
    return Table(found, table.num_rows, [Part(file.name, table.num_rows, 2)])


def _read(file: DataFile, columns: Sequence[str], as_text: frozenset[str]) -> Any:
    """Read in parallel; where that fails, read again in order to learn which row is bad.

    A value after the first block may not fit what the first block looked like: then all is read
    as text, so that the value can be named with its row.
    """
    import pyarrow as pa
    import pyarrow.csv as pc

    def convert(text: Iterable[str]) -> Any:
        return pc.ConvertOptions(
            null_values=list(NULLS),
            strings_can_be_null=True,
            include_columns=list(columns),
            column_types={name: pa.string() for name in text},
        )

    parse = pc.ParseOptions(newlines_in_values=True)
    try:
        return pc.read_csv(file.path, parse_options=parse, convert_options=convert(as_text))
    except pa.ArrowInvalid:
        read = pc.ReadOptions(use_threads=False)
        return pc.read_csv(file.path, read, parse, convert(columns))


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _plain(file: DataFile, message: str) -> str:
    """pyarrow's `CSV parse error: Row #3: Expected 2 columns, got 3: a,b,c` in our words."""
    head, _, rest = message.removeprefix("CSV parse error: ").partition(": ")
    if head.startswith("Row #"):
        wanted = rest.removeprefix("Expected ").partition(" columns, got ")
        got, _, text = wanted[2].partition(":")
        return (
            f"{file.name}, row {head[5:]} has {got} values, the header has {wanted[0]}:"
            f" {text.strip()[:80]}"
        )
    if "UTF8" in message:
        return f"{file.name} is not UTF-8 text"
    return f"{file.name} is not a csv file: {message}"


def _column(chunked: Any) -> Column:
    """Arrow to numpy: numbers and booleans keep their type, all else becomes text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    missing = np.asarray(chunked.is_null().to_numpy(), dtype=np.bool_)
    kind = chunked.type
    if pa.types.is_null(kind):
        return Column(np.full(len(missing), np.nan), missing)
    if pa.types.is_floating(kind):
        values: Array = chunked.to_numpy()
        return Column(values, missing | np.isnan(values))
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        filled = pc.fill_null(chunked, False if pa.types.is_boolean(kind) else 0)
        return Column(filled.to_numpy(), missing)
    text = chunked if pa.types.is_string(kind) else chunked.cast(pa.string())
    values = np.asarray(pc.fill_null(text, "").to_numpy(), dtype=object)
    return Column(values, missing)
