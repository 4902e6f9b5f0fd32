"""The operators of expressions on values. Nothing is computed before its size is known."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from modelspec.diagnostics import did_you_mean

from .fault import OperationError
from .values import MAX_BITS, MAX_ITEMS, MAX_TEXT, bounded, describe_value, is_number, too_large

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
        message = "a negative number has no real power with a fraction"
        raise OperationError("wrong-operand", message)
    return bounded(result)


def _refuse_large(sign: str, left: int, right: int) -> None:
    """Tell by the number of bits alone that a result would be too large."""
    bits = max(left.bit_length(), right.bit_length())
    if sign == "*":
        bits = left.bit_length() + right.bit_length() - 1
    elif sign == "**" and abs(left) > 1 and right > 1:
        bits = max(bits, (left.bit_length() - 1) * right)  # |left| >= 2 ** (its bits - 1)
    if bits > MAX_BITS:
        raise too_large()


def unary(sign: str, value: Any) -> Any:
    """`-x`, `+x` or `not x` of a known value."""
    if sign == "not":
        return not truth(value)
    if not is_number(value):
        raise OperationError(
            "wrong-operand", f'"{sign}" takes a number, got {describe_value(value)}'
        )
    return bounded(-value if sign == "-" else value)


def truth(value: Any) -> bool:
    """Whether a condition holds: true, a number but 0, a text or list or mapping with content."""
    return bool(value)


def compare(sign: str, left: Any, right: Any) -> bool:
    """Whether a comparison of two known values holds.

    Raises:
        OperationError: values that have no order, or a list or a mapping: they are not compared.
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


def index(whole: Any, part: Any) -> Any:
    """`whole[part]` of known values.

    Raises:
        OperationError: the whole has no parts, or not this one.
    """
    if isinstance(whole, dict):
        if isinstance(part, str) and part in whole:
            return whole[part]
        shown = part if isinstance(part, str) else describe_value(part)
        near = did_you_mean(part, whole) if isinstance(part, str) else ""
        raise OperationError("bad-index", f"the mapping has no key `{shown}`{near}")
    if not isinstance(whole, list):
        message = f"only a list or a mapping has parts, got {describe_value(whole)}"
        raise OperationError("wrong-operand", message)
    if not isinstance(part, int) or isinstance(part, bool):
        message = f"the index of a list is a whole number, got {describe_value(part)}"
        raise OperationError("wrong-operand", message)
    if not -len(whole) <= part < len(whole):
        have = f"{len(whole)} item" + ("s" if len(whole) != 1 else "")
        message = f"the list has {have}, so there is no item {part}"
        raise OperationError("bad-index", message, "items count from 0, and from -1 at the end")
    return whole[part]
