"""What the names of an expression stand for at one place of a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modelspec.diagnostics import Span
from modelspec.document import OverrideName

INDEX = "index"


@dataclass(frozen=True, slots=True)
class Scope:
    """The surroundings of a value.

    Attributes:
        names: names in scope to their values.
        via: the use of the block that the value stands in; None outside of blocks.
        literal: whether the value is the result of an expression already, so that a `${` in it
            is text.
    """

    names: Mapping[str, Any] = field(default_factory=dict)
    via: Span | None = None
    literal: bool = False

    def place(self, span: Span) -> Span:
        """A place in the text as seen from here: with the use of the block."""
        if self.via is None or span.via is not None:
            return span
        return Span(*span[:5], self.via)  # `_replace` takes three times as long

    def with_index(self, index: Any) -> Scope:
        """The frame of one turn of a `repeat`."""
        return Scope({**self.names, INDEX: index}, self.via, self.literal)

    def as_literal(self) -> Scope:
        """The same place, for values that are evaluated already."""
        return Scope(self.names, self.via, True)


def part_span(span: Span, text: str, start: int, end: int) -> Span:
    """The place of the characters from `start` up to `end` of a scalar that stands at `span`.

    The whole scalar where its text is not what stands in the file: escapes, several lines.
    """
    length = span.end_column - span.column if span.line == span.end_line else -1
    offset = {len(text): 0, len(text) + 2: 1}.get(length)
    if offset is None or isinstance(span.file, OverrideName):
        return span
    column = span.column + offset
    return span._replace(column=column + start, end_column=column + max(end, start + 1))
