"""What is wrong with an expression, and where in its text."""

from __future__ import annotations


class ExpressionError(Exception):
    """A fault at the characters from `start` up to `end` of a scalar.

    Attributes:
        code: the finding's code.
        message: what happened and what was expected.
        hint: how to mend it, or "".
    """

    def __init__(self, code: str, message: str, start: int, end: int, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


class OperationError(Exception):
    """An operation that cannot be done on its values; the tree knows the place."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
