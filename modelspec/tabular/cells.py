"""What single cells of a table mean: missing values, truth values, numbers, class labels."""

from __future__ import annotations

import math
from collections.abc import Iterable

NULL_WORDS = frozenset(("", "NA", "NaN", "null"))
"""Cells that stand for a missing value."""

TRUTH_WORDS = frozenset(("true", "false", "True", "False", "TRUE", "FALSE"))
"""Cells that stand for a boolean."""


def parse_number(text: str, decimal: str = ".") -> float:
    """A cell as a number; NaN where it is not one."""
    if decimal != ".":  # then a point is not a decimal mark; it may separate thousands
        text = "?" if "." in text else text.replace(decimal, ".")
    try:
        return float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan


def sort_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """Class labels in order: by their numbers where all are whole numbers, else as text."""
    words = list(labels)
    try:
        return tuple(sorted(words, key=int))
    except ValueError:
        return tuple(sorted(words))
