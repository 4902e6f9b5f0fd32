"""The shapes of examples that the section `data` makes known before a file is read."""

from __future__ import annotations

from typing import NamedTuple

from modelspec.diagnostics import Span
from modelspec.spec.data import (
    CSV,
    DATASET,
    SERIES,
    WINDOW,
    Columns,
    DataSpec,
    Source,
    count_rows,
    data_set_shape,
    date_options,
    path_columns,
    source_of_column,
    steps_of,
    tokenizer_of,
)
from modelspec.spec.model import ExampleShape, InputSpec

from .matching import FedInputs
from .media import media_shape, unnamed_files
from .shapes import agree, with_rank_of


class GivenShape(NamedTuple):
    """The shape of an input's examples.

    Attributes:
        shape: None for sizes that are not known.
        span: what in `data` makes it known.
    """

    shape: ExampleShape
    span: Span


def known_shapes(data: DataSpec, inputs: FedInputs) -> dict[str, GivenShape]:
    """The shapes of the inputs that leave a size open, as far as `data` makes them known.

    Args:
        data: the section.
        inputs: as `match_inputs` returns them.
    """
    found = {}
    for entry, columns in inputs:
        if entry.shape is None or None not in entry.shape:
            continue
        given = _shape_of_input(data, entry, columns)
        if given is not None and any(size is not None for size in given.shape):
            found[entry.name] = given
    return found


def _shape_of_input(data: DataSpec, entry: InputSpec, columns: Columns | None) -> GivenShape | None:
    source = data.train
    if columns is not None and columns.tokens is not None:
        return _shape_of_tokens(data, columns)
    if columns is not None and columns.width is not None:
        return GivenShape((columns.width,), columns.place("pad"))
    if source.traits.is_series:
        return _shape_of_rows(source, columns)
    if source.kind == DATASET:
        return _shape_of_data_set(source, entry, columns)
    files = path_columns(source)
    names = unnamed_files(data, source) if columns is None else columns.columns
    if files and names[:1] and names[0] in files:
        own = source_of_column(source, names[0])
        option = "length" if own.kind == "audio" else "size"
        shape = media_shape(own, entry) if own.kind in ("audio", "images") else ()
        return GivenShape(shape, own.place(option))
    if columns is None or (columns.single and source.kind != CSV):
        return None
    dates = date_options(columns)
    each = 1 if dates is None else dates.values_each
    count = len(columns.columns) * each + len(columns.indicators)
    shape = with_rank_of((count,), entry.shape or ())
    return GivenShape(shape, columns.column_spans[0]) if agree(shape, entry.shape or ()) else None


def _shape_of_rows(source: Source, columns: Columns | None) -> GivenShape:
    """Rows of a time series, or of a text."""
    rows = (None if columns is None else columns.rows) or WINDOW
    count = count_rows(rows, source)
    if columns is None or source.kind != SERIES:
        return GivenShape((source.options["window"], None), source.place("window"))
    dates = date_options(columns)
    width = columns.size if dates is None else len(columns.columns) * dates.values_each
    if count is None:
        return GivenShape((width,), columns.place("rows"))
    return GivenShape((count, width), source.place(rows))


def _shape_of_tokens(data: DataSpec, columns: Columns) -> GivenShape | None:
    spec = tokenizer_of(columns, data.tokens)
    if spec is None or spec.length is None:
        return None
    return GivenShape((steps_of(spec.length, columns),), spec.place("length"))


def _shape_of_data_set(
    source: Source, entry: InputSpec, columns: Columns | None
) -> GivenShape | None:
    shape = data_set_shape(source)
    values = columns is None or columns.columns == (_values_of(source),)
    if shape is None or not values or entry.shape is None:
        return None
    option = "length" if source.options.get("length") is not None else "name"
    return GivenShape(with_rank_of(shape, entry.shape), source.place(option))


def _values_of(source: Source) -> str:
    from modelspec.spec.data import DATA_SETS

    return str(DATA_SETS[str(source.options["name"])].columns[0])
