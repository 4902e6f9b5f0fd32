"""The typed form of the `data` section."""

from .data import (
    CSV,
    LABEL_COLUMN,
    PYTHON,
    SERIES,
    SYNTHETIC,
    Columns,
    DataSpec,
    Source,
    Split,
    label_text,
    number,
    options_of,
    parse_data,
    path_columns,
    sources_of,
    whole_number,
)

__all__ = [
    "CSV",
    "LABEL_COLUMN",
    "PYTHON",
    "SERIES",
    "SYNTHETIC",
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
