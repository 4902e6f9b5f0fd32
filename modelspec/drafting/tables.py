"""Data files, read once from top to bottom with what Python brings, for what their columns hold."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
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
from modelspec.spec.data import label_text
from modelspec.tabular import NULL_WORDS, Dialect, guess_dialect, open_text, possible_encodings

from .profile import ColumnProfile, Tally

CHUNK = 20_000


class Read(NamedTuple):
    """What going through a file gives: its columns, and for a csv how it is written."""

    tallies: list[Tally]
    dialect: Dialect | None = None


class Profile(NamedTuple):
    """A data file: its kind of source, its rows, its target and its other columns.

    For a csv, `dialect` has how it is written.
    """

    kind: str
    rows: int
    target: ColumnProfile
    others: tuple[ColumnProfile, ...]
    dialect: Dialect | None


def profile(path: Path, target: str, findings: Findings) -> Profile | None:
    """Go through a data file; None with findings.

    Args:
        path: a csv (also compressed as .gz) or parquet file.
        target: the column that a model is to tell.
        findings: takes what is wrong with the file.

    Raises:
        UsageError: the name tells no kind of file.
        CannotRunError: the kind needs a package that is missing.
    """
    name = path.name.lower()
    kind = next((kind for suffix, kind in SUFFIXES.items() if name.endswith(suffix)), None)
    if kind is None:
        message = f'"{path}" is no table that can be read'
        raise UsageError(f"{message}: its name must end in {join_words(SUFFIXES, 'or')}")
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        raise UsageError(f"{path} {what}; --data takes a csv or parquet file")
    read = READERS[kind](path, target, findings)
    if read is None:
        return None
    columns = [tally.column() for tally in read.tallies]
    if columns[0].rows == 0:
        findings.error(start(path), "empty-data", f"{path} has a header and no rows")
        return None
    chosen = next(column for column in columns if column.name == target)
    others = tuple(column for column in columns if column is not chosen)
    return Profile(kind, chosen.rows, chosen, others, read.dialect)


def start(path: Path) -> Span:
    """The beginning of a data file, where findings about all of it point."""
    return Span(str(path), 1, 1, 1, 1)


def _csv(path: Path, target: str, findings: Findings) -> Read | None:
    try:
        for encoding in possible_encodings(path):
            with suppress(UnicodeError):
                dialect = guess_dialect(path, encoding)
                with open_text(path, encoding) as file:
                    tallies = _from_rows(file, dialect, path, target, findings)
                return None if tallies is None else Read(tallies, dialect)
        message = f"{path} is not UTF-8 text"
        findings.error(start(path), "bad-data-file", message, hint="save the file as UTF-8")
    except (OSError, EOFError, csv.Error) as error:
        message = f"{path} cannot be read: {getattr(error, 'strerror', None) or error}"
        findings.error(start(path), "bad-data-file", message)
    return None


def _from_rows(
    file: TextIO, dialect: Dialect, path: Path, target: str, findings: Findings
) -> list[Tally] | None:
    rows = csv.reader(file, strict=True, delimiter=dialect.delimiter)
    header = next((row for row in rows if row), None)
    if header is None:
        message = f"{path} is empty; its first row must name the columns"
        findings.error(start(path), "empty-data", message)
        return None
    if not _check_header(header, path, target, findings):
        return None
    tallies = [Tally(name) for name in header]
    number = 1
    while chunk := list(islice(rows, CHUNK)):
        full = [row for row in chunk if row]
        wrong = next((row for row in full if len(row) != len(header)), None)
        if wrong is not None:
            _ragged(path, number + full.index(wrong) + 1, wrong, (header, dialect), findings)
            return None
        number += len(full)
        if full:
            values = [_present(column, dialect) for column in zip(*full, strict=True)]
            _count(tallies, values, header.index(target))
    return tallies


def _ragged(
    path: Path,
    number: int,
    row: Sequence[str],
    known: tuple[Sequence[str], Dialect],
    findings: Findings,
) -> None:
    header, dialect = known
    message = f"{path}, row {number} has {len(row)} values, the header has {len(header)}"
    hint = f"put a value that holds a {dialect.delimiter_name} into quotes"
    findings.error(start(path), "bad-data-file", message, hint=hint)


def _present(values: Sequence[str], dialect: Dialect) -> Sequence[str]:
    if dialect.decimal != ".":
        values = [dialect.with_point(value) for value in values]
    if NULL_WORDS.isdisjoint(values):
        return values
    return ["" if value in NULL_WORDS else value for value in values]


def _count(tallies: Sequence[Tally], values: Sequence[Sequence[str]], target: int) -> None:
    for index, (tally, found) in enumerate(zip(tallies, values, strict=True)):
        tally.add(found, None if index == target else values[target])


def _check_header(header: Sequence[str], path: Path, target: str, findings: Findings) -> bool:
    repeated = [name for name, count in Counter(header).items() if count > 1]
    if repeated:
        message = f"{path} has two columns called `{repeated[0]}`"
        findings.error(start(path), "duplicate-column", message, hint="rename one of them")
        return False
    if target in header:
        return True
    message = f"{path} has no column `{target}`{did_you_mean(target, header)}"
    hint = f"its columns are {join_words((f'`{name}`' for name in header), most=30)}"
    findings.error(start(path), "unknown-column", message, hint=hint)
    return False


def _parquet(path: Path, target: str, findings: Findings) -> Read | None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        message = "reading parquet needs pyarrow, which is not installed"
        raise CannotRunError(f"{message}: pip install 'keras-modelspec[tensorflow]'") from error
    try:
        with pq.ParquetFile(path) as file:
            return _from_batches(file, path, target, findings)
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0]
        findings.error(start(path), "bad-data-file", f"{path} cannot be read: {reason}")
    return None


def _from_batches(file: Any, path: Path, target: str, findings: Findings) -> Read | None:
    schema = file.schema_arrow
    if not _check_header(schema.names, path, target, findings):
        return None
    kinds = [_arrow_kind(field.type) for field in schema]
    tallies = [
        Tally(field.name, kind, "" if kind else f"it holds {field.type}")
        for field, kind in zip(schema, kinds, strict=True)
    ]
    for batch in file.iter_batches(CHUNK):
        values = [
            [_text(value) for value in column.to_pylist()] if kind else [""] * len(column)
            for column, kind in zip(batch.columns, kinds, strict=True)
        ]
        _count(tallies, values, schema.names.index(target))
    return Read(tallies)


def _arrow_kind(kind: Any) -> str:
    """What a typed column holds: number, truth, text or date; "" for lists and the like."""
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_boolean(kind):
        return "truth"
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return "number"
    if types.is_string(kind) or types.is_large_string(kind):
        return "text"
    return "date" if types.is_temporal(kind) else ""


def _text(value: Any) -> str:
    """A value as the sources write it; NaN is missing."""
    return "" if value is None or value != value else label_text(value)  # noqa: PLR0124


SUFFIXES = {".csv": "csv", ".csv.gz": "csv", ".parquet": "parquet"}
"""The kind of a file by the end of its name."""

READERS: dict[str, Callable[[Path, str, Findings], Read | None]] = {
    "csv": _csv,
    "parquet": _parquet,
}
"""The kinds of file."""
