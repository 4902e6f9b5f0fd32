"""The text of one `${...}` to tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

from .fault import ExpressionError

MAX_LENGTH = 1_000
"""Characters of one expression."""

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<text>"[^"]*"|'[^']*')
  | (?P<operator>\*\*|//|[<>=!]=|[-+*/%<>()\[\],}])
    """,
    re.VERBOSE,
)
END = "}"

_HINTS = {
    ".": 'no attribute can be read; write record["key"] for a part of a mapping',
    "=": 'compare with "=="',
    "{": "a mapping cannot be written here; give it a name under `params`",
    ":": "there are no slices; an index is one number or one key",
    "&": 'write "and"',
    "|": 'write "or"',
    "!": 'write "not", or "!=" to compare',
    "^": 'write "**" for a power',
    "$": "leave the inner ${ } out: names stand as they are",
    "@": "multiply with *",
}


class Token(NamedTuple):
    """A piece of an expression; `kind` is number, name, text or operator."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(scalar: str, start: int) -> list[Token]:
    """The tokens of the expression whose `${` ends before `start`, up to and with its `}`.

    Raises:
        ExpressionFaultError: a character that no expression has, no closing `}`, or too long a
            text.
    """
    tokens: list[Token] = []
    at, limit = start, start + MAX_LENGTH
    while at < len(scalar):
        if at > limit:
            message = f"an expression may have at most {MAX_LENGTH:,} characters"
            raise ExpressionError("too-large", message, start - 2, len(scalar))
        match = _TOKEN.match(scalar, at)
        if match is None:
            raise _stray(scalar, at)
        kind = str(match.lastgroup)
        if kind != "space":
            tokens.append(Token(kind, match.group(), at, match.end()))
            if match.group() == END:
                return tokens
        at = match.end()
    raise unclosed(start - 2, len(scalar))


def unclosed(start: int, end: int) -> ExpressionError:
    """The fault of an expression that does not end."""
    hint = 'write "}" at its end, or "$${" for the characters themselves'
    return ExpressionError("bad-expression", '"${" is not closed', start, end, hint)


def _stray(scalar: str, at: int) -> ExpressionError:
    found = scalar[at]
    if found in "\"'":
        message = "a text in quotes is not closed"
        return ExpressionError("bad-expression", message, at, len(scalar))
    message = f'"{found}" cannot stand in an expression'
    return ExpressionError("bad-expression", message, at, at + 1, _HINTS.get(found, ""))
