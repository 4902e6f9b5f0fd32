"""A file of new data, opened as the source that the model was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from modelspec.data.examples import Preprocessing
from modelspec.data.media import MEDIA, attach_given_files
from modelspec.data.remote import copy_at
from modelspec.data.rows import NAME, GivenRows
from modelspec.data.sources import (
    SOURCES,
    SUFFIXES,
    DataFile,
    OpenSource,
    open_source,
    paths_below,
    source_from_name,
    with_header_row,
)
from modelspec.data.table import ColumnUse, FeaturePlan, Table, column_names
from modelspec.diagnostics import Findings, Span, UsageError, join_words
from modelspec.spec.data import (
    CORPUS,
    CSV,
    DATA_SETS,
    DATASET,
    IMAGES,
    NPZ,
    PARQUET,
    SERIES,
    SINGLE_ARRAY,
    SOURCE_KINDS,
    TFDS,
    TFRECORD,
    Source,
    options_of,
    path_columns,
    source_of_files,
)
from modelspec.tabular import dialect_of

from .encoding import check_encoding

NewRows = Path | GivenRows
"""New data: a file, or rows in memory."""


def open_new_file(
    preprocessing: Preprocessing, path: NewRows, findings: Findings
) -> OpenSource | None:
    """Open new data as the source that the model was trained on; None with findings.

    Args:
        preprocessing: of the trained model.
        path: a file, relative to the current folder; or rows in memory.
        findings: takes what is wrong with the file.

    Raises:
        UsageError: the name of the file does not tell its kind.
    """
    if isinstance(path, GivenRows):
        return open_given_rows(preprocessing, path, start_of(path))
    source = source_for_new_data(preprocessing.data.train, path, start_of(path))
    if source is None:
        kinds = join_words(sorted(SUFFIXES), "or")
        raise UsageError(f'"{path}" is not a data file: its name must end in {kinds}')
    before = findings.error_count
    check_encoding(source, path, start_of(path), findings)
    if findings.error_count > before:
        return None
    return open_source(_with_input_column(source, preprocessing.plan), Path(), findings)


def _with_input_column(source: Source, plan: FeaturePlan) -> Source:
    """The source; a file that is a single array is the column of the only input."""
    inputs = column_names([use for use in plan.uses if use.is_input])
    if source.kind != NPZ or len(inputs) > 1 or not source.paths[0].lower().endswith(".npy"):
        return source
    return replace(source, options={**source.options, "columns": {inputs[0]: SINGLE_ARRAY}})


def open_given_rows(preprocessing: Preprocessing, rows: GivenRows, span: Span) -> OpenSource:
    """Rows in memory as a table that a model was trained on, or that names its files.

    Text is read as the cells of the training data, where that was a csv.

    Args:
        preprocessing: of the trained model.
        rows: the rows.
        span: where findings point that no column causes.

    Raises:
        UsageError: the model reads long texts, which no rows are.
    """
    trained = preprocessing.data.train
    if trained.kind == CORPUS:
        message = "the model continues a long text, and windows over it are no rows"
        raise UsageError(f"{message}: give the path of a text file")
    known = trained.table or trained
    cells = dialect_of(known) if known.kind == CSV else None
    table = Source(PARQUET, (NAME,), (span,), span, options_of(PARQUET))
    source = source_for_new_data(trained, Path(NAME), span, table)
    assert source is not None

    def read(uses: Sequence[ColumnUse], findings: Findings) -> Table | None:
        found = rows.table(uses, findings, cells)
        if found is None or source.table is None or not path_columns(source):
            return found
        columns = dict(found.columns)
        sound = attach_given_files(columns, source, found, findings)
        return replace(found, columns=columns) if sound else None

    return OpenSource(source, [DataFile(Path(NAME), NAME, span, table)], [rows.names], Path(), read)


def start_of(path: NewRows) -> Span:
    """The first character of a file, for findings that no line of a spec causes.

    A file that was fetched is called by its address: its place in the cache tells nobody anything.
    """
    if isinstance(path, GivenRows):
        return Span(NAME, 1, 1, 1, 1)
    copy = copy_at(path)
    return Span(str(path) if copy is None else copy.address, 1, 1, 1, 1)


def source_for_new_data(
    trained: Source, path: Path, span: Span, in_memory: Source | None = None
) -> Source | None:
    """The source for new data that is read as the training data was; None if its kind is unknown.

    `in_memory` is a table that is no file; None for what the name of a file says.

    A table names the files of images and the like if the training data was such a table; else
    the path is a folder of such files, or one of them. It is also that for a model of a data set
    of pictures by name.
    """
    known = trained.table or trained
    table = in_memory or source_from_name(path, span)
    is_text = known.kind == CSV and trained.kind in (CSV, SERIES)
    if table is None and is_text and path.suffix.lower() in _text_suffixes(known):
        table = Source(CSV, (str(path),), (span,), span, options_of(CSV))
    if table is not None and table.kind == known.kind:
        table = replace(table, options=known.options)
        table = with_header_row(table, path) if table.kind == CSV else table
    if table is not None and trained.kind == SERIES:
        return replace(trained, paths=table.paths, path_spans=table.path_spans, table=table)
    has_images = trained.kind in (TFDS, TFRECORD) and bool(trained.pairs)
    if has_images and (table is not None or _is_image(path)):
        return _files_for_records(trained, path, span, table)
    reader = SOURCES.get(trained.kind)
    if table is None and reader is not None and reader.takes_any_name:
        return replace(trained, paths=(str(path),), path_spans=(span,))
    if trained.kind == TFDS:
        return table
    if trained.kind == DATASET and table is None:
        return _pictures(trained, path, span)
    if not path_columns(trained):
        return table
    options = {key: value for key, value in trained.options.items() if key != "folder"}
    if table is not None:
        pairs = trained.pairs
        return Source(
            trained.kind, table.paths, table.path_spans, span, options, table=table, pairs=pairs
        )
    alike = paths_below(trained, path, span) if trained.pairs else None
    return alike or Source(trained.kind, (str(path),), (span,), span, options)


def _is_image(path: Path) -> bool:
    """Whether a path is an image or a folder, and no file of records."""
    return path.is_dir() or path.name.lower().endswith(MEDIA[IMAGES].suffixes)


def _files_for_records(trained: Source, path: Path, span: Span, table: Source | None) -> Source:
    """Images for a model that was trained on those in records: of a table, of a folder, or one.

    A folder has its images in the column `image`.
    """
    if table is not None:
        options = {**options_of(IMAGES), "column": list(trained.pairs)}
        paths, spans = table.paths, table.path_spans
        return Source(IMAGES, paths, spans, span, options, table=table, pairs=trained.pairs)
    read = trained.pairs.get("image") or source_of_files(trained)
    return replace(read, paths=(str(path),), path_spans=(span,), span=span, option_spans={})


def _text_suffixes(trained: Source) -> set[str]:
    """The suffixes of files that are read as a csv where the training data was one.

    A folder has none, and so is no csv.
    """
    of_training = {Path(name).suffix.lower() for name in trained.paths}
    return (of_training | {".txt", ".tsv", ".tab", ".dat", ".data"}) - {""}


def _pictures(trained: Source, path: Path, span: Span) -> Source | None:
    """A picture or a folder of them for a model of a data set of pictures; None for another one."""
    known = DATA_SETS[trained.options["name"]]
    shape = known.shape or ()
    if known.columns[0] != SOURCE_KINDS[IMAGES].file_column:
        return None
    color = "grayscale" if len(shape) == 2 else "rgb"
    options = {**options_of(IMAGES), "size": list(shape[:2]), "color": color}
    return Source(IMAGES, (str(path),), (span,), span, options)
