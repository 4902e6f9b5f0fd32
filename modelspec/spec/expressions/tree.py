"""The syntax tree of an expression. Every node knows its location in the scalar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelspec.value_classes import value_class


@value_class
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


@value_class
class Literal(Expression):
    """A number, a text, true, false or null."""

    value: Any


@value_class
class Name(Expression):
    """A param, or `index`."""

    name: str


@value_class
class Unary(Expression):
    """`-x`, `+x` or `not x`."""

    operator: str


@value_class
class Binary(Expression):
    """Arithmetic on two values, or `and` and `or`."""

    operator: str


@value_class
class ComparisonExpression(Expression):
    """`a < b`, or a chain `a < b <= c`: `operators` has one less than `parts`."""

    operators: tuple[str, ...]


@value_class
class Conditional(Expression):
    """`a if condition else b`; its parts are in the order condition, a, b."""


@value_class
class ListExpression(Expression):
    """`[a, b]`."""


@value_class
class Subscript(Expression):
    """`container[key]`."""


@value_class
class FunctionCall(Expression):
    """A call of one of the functions `min max round int len`."""

    function: str


def walk(node: Expression) -> Iterator[Expression]:
    """A node and all nodes below it."""
    yield node
    for part in node.parts:
        yield from walk(part)
