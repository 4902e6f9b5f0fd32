"""The data of a spec, checked where neither numpy nor pyarrow is installed.

What depends on which rows chance puts into which split is left to the training: a label that the
training split happens to lack, a mean of a column that it happens to have no value of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from modelspec.analysis.losses import TargetRequirement
from modelspec.data.prepare import (
    MissingCount,
    check_missing_rules,
    check_missing_values,
    overflow_limit,
    report_values,
    resolve_unused_columns,
)
from modelspec.data.sources import (
    DataFile,
    OpenSource,
    check_columns,
    csv_columns,
    find_files,
    open_sources,
    report_missing_package,
    report_no_rows,
    report_unreadable,
    report_wrong_width,
)
from modelspec.data.table import (
    LABEL,
    NUMBER,
    TEXT,
    ColumnUse,
    FeaturePlan,
    Purpose,
    column_names,
    drop_purposes,
    plan_features,
)
from modelspec.diagnostics import Findings
from modelspec.graph import Graph
from modelspec.spec.data import DataSpec, Source, sources_of
from modelspec.tabular import TEXT_ERRORS, csv_rows, dialect_of, open_bytes

from .columns import CsvSummary, Use, check_fills, check_sizes, check_use
from .folders import check_folders, has_headers
from .tally import ColumnTally, tally

WHOLE = {
    f"{sign}int{bits}": (0 if sign else -(2 ** (bits - 1)), 2 ** (bits if sign else bits - 1) - 1)
    for sign in ("", "u")
    for bits in (8, 16, 32, 64)
}
"""The least and the most that an input of whole numbers takes."""


def check_data_without_numpy(
    data: DataSpec,
    folder: Path,
    graph: Graph,
    requirements: Sequence[TargetRequirement],
    findings: Findings,
) -> None:
    """Check the data of a spec.

    Args:
        data: the section.
        folder: what paths are relative to.
        graph: of the model.
        requirements: its outputs with their losses; none without `training`.
        findings: takes what is wrong, in the words of a training.
    """
    if not _can_be_read(data, folder, findings):
        return
    planned = plan_features(data, graph, findings)
    opened = open_sources(data, folder, _open, findings)
    if planned is None or opened is None:
        return
    if not check_columns(opened["train"], planned.uses, findings):
        return
    resolved = resolve_unused_columns(planned, data, opened["train"], findings)
    if resolved is None:
        return
    whole = resolved[0]
    before = findings.error_count
    check_missing_rules(data, whole, opened["train"].columns[0], findings)
    counted = {name: _count(data, whole, name, item, findings) for name, item in opened.items()}
    found = {name: item for name, item in counted.items() if item is not None}
    if findings.error_count > before or len(found) < len(counted):
        return
    if check_sizes(data, found, findings) and check_fills(data, found["train"], findings):
        check_use(Use(data, whole, requirements), found, findings)


def _can_be_read(data: DataSpec, folder: Path, findings: Findings) -> bool:
    """Whether all sources are csv; a finding for each that needs a package."""
    sound = True
    for source in sources_of(data).values():
        if has_headers(source):
            check_folders(source, folder, findings)
            sound = False  # there is nothing more to read
        elif source.kind != "csv":
            span = source.path_spans[0]
            name = source.paths[0] if source.paths else source.kind
            report_missing_package(
                DataFile(folder / name, name, span, source), f"{source.kind} data", findings
            )
            sound = False
    return sound


def _open(source: Source, folder: Path, findings: Findings) -> OpenSource | None:
    files = find_files(source, folder, findings)
    columns = [csv_columns(file, findings) for file in files]
    known = [names for names in columns if names is not None]
    return OpenSource(source, files, known, folder) if files and len(known) == len(files) else None


def _count(
    data: DataSpec, planned: FeaturePlan, split: str, opened: OpenSource, findings: Findings
) -> CsvSummary | None:
    """Look at every row of a source; None with findings."""
    needs = planned.uses if split == "train" else drop_purposes(planned.uses, Purpose.STRATIFY)
    if not check_columns(opened, needs, findings):
        return None
    hard = column_names(drop_purposes(needs, Purpose.STRATIFY))
    dropping = [name for name in hard if data.missing.get(name) == "drop"]
    cells, before = _cells(data, planned, needs), findings.error_count
    for column in cells.values():
        column.decimal = dialect_of(opened.source).decimal
    parts: list[tuple[str, int]] = []
    kept = start = 0
    for file, names in zip(opened.files, opened.columns, strict=True):
        places = {name: names.index(name) for name in cells}
        number = start
        for row in _rows(file, len(names), findings):
            kept += tally(row, number, places, cells, dropping)
            number += 1
        parts.append((file.name, number - start))
        start = number
    counted = CsvSummary(parts, kept, cells)
    if findings.error_count > before:
        return None
    report_values([cells[need.column].seen(need) for need in _once(needs)], counted, findings)
    if findings.error_count == before:
        gaps = {n: MissingCount(cells[n].missing, cells[n].first_missing) for n in hard}
        check_missing_values(gaps, counted, data, findings)
    return counted


def _once(needs: Sequence[ColumnUse]) -> list[ColumnUse]:
    """The needs without those of a column that is used in the same way before."""
    return list({(need.column, need.kind): need for need in reversed(needs)}.values())[::-1]


def _rows(file: DataFile, width: int, findings: Findings) -> Iterator[list[str]]:
    """The rows after the header; ends with a finding where one is no row."""
    number = 1
    try:
        with open_bytes(file.path) as stream:
            rows = csv_rows(stream, dialect_of(file.source))
            next(rows, None)
            for number, row in enumerate(rows, 2):
                if len(row) != width:
                    report_wrong_width(file, number, row, width, findings)
                    return
                yield row
    except TEXT_ERRORS as error:
        report_unreadable(file, error, findings)
        return
    if number == 1:
        report_no_rows(file, findings)


def _cells(
    data: DataSpec, planned: FeaturePlan, needs: Sequence[ColumnUse]
) -> dict[str, ColumnTally]:
    """What is to be counted of each column."""
    uses: dict[str, set[str]] = {}
    for need in needs:
        uses.setdefault(need.column, set()).add(need.kind)
    targets = {target.columns[0] for target in planned.targets}
    cells = {}
    for name, found in uses.items():
        numeric = not found & {TEXT, LABEL} or NUMBER in found
        cells[name] = ColumnTally(numeric, words_wanted=name in targets)
    for target in planned.targets:
        for name in target.columns:
            cells[name].odd = partial(_beyond, overflow_limit("float32"))
    for entry, columns in planned.inputs:
        dtype = entry.dtype or "float32"
        bounds = WHOLE.get(dtype)
        unfit = partial(_unfit, *bounds) if bounds else partial(_beyond, overflow_limit(dtype))
        for name in columns.columns if columns is not None else ():
            cells[name].odd = unfit
    if data.sample_weight is not None:
        cells[data.sample_weight].odd = _no_weight
    return cells


def _unfit(least: int, most: int, value: float) -> bool:
    return value != int(value) or not least <= value <= most


def _beyond(end: float, value: float) -> bool:
    return abs(value) >= end


def _no_weight(value: float) -> bool:
    return value < 0 or value >= overflow_limit("float32")
