"""The syntax tree of an expression. Every node knows where in the scalar it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Expression:
    """Base of all nodes. `start` and `end` count characters of the scalar, `depth` levels."""

    start: int
    end: int
    depth: int

    def below(self) -> tuple[Expression, ...]:
        """The nodes that this one is made of."""
        return ()


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
    operand: Expression

    def below(self) -> tuple[Expression, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """Arithmetic on two values, or `and` and `or`."""

    operator: str
    left: Expression
    right: Expression

    def below(self) -> tuple[Expression, ...]:
        """Both sides."""
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class CompareExpression(Expression):
    """`a < b`, or a chain `a < b <= c`: `operators` has one less than `operands`."""

    operators: tuple[str, ...]
    operands: tuple[Expression, ...]

    def below(self) -> tuple[Expression, ...]:
        """All that is compared."""
        return self.operands


@dataclass(frozen=True, slots=True)
class Choice(Expression):
    """`then if condition else other`."""

    condition: Expression
    then: Expression
    other: Expression

    def below(self) -> tuple[Expression, ...]:
        """The condition and both results."""
        return (self.condition, self.then, self.other)


@dataclass(frozen=True, slots=True)
class Index(Expression):
    """`whole[part]`."""

    whole: Expression
    part: Expression

    def below(self) -> tuple[Expression, ...]:
        """What is indexed, and by what."""
        return (self.whole, self.part)


@dataclass(frozen=True, slots=True)
class CallExpression(Expression):
    """One of the functions `min max round int len`."""

    function: str
    arguments: tuple[Expression, ...]

    def below(self) -> tuple[Expression, ...]:
        """The arguments."""
        return self.arguments


def walk(node: Expression) -> Iterator[Expression]:
    """A node and all nodes below it."""
    yield node
    for part in node.below():
        yield from walk(part)
