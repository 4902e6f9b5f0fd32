"""Python syntax: names, text literals, and expressions broken into lines as `ruff format` does.

An expression that fits into a line stays in one. Otherwise there is one item a line, each followed
by a comma, which formatters keep.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from modelspec.spec.model import UniqueNames

RESERVED = frozenset(dir(builtins)) | {
    *("keras", "layers", "ops", "name", "named", "number_masks"),
    *("l", "I", "O"),
}
"""What a variable must not shadow, or look like."""

FUNCTIONS = ("build_", "compile_")
"""Prefixes of the functions of a file; a variable with one of them gets a `_` at its end."""


class Identifiers:
    """Gives out names that are unique in one scope."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._names = UniqueNames({*RESERVED, *taken}, first=2)

    def variable(self, wanted: str) -> str:
        """A free name for a variable, as near to the wanted one as Python allows."""
        name = identifier(wanted)
        if name in RESERVED or name.startswith(FUNCTIONS):
            name += "_"
        return self._names.unique(name, name.rstrip("_"))

    def function(self, wanted: str) -> str:
        """A free name for a function that builds something."""
        return self._names.unique(f"build_{identifier(wanted).rstrip('_')}")


def identifier(text: str) -> str:
    """A text as a valid Python identifier, with `_` for other characters."""
    text = unicodedata.normalize("NFKC", text)  # as Python itself reads names
    name = re.sub(r"_+", "_", re.sub(r"\W", "_", text)).strip("_") or "x"
    if name[0].isdigit():
        name = f"x{name}"
    if not name.isidentifier():  # digits and marks of other scripts
        name = re.sub(r"[^A-Za-z0-9_]", "", name).strip("_") or "x"
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) else name


def text_literal(text: str) -> str:
    """A text in the quotes that formatters prefer: double ones, unless that escapes more."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_character(character, quote) for character in text) + quote


def _character(character: str, quote: str) -> str:
    if character in "\"'":
        return f"\\{character}" if character == quote else character
    return repr(character)[1:-1]


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
    """A layer created and called at once: `layers.Dense(units=3)` and `(x)`."""

    first: Group
    last: Group


Node = str | Group | Chain


def flat(node: Node) -> str:
    """An expression on one line."""
    if isinstance(node, str):
        return node
    if isinstance(node, Chain):
        return flat(node.first) + flat(node.last)
    return node.start + ", ".join(before + flat(item) for before, item in node.items) + node.end


def lay_out(before: str, node: Node, after: str = "", indent: int = INDENT) -> list[str]:
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
        lines += lay_out(before, item, ",", indent + INDENT)
    return lines


def _lay_chain(before: str, chain: Chain, after: str, indent: int) -> list[str]:
    """Break the creation of the layer; or its call, if that is the long part; or both."""
    called = flat(chain.last)
    closing = len(chain.first.end + called + after) + indent
    if chain.first.items and closing <= WIDTH:
        return lay_out(before, chain.first, called + after, indent)
    head = before + flat(chain.first)
    if len(head + chain.last.start) + indent <= WIDTH:
        return lay_out(head, chain.last, after, indent)
    return [
        *lay_out(before, chain.first, chain.last.start, indent),
        *_items(chain.last, indent),
        " " * indent + chain.last.end + after,
    ]
