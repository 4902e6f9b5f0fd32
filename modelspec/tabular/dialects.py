"""How a csv file is written: what divides its columns, its decimal mark, its encoding."""

from __future__ import annotations

import re
from typing import NamedTuple

from modelspec.spec.data import CSV, Source, options_of

MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space", ":": "colon"}
"""What may divide columns, and what messages call it; other marks are quoted."""

GUESSED = ";\t|"
"""Marks that seem to divide the columns of a header where the right one does not."""

DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


class Dialect(NamedTuple):
    """Options of the source `csv`."""

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"

    @property
    def mark(self) -> str:
        """What messages call the delimiter."""
        return MARKS.get(self.delimiter, f'"{self.delimiter}"')

    @property
    def is_utf8(self) -> bool:
        """Whether files are read as they are, byte for byte."""
        return self.encoding.lower().replace("_", "-") in ("utf-8", "utf8")


def dialect_of(source: Source) -> Dialect:
    """The options of a source; the usual ones for a source of another kind."""
    options = {**options_of(CSV), **(source.options if source.kind == CSV else {})}
    return Dialect(options["delimiter"], options["decimal"], options["encoding"])


def csv_option(key: str, value: str) -> str:
    """How an option of a csv source is written."""
    shown = {"\t": '"\\t"', ",": '","', ";": '";"', "|": '"|"'}.get(value, value)
    return f"{{csv: {{path: …, {key}: {shown}}}}}"
