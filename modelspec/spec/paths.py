"""The relative paths in a spec, made relative to another folder."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from modelspec.schema import walk

Position = tuple[str | int, ...]


def rebase(document: dict[str, Any], folder: PurePath) -> None:
    """Put `folder` before every relative path of a document, in place.

    Which values are paths the schema says (`x-path`). One that begins with an expression is left.
    """
    _rebase(document, folder, (), set())


def _rebase(value: Any, folder: PurePath, at: Position, seen: set[int]) -> None:
    if id(value) in seen:  # an alias: it is done
        return
    seen.add(id(value))
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        if isinstance(item, (dict, list)):
            _rebase(item, folder, (*at, key), seen)
        elif isinstance(item, str) and not item.startswith("${"):
            place = walk((*at, key))
            if place.path == (*at, key) and place.schema.get("x-path"):
                value[key] = (folder / item).as_posix()
