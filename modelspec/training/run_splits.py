"""The splits of a complete run, read again, and the columns of their rows that were not used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from modelspec.data import Data, load_data, load_synthetic, open_new_file
from modelspec.data.examples import Examples
from modelspec.data.sources import OpenSource, open_source, read_source
from modelspec.data.table import (
    ANY,
    TEXT,
    BrokenDataError,
    ChunkedTable,
    Column,
    ColumnUse,
    FeaturePlan,
    Purpose,
    RowNumbers,
)
from modelspec.diagnostics import Findings, SpecError, UsageError, did_you_mean, join_words
from modelspec.spec.data import SYNTHETIC, DataSpec, Source, places_in_series

from .data_record import changed_addresses, digest_of, fingerprints_of
from .trained_run import TrainedRun


@dataclass(frozen=True, slots=True)
class RunSplitData:
    """The rows of a split of a run.

    Attributes:
        examples: with their targets.
        plan: which columns feed which input and target.
        digest: of the files and the row numbers.
        files: the files, relative to the run's folder, with their fingerprints in hex.
    """

    examples: Examples
    plan: FeaturePlan
    digest: str
    files: Mapping[str, str]


def load_split(
    trained: TrainedRun, data_spec: DataSpec, split: str, findings: Findings
) -> RunSplitData | None:
    """The rows of a split, with their targets; None with findings if they cannot be read.

    Args:
        trained: the run.
        data_spec: its section.
        split: "train", "validation" or "test".
        findings: takes what is wrong, such as data that changed since the training.

    Raises:
        UsageError: the spec has no such split.
    """
    section = {"validation": data_spec.validation, "test": data_spec.test}.get(split)
    is_fold = split == "validation" and data_spec.fold is not None
    if section is None and split != "train" and not is_fold:
        message = f"the spec of {trained.path} has no `{split}` split; give a file with --data"
        raise UsageError(message)
    record, data = trained.data_record, load_run_data(trained, data_spec, findings)
    examples: Examples | None = None if data is None else getattr(data, split)
    if data is None or examples is None:
        return None
    is_part_of_train = section is None or section.source is None
    digest = digest_of(data, split)
    if is_part_of_train and digest != record.digests[split]:
        changed = join_words(changed_addresses(record, data), most=3) or "the data"
        message = f"{changed} changed since the training, so the {split} split is another one"
        hint = "some of its rows may have been trained on; give new rows as a file with --data"
        span = data_spec.train.span if section is None else section.span
        findings.error(span, "data-changed", message, hint=hint)
    return RunSplitData(examples, data.plan, digest, fingerprints_of(data, split, trained.path))


def load_run_data(trained: TrainedRun, data_spec: DataSpec, findings: Findings) -> Data | None:
    """All splits of a run, with what was learned from its training split; None with findings.

    Args:
        trained: the run.
        data_spec: its section.
        findings: takes what is wrong.
    """
    record, graph = trained.data_record, trained.training_graph or trained.graph
    if data_spec.train.kind == SYNTHETIC:
        assert trained.spec.training is not None
        return load_synthetic(data_spec, graph, trained.spec.training, findings)
    return load_data(data_spec, record.folder, graph, record.seed, findings, record.learned)


def used_columns(
    data_spec: DataSpec, folder: Path, split: str, plan: FeaturePlan, rows: RowNumbers
) -> Mapping[str, Column]:
    """The columns of the files of a split that the data section reads, for some of its rows.

    Args:
        data_spec: the section.
        folder: what its paths are relative to.
        split: "train", "validation" or "test".
        plan: which columns feed which input and target.
        rows: of the table of the split.

    Raises:
        SpecError: a file cannot be read.
    """
    source, findings = source_of_split(data_spec, split), Findings()
    opened = open_source(source, folder, findings)
    if opened is None:
        raise SpecError(findings.sorted())
    given = opened.columns[0]
    uses = [use for use in plan.uses if use.column in given or use.column in data_spec.derive]
    try:
        table = read_source(opened, uses, findings, derive=data_spec.derive)
    except BrokenDataError as broken:
        broken.report(findings)
        table = None
    if table is None:
        raise SpecError(findings.sorted())
    if not isinstance(table, ChunkedTable):
        return {name: column.take(rows) for name, column in table.columns.items()}
    known, positions = np.unique(rows, return_inverse=True)
    columns = table.whole(list(dict.fromkeys(use.column for use in uses)), known)
    return {name: column.take(positions) for name, column in columns.items()}


def other_columns(
    data_spec: DataSpec, folder: Path, split: str, names: Sequence[str], rows: RowNumbers
) -> Mapping[str, Column]:
    """Columns of the files of a split that the data section need not read, for some of its rows.

    Args:
        data_spec: the section.
        folder: what its paths are relative to.
        split: "train", "validation" or "test".
        names: of columns; those that the files do not have are left out.
        rows: of the table of the split.

    Raises:
        SpecError: a file cannot be read.
    """
    source = source_of_split(data_spec, split)
    if not source.traits.has_files:
        return {}
    opened = _opened(source, folder)
    known = [name for name in names if name in opened.columns[0]]
    return _read_as_they_are(opened, known, rows) if known else {}


def columns_of_file(
    trained: TrainedRun, file: Path, names: Sequence[str], rows: RowNumbers
) -> Mapping[str, Column]:
    """Columns of a file of new rows, for some of its rows.

    Args:
        trained: the run, which says how such a file is read.
        file: the file.
        names: of columns beside those that the data section reads; those that the file does not
            have are left out.
        rows: of its table.

    Raises:
        SpecError: it cannot be read.
    """
    findings = Findings()
    opened = open_new_file(trained.preprocessing, file, findings)
    if opened is None:
        raise SpecError(findings.sorted())
    used = [use.column for use in trained.preprocessing.plan.uses]
    known = [name for name in dict.fromkeys((*used, *names)) if name in opened.columns[0]]
    return _read_as_they_are(opened, known, rows) if known else {}


def source_of_split(data_spec: DataSpec, split: str) -> Source:
    """The source that the rows of a split come from."""
    section = {"validation": data_spec.validation, "test": data_spec.test}.get(split)
    if section is None or section.source is None:
        return data_spec.train
    return section.source


def kept_columns(
    trained: TrainedRun, split: str, names: Sequence[str], rows: RowNumbers
) -> Mapping[str, Column]:
    """Columns of the files of a split, as they are there, for some of its rows.

    Args:
        trained: the run.
        split: "train", "validation" or "test".
        names: of columns; those of the group and the time of a series come before them.
        rows: of the table of the split.

    Raises:
        UsageError: there is no such column, or the source has none.
        SpecError: a file cannot be read.
    """
    data_spec = trained.spec.data
    assert data_spec is not None
    source = source_of_split(data_spec, split)
    wanted = tuple(dict.fromkeys((*places_in_series(source), *names)))
    if not wanted:
        return {}
    if not source.traits.has_files:
        raise UsageError(f"a {source.kind} source has no files, and so no column `{wanted[0]}`")
    return _read(source, wanted, trained, rows)


def _read(
    source: Source, names: Sequence[str], trained: TrainedRun, rows: RowNumbers
) -> dict[str, Column]:
    opened = _opened(source, trained.data_record.folder)
    known = opened.columns[0]
    for name in names:
        if name not in known:
            near = did_you_mean(name, known)
            raise UsageError(f"{source.paths[0]} has no column `{name}` to keep{near}")
    return _read_as_they_are(opened, names, rows)


def _opened(source: Source, folder: Path) -> OpenSource:
    findings = Findings()
    opened = open_source(source, folder, findings)
    if opened is None:
        raise SpecError(findings.sorted())
    return opened


def _read_as_they_are(
    opened: OpenSource, names: Sequence[str], rows: RowNumbers
) -> dict[str, Column]:
    """Columns that a source has, for some of its rows."""
    findings, span = Findings(), opened.source.span
    kind = TEXT if opened.source.traits.is_untyped else ANY  # so that 007 stays 007
    uses = [ColumnUse(name, kind, Purpose.KEEP, span, name) for name in names]
    try:
        table = read_source(opened, uses, findings, streams=False)
    except BrokenDataError as broken:
        broken.report(findings)
        table = None
    if table is None or findings.has_errors:
        raise SpecError(findings.sorted())
    columns = table.whole(names) if isinstance(table, ChunkedTable) else table.columns
    return {name: columns[name].take(rows) for name in names}
