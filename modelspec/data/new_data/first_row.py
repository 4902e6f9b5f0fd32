"""A row of a file as a program would give it, to show what a model takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from modelspec.data.examples import Preprocessing
from modelspec.data.sources import read_source
from modelspec.data.table import (
    BrokenDataError,
    ChunkedTable,
    Column,
    column_names,
    uses_in_files,
)
from modelspec.diagnostics import Findings

from .open_file import open_new_file
from .read import uses_of_new_data


def example_row(
    preprocessing: Preprocessing, path: Path, findings: Findings
) -> dict[str, Any] | None:
    """The first row of a file in which nothing is missing; None where none of the first has all.

    Args:
        preprocessing: of the trained model.
        path: a file that it was trained on.
        findings: takes what is wrong with the file.

    Returns:
        Column to a value of Python: a number, text or a list; None for a model of images, sounds
        or a series, of which one row is no example.
    """
    data = preprocessing.data
    if data.train.traits.is_series or data.train.traits.file_column or data.train.pairs:
        return None
    opened = open_new_file(preprocessing, path, findings)
    if opened is None:
        return None
    uses = uses_in_files(uses_of_new_data(preprocessing.plan, with_targets=False), data.derive)
    names = column_names(uses)
    try:
        table = read_source(opened, uses, findings, streams=True)
        if table is None:
            return None
        columns = table.columns
        if isinstance(table, ChunkedTable):
            columns = next(iter(table.read(names))).columns
    except BrokenDataError:
        return None
    whole = ~np.any([columns[name].missing for name in names], axis=0)
    if not whole.any():
        return None
    row = int(np.argmax(whole))
    return {name: _value(columns[name], row) for name in names}


def _value(column: Column, row: int) -> Any:
    value = column.values[row]
    if column.lengths is not None:
        value = value[: int(column.lengths[row])]
    return value.tolist() if hasattr(value, "tolist") else value
