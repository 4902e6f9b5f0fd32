"""The syntax tree of an expression. Every node knows its location in the scalar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Expression:
    """Base of all nodes.

    Attributes:
        start: the offset of its first character in the scalar.
        end: the offset after its last character.
        depth: levels of the tree from here down.
        parts: the nodes directly below.
    """

    start: int
    end: int
    depth: int
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A number, a text, true, false or null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """A param, or `index`."""

    name: str


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """`-x`, `+x` or `not x`."""

    operator: str


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """Arithmetic on two values, or `and` and `or`."""

    operator: str


@dataclass(frozen=True, slots=True)
class ComparisonExpression(Expression):
    """`a < b`, or a chain `a < b <= c`: `operators` has one less than `parts`."""

    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    """`a if condition else b`; its parts are in the order condition, a, b."""


@dataclass(frozen=True, slots=True)
class ListExpression(Expression):
    """`[a, b]`."""


@dataclass(frozen=True, slots=True)
class Subscript(Expression):
    """`container[key]`."""


@dataclass(frozen=True, slots=True)
class FunctionCall(Expression):
    """A call of one of the functions `min max round int len`."""

    function: str


def walk(node: Expression) -> Iterator[Expression]:
    """A node and all nodes below it."""
    yield node
    for part in node.parts:
        yield from walk(part)
