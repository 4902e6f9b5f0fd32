"""Lines for the examples of a series: one for each row of the horizon of a window."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from modelspec.data.examples import Examples
from modelspec.data.table import RowNumbers, example_shape
from modelspec.spec.data import HORIZON

from .output_columns import Array
from .truth import row_places

STEP = "step"
"""The column with the number of each row in the horizon, from 1."""


def lines_of_windows(examples: Examples, later: Collection[str]) -> int | None:
    """How many lines each example has, the rows of the horizon; None where it has one of its own.

    Args:
        examples: with their targets.
        later: the outputs that are of the rows of the horizon.
    """
    if examples.windows is None or not later:
        return None
    horizon = examples.windows.series.windows.horizon
    steps = [example_shape(examples.targets[name])[:1] == (horizon,) for name in later]
    return horizon if horizon == 1 or all(steps) else None


def rows_of_lines(examples: Examples, horizon: int | None) -> RowNumbers:
    """The row of the table that each line predicts; of a window without lines its last one.

    Args:
        examples: of which there are lines.
        horizon: how many each has, as `lines_of_windows` says.
    """
    if examples.windows is None or horizon is None:
        return examples.rows
    series = examples.windows.series
    positions = series.windows.positions(examples.windows.starts, HORIZON)
    found: RowNumbers = series.order[positions].reshape(-1)
    return found


def places_of_lines(examples: Examples, horizon: int | None) -> dict[str, Array]:
    """Where the row of each line is, and which step of its window it is."""
    places = row_places(examples.table, rows_of_lines(examples, horizon))
    if horizon is not None and horizon > 1:
        places[STEP] = np.tile(np.arange(1, horizon + 1), len(examples))
    return places
