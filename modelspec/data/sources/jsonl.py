"""The source `jsonl`: text files with a JSON object in each line, whose keys are columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from modelspec.data.table import (
    CHUNK_ROWS,
    ColumnUse,
    FileChunks,
    TablePart,
    column_names,
    memory_chunks,
)
from modelspec.diagnostics import Findings, first_line
from modelspec.tabular import TEXT_ERRORS, open_bytes

from .files import DataFile, report_missing_package, report_not_text, report_unreadable
from .parquet import check_types
from .source import DataSource

FIRST_ROW = 1
"""The number of the first line in messages."""

HEADER_LINES = 1_000
"""Lines whose keys are the names of the columns."""


def jsonl_columns(file: DataFile, findings: Findings) -> list[str] | None:
    """The keys of the first lines; None with a finding where a line is not an object."""
    names: dict[str, None] = {}
    try:
        for number, line in _lines(file):
            found = _object(line)
            if found is None:
                _report_no_object(file, number, line, findings)
                return None
            names |= dict.fromkeys(found)
            if number >= HEADER_LINES:
                break
    except UnicodeDecodeError:
        report_not_text(file, findings)
        return None
    except TEXT_ERRORS as error:
        report_unreadable(file, error, findings)
        return None
    if not names:
        findings.error(file.span, "empty-data", f"{file.name} has no rows")
        return None
    return list(names)


def read_jsonl(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> FileChunks | None:
    """The used columns of one file, in memory as Arrow has them; None with findings.

    Args:
        file: a file that has all columns of `uses`.
        uses: which columns, and what for.
        findings: takes lines that are not objects, and columns that are neither numbers nor text.
    """
    try:
        import pyarrow as pa
        import pyarrow.json as pj
    except ModuleNotFoundError:
        report_missing_package(file, "jsonl files", findings)
        return None
    try:
        with open_bytes(file.path) as stream:
            table = pj.read_json(stream)
    except pa.ArrowInvalid as error:
        _report_invalid(file, error, findings)
        return None
    except (*TEXT_ERRORS, pa.ArrowException) as error:
        report_unreadable(file, error, findings)
        return None
    table = table.select(column_names(uses))
    if not check_types(file, table.schema, uses, findings):
        return None
    batches = table.to_batches(CHUNK_ROWS)
    return memory_chunks(TablePart(file.name, table.num_rows, FIRST_ROW), batches, uses)


JSONL_SOURCE = DataSource(columns=jsonl_columns, read=read_jsonl, suffixes=(".jsonl", ".ndjson"))


def _lines(file: DataFile) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, numbered from 1 as rows are."""
    number = 0
    with open_bytes(file.path) as stream:
        for line in stream:
            text = line.decode("utf-8-sig" if number == 0 else "utf-8").strip()
            if text:
                number += 1
                yield number, text


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _report_no_object(file: DataFile, number: int, line: str, findings: Findings) -> None:
    message = f"{file.name}, row {number} is not a JSON object: {line[:80]}"
    hint = 'each line must be one, such as {"height": 1.8, "name": "Ada"}'
    findings.error(file.span, "bad-data-file", message, hint=hint)


def _report_invalid(file: DataFile, error: Exception, findings: Findings) -> None:
    """A finding for what pyarrow cannot parse, with its row: pyarrow counts within its blocks."""
    kinds: dict[str, tuple[type, int]] = {}
    for number, line in _lines(file):
        found = _object(line)
        if found is None:
            _report_no_object(file, number, line, findings)
            return
        for name, value in found.items():
            kind = float if type(value) is int else type(value)
            first, row = kinds.setdefault(name, (kind, number))
            if value is not None and first is type(None):
                kinds[name] = (kind, number)
            elif value is not None and first is not kind:
                message = (
                    f"`{name}` of {file.name} is {_word(kind)} in row {number}"
                    f" and {_word(first)} in row {row}"
                )
                findings.error(file.span, "wrong-column-type", message)
                return
    findings.error(file.span, "bad-data-file", f"{file.name} is not JSON: {first_line(error)}")


def _word(kind: type) -> str:
    words = {str: "text", float: "a number", bool: "true or false", list: "a list"}
    return words.get(kind, "an object")
