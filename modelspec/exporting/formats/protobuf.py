"""Fields of a file of Protocol Buffers, found by their numbers alone.

The encoding is that of https://protobuf.dev/programming-guides/encoding: a key, which has the
number of the field and how its value is written, and the value.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
"""How a value is written; 3 and 4 are of groups, which no file has that is read here."""

SIZES = {FIXED64: 8, FIXED32: 4}

LONGEST = 10
"""Bytes of a number."""


def protobuf_fields(path: Path, wanted: int) -> Iterator[bytes]:
    """The contents of a field of the message in a file; what is not wanted is not read.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not such a message.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        for number, length in _lengths(file, size):
            if number == wanted:
                yield file.read(length)
            else:
                file.seek(length, os.SEEK_CUR)


def protobuf_entries(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a message in memory whose values are text or bytes.

    Raises:
        ValueError: it is not such a message.
    """
    stream = io.BytesIO(content)
    for number, length in _lengths(stream, len(content)):
        yield number, stream.read(length)


def _lengths(stream: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    """The number and the length of each field with a length; whoever takes it moves behind it."""
    while stream.tell() < size:
        key = _number(stream)
        kind = key & 7
        if kind == LENGTH:
            length = _number(stream)
            if length > size - stream.tell():
                raise ValueError("the file is truncated")
            yield key >> 3, length
        elif kind == VARINT:
            _number(stream)
        elif kind in SIZES:
            stream.seek(SIZES[kind], os.SEEK_CUR)
        else:
            raise ValueError("it is not a message of Protocol Buffers")


def _number(stream: BinaryIO) -> int:
    """A number in groups of seven bits, the lowest first."""
    found = 0
    for place in range(LONGEST):
        byte = stream.read(1)
        if not byte:
            raise ValueError("the file is truncated")
        found |= (byte[0] & 0x7F) << (7 * place)
        if not byte[0] & 0x80:
            return found
    raise ValueError("it is not a message of Protocol Buffers")
