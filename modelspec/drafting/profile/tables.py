"""Data files, read once from top to bottom, to profile their columns. Needs no numpy."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from modelspec.diagnostics import (
    CannotRunError,
    Findings,
    Span,
    UsageError,
    did_you_mean,
    join_words,
)
from modelspec.files import similar_name
from modelspec.spec.data import EXCEL, WORKBOOKS, label_text
from modelspec.tabular import (
    EXCEL_EXTRA,
    NULL_WORDS,
    PLAIN_MARKS,
    DateText,
    Dialect,
    WorkbookError,
    guess_dialect,
    open_text,
    possible_encodings,
    read_sheet,
    refuse_large_parquet,
)
from modelspec.unpacking import UnpacksTooLargeError

from .column_profile import ColumnProfile, ColumnProfiler
from .row_sample import RowSample

CHUNK = 20_000


class TableScan(NamedTuple):
    """One pass over a file: a profiler for each column, and the dialect of a csv."""

    profilers: list[ColumnProfiler]
    sample: RowSample
    dialect: Dialect | None = None


class TableProfile(NamedTuple):
    """A data file: its kind of source, its number of rows, its target and its other columns.

    `dialect` is that of a csv, with the words for missing values. `sample` has some of its
    rows, every n-th, where n is `sampled`: the values of each column, and of the target. `copies`
    is how many rows are in the file before, value for value.
    """

    kind: str
    rows: int
    target: ColumnProfile
    others: tuple[ColumnProfile, ...]
    dialect: Dialect | None
    sample: dict[str, list[str]]
    sampled: int = 1
    copies: int = 0


def profile_table(path: Path, target: str, findings: Findings) -> TableProfile | None:
    """Profile a data file; None with findings.

    Args:
        path: a csv (also compressed as .gz) or parquet file.
        target: the column that a model is to predict.
        findings: takes what is wrong with the file.

    Raises:
        UsageError: the name tells no kind of file.
        CannotRunError: the kind needs a package that is missing.
    """
    name = path.name.lower()
    kind = next((kind for suffix, kind in SUFFIXES.items() if name.endswith(suffix)), None)
    if kind is None:
        message = f'"{path}" is not a table that can be read'
        raise UsageError(
            f"{message}: its name must end in {join_words(SUFFIXES, 'or', most=20)}; save other"
            " files as one of these, as pandas does with `DataFrame.to_parquet`"
        )
    if not path.is_file():
        what = "is a folder" if path.is_dir() else f"does not exist{similar_name(path)}"
        raise UsageError(f"{path} {what}; --data takes a csv or parquet file")
    scan = SCANNERS[kind](path, target, findings)
    if scan is None:
        return None
    columns = [profiler.profile() for profiler in scan.profilers]
    sample = dict(zip((column.name for column in columns), scan.sample.columns, strict=True))
    dialect = scan.dialect
    if dialect is not None:
        columns, dialect = _without_spaces(columns, sample, dialect)
        columns, dialect = _without_marks(columns, sample, dialect)
        numbers = {column.name for column in columns if column.is_number}
        units = {name: unit for name, unit in (dialect.units or {}).items() if name in numbers}
        dialect = dialect._replace(units=units or None)
    if columns[0].rows == 0:
        findings.error(file_span(path), "empty-data", f"{path} has a header but no rows")
        return None
    chosen = next(column for column in columns if column.name == target)
    others = tuple(column for column in columns if column is not chosen)
    has_all = not any(column.opaque for column in columns)
    copies = scan.sample.copies if has_all else 0
    return TableProfile(
        kind, chosen.rows, chosen, others, dialect, sample, scan.sample.step, copies
    )


def _without_spaces(
    columns: list[ColumnProfile], sample: dict[str, list[str]], dialect: Dialect
) -> tuple[list[ColumnProfile], Dialect]:
    """Drop spaces around values where " red" would be another category than "red"."""
    has_names = all(column.name == column.name.strip() for column in columns)
    if not has_names or not any(column.is_padded for column in columns):
        return columns, dialect
    for name, values in sample.items():
        sample[name] = [value.strip() for value in values]
    return [column.stripped() for column in columns], dialect._replace(strip=True)


def _without_marks(
    columns: list[ColumnProfile], sample: dict[str, list[str]], dialect: Dialect
) -> tuple[list[ColumnProfile], Dialect]:
    """Read "?" and -999 in columns of numbers as missing, and say so in the dialect."""
    marks = {column.name: found for column in columns if (found := column.find_marks())}
    if not marks:
        return columns, dialect
    for name, found in marks.items():
        sample[name] = ["" if value in found else value for value in sample[name]]
    read = [
        column.without(marks[column.name]) if column.name in marks else column for column in columns
    ]
    return read, dialect._replace(na=marks)


def file_span(path: Path) -> Span:
    """The start of a data file, where findings about it point."""
    return Span(str(path), 1, 1, 1, 1)


def _scan_csv(path: Path, target: str, findings: Findings) -> TableScan | None:
    try:
        for encoding in possible_encodings(path):
            with suppress(UnicodeError):
                dialect = guess_dialect(path, encoding)
                with open_text(path, encoding) as file:
                    found = _from_rows(file, dialect, path, target, findings)
                return None if found is None else TableScan(*found, dialect)
        message = f"{path} is not UTF-8 text"
        findings.error(file_span(path), "bad-data-file", message, hint="save the file as UTF-8")
    except (OSError, EOFError, csv.Error) as error:
        message = f"{path} cannot be read: {getattr(error, 'strerror', None) or error}"
        findings.error(file_span(path), "bad-data-file", message, hint=getattr(error, "hint", ""))
    return None


def _from_rows(
    file: TextIO, dialect: Dialect, path: Path, target: str, findings: Findings
) -> tuple[list[ColumnProfiler], RowSample] | None:
    rows: Iterator[list[str]] = csv.reader(file, strict=True, delimiter=dialect.delimiter)
    header = next((row for row in rows if row), None)
    if header is None:
        message = f"{path} is empty; its first row must name the columns"
        findings.error(file_span(path), "empty-data", message)
        return None
    if not dialect.header:
        rows = chain([header], rows)
        header = [str(number) for number in range(len(header))]
    if not _check_header(header, path, target, findings, is_numbered=not dialect.header):
        return None
    profilers, sample = [ColumnProfiler(name) for name in header], RowSample(len(header))
    number, units = dialect.first_row - 1, dialect.units or {}
    while chunk := list(islice(rows, CHUNK)):
        full = [row for row in chunk if row]
        wrong = next((row for row in full if len(row) != len(header)), None)
        if wrong is not None:
            _ragged(path, number + full.index(wrong) + 1, wrong, (header, dialect), findings)
            return None
        number += len(full)
        if full:
            columns = zip(header, zip(*full, strict=True), strict=True)
            values = [_present(column, dialect, units.get(name, "")) for name, column in columns]
            _count(profilers, values, header.index(target))
            sample.add(values)
    return profilers, sample


def _ragged(
    path: Path,
    number: int,
    row: Sequence[str],
    known: tuple[Sequence[str], Dialect],
    findings: Findings,
) -> None:
    header, dialect = known
    message = f"{path}, row {number} has {len(row)} values, the header has {len(header)}"
    hint = f"a value that contains a {dialect.delimiter_name} needs quotes"
    findings.error(file_span(path), "bad-data-file", message, hint=hint)


def _present(values: Sequence[str], dialect: Dialect, unit: str) -> Sequence[str]:
    if dialect.marks != PLAIN_MARKS or unit:
        values = [dialect.with_point(value, unit) for value in values]
    if NULL_WORDS.isdisjoint(values):
        return values
    return ["" if value in NULL_WORDS else value for value in values]


def _count(
    profilers: Sequence[ColumnProfiler], values: Sequence[Sequence[str]], target: int
) -> None:
    for index, (profiler, found) in enumerate(zip(profilers, values, strict=True)):
        profiler.add(found, None if index == target else values[target])


def _check_header(
    header: Sequence[str],
    path: Path,
    target: str,
    findings: Findings,
    *,
    is_numbered: bool = False,
) -> bool:
    repeated = [name for name, count in Counter(header).items() if count > 1]
    if repeated:
        message = f"{path} has two columns called `{repeated[0]}`"
        findings.error(file_span(path), "duplicate-column", message, hint="rename one of them")
        return False
    if target in header:
        return True
    message = f"{path} has no column `{target}`{did_you_mean(target, header)}"
    hint = f"its columns are {join_words((f'`{name}`' for name in header), most=30)}"
    if is_numbered:
        hint += ": its first row has values, so columns are numbered"
    findings.error(file_span(path), "unknown-column", message, hint=hint)
    return False


def _scan_parquet(path: Path, target: str, findings: Findings) -> TableScan | None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        message = "reading parquet needs pyarrow, which is not installed"
        raise CannotRunError(f"{message}: pip install 'keras-modelspec[tensorflow]'") from error
    try:
        with pq.ParquetFile(path) as file:
            refuse_large_parquet(file, path, file.schema_arrow.names)
            return _from_batches(file, path, target, findings)
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0]
        hint = getattr(error, "hint", "")
        findings.error(
            file_span(path), "bad-data-file", f"{path} cannot be read: {reason}", hint=hint
        )
    return None


def _scan_excel(path: Path, target: str, findings: Findings) -> TableScan | None:
    try:
        sheet = read_sheet(path, None, 1)
    except ModuleNotFoundError as error:
        message = "reading workbooks needs python-calamine, which is not installed"
        raise CannotRunError(f"{message}: pip install '{EXCEL_EXTRA}'") from error
    except (OSError, WorkbookError) as error:
        message = f"{path} {error}"
        if isinstance(error, OSError):
            message = f"{path} cannot be read: {error.strerror or error}"
        hint = (
            "`init` takes a workbook with one sheet, whose first row has the names: save that sheet"
            " as a separate file. A spec may name any sheet, and the row with the names, by"
            f" `excel: {{path: {path.name}, sheet: NAME, header: ROW}}`"
        )
        if isinstance(error.__cause__, UnpacksTooLargeError):
            hint = error.__cause__.hint
        findings.error(file_span(path), "bad-data-file", message, hint=hint)
        return None
    if not _check_header(sheet.names, path, target, findings):
        return None
    cells = [list(sheet.values(name)) for name in sheet.names]
    kinds = [_kind_of_cells(column) for column in cells]
    profilers = [
        ColumnProfiler(name, kind, "") for name, kind in zip(sheet.names, kinds, strict=True)
    ]
    values = [[_text(value) for value in column] for column in cells]
    _count(profilers, values, sheet.names.index(target))
    sample = RowSample(len(profilers))
    sample.add(values)
    return TableScan(profilers, sample)


def _kind_of_cells(cells: Sequence[Any]) -> str:
    there = [type(cell) for cell in cells if cell is not None]
    if there and set(there) <= {DateText}:
        return "date"
    if there and set(there) <= {bool}:
        return "truth"
    return "number" if set(there) <= {int, float} else "text"


def _from_batches(file: Any, path: Path, target: str, findings: Findings) -> TableScan | None:
    schema = file.schema_arrow
    if not _check_header(schema.names, path, target, findings):
        return None
    kinds = [_arrow_kind(field.type) for field in schema]
    profilers = [
        ColumnProfiler(field.name, kind, "" if kind else f"it holds {field.type}")
        for field, kind in zip(schema, kinds, strict=True)
    ]
    sample = RowSample(len(profilers))
    for batch in file.iter_batches(CHUNK):
        values = [
            [_text(value) for value in column.to_pylist()] if kind else [""] * len(column)
            for column, kind in zip(batch.columns, kinds, strict=True)
        ]
        _count(profilers, values, schema.names.index(target))
        sample.add(values)
    return TableScan(profilers, sample)


def _arrow_kind(kind: Any) -> str:
    """The kind of a typed column: number, truth, text or date; "" for lists and the like."""
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_boolean(kind):
        return "truth"
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return "number"
    if types.is_string(kind) or types.is_large_string(kind):
        return "text"
    if types.is_null(kind):
        return "text"
    return "date" if types.is_temporal(kind) and not types.is_duration(kind) else ""


def _text(value: Any) -> str:
    """A value as the sources write it; NaN is missing."""
    return "" if value is None or value != value else label_text(value)  # noqa: PLR0124


SUFFIXES = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "csv",
    ".data": "csv",
    ".dat": "csv",
    ".parquet": "parquet",
    **dict.fromkeys(WORKBOOKS, EXCEL),
}
"""The kind of a file by the end of its name."""

SCANNERS: dict[str, Callable[[Path, str, Findings], TableScan | None]] = {
    "csv": _scan_csv,
    "parquet": _scan_parquet,
    EXCEL: _scan_excel,
}
"""The kinds of file."""
