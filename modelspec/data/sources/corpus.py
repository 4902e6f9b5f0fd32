"""The source `corpus`: one long text, or several, as the tokens that windows go over.

Each token is a row; its column `text` is what an input sees of it, and its column `next` what a
target is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Findings
from modelspec.spec.data import CHARS, LINE_COLUMN, NEXT_COLUMN
from modelspec.tabular import TEXT_ERRORS, open_text

from .files import DataFile, report_unreadable
from .source import DataSource

if TYPE_CHECKING:
    from modelspec.data.table import Column, ColumnUse, Table


def corpus_columns(file: DataFile, findings: Findings) -> list[str]:
    """The two columns. A file that cannot be read is reported when it is."""
    del file, findings
    return [LINE_COLUMN, NEXT_COLUMN]


def read_corpus(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """The tokens of a file, in memory; None with findings."""
    from modelspec.data.table import Table, TablePart, column_names

    options = file.source.options
    try:
        with open_text(file.path, options["encoding"]) as stream:
            text = stream.read().replace("\r\n", "\n")
    except TEXT_ERRORS as error:
        report_unreadable(file, error, findings)
        return None
    if not text.strip():
        findings.error(file.span, "empty-data", f"{file.name} has no text")
        return None
    column = _chars(text) if options["tokens"] == CHARS else _words(text)
    rows = len(column.missing)
    return Table(dict.fromkeys(column_names(uses), column), rows, [TablePart(file.name, rows, 1)])


def _chars(text: str) -> Column:
    import numpy as np

    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    known, codes = np.unique(points, return_inverse=True)
    return _column([chr(point) for point in known.tolist()], codes)


def _words(text: str) -> Column:
    import numpy as np

    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(word, len(numbers)) for word in text.split()]
    return _column(list(numbers), np.asarray(codes, dtype=np.int64))


def _column(words: list[str], codes: Any) -> Column:
    import numpy as np

    from modelspec.data.table import Column

    values = np.asarray([*words, ""], dtype=object)[codes]
    present = np.zeros(len(codes), dtype=np.bool_)
    return Column(values, present, clean=True, words=words, codes=codes.astype(np.int64))


CORPUS_SOURCE = DataSource(columns=corpus_columns, read=read_corpus, takes_any_name=True)
