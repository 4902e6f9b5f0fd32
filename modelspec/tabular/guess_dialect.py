"""How a csv file is written, told from its first rows: what divides columns, and the decimals."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

GUESSED = {";": "semicolon", "\t": "tab", "|": "bar"}
"""What may divide columns where commas do not."""

FIRST = 20_000
"""Rows that are looked at."""

COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+(?:[eE][-+]?[0-9]+)?\Z")
POINT = re.compile(r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?\Z")
THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+\Z")


class Marks(NamedTuple):
    """The options of the source `csv`."""

    encoding: str
    delimiter: str = ","
    decimal: str = "."

    @property
    def noun(self) -> str:
        """What divides columns, as a word."""
        return GUESSED.get(self.delimiter, "comma")

    @property
    def options(self) -> dict[str, str]:
        """Those that a spec has to write."""
        found = {} if self.delimiter == "," else {"delimiter": self.delimiter}
        found |= {} if self.decimal == "." else {"decimal": self.decimal}
        return found if self.encoding == "utf-8" else {**found, "encoding": self.encoding}

    @property
    def why(self) -> str:
        """What a comment in the spec says of them."""
        words = [f"divided by {self.noun}s"] if self.delimiter != "," else []
        words += ["with decimal commas"] if self.decimal != "." else []
        if self.encoding == "cp1252":
            words.append("no UTF-8: cp1252 is a guess, so look whether all words read well")
        elif self.encoding != "utf-8":
            words.append(f"in {self.encoding}")
        return ", ".join(words)

    def plain(self, value: str) -> str:
        """A cell with a decimal point where it is a number."""
        if self.decimal == ".":
            return value
        return value.replace(",", ".") if COMMA.match(value) else value


def encodings_of(path: Path) -> tuple[str, ...]:
    """The encodings to try, in order."""
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    with opener(path, "rb") as file:
        first = file.read(2)
    if first in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return ("utf-16",)
    return "utf-8", "cp1252"


def opened(path: Path, encoding: str) -> TextIO:
    """A file as text, unpacked."""
    known = "utf-8-sig" if encoding == "utf-8" else encoding
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding=known, newline="")
    return path.open(encoding=known, newline="")


def marks_of(path: Path, encoding: str) -> Marks:
    """What divides the columns of a file, and its decimal mark.

    Raises:
        OSError, EOFError, UnicodeError, csv.Error: the file cannot be read.
    """
    with opened(path, encoding) as file:
        header = next((row for row in csv.reader(file) if row), [])
    mark = ","
    if len(header) == 1:
        mark = max((m for m in GUESSED if m in header[0]), key=header[0].count, default=",")
    if mark == ",":
        return Marks(encoding)
    with opened(path, encoding) as file:
        decimal = _decimal(islice(csv.reader(file, delimiter=mark), FIRST))
    return Marks(encoding, mark, decimal)


def _decimal(rows: Iterator[Sequence[str]]) -> str:
    """A comma where numbers have one, none has a point, and it cannot be that of thousands."""
    cells = {cell for row in rows for cell in row}
    commas = [cell for cell in cells if COMMA.match(cell)]
    if not commas or any(map(POINT.match, cells)) or all(map(THOUSANDS.match, commas)):
        return "."
    return ","
