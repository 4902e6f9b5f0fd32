"""Containers that know the location of each of their keys and values in the text.

They are subclasses of dict and list, so that a JSON Schema validator, an equality test or
`json.dumps` sees ordinary data. Locations travel with the data: a layer that is expanded from a
block keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelspec.diagnostics import Span

_OPTION = "--set "


class OverrideName(str):
    """The file name in the spans of a value that `--set PATH=VALUE` gave; shown as `--set PATH`.

    Code tells it from the name of a file by its type, not by its text.
    """

    __slots__ = ()

    @classmethod
    def of(cls, path: str) -> OverrideName:
        """The name for the value that is set at a dotted path."""
        return cls(_OPTION + path)

    @property
    def path(self) -> str:
        """The dotted path."""
        return self.removeprefix(_OPTION)


class LocatedDict(dict[str, Any]):
    """A mapping. `key_spans` and `value_spans` have the same keys as the mapping itself."""

    __slots__ = ("key_spans", "span", "value_spans")

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span
        self.key_spans: dict[str, Span] = {}
        self.value_spans: dict[str, Span] = {}

    def put(self, key: str, value: Any, key_span: Span, value_span: Span) -> None:
        """Set a key, its value and their locations."""
        self[key] = value
        self.key_spans[key] = key_span
        self.value_spans[key] = value_span


class LocatedList(list[Any]):
    """A sequence. `item_spans` has one location for each item."""

    __slots__ = ("item_spans", "span")

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span
        self.item_spans: list[Span] = []

    def put(self, value: Any, span: Span) -> None:
        """Append an item with its location."""
        self.append(value)
        self.item_spans.append(span)


def copy_located(value: Any) -> Any:
    """A deep copy of located data that keeps all places. What stands in it twice, by an alias,
    does in the copy too."""
    return _copied(value, {})


def _copied(value: Any, done: dict[int, Any]) -> Any:
    made = done.get(id(value))
    if made is not None:
        return made
    if isinstance(value, LocatedDict):
        mapping = done[id(value)] = LocatedDict(value.span)
        mapping.key_spans, mapping.value_spans = dict(value.key_spans), dict(value.value_spans)
        for key, item in value.items():
            mapping[key] = _copied(item, done) if isinstance(item, (dict, list)) else item
        return mapping
    if isinstance(value, LocatedList):
        items = done[id(value)] = LocatedList(value.span)
        items.item_spans = list(value.item_spans)
        items.extend(
            _copied(item, done) if isinstance(item, (dict, list)) else item for item in value
        )
        return items
    return value


def value_span(container: Any, key: str | int, fallback: Span) -> Span:
    """The location of the value under `key`; `fallback` for data that was not read from text."""
    if isinstance(container, LocatedDict) and isinstance(key, str):
        return container.value_spans.get(key, fallback)
    if isinstance(container, LocatedList) and isinstance(key, int):
        return container.item_spans[key] if key < len(container.item_spans) else fallback
    return fallback


def locate(root: Any, path: Sequence[str | int], start: Span, *, key: bool = False) -> Span:
    """The location of the value at `path` below `root`, or of its key where `key` is true.

    Where the path leaves the located data, the location of the last known part is returned.
    """
    span, value = start, root
    for depth, part in enumerate(path):
        last = depth == len(path) - 1
        if last and key and isinstance(value, LocatedDict):
            return value.key_spans.get(str(part), span)
        span = value_span(value, part, span)
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return span
    return span


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
