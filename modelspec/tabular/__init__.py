"""Csv files as text, whoever reads them: dialects, cells, and the order of labels."""

from .cells import NULL_WORDS, parse_number
from .dialects import DECIMAL_COMMA, GUESSED, MARKS, Dialect, csv_option, dialect_of
from .guess_dialect import Marks, encodings_of, marks_of, opened
from .label_order import sort_labels

__all__ = [
    "DECIMAL_COMMA",
    "GUESSED",
    "MARKS",
    "NULL_WORDS",
    "Dialect",
    "Marks",
    "csv_option",
    "dialect_of",
    "encodings_of",
    "marks_of",
    "opened",
    "parse_number",
    "sort_labels",
]
