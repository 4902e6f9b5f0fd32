"""The values of expressions, and the operators and functions on them.

Every result is bounded, and what would be too large is refused before it is computed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from modelspec.diagnostics import did_you_mean

MAX_BITS = 256
"""Whole numbers: no Keras argument has more than 64 bits, and a power must not fill the memory."""

MAX_TEXT = 10_000
"""Characters of a text that an expression makes."""

MAX_ITEMS = 10_000
"""Items of a list that `+` makes, or that a function goes through."""

MAX_PLACES = 30
"""Decimal places that `round` takes, to either side."""

_LARGEST = 1.7976931348623157e308


class OperationError(Exception):
    """An operation that cannot be done on its values; the caller knows the location."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Unknown:
    """The value of an invalid param, or of one that only the use of a block gives.

    Every operation on it is unknown too, so that one problem is reported once.
    """

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


def is_number(value: Any) -> bool:
    """Whether a value is a number; true and false are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_finite(number: float) -> bool:
    """Whether a number is neither infinite nor NaN."""
    return isinstance(number, int) or -_LARGEST <= number <= _LARGEST


def describe_value(value: Any) -> str:
    """A value with its kind, for a message: `the number 3`, `the text "x"`, `a list`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {format_number(value)}"
    if isinstance(value, str):
        return f'the text "{value if len(value) <= 30 else value[:29] + "…"}"'
    return "a mapping" if isinstance(value, dict) else "a list"


def format_value(value: Any) -> str:
    """A value after "got" in a message: a number as it is, anything else with its kind."""
    return format_number(value) if is_number(value) else describe_value(value)


def format_number(number: float) -> str:
    """A number for a message, cut where it is long."""
    if isinstance(number, int) and number.bit_length() > MAX_BITS:
        return f"of {number.bit_length()} bits"
    text = str(number)
    return text if len(text) <= 30 else f"{text[:12]}…"


def bounded(value: Any) -> Any:
    """The value itself.

    Raises:
        OperationError: it is too large to go on with.
    """
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise too_large()
    if isinstance(value, float) and not is_finite(value):
        raise OperationError("too-large", "the result is not a finite number")
    return value


def too_large() -> OperationError:
    """The error for a whole number of too many bits, raised before it is computed."""
    return OperationError("too-large", f"the result has more than {MAX_BITS} bits")


_NUMERIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def binary(sign: str, left: Any, right: Any) -> Any:
    """Arithmetic on two known values; `+` also joins two texts, or two lists.

    Raises:
        OperationError: the values do not go together, or the result is too large.
    """
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_TEXT:
            raise OperationError("too-large", f"a text may have at most {MAX_TEXT:,} characters")
        return left + right
    if sign == "+" and isinstance(left, list) and isinstance(right, list):
        if len(left) + len(right) > MAX_ITEMS:
            raise OperationError("too-large", f"a list may have at most {MAX_ITEMS:,} items")
        return [*left, *right]
    for value in (left, right):
        if not is_number(value):
            hint = "compare it, or give numbers" if isinstance(value, bool) else ""
            message = f'"{sign}" takes numbers, got {describe_value(value)}'
            raise OperationError("wrong-operand", message, hint)
    return _arithmetic(sign, left, right)


