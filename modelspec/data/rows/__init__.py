"""Rows that a program has in memory, as the columns that a file of them would have."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .given_rows import FIRST_ROW, NAME, GivenRows, rows_from
    from .parquet_file import write_rows
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "given_rows": "FIRST_ROW GivenRows NAME rows_from",
            "parquet_file": "write_rows",
        },
    )
