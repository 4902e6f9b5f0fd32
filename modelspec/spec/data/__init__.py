"""The typed form of the `data` section."""

from .data import Columns, DataSpec, Split, label_text, number, parse_data, sources_of, whole_number
from .sources import (
    CSV,
    LABEL_COLUMN,
    PYTHON,
    SERIES,
    SYNTHETIC,
    TABLES,
    Source,
    options_of,
    path_columns,
)

__all__ = [
    "CSV",
    "LABEL_COLUMN",
    "PYTHON",
    "SERIES",
    "SYNTHETIC",
    "TABLES",
    "Columns",
    "DataSpec",
    "Source",
    "Split",
    "label_text",
    "number",
    "options_of",
    "parse_data",
    "path_columns",
    "sources_of",
    "whole_number",
]
