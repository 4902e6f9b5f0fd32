"""The decorator of value classes that every start of modelspec makes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value_class(cls: type[T]) -> type[T]:
    """A dataclass with slots, equal by its fields and hashable, whose fields are never set again.

    To Python it is any other dataclass, for `dataclasses.replace` too. That a field is not set
    again is what mypy holds, not Python. `modelspec validate` makes some 60 classes before it reads
    anything, and `dataclass(frozen=True)` compiles six methods for each. Of those, `__init__` alone
    is left: the others here are functions of the names of the fields.
    """
    made: Any = dataclass(slots=True, eq=False, repr=False)(cls)
    compared = attrgetter(*[one.name for one in fields(made) if one.compare])
    shown = [one.name for one in fields(made) if one.repr]

    def is_equal(self: Any, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented  # as Python has it: the other one may know
        return bool(compared(self) == compared(other))

    def hash_of(self: Any) -> int:
        return hash(compared(self))

    def text_of(self: Any) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({values})"

    made.__eq__, made.__hash__, made.__repr__ = is_equal, hash_of, text_of
    finished: type[T] = made
    return finished
