"""The tables of opened sources, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from modelspec.data.prepare import TRAIN, CheckedTable, check_missing_rules, check_values
from modelspec.data.sources import LARGE_BYTES, OpenSource, needs_streaming, read_source
from modelspec.data.table import (
    ChunkedTable,
    ColumnUse,
    FeaturePlan,
    Purpose,
    Table,
    drop_purposes,
    uses_of_split,
    with_derived_from,
)
from modelspec.diagnostics import Findings
from modelspec.spec.data import DataSpec


def read_tables(
    data: DataSpec, plan: FeaturePlan, sources: Mapping[str, OpenSource], findings: Findings
) -> dict[str, CheckedTable] | None:
    """Read and check the table of every source; None with findings.

    Args:
        data: whether it streams, and the rules for missing values.
        plan: the inputs and the uses of columns.
        sources: split name to its source.
        findings: takes what is wrong with the values, and files that two splits have.

    Raises:
        BrokenDataError: a file is damaged.
        CannotRunError: the disk is full.
    """
    check_missing_rules(data, plan, sources[TRAIN].columns[0], findings)
    tables = {}
    for name, source in sources.items():
        uses = uses_of_split(plan.uses, is_train=name == TRAIN)
        checked = read_table(data, plan, source, uses, findings)
        if checked is not None:
            tables[name] = checked
    if len(tables) > 1:  # one table needs no look at the paths of all its files
        _check_shared_files(data, plan, tables, findings)
    return tables if len(tables) == len(sources) and not findings.has_errors else None


def read_table(
    data: DataSpec,
    plan: FeaturePlan,
    opened: OpenSource,
    uses: Sequence[ColumnUse],
    findings: Findings,
    prepare: Callable[[Table], Table] | None = None,
) -> CheckedTable | None:
    """Read and check the table of one source; None with findings.

    Args:
        data: whether it streams, and the rules for missing values.
        plan: the inputs.
        opened: the files.
        uses: of the columns that are read.
        findings: takes what is wrong with the values.
        prepare: what is done to the table before its values are checked; it is in memory.

    Raises:
        BrokenDataError: a file is damaged.
        CannotRunError: the disk is full.
    """
    streams = data.stream is True
    if data.stream == "auto":
        streams = needs_streaming(opened, plan.inputs)
    table = read_source(opened, uses, findings, streams=streams, derive=data.derive)
    if data.stream == "auto" and isinstance(table, ChunkedTable) and _is_small(table):
        table = replace(table, streams=False)
    seen_by_model = with_derived_from(drop_purposes(uses, Purpose.KEEP), data.derive)
    if table is not None and prepare is not None:
        table = prepare(table)
    return None if table is None else check_values(table, seen_by_model, data, findings)


def _is_small(table: ChunkedTable) -> bool:
    """Whether a table whose size was unknown before it was read fits in memory."""
    sizes = [file.size for file in table.sources]
    return None not in sizes and sum(size or 0 for size in sizes) <= LARGE_BYTES


def _check_shared_files(
    data: DataSpec, plan: FeaturePlan, tables: Mapping[str, CheckedTable], findings: Findings
) -> None:
    """Report an image or the like that is in two splits; an empty mask may be that of many."""
    known: dict[str, str] = {}
    inputs = {use.column for use in plan.uses if use.is_input}
    for name, checked in tables.items():
        paths = {str(Path(text).resolve()) for text in checked.table.paths_in(inputs)}
        for path in sorted(paths):
            if path in known:
                message = f"{Path(path).name} is in both `{known[path]}` and `{name}`"
                hint = f"remove it from one of them: {path}"
                findings.error(data.train.span, "leaking-split", message, hint=hint)
                return
        known.update(dict.fromkeys(paths, name))
