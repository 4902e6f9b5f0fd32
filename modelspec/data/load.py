"""The `data` section to examples, stage by stage.

open the sources -> plan the features -> read and check the tables -> split the rows -> learn from
the training rows -> encode the examples
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from modelspec.data.examples import (
    Examples,
    Preprocessing,
    cache_small_inputs,
    crop_examples,
    make_splits,
    make_windows,
    synthetic_splits,
)
from modelspec.data.prepare import (
    TRAIN,
    CheckedTable,
    LearnedState,
    Series,
    TrainingTexts,
    check_categories,
    class_counts,
    learn_state,
    learn_tokenizers,
    rows_of_windows,
    warn_of_copies,
    warn_of_empty_classes,
)
from modelspec.data.sources import OpenSource
from modelspec.data.table import (
    BrokenDataError,
    FeaturePlan,
    RowNumbers,
    learn_edges,
    learned_bins,
    plan_features,
    release_arrow_memory,
    with_edges,
)
from modelspec.diagnostics import Findings
from modelspec.graph import Graph
from modelspec.spec.data import DataSpec, sources_of
from modelspec.spec.training import TrainingSpec

from .split_sources import OpenData, open_data, read_and_split


@dataclass(frozen=True, slots=True)
class Data:
    """All splits of a spec's data, and what was learned from the training split.

    Attributes:
        train: the training split.
        validation: None where the spec has none.
        test: None where the spec has none.
        learned: labels and fill values.
        plan: which columns feed which input and target.
        files: split name to the files that it came from; a split that is a fraction of the
            training data has train's.
        counted: where the section has `where`, the name of each source's split to the number of
            rows that meet it and the number of all.
    """

    train: Examples
    validation: Examples | None
    test: Examples | None
    learned: LearnedState
    plan: FeaturePlan
    files: Mapping[str, tuple[Path, ...]]
    counted: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def label_names(self) -> dict[str, tuple[str, ...]]:
        """Output name to what its classes are called, in the order of their numbers."""
        named = {str(target.name): target.label_names for target in self.plan.targets}
        return {name: named.get(name) or labels for name, labels in self.learned.labels.items()}


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How the data of a spec is loaded.

    Attributes:
        seed: of the shuffle that splits the rows.
        learned: what a run learned before; None to learn it from the training split.
        drops_inputs: whether inputs are checked only, and not stored.
    """

    seed: int
    learned: LearnedState | None = None
    drops_inputs: bool = False


def load_data(
    data: DataSpec,
    folder: Path,
    graph: Graph,
    seed: int,
    findings: Findings,
    learned: LearnedState | None = None,
) -> Data | None:
    """Load all sources of a spec; None with findings.

    Args:
        data: the `data` section.
        folder: the spec file's folder; paths are relative to it.
        graph: the model, whose inputs and outputs the columns feed.
        seed: of the shuffle that splits the rows.
        findings: takes what is wrong with the section, the files, the columns and the values.
        learned: what a run learned before; by default it is learned from the training split.
    """
    options = LoadOptions(seed, learned)
    loaded = _load_collecting_findings(data, folder, graph, options, findings)
    if loaded is None:
        return None
    if learned is not None:  # a run is evaluated once, and on one split
        return _cropped(loaded, data, findings)
    before = findings.error_count
    train, validation, test = cache_small_inputs(
        (loaded.train, loaded.validation, loaded.test), data.train.span, findings
    )
    if train is None or findings.error_count > before:
        return None
    made = replace(loaded, train=train, validation=validation, test=test)
    return _cropped(made, data, findings, keeps_whole=True)


def _cropped(
    loaded: Data, data: DataSpec, findings: Findings, *, keeps_whole: bool = False
) -> Data | None:
    """The data with images of the size of the model; None with findings.

    Args:
        loaded: the data.
        data: the section.
        findings: takes images that cannot be cropped.
        keeps_whole: whether the training split has the whole images too.
    """
    plan = loaded.plan
    if not plan.crops:
        return loaded
    splits = {"train": loaded.train, "validation": loaded.validation, "test": loaded.test}
    sources, made = sources_of(data), {}
    for name, split in splits.items():
        if split is not None:
            span, keeps = sources.get(name, data.train).span, keeps_whole and name == TRAIN
            made[name] = crop_examples(split, plan, span, findings, keeps_whole=keeps)
    train = made[TRAIN]
    if train is None or None in made.values():
        return None
    return replace(loaded, train=train, validation=made.get("validation"), test=made.get("test"))


def load_without_inputs(
    data: DataSpec, folder: Path, graph: Graph, seed: int, findings: Findings
) -> Data | None:
    """Check all that `load_data` checks, and store no inputs: `Examples.inputs` are empty arrays.

    The arguments and the result are those of `load_data`.
    """
    options = LoadOptions(seed, drops_inputs=True)
    loaded = _load_collecting_findings(data, folder, graph, options, findings)
    return None if loaded is None else _cropped(loaded, data, findings)


def load_synthetic(
    data: DataSpec, graph: Graph, training: TrainingSpec, findings: Findings
) -> Data | None:
    """The splits of a section whose source is `synthetic`; None with findings.

    Args:
        data: the section.
        graph: the model.
        training: its losses decide what the targets look like.
        findings: takes outputs whose shape is unknown.
    """
    plan = plan_features(data, graph, findings)
    own = Findings()
    splits = synthetic_splits(data, graph, training, own)
    findings.extend(own)
    train = splits[TRAIN]
    if plan is None or own.has_errors or train is None:
        return None
    files: dict[str, tuple[Path, ...]] = dict.fromkeys(splits, ())
    learned = LearnedState({}, {}, ())
    return Data(train, splits["validation"], splits["test"], learned, plan, files)


