"""The decorator of value classes that every start of modelspec makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value_class(cls: type[T]) -> type[T]:
    """A dataclass with slots, equal by its fields and hashable, whose fields are never set again.

    To Python it is any other dataclass, for `dataclasses.replace` too. That a field is not set
    again is what mypy holds, not Python: `dataclass(frozen=True)` compiles two more methods for
    each class, which takes twice as long, and sets each field of a new object through a function.
    `modelspec validate` makes some 60 classes before it reads anything.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
