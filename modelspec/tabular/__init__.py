"""Csv files and cells, for all who read them: dialect, opener, rows, null words, label order."""

from .cells import (
    AROUND_LISTS,
    AROUND_UNITS,
    AROUND_WORDS,
    EVERY_COLUMN,
    MISSING_WORDS,
    NULL_WORDS,
    PLAIN_MARKS,
    PLAIN_NULLS,
    SAME_MARKS,
    TRUTH_WORDS,
    LabelNumbers,
    Nulls,
    NumberMarks,
    join_labels,
    list_mark,
    parse_number,
    sort_labels,
    whole_label,
    without_thousands,
    without_unit,
)
from .csv_files import (
    COMPRESSIONS,
    DECIMAL_COMMA,
    OTHER_DELIMITERS,
    TEXT_ERRORS,
    Dialect,
    csv_option,
    csv_rows,
    delimiter_name,
    dialect_of,
    is_compressed,
    open_bytes,
    open_quote,
    open_text,
    possible_encodings,
    refuse_large_text,
)
from .dates import date_hint, parse_date, part_hint
from .excel import EXCEL_EXTRA, DateText, Sheet, WorkbookError, read_sheet
from .formulas import FORMULA_START, PLAIN_NUMBER, escape_formula
from .guessed_dialect import guess_dialect
from .number_hints import CommaEvidence, number_hint, unit_of
from .parquet_sizes import refuse_large_parquet
from .plain_csv import is_plain, plain_dialect, plain_stream
