"""Text that a spreadsheet takes for a formula: owasp.org/www-community/attacks/CSV_Injection.

A cell of a csv file has no type. Where a person opens it, Excel, LibreOffice and Google Sheets
compute one that begins with "=" or another of a few characters: `=HYPERLINK(...)` sends what other
cells hold to an address. An apostrophe before it makes it text.
"""

from __future__ import annotations

import re

FORMULA_START = "^[=+\\-@\t\r\n＝＋－＠]"
"""What such a text begins with; a regular expression of `re` and of RE2."""

PLAIN_NUMBER = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$"
"""Such as -1, which nothing computes: a class is called so."""


def escape_formula(text: str) -> str:
    """A text with an apostrophe before it if a spreadsheet would compute it."""
    is_formula = re.match(FORMULA_START, text) and not re.fullmatch(PLAIN_NUMBER, text)
    return f"'{text}" if is_formula else text
