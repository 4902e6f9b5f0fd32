"""Python expressions, broken into lines as `ruff format` leaves them.

What fits into a line stands in one. Anything else is opened up: one item a line, each with a
comma after it, which formatters take as a wish to keep it so.
"""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 88
INDENT = 4


@dataclass(frozen=True, slots=True)
class Group:
    """A call or a display: `layers.Dense(units=3)`, `[1, 2]`, `{"a": x}`.

    Attributes:
        start: all up to the opening bracket, bracket included.
        items: each with what stands before it (`units=`, `"a": ` or nothing).
        end: the closing bracket and what follows it.
    """

    start: str
    items: tuple[tuple[str, Node], ...]
    end: str


@dataclass(frozen=True, slots=True)
class Chain:
    """A layer made and called at once: `layers.Dense(units=3)` and `(x)`."""

    first: Group
    last: Group


Node = str | Group | Chain


def flat(node: Node) -> str:
    """An expression in one line."""
    if isinstance(node, str):
        return node
    if isinstance(node, Chain):
        return flat(node.first) + flat(node.last)
    return node.start + ", ".join(before + flat(item) for before, item in node.items) + node.end


def lay(before: str, node: Node, after: str = "", indent: int = INDENT) -> list[str]:
    """The lines of `before`, an expression and `after`, at an indent."""
    line = " " * indent + before + flat(node) + after
    if len(line) <= WIDTH or isinstance(node, str):
        return [line]
    if isinstance(node, Chain):
        return _lay_chain(before, node, after, indent)
    if not node.items:
        return [line]
    return [
        " " * indent + before + node.start,
        *_items(node, indent),
        " " * indent + node.end + after,
    ]


def _items(group: Group, indent: int) -> list[str]:
    lines = []
    for before, item in group.items:
        lines += lay(before, item, ",", indent + INDENT)
    return lines


def _lay_chain(before: str, chain: Chain, after: str, indent: int) -> list[str]:
    """Open what is made; or what it is called on, where that is the long part; or both."""
    called = flat(chain.last)
    closing = len(chain.first.end + called + after) + indent
    if chain.first.items and closing <= WIDTH:
        return lay(before, chain.first, called + after, indent)
    head = before + flat(chain.first)
    if len(head + chain.last.start) + indent <= WIDTH:
        return lay(head, chain.last, after, indent)
    return [
        *lay(before, chain.first, chain.last.start, indent),
        *_items(chain.last, indent),
        " " * indent + chain.last.end + after,
    ]
