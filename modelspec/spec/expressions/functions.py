"""The functions of expressions, all of them: `min max round int len`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .fault import OperationError
from .values import MAX_ITEMS, bounded, describe_value, is_finite, is_number

MAX_PLACES = 30
"""Decimal places that `round` takes, to either side."""


def call(name: str, arguments: list[Any]) -> Any:
    """The result of a function on values; none of them is unknown.

    Raises:
        OperationError: the arguments are of a wrong number or type, or the result is too large.
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
        raise _wrong(name, "two or more numbers, or a list of them", arguments)
    if not numbers:
        raise OperationError("wrong-operand", f"an empty list has no `{name}`")
    for number in numbers:
        if not is_number(number):
            raise _wrong(name, "numbers", [number])
    return min(numbers) if name == "min" else max(numbers)


def _round(name: str, arguments: list[Any]) -> Any:
    if len(arguments) not in (1, 2) or not all(is_number(a) for a in arguments):
        raise _wrong(name, "a number, and after a comma how many places to keep", arguments)
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
        raise _wrong(name, "one number", arguments)
    number = arguments[0]
    if not is_finite(number):
        raise OperationError("wrong-operand", "only a finite number has a whole part")
    return int(number)


def _len(name: str, arguments: list[Any]) -> Any:
    if len(arguments) != 1 or not isinstance(arguments[0], (list, dict, str)):
        raise _wrong(name, "a list, a mapping or a text", arguments)
    return len(arguments[0])


def _wrong(name: str, expected: str, got: list[Any]) -> OperationError:
    found = describe_value(got[0]) if len(got) == 1 else f"{len(got)} arguments"
    return OperationError("wrong-operand", f"`{name}` takes {expected}, got {found}")


FUNCTIONS: dict[str, Callable[[str, list[Any]], Any]] = {
    "min": _extreme,
    "max": _extreme,
    "round": _round,
    "int": _int,
    "len": _len,
}
