"""New data of a series, for what follows its last rows: the horizon of each group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from modelspec.data.examples import Examples, Preprocessing
from modelspec.data.prepare import CheckedTable, find_step_of, order_series, report_no_windows
from modelspec.data.table import BrokenDataError, Column, RowNumbers
from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import ANY_STEP, HORIZON, DataSpec

from .chunk import NewDataChunk
from .forecast_examples import forecast_examples
from .forecast_origins import find_origins
from .gaps import allow_gaps
from .kept_lines import kept_columns, kept_of_lines
from .known_ahead import check_ahead
from .later_rows import LaterRows
from .open_file import NewRows, open_new_file, start_of
from .read import read_new_table, uses_of_new_data, uses_to_keep


def forecasts(data: DataSpec) -> bool:
    """Whether predictions are of the rows after the last ones: times are known to go on."""
    options = data.train.options
    return options.get("every", ANY_STEP) != ANY_STEP and any(
        (target.rows or HORIZON) == HORIZON for target in data.targets
    )


class NewForecast(NamedTuple):
    """What follows each group of a series.

    Attributes:
        examples: one for each group that has a whole window.
        horizon: the rows that follow.
        kept: the columns of the groups and times, of all lines.
        lines: those of the groups that have an example.
    """

    examples: Examples
    horizon: int
    kept: Mapping[str, Column]
    lines: RowNumbers
    generated: Sequence[str] = ()

    def chunks(self, findings: Findings) -> Iterator[NewDataChunk]:
        """All lines as one chunk; those of a group without a whole window have no example."""
        del findings
        rows = len(next(iter(self.kept.values())).values)
        yield NewDataChunk(rows, self.examples, self.lines, self.kept, self.horizon)


def open_forecast(
    preprocessing: Preprocessing,
    path: NewRows,
    findings: Findings,
    missing: str | None = None,
    keep: Sequence[str] = (),
) -> NewForecast | None:
    """Read and check a file, and find where the forecast of each group begins; None with findings.

    Rows at the end of a group in which the past is missing are those of the horizon: they have
    what is known beforehand.

    Args:
        preprocessing: of the trained model.
        path: a file with the rows of the past; relative to the current folder.
        findings: takes what is wrong with the file.
        missing: what happens to gaps where training had none; None for what the spec says.
        keep: columns to write next to the predictions: what the rows of the horizon have in the
            file, else what all rows of the group have.

    Raises:
        UsageError: the training learned no medians.
    """
    opened = open_new_file(preprocessing, path, findings)
    if opened is None:
        return None
    uses, later = uses_of_new_data(preprocessing.plan, with_targets=False), LaterRows(preprocessing)
    gaps = allow_gaps(preprocessing, missing, uses)
    preprocessing = gaps.preprocessing
    uses = (*uses, *uses_to_keep(keep, uses, opened, path))
    try:
        checked = read_new_table(preprocessing, opened, path, uses, findings, later.fill)
        if checked is None:
            return None
        gaps.report(checked, start_of(path), findings)
        return _forecast(preprocessing, checked, later, start_of(path), findings, keep)
    except BrokenDataError as broken:
        broken.report(findings)
        return None


def _forecast(
    preprocessing: Preprocessing,
    checked: CheckedTable,
    later: LaterRows,
    start: Span,
    findings: Findings,
    keep: Sequence[str],
) -> NewForecast | None:
    data, table = preprocessing.data, checked.table
    find = find_step_of(preprocessing.learned)
    series = order_series(checked, data.train, data, findings, find)
    assert series is not None
    if findings.has_errors:
        return None
    origins = find_origins(series, table, data, later.rows)
    whole = [origin for origin in origins if origin.is_whole]
    if not whole:
        report_no_windows("", series.windows.reach, table.names, data, findings)
        return None
    if not check_ahead(whole, later.ahead, table, data, start, findings):
        return None
    examples = forecast_examples(preprocessing, table, series, whole, findings)
    if examples is None:
        return None
    horizon = series.windows.horizon
    lines = np.repeat([origin.is_whole for origin in origins], horizon)
    kept = kept_columns(origins, table, data)
    for name in keep:
        kept.setdefault(name, kept_of_lines(later.written[name], origins, series, table, data))
    return NewForecast(examples, horizon, kept, np.flatnonzero(lines))
