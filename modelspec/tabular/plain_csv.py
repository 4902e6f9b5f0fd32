"""Csv files as pyarrow and Python's csv module both take them.

Neither knows a delimiter of several marks, comments and spaces around values. A file with any of
these is rewritten block by block on its way to either, so that both see the same rows.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from .csv_files import Dialect

UNIT_SEPARATOR = "\x1f"
"""What a delimiter of several marks becomes."""

BLOCK = 1 << 20
"""Bytes that are rewritten at once."""

LINE_LIMIT = 1 << 26
"""The longest line that is read, in bytes: a row of a hundred thousand numbers has a million."""

Blocks = Iterator[bytes]
"""Whole lines of UTF-8."""


def is_plain(dialect: Dialect) -> bool:
    """Whether a file needs no rewriting."""
    return len(dialect.delimiter) == 1 and not dialect.comment and not dialect.strip


def plain_dialect(dialect: Dialect) -> Dialect:
    """The dialect of a file after `plain_stream`."""
    if is_plain(dialect):
        return dialect
    delimiter = dialect.delimiter if len(dialect.delimiter) == 1 else UNIT_SEPARATOR
    return dialect._replace(delimiter=delimiter, encoding="utf-8", comment="", strip=False)


def plain_stream(stream: IO[bytes], dialect: Dialect) -> IO[bytes]:
    """The rows of a file in its `plain_dialect`.

    Reading it raises ValueError for bytes that are no text in the encoding, and for a file with
    the mark that the delimiter becomes.
    """
    if is_plain(dialect):
        return stream
    blocks = _whole_lines(_utf8(stream, dialect))
    if dialect.comment:
        blocks = _without_comments(blocks, dialect)
    if len(dialect.delimiter) > 1:
        blocks = map(_replace_delimiter(dialect.delimiter.encode()), blocks)
    if dialect.strip:
        blocks = _stripped(blocks, plain_dialect(dialect))
    return io.BufferedReader(_BlockStream(blocks, stream), BLOCK)


class _BlockStream(io.RawIOBase):
    """Blocks of bytes as a file; closes the file that they are made of."""

    def __init__(self, blocks: Blocks, source: IO[bytes]) -> None:
        self._blocks = blocks
        self._source = source
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        self._source.close()
        super().close()


def _utf8(stream: IO[bytes], dialect: Dialect) -> Blocks:
    if dialect.is_utf8:
        first = stream.read(BLOCK).removeprefix(codecs.BOM_UTF8)
        yield first
        yield from iter(lambda: stream.read(BLOCK), b"")
        return
    decoder = codecs.getincrementaldecoder(dialect.encoding)()
    while block := stream.read(BLOCK):
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()


def _whole_lines(blocks: Iterable[bytes]) -> Blocks:
    rest = b""
    for block in blocks:
        head, mark, tail = block.rpartition(b"\n")
        if mark:
            yield rest + head + mark
            rest = tail
        else:
            rest += block
            if len(rest) > LINE_LIMIT:
                raise ValueError(f"a line has more than {LINE_LIMIT >> 20} MB")
    if rest:
        yield rest


def _without_comments(blocks: Blocks, dialect: Dialect) -> Blocks:
    """Without the lines that begin with the mark, unless they are inside quotes."""
    comment, quote = dialect.comment.encode(), dialect.quote.encode()
    inside = 0
    for block in blocks:
        odd = block.count(quote) & 1 if quote else 0
        if block.startswith(comment) or b"\n" + comment in block:
            kept = []
            for line in block.splitlines(keepends=True):
                if not inside and line.startswith(comment):
                    continue
                kept.append(line)
                inside ^= line.count(quote) & 1 if quote else 0
            yield b"".join(kept)
        else:
            inside ^= odd
            yield block


def _replace_delimiter(delimiter: bytes) -> Callable[[bytes], bytes]:
    mark = UNIT_SEPARATOR.encode()

    def replace(block: bytes) -> bytes:
        if mark in block:
            raise ValueError("a file with the mark U+001F takes no delimiter of several marks")
        return block.replace(delimiter, mark)

    return replace


def _stripped(blocks: Blocks, dialect: Dialect) -> Blocks:
    """Without spaces and tabs around values; from the first quote on by Python's csv module."""
    delimiter, quote = dialect.delimiter.encode(), dialect.quote.encode()
    spaces = b"[" + b" \t".replace(delimiter, b"") + b"]+"
    edge = re.escape(delimiter)
    pattern = re.compile(
        b"%s(?=%s|\r?\n|\r?$)|(?<=%s)%s|(?<=\n)%s|\\A%s"
        % (spaces, edge, edge, spaces, spaces, spaces)
    )
    for block in blocks:
        if quote and quote in block:
            yield from _rewritten(chain([block], blocks), dialect)
            return
        yield pattern.sub(b"", block)


def _rewritten(blocks: Iterable[bytes], dialect: Dialect) -> Blocks:
    lines = (line.decode() for block in blocks for line in block.splitlines(keepends=True))
    marks = " \t".replace(dialect.delimiter, "")
    form = {"delimiter": dialect.delimiter, "quotechar": dialect.quote}
    rows = csv.reader(lines, skipinitialspace=True, **form)  # type: ignore[arg-type]
    while True:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n", **form)  # type: ignore[arg-type]
        count = 0
        for row in rows:
            writer.writerow([value.strip(marks) for value in row])
            count += 1
            if text.tell() > BLOCK:
                break
        if not count:
            return
        yield text.getvalue().encode()
