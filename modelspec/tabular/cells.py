"""What single cells of a table mean, whoever reads them."""

from __future__ import annotations

import math

NULL_WORDS = frozenset(("", "NA", "NaN", "null"))
"""Cells that stand for a missing value."""


def parse_number(text: str, decimal: str = ".") -> float:
    """A cell as a number, NaN where it is none."""
    if decimal != ".":  # a point is then none, and may divide thousands
        text = "?" if "." in text else text.replace(decimal, ".")
    try:
        return float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan
