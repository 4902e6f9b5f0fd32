"""Columns that are made of columns. Needs no numpy: `data.table` makes whole columns."""

from .derived import (
    BINS,
    CIRCLES,
    CLIP,
    DATES,
    EXPRESSION,
    FUNCTIONS,
    NUMBERS,
    PART,
    TEXTS,
    UNTIL,
    Derived,
    DerivedColumns,
    needed,
    own_source,
)
from .parse import parse_derive
from .uses import check_learned_in_use, check_lists_in_use, check_unused, made_of, with_lists

__all__ = [
    "BINS",
    "CIRCLES",
    "CLIP",
    "DATES",
    "EXPRESSION",
    "FUNCTIONS",
    "NUMBERS",
    "PART",
    "TEXTS",
    "UNTIL",
    "Derived",
    "DerivedColumns",
    "check_learned_in_use",
    "check_lists_in_use",
    "check_unused",
    "made_of",
    "needed",
    "own_source",
    "parse_derive",
    "with_lists",
]
