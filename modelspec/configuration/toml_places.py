"""Where a key or a value stands in a TOML text: tomllib does not say. Used for errors only.

The text is valid TOML, which tomllib has read before.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence

from modelspec.diagnostics import Span

_SPACE = re.compile(r"(?:[ \t]|#[^\n]*)*")
_SPACE_AND_LINES = re.compile(r"(?:\s|#[^\n]*)*")
_TEXT = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")|\'\'\'[\s\S]*?\'{3,5}(?!\')|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'',
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")
_HEADER = re.compile(r"\[\[?")

Keys = tuple[str | int, ...]
Range = tuple[int, int]
"""Offsets: where it begins, and where it ends."""


def find_place(text: str, file: str, path: Sequence[str | int], *, of_key: bool = False) -> Span:
    """The place of a value, or of its key.

    Args:
        text: valid TOML.
        file: the name that the span gives to it.
        path: keys, and numbers of items of lists; where a part is not found, the place of what is
            around it is returned.
        of_key: whether the key is meant, and not the value.
    """
    reader = _Reader(text)
    reader.read()
    found, others = (reader.keys, reader.values) if of_key else (reader.values, reader.keys)
    keys = tuple(path)
    for length in range(len(keys), 0, -1):
        place = found.get(keys[:length]) or others.get(keys[:length])
        if place is not None:
            return _span(text, file, place)
    return Span(file, 1, 1, 1, 1)


def _span(text: str, file: str, place: Range) -> Span:
    (line, column), (end_line, end_column) = (_position(text, offset) for offset in place)
    return Span(file, line, column, end_line, end_column)


def _position(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.keys: dict[Keys, Range] = {}
        self.values: dict[Keys, Range] = {}
        self._counts: dict[Keys, int] = {}

    def read(self) -> None:
        """Read the whole text."""
        table: Keys = ()
        while self._skip(_SPACE_AND_LINES) < len(self.text):
            header = _HEADER.match(self.text, self.at)
            if header is None:
                self._pair(table)
                continue
            self.at = header.end()
            start = self._skip(_SPACE)
            table = self._resolved(self._key())
            if len(header[0]) > 1:
                self._counts[table] = number = self._counts.get(table, -1) + 1
                self.keys.setdefault(table, (start, self.at))
                table = (*table, number)
            self.keys[table] = (start, self.at)
            self._skip(_SPACE)
            self.at += len(header[0])

    def _resolved(self, key: Keys) -> Keys:
        """A key of a header, in the last item of each list of tables on its way."""
        path: Keys = ()
        for number, part in enumerate(key):
            path = (*path, part)
            if path in self._counts and number < len(key) - 1:
                path = (*path, self._counts[path])
        return path

    def _skip(self, what: re.Pattern[str]) -> int:
        match = what.match(self.text, self.at)
        self.at = self.at if match is None else match.end()
        return self.at

    def _take(self, what: re.Pattern[str]) -> str:
        match = what.match(self.text, self.at)
        if match is None:  # not valid TOML after all: leave the rest
            self.at = len(self.text)
            return ""
        self.at = match.end()
        return match[0]

    def _key(self) -> Keys:
        """A key with its dots; the reader ends behind it, and behind no space."""
        parts: list[str] = []
        while True:
            quoted = _TEXT.match(self.text, self.at)
            if quoted is not None:
                self.at = quoted.end()
                parts.append(tomllib.loads(f"a = {quoted[0]}")["a"])
            else:
                parts.append(self._take(_BARE_KEY))
            end = self.at
            if self._skip(_SPACE) >= len(self.text) or self.text[self.at] != ".":
                self.at = end
                return tuple(parts)
            self.at += 1
            self._skip(_SPACE)

    def _pair(self, table: Keys) -> None:
        start = self.at
        key = self._key()
        path = (*table, *key)
        for length in range(len(table) + 1, len(path) + 1):
            self.keys.setdefault(path[:length], (start, self.at))
        self._skip(_SPACE)
        self.at += 1  # the "="
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Keys) -> None:
        start = self.at
        first = self.text[start : start + 1]
        if first in ("[", "{"):
            self.at += 1
            number = 0
            while self._skip(_SPACE_AND_LINES) < len(self.text):
                if self.text[self.at] in "]}":
                    self.at += 1
                    break
                if self.text[self.at] == ",":
                    self.at += 1
                elif first == "[":
                    self._value((*path, number))
                    number += 1
                else:
                    self._pair(path)
        elif first in ('"', "'"):
            self._take(_TEXT)
        else:
            self.at = start + len(self._take(_BARE_VALUE).rstrip())
        self.values[path] = (start, self.at)
