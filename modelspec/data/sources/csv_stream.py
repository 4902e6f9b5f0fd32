"""A csv file that is not held: read once, into a temporary file of Arrow's that is read again.

What pyarrow does with a whole file, it cannot do with a stream: find a type for each column that
suits all of its rows. So a column that turns out to be something else, far down, is tried as
pyarrow tries them, and the file is read anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from modelspec.data.table import (
    CHUNK_ROWS,
    ColumnUse,
    FileChunks,
    column_names,
    disk_full_error,
    file_chunks,
    scratch_file,
)
from modelspec.diagnostics import Findings
from modelspec.tabular import dialect_of

from .csv_files import header_of, open_bytes
from .csv_source import convert_options, part_of, sound, text_columns
from .files import DataFile

BLOCK = 8 << 20
"""Bytes of text that are parsed at once."""

_UNSUITABLE = re.compile(r"In CSV column #(\d+): .*conversion error to (.+?):")


def stream_csv(file: DataFile, needs: Sequence[ColumnUse], findings: Findings) -> FileChunks | None:
    """The needed columns of one file in pieces; None with findings.

    Raises:
        CannotRunError: there is no room for the temporary file.
    """

    def read() -> tuple[Any, Sequence[Any], int]:
        kept = _keep(file, needs)
        return kept, kept.types, kept.rows

    kept = sound(file, read, findings)
    if kept is None:
        return None
    return file_chunks(part_of(file, kept.rows), kept.batches, needs)


class _Kept:
    """The rows of a csv file as Arrow's record batches in a temporary file."""

    def __init__(self) -> None:
        self.file = scratch_file(self)
        self.rows = 0
        self.types: list[Any] = []

    def fill(self, stream: Any) -> None:
        """Take all batches of a reader."""
        import pyarrow as pa

        self.types = stream.schema.types
        with pa.ipc.new_file(pa.PythonFile(self.file, "w"), stream.schema) as writer:
            for batch in stream:
                self._write(writer, batch)

    def _write(self, writer: Any, batch: Any) -> None:
        for start in range(0, batch.num_rows, CHUNK_ROWS):
            try:
                writer.write_batch(batch.slice(start, CHUNK_ROWS))
            except OSError as error:
                raise disk_full_error(error) from error
        self.rows += batch.num_rows

    def batches(self, names: Sequence[str]) -> Iterator[Any]:
        """The batches with some of the columns; the others are not read."""
        import pyarrow as pa

        source = pa.PythonFile(self.file, "r")
        schema = pa.ipc.open_file(source).schema
        fields = sorted(schema.get_field_index(name) for name in names)
        options = pa.ipc.IpcReadOptions(included_fields=fields)
        reader = pa.ipc.open_file(source, options=options)
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)


def _keep(file: DataFile, needs: Sequence[ColumnUse]) -> _Kept:
    """Read a file; where a value does not suit its column's type, anew with the next type."""
    import pyarrow as pa
    import pyarrow.csv as pc

    ladder = _ladder()
    types = dict.fromkeys(text_columns(needs), pa.string())
    dialect = dialect_of(file.source)
    parse = pc.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=True)
    read = pc.ReadOptions(block_size=BLOCK, encoding=dialect.encoding)
    while True:
        kept = _Kept()
        with open_bytes(file.path) as stream:
            convert = convert_options(file, column_names(needs), types)
            try:
                opened = pc.open_csv(stream, read, parse, convert)
                types |= {field.name: field.type for field in opened.schema}
                kept.fill(opened)
            except pa.ArrowInvalid as error:
                found = _UNSUITABLE.search(str(error))
                if found is None:
                    raise
                name = header_of(file)[int(found[1])]
                kind = types[name]
                if kind not in ladder[:-1]:
                    raise
                types[name] = ladder[ladder.index(kind) + 1]
                continue
        return kept


def _ladder() -> list[Any]:
    """The types of a column in the order in which pyarrow tries them."""
    import pyarrow as pa

    times = [pa.date32(), pa.time32("s"), pa.timestamp("s"), pa.timestamp("ns")]
    return [pa.null(), pa.int64(), pa.bool_(), *times, pa.float64(), pa.string(), pa.binary()]
