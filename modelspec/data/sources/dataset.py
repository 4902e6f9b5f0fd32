"""Data sets by name: of `keras.datasets`, from the files that Keras fetched, and prepared ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from modelspec.data.datasets import (
    Half,
    NotPreparedError,
    PreparedData,
    UnreadableError,
    cached,
    data_folder,
    files_of_data_set,
    find_prepared,
    place_by_hand,
    read_half,
    read_prepared,
    read_records,
)
from modelspec.data.media import record_column
from modelspec.data.table import (
    Array,
    Column,
    ColumnUse,
    ListForm,
    Table,
    TablePart,
    column_names,
    full_column,
    list_forms,
)
from modelspec.diagnostics import Findings, Span, join_words, suggest
from modelspec.spec.data import DATA_SETS, IMAGE_DTYPE, Source, classes_of_data_set

from .files import DataFile, fingerprint
from .source import DataSource


def find_data_set(source: Source, folder: Path, findings: Findings) -> list[DataFile]:
    """The files of a data set as one; nothing with a finding where Keras did not fetch them.

    Args:
        source: the data set and its split.
        folder: of the spec; the files are in Keras's folder.
        findings: takes files that are not there.
    """
    del folder
    name = source.options["name"]
    if name not in DATA_SETS:  # already reported
        return []
    place = source.place("name")
    wanted = files_of_data_set(name, words=bool(source.options.get("words")))
    for remote in wanted:
        if cached(remote) is None:
            path = place_by_hand(remote)
            message = f"{name} has not been fetched: there is no {path}"
            hint = _fetch_hint(place, remote.origin)
            if all(finding.message != message for finding in findings):  # once for both halves
                findings.error(place, "no-data-file", message, hint=hint)
            return []
    first = cached(wanted[0])
    assert first is not None
    first = first if len(wanted) == 1 else first.parent
    return [DataFile(first, f"{name} ({source.options['split']})", place, source)]


def _fetch_hint(place: Span, origin: str) -> str:
    return (
        f"run `modelspec fetch {place.file}`, or `modelspec train --fetch`; or save {origin} there"
        " by hand"
    )


def data_set_columns(file: DataFile, findings: Findings) -> list[str]:
    """The columns of a data set."""
    del findings
    return list(DATA_SETS[file.source.options["name"]].columns)


def read_data_set(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """The used columns of a split; None with findings.

    Args:
        file: as `find_data_set` found it.
        uses: which columns.
        findings: takes files that are damaged or hold anything but plain data.
    """
    options = file.source.options
    name = options["name"]
    remotes = files_of_data_set(name, words=bool(options.get("words")))
    paths = [path for path in map(cached, remotes) if path is not None]
    try:
        half = read_half(name, paths, options)
        form = list_forms(uses).get(DATA_SETS[name].columns[0])
        columns = _columns(half, file.source, form)
        digest = hashlib.sha256(b"".join(map(fingerprint, paths))).digest()
    except (UnreadableError, OSError) as error:
        reason: object = error
        if isinstance(error, OSError):
            reason = f"{Path(error.filename or '').name}: {error.strerror}".removeprefix(": ")
        message = f"{name} cannot be read from {file.path}: {reason}"
        hint = f"delete it, and fetch it again: modelspec fetch {file.span.file}"
        findings.error(file.span, "bad-data-file", message, hint=hint)
        return None
    rows = len(half.targets)
    if rows == 0:
        findings.error(file.span, "empty-data", f"{file.name} has no examples")
        return None
    used = {column: columns[column] for column in column_names(uses)}
    return Table(used, rows, [TablePart(file.name, rows, 0, digest=digest)])


DATASET_SOURCE = DataSource(columns=data_set_columns, read=read_data_set, find=find_data_set)


def find_prepared_data(source: Source, folder: Path, findings: Findings) -> list[DataFile]:
    """The folder of a prepared data set; nothing with a finding where it cannot be read.

    Args:
        source: the data set and its split.
        folder: of the spec.
        findings: takes what is not prepared, and images that the data set does not have.
    """
    options, place = source.options, source.place("name")
    path = data_folder(options.get("folder"), folder)
    try:
        path = find_prepared(options["name"], path)
        data = read_prepared(path)
        place = source.place("split")
        data.rows(options["split"])
    except NotPreparedError as error:
        if all(finding.message != str(error) for finding in findings):  # once for both splits
            findings.error(place, "no-data-file", str(error), hint=error.hint)
        return []
    except (UnreadableError, OSError) as error:
        message = f"{path.parent.name} {path.name} cannot be read: {_reason(error)}"
        findings.error(place, "bad-data-file", message, hint=PREPARE_AGAIN)
        return []
    if not _has_images(data, source, findings):
        return []
    return [DataFile(path, f"{data.name} ({options['split']})", place, source)]


PREPARE_AGAIN = (
    "delete this version, and prepare it again with the package tensorflow-datasets, in its file"
    " format tfrecord"
)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{Path(error.filename or '').name}: {error.strerror}".removeprefix(": ")
    return str(error)


def _has_images(data: PreparedData, source: Source, findings: Findings) -> bool:
    """Whether the columns that the spec reads as images are images."""
    images = [name for name, one in data.features.items() if one.dtype == IMAGE_DTYPE]
    for name, own in source.pairs.items():
        if name not in images:
            close = suggest(name, images)
            message = f"{data.name} has no column `{name}` of images{close.text}"
            known = join_words(f"`{one}`" for one in images) or "none"
            hint = f"its columns of images are {known}"
            findings.error(own.span, "unknown-column", message, hint=hint, replace=close.replace)
            return False
    return True


def prepared_columns(file: DataFile, findings: Findings) -> list[str]:
    """The columns of a prepared data set, those included that cannot be read."""
    del findings
    data = read_prepared(file.path)
    return [*data.features, *data.unknown]


def read_prepared_data(
    file: DataFile, uses: Sequence[ColumnUse], findings: Findings
) -> Table | None:
    """The used columns of a split, or of a part of one; None with findings.

    Args:
        file: as `find_prepared_data` found it.
        uses: which columns.
        findings: takes damaged files, features of other kinds, and images that the spec does not
            declare.
    """
    source, names = file.source, column_names(uses)
    data = read_prepared(file.path)
    for use in uses:
        if not _is_readable(use, data, source, findings):
            return None
    rows = data.rows(source.options["split"])
    count = rows.stop - rows.start
    if count == 0:
        findings.error(file.span, "empty-data", f"{file.name} has no examples")
        return None
    try:
        columns = read_records(data, rows, names)
        digest = hashlib.sha256(b"".join(map(fingerprint, data.files(rows.split)))).digest()
    except (UnreadableError, OSError) as error:
        message = f"{file.name} cannot be read: {_reason(error)}"
        findings.error(file.span, "bad-data-file", message, hint=PREPARE_AGAIN)
        return None
    for name in source.pairs.keys() & columns.keys():
        contents, called = columns[name].values.tolist(), f"`{name}` of {file.name}"
        images = record_column(contents, called, source.pairs[name], findings)
        if images is None:
            return None
        columns[name] = images
    return Table(columns, count, [TablePart(file.name, count, 0, digest=digest)])


def _is_readable(use: ColumnUse, data: PreparedData, source: Source, findings: Findings) -> bool:
    """Whether a column can be read as the spec says; a finding where not."""
    name = use.column
    feature = data.features.get(name)
    if feature is None:
        message = f"`{name}` of {data.name} is a {data.unknown[name]}, which cannot be read"
        hint = "use other columns, or read it with the package in a function: `{python: ...}`"
        findings.error(use.span, "wrong-column-type", message, hint=hint)
        return False
    if feature.dtype == IMAGE_DTYPE and name not in source.pairs:
        message = f"`{name}` of {data.name} is an image, and `images` does not have it"
        hint = f"write `images: {{{name}: {{}}}}` beside `name`, with its `size` and `color`"
        findings.error(use.span, "wrong-column-type", message, hint=hint)
        return False
    return True


TFDS_SOURCE = DataSource(columns=prepared_columns, read=read_prepared_data, find=find_prepared_data)


def _columns(half: Half, source: Source, form: ListForm | None) -> dict[str, Column]:
    """The columns of a split.

    Args:
        half: the split.
        source: the data set and its options.
        form: how lists are read by the spec's `pad`; None where it has none.

    Raises:
        UnreadableError: the examples are not what the data set has.
    """
    known = DATA_SETS[source.options["name"]]
    classes = classes_of_data_set(source.options["name"], source.options)
    values, targets = known.columns
    if known.shape is not None:
        _check_shape(half.values, known.shape)
    if known.shape is None and not source.options["words"]:
        given = None if form is None else form.width
        examples = _lists(half.values, given or source.options["length"])
    else:
        examples = full_column(half.values)
    return {
        values: examples,
        targets: _class_column(half.targets, classes) if classes else full_column(half.targets),
    }


def _check_shape(values: Array, shape: tuple[int, ...]) -> None:
    if values.dtype.kind not in "iuf" or values.shape[1:] != shape:
        found = list(values.shape[1:])
        raise UnreadableError(f"its examples have shape {found}, not {list(shape)}")


def _lists(lists: Array, width: int | None) -> Column:
    """Lists of numbers as a column that knows their lengths.

    Args:
        lists: [n]: the lists.
        width: longer ones are cut, shorter ones end in zeros; None for that of the longest.
    """
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    width = width or max(1, int(lengths.max(initial=0)))
    rows = np.zeros((len(lists), width), dtype=np.int32)
    for row, numbers in zip(rows, lists.tolist(), strict=True):
        row[: len(numbers)] = numbers[:width]
    return replace(full_column(rows), lengths=lengths)


def named_classes(column: Column, source: Source) -> Column:
    """A column of new labels; class numbers, as Keras has them, become the names of the classes.

    Args:
        column: of any source.
        source: the data set that the model was trained on.
    """
    classes = classes_of_data_set(source.options["name"], source.options)
    numbers = column.values
    if not classes or numbers.dtype.kind not in "iu" or numbers.size != len(column.missing):
        return column
    try:
        return _class_column(numbers, classes)
    except UnreadableError:  # then it is reported as an unknown label, with its row
        return column


def _class_column(numbers: Array, classes: Sequence[str]) -> Column:
    """Class numbers as the names of the classes.

    Raises:
        UnreadableError: a number has no class.
    """
    codes = np.asarray(numbers).reshape(-1)
    if codes.dtype.kind not in "iu":
        raise UnreadableError("its labels are not whole numbers")
    codes = codes.astype(np.int64)
    bad = codes[(codes < 0) | (codes >= len(classes))]
    if len(bad):
        raise UnreadableError(f"it has the label {bad[0]}, and there are {len(classes)} classes")
    words = np.empty(len(classes), dtype=object)
    words[:] = classes
    missing = np.zeros(len(codes), dtype=np.bool_)
    return Column(words[codes], missing, None, True, list(classes), codes)
