"""Dates and times as numbers: the parts that an input takes, or their places on a circle."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import numpy.typing as npt

from modelspec.data.prepare import report_no_date
from modelspec.data.table import Array, Column, RowSelection, distinct_words
from modelspec.spec.data import DATE_PARTS, Columns, DateOptions
from modelspec.tabular import parse_date


def date_array(options: DateOptions, columns: Columns, rows: RowSelection) -> Array | None:
    """The parts of the dates of all columns: float64 [n, values]; None with a finding.

    Args:
        options: which parts.
        columns: the columns that feed the input, of text.
        rows: their values, and where findings go.
    """
    found = [_column_parts(options, columns, name, rows) for name in columns.columns]
    made = [array for array in found if array is not None]
    return np.concatenate(made, axis=1) if len(made) == len(found) else None


def _column_parts(
    options: DateOptions, columns: Columns, name: str, rows: RowSelection
) -> npt.NDArray[np.float64] | None:
    column: Column = rows.columns[name]
    words, positions = distinct_words(column)
    values = np.zeros((len(words), options.values_each), dtype=np.float64)
    bad = np.zeros(len(words), dtype=np.bool_)
    for number, word in enumerate(words):
        date = parse_date(word, options.form, is_time=options.is_time)
        if date is None:
            bad[number] = True
        else:
            values[number] = _parts(date, options)
    if bad[positions].any():
        row = int(np.argmax(bad[positions]))
        place = rows.locate(row)
        report_no_date(columns, name, words[positions[row]], place, rows.findings)
        return None
    found: npt.NDArray[np.float64] = values[positions]
    return found


def _parts(date: datetime, options: DateOptions) -> list[float]:
    found: list[float] = []
    for name in options.parts:
        part = DATE_PARTS[name]
        value = part.of(date)
        if options.cyclic and part.period is not None:
            angle = 2 * np.pi * (value - part.first) / part.period
            found += [float(np.sin(angle)), float(np.cos(angle))]
        else:
            found.append(float(value))
    return found
