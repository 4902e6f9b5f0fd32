"""Numbers and lists of them in arguments, as the tensors that they become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .rule import Mismatch, Shape, Tensor


def shape_of_list(value: Any, arg: str) -> Shape:
    """The shape of a number, (), or of nested lists of numbers.

    Raises:
        Mismatch: lists of different lengths.
    """
    if not isinstance(value, list):
        return ()
    inner = [shape_of_list(item, arg) for item in value]
    if any(shape != inner[0] for shape in inner):
        raise Mismatch("needs lists of one length", arg)
    return (len(value), *(inner[0] if inner else ()))


def as_tensor(value: Any, arg: str) -> Any:
    """A list of numbers as a Tensor of float32, int32 or bool; anything else as it is."""
    if not isinstance(value, list):
        return value
    kinds = {type(item) for item in _leaves(value)}
    if not kinds <= {bool, int, float}:
        return value
    dtype = "bool" if kinds == {bool} else "float32" if float in kinds or not kinds else "int32"
    return Tensor(shape_of_list(value, arg), dtype)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
