"""The header of a csv file, and what its rows can have wrong. Needs neither numpy nor pyarrow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isnan
from pathlib import Path

from modelspec.diagnostics import Findings, did_you_mean
from modelspec.document import LocatedDict
from modelspec.spec.data import CSV, Source
from modelspec.tabular import (
    EVERY_COLUMN,
    OTHER_DELIMITERS,
    TEXT_ERRORS,
    csv_option,
    csv_rows,
    delimiter_name,
    dialect_of,
    open_bytes,
    open_quote,
    parse_number,
)

from .files import DataFile, report_missing_package, report_unreadable


def csv_columns(file: DataFile, findings: Findings) -> list[str] | None:
    """The names in the header row; None with a finding where there is no usable one."""
    try:
        header = read_header(file)
    except ModuleNotFoundError:
        report_missing_package(file, "files compressed with zstd", findings)
        return None
    except TEXT_ERRORS as error:
        report_unreadable(file, error, findings)
        return None
    if not header:
        wants = "; its first row must name the columns"
        message = f"{file.name} is empty{wants if dialect_of(file.source).header is True else ''}"
        hint = "check whether the program that wrote it stopped early"
        findings.error(file.span, "empty-data", message, hint=hint)
        return None
    repeated = [name for name, count in Counter(header).items() if count > 1]
    if repeated:
        name = f"called `{repeated[0]}`" if repeated[0] else "without a name"
        message = f"{file.name} has two columns {name}"
        hint = "rename one of them"
        if not repeated[0]:
            hint = "name each; if the names stand in a later row, delete the rows above it"
        findings.error(file.span, "duplicate-column", message, hint=hint)
        return None
    if _report_open_quote(file, findings):
        return None
    if _is_named_twice(file, header):
        message = f"the first row of {file.name} names the columns, and so does `header`"
        findings.error(file.span, "wrong-value", message, hint="remove `header`")
        return None
    _check_named_columns(file, header, findings)
    return header


def _check_named_columns(file: DataFile, header: Sequence[str], findings: Findings) -> None:
    """Findings for columns that `na`, `types` and `units` name and the file lacks; new data may."""
    if file.by_hand:
        return
    for option in ("na", "types", "units"):
        given = file.source.options.get(option)
        if not isinstance(given, LocatedDict):
            continue
        for name in given:
            if name not in header and name != EVERY_COLUMN:
                close = did_you_mean(name, header)
                message = f"`{option}` names `{name}`, which is not a column of {file.name}{close}"
                place, hint = given.key_spans[name], "fix the name, or remove the line"
                findings.error(place, "unknown-column", message, hint=hint)


def read_header(file: DataFile) -> list[str]:
    """The names of the columns, [] for an empty file; the rows after the first are not decoded.

    Where no row has names, they are those of the option `header`, or numbers from 0.
    """
    header = dialect_of(file.source).header
    first = _first_row(file)
    if header is True or not first:
        return first
    return list(header) if header else [str(number) for number in range(len(first))]


def _first_row(file: DataFile) -> list[str]:
    """The first row that is not empty, or []."""
    with open_bytes(file.path) as stream:
        return next(csv_rows(stream, dialect_of(file.source)), [])


def with_header_row(source: Source, path: Path) -> Source:
    """A csv source for a new file: without the option `header` where its first row has names."""
    header = dialect_of(source).header
    if not isinstance(header, tuple):
        return source
    try:
        with open_bytes(path) as stream:
            first = next(csv_rows(stream, dialect_of(source)), [])
    except (*TEXT_ERRORS, ModuleNotFoundError):  # reported when it is read
        return source
    if not first or not set(first) <= set(header):
        return source
    return replace(source, options={**source.options, "header": True})


def _is_named_twice(file: DataFile, header: Sequence[str]) -> bool:
    is_given = isinstance(dialect_of(file.source).header, tuple)
    return is_given and _first_row(file) == list(header)


def separator_hint(file: DataFile, header: Sequence[str]) -> str:
    """What to do about a csv whose only column contains other delimiters; "" where none are."""
    if file.source.kind != CSV or len(header) > 1:
        return ""
    dialect = dialect_of(file.source)
    for mark in (",", *OTHER_DELIMITERS):
        if mark in header[0] and mark != dialect.delimiter:
            fix = f": write {csv_option('delimiter', mark)}"
            if file.by_hand:
                fix = f"; new files are read like the training data, with {dialect.delimiter_name}s"
            return f"its columns seem to be separated by {delimiter_name(mark)}s{fix}"
    return ""


FOREIGN = {
    "PK\x03\x04": (
        "is a workbook or an archive, not text",
        "for a workbook write {excel: FILE}, with a name that ends in .xlsx",
    ),
    "%PDF": ("is a PDF, not a table", "export the table itself as csv"),
    "<!doctype": ("is a web page, not a table", "fetch the file that the page links to"),
    "<html": ("is a web page, not a table", "fetch the file that the page links to"),
    "<?xml": ("is XML, not a table", "export the table as csv"),
    "{": ("is JSON, not csv", "write {jsonl: FILE}, with an object in each line"),
    "[": ("is JSON, not csv", "write {jsonl: FILE}, with an object in each line"),
    "sep=": ("begins with a line for Excel alone", "delete the first line"),
    "#": ("begins with a comment", 'write {csv: {path: …, comment: "#"}}'),
}
"""How files begin that are no csv, or have lines before the names: what they are, what to do."""


def foreign_content(file: DataFile, names: Sequence[str]) -> tuple[str, str] | None:
    """What a file is that has none of the columns, by how it begins, and what to do about it."""
    if file.source.kind != CSV or not names:
        return None
    first = names[0].lstrip().lower()
    return next((said for head, said in FOREIGN.items() if first.startswith(head.lower())), None)


MOST_SCANNED = 64 << 20
"""Bytes of a file whose quotes are counted; of a larger one it would take noticeable time."""


def _report_open_quote(file: DataFile, findings: Findings) -> bool:
    """Report a quote that nothing closes: all rows after it would be part of one value."""
    dialect = dialect_of(file.source)
    try:
        if not dialect.quote or not dialect.is_utf8 or file.path.stat().st_size > MOST_SCANNED:
            return False
        if file.path.read_bytes().count(dialect.quote.encode()) % 2 == 0:
            return False
        with open_bytes(file.path) as stream:
            row = open_quote(stream, dialect)
    except TEXT_ERRORS:
        return False
    if row is None:
        return False
    message = (
        f"{file.name}, row {row} has a quote that nothing closes, so all that follows is one value"
    )
    hint = "close it, or double a quote inside quotes; where quotes are text, write "
    findings.error(file.span, "bad-data-file", message, hint=hint + csv_option("quote", "none"))
    return True


def has_values_for_names(file: DataFile, names: Sequence[str]) -> bool:
    """Whether the first row of a csv names columns by decimals: then it is no header."""
    if file.source.kind != CSV or file.by_hand:
        return False
    dialect = dialect_of(file.source)
    decimals = (name for name in names if dialect.decimal in name)
    return dialect.header is True and any(
        not isnan(parse_number(name, dialect.marks)) for name in decimals
    )


def _report_wrong_width(
    file: DataFile, row: int, values: Sequence[str], wanted: int, findings: Findings
) -> None:
    """A finding for a row that does not have as many values as the header.

    Args:
        file: where the row is.
        row: its number; the header is row 1.
        values: its values.
        wanted: how many values the header has.
        findings: takes the finding.
    """
    dialect = dialect_of(file.source)
    count, text = len(values), dialect.delimiter.join(values)
    counted = f"{count} value{'' if count == 1 else 's'}"
    expected = f"the {'header' if dialect.header else 'first row'} has {wanted}"
    if isinstance(dialect.header, tuple):
        expected = f"`header` names {wanted} column{'' if wanted == 1 else 's'}"
    message = f"{file.name}, row {row} has {counted}, {expected}: {text[:80]}"
    hint = f"a value that contains a {dialect.delimiter_name} needs quotes"
    if dialect.quote == '"' and _are_in_apostrophes(values) and not file.by_hand:
        hint = f"for values in single quotes write {csv_option('quote', APOSTROPHE)}"
    if not dialect.quote:
        hint = f"with quotes as text, no value can contain a {dialect.delimiter_name}"
    if count < wanted:
        hint = f"a missing value still needs its {dialect.delimiter_name}"
    if row == 1:
        hint = separator_hint(file, values) or "name every column of the file, in order"
        if file.by_hand:
            hint = "a file with other columns than the training data needs a row with their names"
    findings.error(file.span, "bad-data-file", message, hint=hint)


APOSTROPHE = '"\'"'


def _are_in_apostrophes(values: Sequence[str]) -> bool:
    """Whether some are the parts of a value in single quotes."""
    opened = any(value.startswith("'") and not value.endswith("'") for value in values)
    return opened and any(value.endswith("'") and not value.startswith("'") for value in values)


def data_rows(file: DataFile, findings: Findings) -> Iterator[list[str]]:
    """The rows after the header; ends with a finding at one of another width.

    Raises:
        One of TEXT_ERRORS: the file cannot be opened, decompressed, decoded or parsed.
    """
    dialect, wanted = dialect_of(file.source), len(read_header(file))
    with open_bytes(file.path) as stream:
        rows = csv_rows(stream, dialect)
        if dialect.header is True:
            next(rows, None)
        for number, row in enumerate(rows, dialect.first_row):
            if len(row) != wanted:
                _report_wrong_width(file, number, row, wanted, findings)
                return
            yield row


def report_no_rows(file: DataFile, findings: Findings) -> None:
    """A finding for a file with a header and no rows."""
    message = f"{file.name} has a header but no rows"
    hint = "check whether the program that wrote it stopped early"
    findings.error(file.span, "empty-data", message, hint=hint)
