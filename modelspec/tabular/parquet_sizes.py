"""What columns of a parquet file take in memory, from its footer and, if need be, its texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from modelspec.unpacking import bound_of_data, refuse_too_large

WIDTHS = {"BOOLEAN": 0.125, "INT32": 4.0, "FLOAT": 4.0, "INT64": 8.0, "DOUBLE": 8.0, "INT96": 8.0}
"""Bytes of a value by its type in the file; of a text, of where it ends."""

TEXT, FIXED_TEXT = "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"
LENGTH_BYTES = 4
"""Bytes of the length of a text."""

ROWS = 1 << 18
"""Rows of which texts are counted at once."""


def refuse_large_parquet(file: Any, path: Path, columns: Sequence[str]) -> None:
    """Refuse a small file of which columns take gigabytes, before they are read.

    A value that repeats for millions of rows is stored once, and is in memory for each of them:
    what the pages unpack to says little of that.

    Args:
        file: a `pyarrow.parquet.ParquetFile`.
        path: of the file.
        columns: those that are read.

    Raises:
        UnpacksTooLargeError: they take more than the bound.
        OSError, pyarrow.ArrowException: the file cannot be read.
    """
    stored = path.stat().st_size
    least, texts = _sizes(file.metadata, path, set(columns))
    refuse_too_large(stored, least)
    if least + sum(texts.values()) <= bound_of_data().largest(stored):
        return
    for name, most in texts.items():
        if most:
            for size in _text_bytes(path, name):
                least += size
                refuse_too_large(stored, least)


def _sizes(metadata: Any, path: Path, columns: set[str]) -> tuple[int, dict[str, int]]:
    """The bytes that columns take at least, and those that the texts of each may take besides."""
    least, texts = 0, dict[str, int]()
    with path.open("rb") as stream:
        for group in range(metadata.num_row_groups):
            part = metadata.row_group(group)
            for index in range(part.num_columns):
                column = part.column(index)
                name = column.path_in_schema
                name = name if name in columns else name.split(".")[0]  # of what is nested
                if name not in columns:
                    continue
                width = WIDTHS.get(column.physical_type, LENGTH_BYTES)
                if column.physical_type == FIXED_TEXT:
                    width = metadata.schema.column(index).length
                least += max(column.total_uncompressed_size, int(column.num_values * width))
                if column.physical_type == TEXT and column.has_dictionary_page:
                    stream.seek(column.dictionary_page_offset)
                    longest = _longest_text(stream.read(64))
                    texts[name] = texts.get(name, 0) + column.num_values * longest
    return least, texts


def _longest_text(header: bytes) -> int:
    """The length that a text may have at most in a page with the different texts of a column.

    The header is a struct of Thrift's compact protocol: the kind of the page, its bytes unpacked
    and packed, and, in a struct of its own, the number of texts.
    """
    fields, at = [], 0
    for mark in (b"\x15", b"\x15", b"\x15", b"\x4c\x15"):
        if not header.startswith(mark, at):
            break
        number, shift, at = 0, 0, at + len(mark)
        while at < len(header):
            byte = header[at]
            number, shift, at = number | (byte & 0x7F) << shift, shift + 7, at + 1
            if byte < 0x80:
                break
        fields.append(number >> 1)  # zigzag, and none is negative
    unpacked = fields[1] if len(fields) > 1 else 1 << 31
    count = fields[3] if len(fields) > 3 else 0
    return max(unpacked - LENGTH_BYTES * count, 0)


def _text_bytes(path: Path, name: str) -> Iterator[int]:
    """The bytes of the texts of a column by some rows each.

    Texts are read as the file stores them: each different one once, with a number for each row.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, read_dictionary=[name]) as file:
        for batch in file.iter_batches(ROWS, columns=[name]):
            texts = batch.column(0)
            if not hasattr(texts, "indices"):  # a list of texts, or texts within an object
                return
            lengths = pc.binary_length(texts.dictionary)
            yield pc.sum(lengths.take(texts.indices)).as_py() or 0
