"""The data files of a spec, checked where neither numpy nor pyarrow is installed.

Csv files are read row by row; of images and sound the headers are read. What depends on the random
split is left to training: a label that the training split happens to lack, a mean of a column
without a value in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from modelspec.analysis.data import CategoryLookup, FedInputs, lookups_of_inputs
from modelspec.analysis.losses import TargetRequirement
from modelspec.data.media import MEDIA, MediaKind, read_files
from modelspec.data.prepare import (
    check_missing_rules,
    check_missing_values,
    columns_that_need_values,
    overflow_limit,
    report_dates,
    report_no_counted_rows,
    report_values,
    resolve_unused_columns,
    summaries_of,
)
from modelspec.data.sources import (
    DataFile,
    OpenSource,
    check_columns,
    csv_columns,
    data_rows,
    find_files,
    folder_files,
    match_files,
    open_files,
    open_sources,
    report_missing_package,
    report_no_rows,
    report_unreadable,
    warn_of_other_shapes,
)
from modelspec.data.table import (
    LABEL,
    NUMBER,
    TEXT,
    ColumnUse,
    FeaturePlan,
    TablePart,
    column_names,
    plan_features,
    uses_in_files,
    uses_of_split,
    with_derived_from,
)
from modelspec.data.tokens import check_token_files
from modelspec.diagnostics import Findings
from modelspec.graph import Graph
from modelspec.spec.data import (
    DROP,
    DataSpec,
    Source,
    date_options,
    needed,
    source_of_column,
    sources_of,
    split_times,
)
from modelspec.tabular import TEXT_ERRORS, Dialect, dialect_of

from .columns import TRAIN, check_categories_of_splits, check_columns_of_splits
from .derived import date_checks, derived_cells, positions_of
from .tally import ColumnTally, RowTally, TableTally, tally_row

INTEGER_RANGES = {
    f"{sign}int{bits}": (0 if sign else -(2 ** (bits - 1)), 2 ** (bits if sign else bits - 1) - 1)
    for sign in ("", "u")
    for bits in (8, 16, 32, 64)
}
"""The least and the largest number of each dtype of whole numbers."""


def check_data_without_numpy(
    data: DataSpec,
    folder: Path,
    graph: Graph,
    requirements: Callable[[FedInputs], Sequence[TargetRequirement]],
    findings: Findings,
) -> None:
    """Check the files of a spec's data, with the findings that a training would have.

    Args:
        data: the section.
        folder: what paths are relative to.
        graph: of the model.
        requirements: from the columns of the inputs, which a file may name alone, to the outputs
            with their losses; none without `training`. It reports sizes that the layers refuse.
        findings: takes what is wrong.
    """
    if not _is_all_csv(data, folder, findings):
        return
    check_token_files(data.tokens.values(), folder, findings)
    plan = plan_features(data, graph, findings)
    opened = open_sources(data, folder, partial(open_files, find_columns=csv_columns), findings)
    if plan is None or opened is None:
        return
    if not check_columns(
        opened[TRAIN], uses_in_files(plan.uses, data.derive), findings, data.derive
    ):
        return
    resolved = resolve_unused_columns(plan, data, opened[TRAIN], findings)
    if resolved is None:
        return
    plan = resolved[0]
    before = findings.error_count
    check_missing_rules(data, plan, opened[TRAIN].columns[0], findings)
    lookups = lookups_of_inputs(graph)
    counted = {
        name: _tally(data, plan, name, source, lookups, findings) for name, source in opened.items()
    }
    tallies = {name: tally for name, tally in counted.items() if tally is not None}
    if findings.error_count == before and len(tallies) == len(counted):
        outputs = requirements(plan.inputs)
        check_columns_of_splits(data, plan, outputs, tallies, findings)
        check_categories_of_splits(data, plan, lookups, tallies, findings)


def _is_all_csv(data: DataSpec, folder: Path, findings: Findings) -> bool:
    """Whether all sources are csv; others are checked here, or reported to need a package."""
    is_csv = True
    for source in sources_of(data).values():
        if not source.traits.needs_numpy:
            continue
        is_csv = False
        kind = MEDIA.get(source.kind)
        if kind is not None and kind.decoder is not None and source.table is None:
            _check_headers(source, data, folder, findings)
        else:
            name = source.paths[0] if source.paths else str(source.options.get("name", source.kind))
            span = next(iter(source.path_spans), source.span)
            file = DataFile(folder / name, name, span, source)
            report_missing_package(file, f"{source.kind} data", findings, source.traits.package)
    return is_csv


def _check_headers(source: Source, data: DataSpec, folder: Path, findings: Findings) -> None:
    """Check the header of every file of a folder of images or sound."""
    kind = MEDIA[source.kind]
    if source.is_matched:
        targets = [column for target in data.targets for column in target.columns]
        _check_pairs(source, targets, folder, kind, findings)
        return
    for file in find_files(source, folder, findings, takes_folders=True):
        found = folder_files(file, kind.suffixes, findings)
        paths, names = [one.path for one in found], [one.name for one in found]
        read_files(paths, names, source, kind.read, findings)


def _check_pairs(
    source: Source, targets: Iterable[str], folder: Path, kind: MediaKind, findings: Findings
) -> None:
    """Match the files of each example, and check their headers."""
    matched = match_files(source, folder, source.pairs, kind.suffixes, findings)
    if matched is None:
        return
    warn_of_other_shapes(matched, targets, source, findings)
    for name, files in {"": matched.first, **matched.others}.items():
        paths, names = [one.path for one in files], [one.name for one in files]
        read_files(paths, names, source_of_column(source, name), kind.read, findings)


def _tally(
    data: DataSpec,
    plan: FeaturePlan,
    split: str,
    opened: OpenSource,
    lookups: Sequence[CategoryLookup],
    findings: Findings,
) -> TableTally | None:
    """Count every cell of a source and check the values; None with findings."""
    uses = uses_of_split(plan.uses, is_train=split == TRAIN)
    if not check_columns(opened, uses_in_files(uses, data.derive), findings, data.derive):
        return None
    derived = needed(column_names(uses), data.derive)
    uses = with_derived_from(uses, data.derive)
    needing = columns_that_need_values(uses)
    dropping = [name for name in needing if data.missing.get(name) == DROP]
    deciding = [use for use in uses if use.decides_rows]
    others = [use for use in uses if not use.decides_rows]
    dialect = dialect_of(opened.source)
    columns = _new_columns(data, plan, others, dialect, lookups)
    rows = RowTally(data, deciding, dialect)
    before = findings.error_count
    parts: list[TablePart] = []
    kept = start = 0
    for file, names in zip(opened.files, opened.columns, strict=True):
        positions = positions_of(column_names(uses), names, derived)
        number = start
        for cells in _rows(file, findings):
            row = [*cells, *derived_cells(cells, positions, derived, columns)]
            if rows.counts(row, number, positions):
                is_kept = tally_row(row, number, positions, columns, dropping)
                kept += is_kept
                rows.add_split(row, positions, is_kept=is_kept)
            number += 1
        parts.append(TablePart(file.name, number - start, dialect_of(file.source).first_row))
        start = number
    if findings.error_count > before:
        return None
    tally = TableTally(parts, kept, columns, rows.splits, rows.groups)
    if rows.conditions and start and not rows.counted:
        report_no_counted_rows(rows.conditions, tally.names, findings)
    summaries = [columns[one.use.column].summary(one.use) for one in summaries_of(others)]
    report_values([*rows.summaries, *summaries], tally, findings, opened.source)
    report_dates(date_checks(others, columns), tally, findings)
    if findings.error_count == before:
        missing = {name: columns[name].missing for name in needing}
        check_missing_values(missing, tally, data, findings)
    return tally


def _rows(file: DataFile, findings: Findings) -> Iterator[list[str]]:
    """The rows after the header; ends with a finding at one that cannot be read."""
    is_empty, before = True, findings.error_count
    try:
        for row in data_rows(file, findings):
            is_empty = False
            yield row
    except TEXT_ERRORS as error:
        report_unreadable(file, error, findings)
    if is_empty and findings.error_count == before:
        report_no_rows(file, findings)


def _new_columns(
    data: DataSpec,
    plan: FeaturePlan,
    uses: Sequence[ColumnUse],
    dialect: Dialect,
    lookups: Sequence[CategoryLookup],
) -> dict[str, ColumnTally]:
    """An empty tally of each column, which knows what its uses cannot take."""
    kinds: dict[str, set[str]] = {}
    for use in uses:
        kinds.setdefault(use.column, set()).add(use.kind)
    worded = {target.columns[0] for target in plan.targets if target.tokens is None}
    worded |= {
        name
        for one, fed in plan.inputs
        if fed and one.name in {look.input for look in lookups}
        for name in fed.columns
    }
    worded |= {name for _, fed in plan.inputs if fed and date_options(fed) for name in fed.columns}
    worded |= {data.group} if data.group is not None else set()
    worded |= {by.column for by in split_times(data).values()}
    worded |= {use.column for use in uses if use.takes_dates}
    separators = {use.column: use.lists.separator for use in uses if use.lists is not None}
    columns = {}
    of_file = {one.own_source: one.name for one in data.derive.values()}
    for name, found in kinds.items():
        written = of_file.get(name, name)
        is_numeric = not found & {TEXT, LABEL} or NUMBER in found
        separator = separators.get(name) or ""
        columns[name] = ColumnTally(
            is_numeric, name in worded, dialect.marks_of(written), separator, dialect.nulls(written)
        )
    for target in plan.targets:
        for name in target.columns:
            columns[name].is_unsuitable = partial(_overflows, overflow_limit("float32"))
    for entry, fed in plan.inputs:
        dtype = entry.dtype or "float32"
        limits = INTEGER_RANGES.get(dtype)
        is_unsuitable = (
            partial(_is_no_integer, *limits)
            if limits
            else partial(_overflows, overflow_limit(dtype))
        )
        for name in fed.columns if fed is not None else ():
            columns[name].is_unsuitable = is_unsuitable
    for target in plan.targets:
        if target.weight is not None:
            columns[target.weight].is_unsuitable = _is_no_weight
    if data.sample_weight is not None:
        columns[data.sample_weight].is_unsuitable = _is_no_weight
    return columns


def _is_no_integer(least: int, largest: int, value: float) -> bool:
    return value != int(value) or not least <= value <= largest


def _overflows(limit: float, value: float) -> bool:
    return abs(value) >= limit


def _is_no_weight(value: float) -> bool:
    return value < 0 or value >= overflow_limit("float32")
