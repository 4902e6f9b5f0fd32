"""The syntax tree of an expression. Every node knows where in the scalar it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes. `start` and `end` count characters of the scalar, `depth` levels."""

    start: int
    end: int
    depth: int

    def below(self) -> tuple[Node, ...]:
        """The nodes that this one is made of."""
        return ()


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, a text, true, false or null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A param, or `index`."""

    name: str


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`-x`, `+x` or `not x`."""

    operator: str
    operand: Node

    def below(self) -> tuple[Node, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Arithmetic on two values, or `and` and `or`."""

    operator: str
    left: Node
    right: Node

    def below(self) -> tuple[Node, ...]:
        """Both sides."""
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`a < b`, or a chain `a < b <= c`: `operators` has one less than `operands`."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]

    def below(self) -> tuple[Node, ...]:
        """All that is compared."""
        return self.operands


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """`then if condition else other`."""

    condition: Node
    then: Node
    other: Node

    def below(self) -> tuple[Node, ...]:
        """The condition and both results."""
        return (self.condition, self.then, self.other)


@dataclass(frozen=True, slots=True)
class Index(Node):
    """`whole[part]`."""

    whole: Node
    part: Node

    def below(self) -> tuple[Node, ...]:
        """What is indexed, and by what."""
        return (self.whole, self.part)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """One of the functions `min max round int len`."""

    function: str
    arguments: tuple[Node, ...]

    def below(self) -> tuple[Node, ...]:
        """The arguments."""
        return self.arguments


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes below it."""
    yield node
    for part in node.below():
        yield from walk(part)
