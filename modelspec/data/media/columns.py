"""Files that are examples as columns of a table, and such a column as an input of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.analysis.data import check_input, media_shape
from modelspec.data.table import Column, LazyArray
from modelspec.diagnostics import Findings, join_words
from modelspec.spec.data import Source, path_columns, source_of_column
from modelspec.spec.model import InputSpec

from .file_checks import BAD_FILE, MOST_NAMED, Decode, FileProblem, read_files
from .images import check_image_bytes
from .kinds import MEDIA

FIRST = np.zeros(1, dtype=np.int64)
"""The row of a column that says how the others are read."""

RECORD_HINT = "write the records again, with intact images or without these"


def media_column(
    paths: Sequence[str], names: Sequence[str], source: Source, findings: Findings
) -> Column | None:
    """The column of some files: their texts; or their paths, to be decoded on the way.

    Args:
        paths: the files; an empty path is a missing value.
        names: what messages call them.
        source: the kind and its options, and where findings point.
        findings: takes what is wrong with the files; then None is returned.
    """
    kind = MEDIA[source.kind]
    present = [(Path(path), name) for path, name in zip(paths, names, strict=True) if path]
    files, called = [path for path, _ in present], [name for _, name in present]
    found = read_files(files, called, source, kind.read, findings)
    if found is None:
        return None
    values = np.empty(len(paths), dtype=object)
    values[:] = [found[Path(path)] if path else "" for path in paths]
    missing = np.asarray([not path for path in paths], dtype=np.bool_)
    return Column(values, missing, None if kind.decoder is None else source)


def record_column(
    contents: Sequence[bytes], called: str, source: Source, findings: Findings
) -> Column | None:
    """The column of images in records: their bytes, to be decoded on the way.

    Args:
        contents: the bytes of each image, in the order of the records.
        called: what messages call the column, with its file.
        source: says how the images are read, and where findings point.
        findings: takes images that cannot be read; then None is returned.
    """
    problems: dict[FileProblem, list[int]] = {}
    for record, content in enumerate(contents):
        problem = check_image_bytes(content, source)
        if problem is not None:
            problems.setdefault(problem, []).append(record)
    for problem, records in problems.items():
        shown = join_words(map(str, records), most=MOST_NAMED)
        where = f"record {shown}" if len(records) == 1 else f"records {shown}"
        message = f"{called}, {where} {problem.text}"
        report = findings.warning if problem.is_warning else findings.error
        hint = RECORD_HINT if problem.code == BAD_FILE else problem.hint
        report(source.span, problem.code, message, hint=hint)
    if not all(problem.is_warning for problem in problems):
        return None
    values = np.empty(len(contents), dtype=object)
    values[:] = contents
    return Column(values, np.zeros(len(contents), dtype=np.bool_), source)


def attach_files(
    columns: dict[str, Column], source: Source, folder: Path, findings: Findings
) -> bool:
    """Replace the columns of a table that hold paths by columns of files, in place.

    Args:
        columns: of the table.
        source: with a table; says which columns hold paths.
        folder: what the paths are relative to.
        findings: takes files that do not exist, and what is wrong with others.

    Returns:
        Whether all files can be read.
    """
    complete = True
    for name in path_columns(source):
        if name in columns:
            written: list[str] = columns[name].values.tolist()
            paths = [str(folder / text) if text else "" for text in written]
            made = media_column(paths, written, source_of_column(source, name), findings)
            if made is None:
                complete = False
            else:
                columns[name] = made
    return complete


def lazy_media_input(column: Column, entry: InputSpec, findings: Findings) -> LazyArray | None:
    """An input whose values are decoded batch by batch; None with a finding if it does not fit.

    Args:
        column: the files of some examples.
        entry: the model's input.
        findings: takes an input of another shape than the source makes.
    """
    source = column.media_source
    assert source is not None
    if not check_input(source, entry, findings):
        return None
    shape = tuple(int(size) for size in media_shape(source, entry) if size is not None)
    dtype = entry.dtype or "float32"
    return _decoded_files(column, shape, dtype)


def _decoded_files(column: Column, shape: tuple[int, ...], dtype: str) -> LazyArray:
    source = column.media_source
    assert source is not None
    decoder = MEDIA[source.kind].decoder
    assert decoder is not None
    made = lazy_files(column, shape, dtype, decoder(source, shape, dtype))
    return replace(made, again=(_decoded_files, (column.take(FIRST), shape, dtype)))


def lazy_files(column: Column, shape: tuple[int, ...], dtype: str, decode: Decode) -> LazyArray:
    """An array of which each example is made of a file.

    Args:
        column: the paths or the bytes of the files of some examples.
        shape: of an example.
        dtype: of an example.
        decode: makes it of the bytes of the file.
    """
    in_memory = column.holds_files

    def make_one(given: Any) -> Any:
        import tensorflow as tf

        return decode(given if in_memory else tf.io.read_file(given))

    def make(batch: Any) -> Any:
        import tensorflow as tf

        return tf.map_fn(make_one, batch, fn_output_signature=tf.TensorSpec(shape, dtype))

    return LazyArray(column.values, shape, dtype, make, each=make_one)