def _load_collecting_findings(
    data: DataSpec, folder: Path, graph: Graph, options: LoadOptions, findings: Findings
) -> Data | None:
    """Load with separate findings, so that errors found before do not stop a stage."""
    own = Findings()
    loaded = None
    try:
        loaded = _load(data, folder, graph, options, own)
    except BrokenDataError as broken:
        broken.report(own)
    release_arrow_memory()
    findings.extend(own)
    return None if own.has_errors else loaded


def _load(
    data: DataSpec, folder: Path, graph: Graph, options: LoadOptions, findings: Findings
) -> Data | None:
    """The stages in order; None with findings as soon as one cannot go on.

    Raises:
        BrokenDataError: a file is damaged.
        CannotRunError: the disk is full.
    """
    if options.learned is not None:
        data = with_edges(data, options.learned.edges)
    opened = open_data(data, folder, graph, options.learned, findings)
    if opened is None:
        return None
    edges = _learn_edges(data, opened, options, findings)
    if edges is None:
        return None
    data = with_edges(data, edges)
    split = read_and_split(data, opened, options.seed, options.learned, findings)
    if split is None:
        return None
    tables, series, rows = split
    learned = options.learned
    if learned is None:
        learned = _learn(data, opened, tables, series, rows, findings)
        learned = _learn_tokens(learned, opened, tables, rows, folder, findings)
        learned = learned and replace(learned, edges=edges)
    if learned is None:
        return None
    if options.learned is None and not series:
        check_categories(graph, opened.plan, tables, rows, learned, findings)
    preprocessing = Preprocessing(data, opened.plan, learned, options.drops_inputs)
    splits = _encode(preprocessing, tables, series, rows, findings)
    train = splits[TRAIN]
    if findings.has_errors or train is None:
        return None
    if options.learned is None and not series:
        counts = {
            name: class_counts(part.targets, learned.labels)
            for name, part in splits.items()
            if part is not None
        }
        warn_of_copies(data, opened.plan, tables, rows, findings)
        warn_of_empty_classes(data, opened.plan, learned, counts, findings)
    files = {name: _files(opened.sources.get(name, opened.sources[TRAIN])) for name in rows}
    made = Data(train, splits.get("validation"), splits.get("test"), learned, opened.plan, files)
    return replace(made, counted=_counted(tables))


def _counted(tables: Mapping[str, CheckedTable]) -> dict[str, tuple[int, int]]:
    """How many rows meet `where`, of how many."""
    return {
        name: (len(checked.counted_rows), checked.table.rows)
        for name, checked in tables.items()
        if checked.counted_rows is not None
    }


def _files(opened: OpenSource) -> tuple[Path, ...]:
    if not opened.source.traits.has_files:  # not in files: a hash of the examples is in their table
        return ()
    return tuple(file.path for file in opened.files)


def _learn(
    data: DataSpec,
    opened: OpenData,
    tables: Mapping[str, CheckedTable],
    series: Mapping[str, Series],
    rows: Mapping[str, RowNumbers],
    findings: Findings,
) -> LearnedState | None:
    """Learn labels and fill values from the training rows alone."""
    train = rows[TRAIN]
    if series:
        train = rows_of_windows(series[TRAIN], train)
    table = tables[TRAIN].table
    learned = learn_state(data, opened.plan, table, train, opened.unused_columns, findings)
    if learned is None or not series:
        return learned
    return replace(learned, time_step=series[TRAIN].step)


def _learn_edges(
    data: DataSpec, opened: OpenData, options: LoadOptions, findings: Findings
) -> dict[str, list[float]] | None:
    """The edges of bins that are learned from the training rows; None with findings.

    No row is in another split by them, so the tables are read and split once more with them.
    """
    names = learned_bins(data, opened.plan.uses)
    if not names:
        return {}
    own = Findings()
    split = read_and_split(data, opened, options.seed, options.learned, own)
    if split is None or own.has_errors:
        findings.extend(own)
        return None
    tables, series, rows = split
    train = rows_of_windows(series[TRAIN], rows[TRAIN]) if series else rows[TRAIN]
    edges = learn_edges(data, names, tables[TRAIN].table, train, findings)
    return None if findings.has_errors else edges


def _learn_tokens(
    learned: LearnedState | None,
    opened: OpenData,
    tables: Mapping[str, CheckedTable],
    rows: Mapping[str, RowNumbers],
    folder: Path,
    findings: Findings,
) -> LearnedState | None:
    """What was learned with the tokenizers, which learn from the training rows alone too."""
    if learned is None or not opened.plan.tokens:
        return learned
    texts = TrainingTexts(tables[TRAIN].table, rows[TRAIN], learned.fills)
    tokenizers = learn_tokenizers(opened.plan, texts, folder, findings)
    return None if findings.has_errors else replace(learned, tokenizers=tokenizers)


def _encode(
    preprocessing: Preprocessing,
    tables: Mapping[str, CheckedTable],
    series: Mapping[str, Series],
    rows: Mapping[str, RowNumbers],
    findings: Findings,
) -> dict[str, Examples | None]:
    """The examples of all splits; the splits of one table are encoded together."""
    made: dict[str, Examples | None] = {}
    for name, checked in tables.items():
        own = {split: rows[split] for split in rows if _table_of(split, tables) == name}
        if series:
            made |= make_windows(preprocessing, checked.table, series[name], own, findings)
        else:
            made |= make_splits(preprocessing, checked.table, own, findings)
    return made


def _table_of(split: str, tables: Mapping[str, CheckedTable]) -> str:
    """The name of the table that has the rows of a split."""
    return split if split in tables else TRAIN
