"""The `${...}` of a scalar: whether it has any, its words and its value.

A spec without expressions needs no parser, so it is imported with the first one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .errors import ExpressionError
from .operations import FUNCTIONS, MAX_TEXT

OPENING = "${"
LITERALS = {"true": True, "false": False, "null": None}
KEYWORDS = frozenset(("if", "else", "and", "or", "not"))
RESERVED = frozenset((*FUNCTIONS, *LITERALS, *KEYWORDS, "index"))
"""Words that expressions use themselves; no param can have such a name."""

JOB_NAMES = frozenset(("epochs", "examples", "steps", "steps_per_epoch"))
"""Sizes of a training, or of a phase of it, which are known with the data: names of expressions
under `training`."""


def has_expression(value: Any) -> bool:
    """Whether a scalar is a text with `${` in it, escaped or not."""
    return isinstance(value, str) and OPENING in value


def escaped(text: str) -> str:
    """A text that stands for itself, whatever is in it: `${` becomes `$${`."""
    return text.replace(OPENING, "$" + OPENING)


def words_in(text: str) -> frozenset[str]:
    """Every word of a text that could be a name, in its expressions or not."""
    return frozenset(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", text[:MAX_TEXT]))


def value_of(text: str, names: Mapping[str, Any]) -> Any:
    """The value of a scalar with expressions, or UNKNOWN where it depends on a name that is.

    A scalar that is one `${...}` and nothing else keeps the type of its value; otherwise the
    values are written into the text. `$${` stands for the characters `${`.

    Args:
        text: the scalar.
        names: the value of each name in scope.

    Raises:
        ExpressionError: with the offsets of the problem within `text`.
    """
    from .evaluate import evaluate

    return evaluate(text, names)


def names_in(text: str) -> frozenset[str]:
    """The names in a scalar's expressions; every word of it where it cannot be parsed."""
    from .evaluate import parsed_names

    try:
        return parsed_names(text)
    except ExpressionError:
        return words_in(text)
