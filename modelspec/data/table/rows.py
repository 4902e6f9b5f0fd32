"""Rows on their way from a table to arrays, which know where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelspec.diagnostics import Findings

from .table import Column, Table


@dataclass(frozen=True, slots=True)
class RowSelection:
    """Some rows of a table with nothing missing, and where their faults are reported.

    Attributes:
        columns: the columns of these rows alone.
        rows: their row numbers in `table`.
        table: what they were taken from.
        findings: takes what cannot become an array.
    """

    columns: Mapping[str, Column]
    rows: npt.NDArray[np.int64]
    table: Table
    findings: Findings

    def locate(self, index: int) -> str:
        """Where the row with this index among `rows` came from."""
        return self.table.locate(int(self.rows[index]))
