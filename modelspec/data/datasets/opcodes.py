"""The instructions of a pickle, looked through before any of them is followed."""

from __future__ import annotations

import re

RUN = 1000
"""Instructions that one match takes; without a bound it would keep a record of millions."""

_SIMPLE = re.compile(
    rb"(?:K.|M..|[Jj].{4}|[qh\x80].|[G\x95].{8}|[()\].}aebdlstuNR\x85-\x89\x93\x94]){1,%d}" % RUN,
    re.DOTALL,
)
"""Numbers, lists, tuples, dictionaries, marks, short references; and calls, for arrays."""

_NAME = re.compile(rb"c[^\n]{0,200}\n[^\n]{0,200}\n")
"""Names of functions and classes, of which the reader allows a few."""

_SIZES = {
    b"U": 1,
    b"C": 1,
    b"\x8c": 1,
    b"\x8a": 1,
    b"T": 4,
    b"B": 4,
    b"X": 4,
    b"\x8e": 8,
    b"\x8d": 8,
}
"""Instructions for bytes, text and long numbers: how many bytes have the size of what follows."""

_PUT = b"r"
"""Keep a value under a number, for which the reader makes room up to that number."""


def find_unknown_instruction(content: bytes) -> int | None:
    """Where a pickle has an instruction that plain data does not need; None where it has none.

    Such an instruction, or one that asks for more room than any data in the file could need, would
    be followed by Python's reader, whatever it may name.
    """
    place = 0
    while place < len(content):
        after = _after(content, place)
        if after is None or after > len(content):
            return place
        place = after
    return None


def _after(content: bytes, place: int) -> int | None:
    """Where the next instructions end; None for one that is unknown or asks for too much."""
    found = _SIMPLE.match(content, place) or _NAME.match(content, place)
    if found is not None:
        return found.end()
    code = content[place : place + 1]
    if code == _PUT:
        number = int.from_bytes(content[place + 1 : place + 5], "little")
        return place + 5 if number <= len(content) else None
    if code not in _SIZES:
        return None
    start = place + 1 + _SIZES[code]
    return start + int.from_bytes(content[place + 1 : start], "little")
