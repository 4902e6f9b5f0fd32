"""What is wrong with an expression."""

from __future__ import annotations


class ExpressionError(Exception):
    """A problem in the characters from `start` up to `end` of a scalar.

    Attributes:
        code: the finding's code.
        message: what happened and what was expected.
        hint: how to fix it, or "".
    """

    def __init__(self, code: str, message: str, start: int, end: int, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint
