"""A check of new data: whether it is text in the encoding of the training data."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import CORPUS, CSV, Source
from modelspec.tabular import TEXT_ERRORS, open_bytes, refuse_large_text

BLOCK = 1 << 20
"""Bytes that are looked at together."""

UTF8 = "utf-8"

TEXT_FILES = (CSV, CORPUS, "lines")
"""The kinds of sources whose files are text in one encoding."""

CP1252 = "cp1252"

MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
"""The first bytes of a file to its encoding."""

WORD = re.compile(r'[^\s,;|"]*[^\x00-\x7f][^\s,;|"]*')

LONGEST = 30
"""Characters of a word that are shown."""


def check_encoding(source: Source, path: Path, start: Span, findings: Findings) -> None:
    """Report a file in another encoding than that of the training data.

    Bytes that mean one word in UTF-8 mean another one in cp1252, and nothing later would notice.

    Args:
        source: how the file is read.
        path: of the file.
        start: its first character.
        findings: takes the encoding that it has.
    """
    read = source.table or source
    if read.kind not in TEXT_FILES or not path.is_file():
        return
    expected = str(read.options.get("encoding", UTF8))
    try:
        refuse_large_text(path)
        found = other_encoding(path, expected)
    except TEXT_ERRORS:  # reported where it is read
        return
    if found is None:
        return
    shown = f' ("{found.word}" in line {found.line})' if found.word else ""
    message = f"{start.file} is {found.name} text{shown}, but the training data was {expected}"
    if found.misread:
        message += f', in which that reads "{found.misread}"'
    convert = f"iconv -f {found.name} -t {expected} {start.file} > converted{path.suffix}"
    hint = f"save it as {expected}, such as with `{convert}`"
    findings.error(start, "bad-data-file", message, hint=hint)


class OtherEncoding(NamedTuple):
    """The encoding that a file has in place of the one that it is read in.

    Attributes:
        name: of the encoding.
        line: the first that shows it, counted from 1.
        word: from that line, as it is meant; "" where there is none to show.
        misread: the same as it would be read; "" where it cannot be read.
    """

    name: str
    line: int
    word: str = ""
    misread: str = ""


def other_encoding(path: Path, encoding: str) -> OtherEncoding | None:
    """The encoding of a file, where that is surely another one; None where it is not.

    Args:
        path: a file of text, which may be compressed.
        encoding: the one that it is read in.

    Raises:
        OSError, EOFError, lzma.LZMAError: the file cannot be read.
    """
    codec = codecs.lookup(encoding).name
    with open_bytes(path) as file:
        first = file.read(2)
    if codec.startswith(("utf-16", "utf-32")):
        return None
    if first in MARKS:
        return OtherEncoding(MARKS[first], 1)
    if codec in (UTF8, "utf-8-sig"):
        line = _first_line_that_is_not_utf8(path)
        return None if line is None else _of_one_byte(*line)
    shown = _first_foreign_line(path)
    if shown is None or _first_line_that_is_not_utf8(path) is not None:
        return None
    number, text = shown
    word = _word(text.decode(UTF8, "replace"))
    return OtherEncoding(UTF8, number, word, word.encode().decode(codec, "replace"))


def _of_one_byte(number: int, text: bytes) -> OtherEncoding | None:
    try:
        return OtherEncoding(CP1252, number, _word(text.decode(CP1252)))
    except UnicodeDecodeError:
        return None


def _word(text: str) -> str:
    found = WORD.search(text)
    return "" if found is None else found.group()[:LONGEST]


def _first_line_that_is_not_utf8(path: Path) -> tuple[int, bytes] | None:
    """The number and the bytes of the first line that is not UTF-8."""
    lines, rest = 1, b""
    with open_bytes(path) as file:
        while block := file.read(BLOCK):
            whole = rest + block
            cut = whole.rfind(b"\n") + 1
            part, rest = whole[:cut], whole[cut:]
            found = _bad_line(part)
            if found is not None:
                return lines + found[0], found[1]
            lines += part.count(b"\n")
    found = _bad_line(rest)
    return None if found is None else (lines + found[0], found[1])


def _bad_line(part: bytes) -> tuple[int, bytes] | None:
    try:
        part.decode(UTF8)
    except UnicodeDecodeError as error:
        return _line_at(part, error.start)
    return None


def _line_at(part: bytes, at: int) -> tuple[int, bytes]:
    """How many lines are before a byte, and the line that it is in."""
    start, end = part.rfind(b"\n", 0, at) + 1, part.find(b"\n", at)
    return part.count(b"\n", 0, at), part[start : len(part) if end < 0 else end]


def _first_foreign_line(path: Path) -> tuple[int, bytes] | None:
    """The number and the bytes of the first line that is not ASCII, after a mark of UTF-8."""
    lines, rest = 1, b""
    with open_bytes(path) as file:
        while block := file.read(BLOCK):
            whole = rest + block
            if not whole.isascii():
                whole += file.readline()
                at = next(at for at, byte in enumerate(whole) if byte > 0x7F)
                before, line = _line_at(whole, at)
                return lines + before, line.removeprefix(codecs.BOM_UTF8)
            cut = whole.rfind(b"\n") + 1
            lines += whole.count(b"\n")
            rest = whole[cut:]
    return None
