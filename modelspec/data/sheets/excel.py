"""The source `excel`: a sheet of a workbook, whose cells have types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelspec.data.sources import DataFile, DataSource
from modelspec.data.table import (
    CHUNK_ROWS,
    NUMBER,
    ColumnUse,
    FileChunks,
    TablePart,
    column_names,
    memory_chunks,
)
from modelspec.diagnostics import Findings
from modelspec.spec.data import WORKBOOKS, label_text
from modelspec.tabular import (
    EXCEL_EXTRA,
    DateText,
    Sheet,
    WorkbookError,
    parse_number,
    part_hint,
    read_sheet,
)

LARGEST = 2**53
"""The largest whole number of which a workbook keeps all digits."""


def excel_columns(file: DataFile, findings: Findings) -> list[str] | None:
    """The names of the columns; None with a finding where the sheet is no table."""
    sheet = sheet_of(file, findings)
    return None if sheet is None else list(sheet.names)


def sheet_of(file: DataFile, findings: Findings) -> Sheet | None:
    """The sheet that a source names; None with a finding."""
    options = file.source.options
    sheet = options.get("sheet")
    try:
        return read_sheet(file.path, sheet, options.get("header", 1))
    except ModuleNotFoundError:
        message = f"{file.name} cannot be read: workbooks need the package python-calamine"
        hint = f"pip install '{EXCEL_EXTRA}'"
        findings.error(file.span, "needs-package", message, hint=hint)
    except WorkbookError as error:
        findings.error(file.span, error.code, f"{file.name} {error}", hint=error.hint)
    except OSError as error:
        message = f"{file.name} cannot be read: {error.strerror or error}"
        findings.error(file.span, "bad-data-file", message)
    return None


def read_excel(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> FileChunks | None:
    """The used columns of a sheet, in memory; None with findings.

    A column of numbers, or of truth values, is that; all others are text.

    Args:
        file: a workbook whose sheet has all columns of `uses`.
        uses: which columns, and what for.
        findings: takes cells with text or dates where numbers are used.
    """
    import pyarrow as pa

    sheet = sheet_of(file, findings)
    if sheet is None:
        return None
    before = len(findings)
    for use in uses:
        if use.kind == NUMBER and use.lists is None:
            _check_numbers(file, sheet, use, findings)
    if len(findings) > before:
        return None
    table = pa.table({name: _array(list(sheet.values(name))) for name in column_names(uses)})
    name = f"{file.name}, sheet {sheet.name}"
    part = TablePart(name, len(sheet.rows), sheet.first_row)
    return memory_chunks(part, table.to_batches(CHUNK_ROWS), uses)


EXCEL_SOURCE: DataSource = DataSource(columns=excel_columns, read=read_excel, suffixes=WORKBOOKS)


def _check_numbers(file: DataFile, sheet: Sheet, use: ColumnUse, findings: Findings) -> None:
    """Report the first cell that is no number; a number that is text is one."""
    bad = [
        (row, value)
        for row, value in enumerate(sheet.values(use.column))
        if isinstance(value, str) and _is_no_number(value)
    ]
    if not bad:
        return
    row, value = bad[0]
    place = f"cell {sheet.cell(use.column, row)} of sheet {sheet.name} in {file.name}"
    message = f'{use.text} takes numbers, but `{use.column}` is "{value}" in {place}'
    message += f" ({len(bad)} such cells)" if len(bad) > 1 else ""
    hint = "clear the cell and choose a rule under `missing`, or give the input `dtype: string`"
    if isinstance(value, DateText):
        hint = part_hint(use.column)
    findings.error(use.span, "not-a-number", message, hint=hint)


def _is_no_number(value: str) -> bool:
    number = parse_number(value)
    return number != number  # noqa: PLR0124 - NaN


def _array(values: list[Any]) -> Any:
    """Cells as an Arrow array: truth values, whole numbers, numbers or text."""
    import pyarrow as pa

    there = [value for value in values if value is not None]
    if there and all(isinstance(value, bool) for value in there):
        return pa.array(values, pa.bool_())
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in there):
        is_whole = all(float(v).is_integer() and abs(v) < LARGEST for v in there)
        return pa.array(values, pa.int64() if there and is_whole else pa.float64())
    return pa.array([None if value is None else str(label_text(value)) for value in values])
