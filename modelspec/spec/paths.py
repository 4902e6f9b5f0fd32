"""The paths of files that a spec names. Which values are paths the schema says (`x-path`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from modelspec.schema import walk


class NamedPath(NamedTuple):
    """A path that a spec names.

    Attributes:
        at: where it stands in the document.
        holder: the mapping or list that it is the value or an item of.
        written: the path, relative to the spec's folder where it is not absolute.
    """

    at: tuple[str | int, ...]
    holder: Any
    written: str

    def rewrite(self, path: str) -> None:
        """Put another path in its place."""
        self.holder[self.at[-1]] = path


def named_paths(document: Any) -> Iterator[NamedPath]:
    """All paths of a document, aliases once; one that begins with an expression is left out."""
    yield from _below(document, (), set())


def _below(value: Any, at: tuple[str | int, ...], seen: set[int]) -> Iterator[NamedPath]:
    if id(value) in seen:  # an alias: it is done
        return
    seen.add(id(value))
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        here = (*at, key)
        if isinstance(item, (dict, list)):
            yield from _below(item, here, seen)
        elif isinstance(item, str) and not item.startswith("${"):
            place = walk(here)
            if place.path == here and place.schema.get("x-path"):
                yield NamedPath(here, value, item)
