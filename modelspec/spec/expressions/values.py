"""The values of expressions, and how large they may be."""

from __future__ import annotations

from typing import Any

from .fault import OperationError

MAX_BITS = 256
"""Whole numbers: no Keras argument has more than 64 bits, and a power must not fill the memory."""

MAX_TEXT = 10_000
"""Characters of a text that an expression makes."""

MAX_ITEMS = 10_000
"""Items of a list that `+` makes, or that a function goes through."""


_LARGEST = 1.7976931348623157e308


class Unknown:
    """The value of a param that has a fault, or that only a use gives: what meets it is unknown."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


def is_number(value: Any) -> bool:
    """Whether a value is a number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_finite(number: float) -> bool:
    """Whether a number is neither infinite nor NaN."""
    return isinstance(number, int) or -_LARGEST <= number <= _LARGEST


def describe_value(value: Any) -> str:
    """What a message calls a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {format_value(value)}"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= 30 else value[:29] + "…"}"'
    return "a mapping" if isinstance(value, dict) else "a list"


def format_value(value: Any) -> str:
    """A value as a message shows it after "got"."""
    return format_number(value) if is_number(value) else describe_value(value)


def format_number(number: float) -> str:
    """A number for a message; a long one is cut."""
    if isinstance(number, int) and number.bit_length() > MAX_BITS:
        return f"of {number.bit_length()} bits"
    text = str(number)
    return text if len(text) <= 30 else f"{text[:12]}…"


def bounded(value: Any) -> Any:
    """The value itself; raises OperationError where it is too large to go on with."""
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise too_large()
    if isinstance(value, float) and not is_finite(value):
        raise OperationError("too-large", "the result is no finite number")
    return value


def too_large() -> OperationError:
    """The error for a whole number of too many bits, raised before it is computed."""
    return OperationError("too-large", f"the result has more than {MAX_BITS} bits")