def _arithmetic(sign: str, left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        _refuse_large(sign, left, right)
    try:
        result = _NUMERIC[sign](left, right)
    except ZeroDivisionError:
        raise OperationError("division-by-zero", "division by zero") from None
    except OverflowError:
        raise OperationError("too-large", "the result is too large a number") from None
    if isinstance(result, complex):
        message = "a negative number has no real fractional power"
        raise OperationError("wrong-operand", message)
    return bounded(result)


def _refuse_large(sign: str, left: int, right: int) -> None:
    """Raise OperationError where the number of bits alone tells that a result is too large."""
    bits = max(left.bit_length(), right.bit_length())
    if sign == "*":
        bits = left.bit_length() + right.bit_length() - 1
    elif sign == "**" and abs(left) > 1 and right > 1:
        bits = max(bits, (left.bit_length() - 1) * right)  # |left| >= 2 ** (its bits - 1)
    if bits > MAX_BITS:
        raise too_large()


def unary(sign: str, value: Any) -> Any:
    """`-x`, `+x` or `not x` of a known value.

    Raises:
        OperationError: the value is not a number.
    """
    if sign == "not":
        return not truth(value)
    if not is_number(value):
        raise OperationError(
            "wrong-operand", f'"{sign}" takes a number, got {describe_value(value)}'
        )
    return bounded(-value if sign == "-" else value)


def truth(value: Any) -> bool:
    """Whether a condition holds: true, a number other than 0, anything that is not empty."""
    return bool(value)


def compare(sign: str, left: Any, right: Any) -> bool:
    """Whether a comparison of two known values holds.

    Raises:
        OperationError: the values have no order, or one is a list or a mapping.
    """
    for value in (left, right):
        if isinstance(value, (list, dict)):
            message = f'"{sign}" compares numbers and texts, got {describe_value(value)}'
            raise OperationError("wrong-operand", message)
    if sign in ("==", "!="):
        same = left == right and isinstance(left, bool) == isinstance(right, bool)
        return same == (sign == "==")
    texts = isinstance(left, str) and isinstance(right, str)
    if not texts and not (is_number(left) and is_number(right)):
        message = f'"{sign}" cannot order {describe_value(left)} and {describe_value(right)}'
        raise OperationError("wrong-operand", message)
    return _ORDER[sign](left, right)


def subscript(container: Any, key: Any) -> Any:
    """`container[key]` of known values.

    Raises:
        OperationError: the container is not a list or a mapping, or has no such item.
    """
    if isinstance(container, dict):
        if isinstance(key, str) and key in container:
            return container[key]
        shown = key if isinstance(key, str) else describe_value(key)
        near = did_you_mean(key, container) if isinstance(key, str) else ""
        raise OperationError("bad-index", f"the mapping has no key `{shown}`{near}")
    if not isinstance(container, list):
        message = f"only a list or a mapping has items, got {describe_value(container)}"
        raise OperationError("wrong-operand", message)
    if not isinstance(key, int) or isinstance(key, bool):
        message = f"the index of a list must be an integer, got {describe_value(key)}"
        raise OperationError("wrong-operand", message)
    if not -len(container) <= key < len(container):
        count = f"{len(container)} item" + ("s" if len(container) != 1 else "")
        message = f"the list has {count}, so there is no item {key}"
        raise OperationError("bad-index", message, "items count from 0, and from -1 at the end")
    return container[key]


def call(name: str, arguments: list[Any]) -> Any:
    """The result of a function on values; none of them is unknown.

    Raises:
        OperationError: wrong number or types of arguments, or too large a result.
    """
    return bounded(FUNCTIONS[name](name, arguments))


def _extreme(name: str, arguments: list[Any]) -> Any:
    """`min` and `max` of several numbers, or of one list of them."""
    numbers = arguments
    if len(arguments) == 1 and isinstance(arguments[0], list):
        numbers = arguments[0]
        if len(numbers) > MAX_ITEMS:
            raise OperationError("too-large", f"`{name}` takes at most {MAX_ITEMS:,} numbers")
    elif len(arguments) < 2:
        raise _wrong_arguments(name, "two or more numbers, or a list of them", arguments)
    if not numbers:
        raise OperationError("wrong-operand", f"`{name}` of an empty list is undefined")
    for number in numbers:
        if not is_number(number):
            raise _wrong_arguments(name, "numbers", [number])
    return min(numbers) if name == "min" else max(numbers)


def _round(name: str, arguments: list[Any]) -> Any:
    if len(arguments) not in (1, 2) or not all(is_number(a) for a in arguments):
        raise _wrong_arguments(
            name, "a number, and optionally the number of decimal places", arguments
        )
    number = arguments[0]
    if not is_finite(number):
        raise OperationError("wrong-operand", "only a finite number can be rounded")
    if len(arguments) == 1:
        return round(number)
    places = arguments[1]
    if not isinstance(places, int) or abs(places) > MAX_PLACES:
        raise OperationError(
            "wrong-operand",
            f"`round` keeps up to {MAX_PLACES} places, got {describe_value(places)}",
        )
    return round(number, places)


def _int(name: str, arguments: list[Any]) -> Any:
    if len(arguments) != 1 or not is_number(arguments[0]):
        raise _wrong_arguments(name, "one number", arguments)
    number = arguments[0]
    if not is_finite(number):
        raise OperationError("wrong-operand", "only a finite number can become an integer")
    return int(number)


def _len(name: str, arguments: list[Any]) -> Any:
    if len(arguments) != 1 or not isinstance(arguments[0], (list, dict, str)):
        raise _wrong_arguments(name, "a list, a mapping or a text", arguments)
    return len(arguments[0])


def _wrong_arguments(name: str, expected: str, got: list[Any]) -> OperationError:
    found = describe_value(got[0]) if len(got) == 1 else f"{len(got)} arguments"
    return OperationError("wrong-operand", f"`{name}` takes {expected}, got {found}")


FUNCTIONS: dict[str, Callable[[str, list[Any]], Any]] = {
    "min": _extreme,
    "max": _extreme,
    "round": _round,
    "int": _int,
    "len": _len,
}
"""The functions of expressions, all of them."""
