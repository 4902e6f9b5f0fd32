"""The arguments of a class: its own, and those that it hands up through `**kwargs`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .inherited import FIXED, LAST_BASES, NEEDED

REQUIRED = inspect.Parameter.empty
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class Argument(NamedTuple):
    """One argument.

    Attributes:
        name: as Keras spells it.
        default: its default, or `REQUIRED`.
    """

    name: str
    default: Any


def class_arguments(cls: type) -> list[Argument]:
    """Arguments of a class in Keras's order: its own, then those of its bases.

    Bases are asked only as long as `**kwargs` leads to them; what a class fixes for its base
    (`FIXED`) is left out.
    """
    found: dict[str, Argument] = {}
    fixed: set[str] = set()
    for base in _chain(cls):
        signature = inspect.signature(base.__dict__["__init__"])
        parameters = list(signature.parameters.values())[1:]
        for parameter in parameters:
            if parameter.kind in NAMED and parameter.name not in fixed | set(found):
                needed = parameter.name in NEEDED.get(cls.__name__, ())
                default = REQUIRED if needed else parameter.default
                found[parameter.name] = Argument(parameter.name, default)
        fixed |= FIXED.get(base.__name__, frozenset())
        if not any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
            break
    return list(found.values())


def function_arguments(function: Callable[..., Any], skip: int = 0) -> list[Argument]:
    """Named arguments of a function, without its first `skip` ones."""
    parameters = list(inspect.signature(function).parameters.values())[skip:]
    return [Argument(p.name, p.default) for p in parameters if p.kind in NAMED]


def is_variadic(function: Callable[..., Any]) -> bool:
    """Whether a function takes any number of tensors (`*operands`)."""
    kinds = [p.kind for p in inspect.signature(function).parameters.values()]
    return inspect.Parameter.VAR_POSITIONAL in kinds


def plain(value: Any) -> Any:
    """A default in JSON form: tuples and sets as lists.

    Raises:
        TypeError: the value has no JSON form.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    raise TypeError(f"{value!r} has no JSON form")


def _chain(cls: type) -> Iterator[type]:
    for base in cls.__mro__:
        if base is object:
            return
        if "__init__" in base.__dict__:
            yield base
        if base.__name__ in LAST_BASES:
            return
