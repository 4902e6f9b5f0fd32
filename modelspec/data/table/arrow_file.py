"""A table that does not fit in memory, as Arrow's record batches in a temporary file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .chunks import CHUNK_ROWS
from .spill import disk_full_error, scratch_file


class ArrowFile:
    """Rows in an unnamed temporary file: written once, and read again and again.

    Attributes:
        schema: a `pyarrow.Schema`.
        rows: how many there are.
    """

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        self.rows = 0
        self._file = scratch_file(self)

    def fill(self, batches: Iterable[Any]) -> None:
        """Write all record batches.

        Raises:
            CannotRunError: the disk is full.
        """
        import pyarrow as pa

        with pa.ipc.new_file(pa.PythonFile(self._file, "w"), self.schema) as writer:
            for batch in batches:
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

        source = pa.PythonFile(self._file, "r")
        schema = pa.ipc.open_file(source).schema
        fields = sorted(schema.get_field_index(name) for name in names)
        options = pa.ipc.IpcReadOptions(included_fields=fields)
        reader = pa.ipc.open_file(source, options=options)
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)
