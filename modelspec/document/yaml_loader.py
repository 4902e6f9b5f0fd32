"""YAML 1.2 with PyYAML's parser, which follows YAML 1.1: all of its own resolving is switched off.

A node keeps one of three tags of ours unless the text gives it a tag, so that a written tag can
be told from an implied one. Scalars follow YAML 1.2's core schema (yaml.org/spec/1.2.2, section
10.3.2); in YAML 1.1, `1e-3` is text, `on` is true, `017` is 15 and `12:30` is 750.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

PLAIN, QUOTED, COLLECTION = "plain", "quoted", "collection"
UNTAGGED = frozenset((PLAIN, QUOTED, COLLECTION))

MAX_DEPTH = 100

# libyaml's parser where PyYAML was built with it: about ten times as fast
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NestingError(yaml.MarkedYAMLError):
    """Values are nested deeper than a spec may nest them."""


class SpecLoader(_Base):  # type: ignore[misc]  # the base is chosen at run time
    """Composes nodes; raises NestingError where they nest deeper than `MAX_DEPTH`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:
        """The tag of a node that was written without one."""
        if kind is not yaml.ScalarNode:
            return COLLECTION
        return PLAIN if implicit[0] else QUOTED

    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:
        """Called by the composer on the way into a node; its recursion is bounded here."""
        self._depth += 1
        if self._depth > MAX_DEPTH and current_node is not None:
            message = f"values are nested more than {MAX_DEPTH} deep"
            raise NestingError(problem=message, problem_mark=current_node.start_mark)

    def ascend_resolver(self) -> None:
        """Called by the composer on the way out of a node."""
        self._depth -= 1


_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NUMBER_START = frozenset("-+.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o[0-7]+\Z")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")

MAX_DIGITS = 400
"""Longer integers stay text: no Keras argument has them, and Python's conversion is quadratic."""


def parse_scalar(text: str) -> Any:
    """The value of a plain (unquoted) scalar: None, bool, int, float or str."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START or len(text) > MAX_DIGITS:
        return text
    if _INTEGER.match(text):
        return int(text)
    if _OCTAL.match(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.match(text):
        return int(text[2:], 16)
    if _FLOAT.match(text):
        return float(text)
    return text
