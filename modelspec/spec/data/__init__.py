"""The typed form of the `data` section."""

from .columns import Columns, label_text
from .data import DataSpec, Split, number, parse_data, sources_of, whole_number
from .rows import Condition, SplitColumn, Value, comparable, quoted
from .sources import (
    CSV,
    LABEL_COLUMN,
    NPZ,
    PYTHON,
    SERIES,
    SINGLE_ARRAY,
    SYNTHETIC,
    TABLES,
    Source,
    options_of,
    path_columns,
)
