"""How much a file may unpack to, which is looked at before memory is taken for it."""

from __future__ import annotations

import io
import math
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from modelspec.diagnostics import UsageError

MAX_UNPACKED = "MODELSPEC_MAX_UNPACKED_GB"
"""The environment variable with how many GB any data file may unpack to."""

GB = 1000**3
BLOCK = 1 << 20
SMALL = 64 << 20
"""Bytes of a file of which it is not known beforehand what it unpacks to."""

DEFLATE_RATIO = 1033
"""Deflate, of .gz and .zip, unpacks to at most so many times its size."""


class Bound(NamedTuple):
    """What a file may unpack to: either is enough.

    Attributes:
        size: in bytes.
        ratio: times the size of the file.
    """

    size: int
    ratio: int

    def largest(self, stored: int) -> int:
        """The bytes that a file of a size may unpack to."""
        return max(self.size, self.ratio * stored)


OF_MODELS = Bound(100_000_000, 1000)
"""For what a model file has: weights hardly compress."""

OF_DATA = Bound(GB, 250)
"""For a data file: a table may repeat itself, but such a one is not read to gigabytes unasked."""


class UnpacksTooLargeError(OSError):
    """A file unpacks to more than its bound; its text has both sizes.

    Attributes:
        hint: what to do where the file is what it should be.
    """

    def __init__(self, stored: int, unpacked: int, *, is_known: bool = True) -> None:
        """Compose the text.

        Args:
            stored: the bytes of the file.
            unpacked: the bytes that it unpacks to, or that were reached.
            is_known: whether that is all.
        """
        more = "" if is_known else "more than "
        super().__init__(
            f"it has {_shown(stored)} and unpacks to {more}{_shown(unpacked)}, "
            f"{unpacked // max(stored, 1):,} times as much: it is damaged, or made to do harm"
        )
        enough = max(math.ceil(unpacked / GB), 1 if is_known else 20)
        self.hint = f"if it is what it should be, set {MAX_UNPACKED}={enough} for this command"


def _shown(size: int) -> str:
    for unit, name in ((GB, "GB"), (10**6, "MB"), (1000, "kB")):
        if size >= unit:
            return f"{size / unit:,.1f} {name}"
    return f"{size} bytes"


def bound_of_data() -> Bound:
    """The bound for data files, which the environment variable raises.

    Raises:
        UsageError: its value is no number above 0.
    """
    given = os.environ.get(MAX_UNPACKED)
    if not given:
        return OF_DATA
    try:
        size = float(given)
    except ValueError:
        size = math.nan
    if not 0 < size < math.inf:
        raise UsageError(f'{MAX_UNPACKED} takes a number of GB, such as 20; it is "{given}"')
    return Bound(int(size * GB), OF_DATA.ratio)


def refuse_too_large(stored: int, unpacked: int) -> None:
    """Refuse what a data file is known to unpack to.

    Raises:
        UnpacksTooLargeError: it is beyond the bound.
    """
    if unpacked > bound_of_data().largest(stored):
        raise UnpacksTooLargeError(stored, unpacked)


def may_be_too_large(stored: int, *, is_deflated: bool) -> bool:
    """Whether a compressed file is worth unpacking once only to count: not a large one, of which it
    takes noticeable time, nor one that is too small for any harm.
    """
    return stored <= SMALL and (not is_deflated or stored * DEFLATE_RATIO > bound_of_data().size)


def counted(stream: IO[bytes], stored: int) -> IO[bytes]:
    """A stream of unpacked bytes; reading it beyond the bound raises UnpacksTooLargeError.

    Args:
        stream: what unpacks the file; closed with the stream that is returned.
        stored: the bytes of the file.
    """
    return io.BufferedReader(_Counted(stream, stored), BLOCK)


class _Counted(io.RawIOBase):
    def __init__(self, stream: Any, stored: int) -> None:
        self._stream = stream
        self._stored = stored
        self._left = bound_of_data().largest(stored)
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count: int = self._stream.readinto(buffer) or 0
        self._read += count
        if self._read > self._left:
            raise UnpacksTooLargeError(self._stored, self._read, is_known=False)
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()


def refuse_large_workbook(path: Path) -> None:
    """Refuse a workbook that is a zip archive by what its members unpack to, whatever they claim.

    A cell far from all others counts as well: the table up to it is made with all empty cells.

    Raises:
        UnpacksTooLargeError: it is beyond the bound.
        OSError: the file cannot be read.
    """
    stored = path.stat().st_size
    largest = bound_of_data().largest(stored)
    if not zipfile.is_zipfile(path):
        return  # of another kind, or damaged, which its reader says
    unpacked = 0
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            for member in archive.infolist():
                corner = _Corner()
                for block in _inflated(file, member):
                    unpacked += len(block)
                    corner.add(block)
                    if max(unpacked, corner.table_bytes) > largest:
                        raise UnpacksTooLargeError(
                            stored, max(unpacked, corner.table_bytes), is_known=False
                        )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        return  # its reader says what is wrong


def _inflated(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member really has: the archive's table of members may say less."""
    file.seek(member.header_offset)
    header = file.read(30)
    if len(header) < 30 or member.compress_type != zipfile.ZIP_DEFLATED:
        return  # stored as it is, or in a way that no workbook is
    name, extra = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
    file.seek(name + extra, os.SEEK_CUR)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail or file.read(BLOCK)
        block = unpacker.decompress(packed, BLOCK)
        if not packed and not block:
            return
        yield block


class _Corner:
    """How far the cells of a sheet go, from its XML in Excel's form or that of OpenDocument."""

    CELL = re.compile(rb'[<:]c\s[^>]{0,40}?r="([A-Z]{1,3})([0-9]{1,7})"')
    TAG = re.compile(rb"<table:table-(row|cell)\b([^>]{0,2000})>")
    REPEATED = re.compile(rb'repeated="([0-9]{1,7})"')
    LONGEST = 2100
    """Bytes of a tag."""
    CELL_BYTES = 32
    """Bytes of a cell in the table that calamine makes."""

    def __init__(self) -> None:
        self._rest = b""
        self._columns, self._first_row, self._last_row = set[bytes](), 1 << 30, 0
        self._width = self._height = 0
        self._row = self._repeats = self._place = 0

    def add(self, block: bytes) -> None:
        """Look at the next part of the XML."""
        text = self._rest + block
        end = text.rfind(b">") + 1
        self._rest = text[end:][-self.LONGEST :]
        found = self.CELL.findall(text, 0, end)
        if found:
            columns, rows = zip(*found, strict=True)
            self._columns.update(columns)
            numbers = list(map(int, rows))
            self._first_row = min(self._first_row, *numbers, 1 << 30)
            self._last_row = max(self._last_row, *numbers, 0)
            return
        for kind, attributes in self.TAG.findall(text, 0, end):
            repeated = self.REPEATED.search(attributes)
            count = int(repeated[1]) if repeated else 1
            if kind == b"row":
                self._row, self._repeats, self._place = self._row + self._repeats, count, 0
                continue
            self._place += count
            if b"office:value" in attributes:  # cells after the last one with a value are dropped
                self._width = max(self._width, self._place)
                self._height = self._row + self._repeats

    @property
    def table_bytes(self) -> int:
        """Of all cells of the rectangle that has them, in memory."""
        if self._columns:
            places = [_place(name) for name in self._columns]
            width, height = max(places) - min(places) + 1, self._last_row - self._first_row + 1
        else:
            width, height = self._width, self._height
        return width * height * self.CELL_BYTES


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place
