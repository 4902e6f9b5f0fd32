"""Csv files as text, whoever reads them: dialects, cells, and the order of labels."""

from .cells import NULLS, number_of
from .dialects import DECIMAL_COMMA, GUESSED, MARKS, Dialect, dialect_of, option
from .guess_dialect import Marks, encodings_of, marks_of, opened
from .label_order import in_order

__all__ = [
    "DECIMAL_COMMA",
    "GUESSED",
    "MARKS",
    "NULLS",
    "Dialect",
    "Marks",
    "dialect_of",
    "encodings_of",
    "in_order",
    "marks_of",
    "number_of",
    "opened",
    "option",
]
