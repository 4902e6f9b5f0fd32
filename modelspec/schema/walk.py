"""Paths of a document, followed through the schemas."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from modelspec.diagnostics import Span
from modelspec.document import LocatedDict, locate

from .files import ROOT, Schema, follow, load_file

Path = tuple[str | int, ...]


class SchemaViolation(NamedTuple):
    """One error of the validator: its path, the keyword that was violated, and the details."""

    path: Path
    keyword: str
    detail: Any


class SchemaPlace(NamedTuple):
    """What the schemas say of one path.

    Attributes:
        schema: the definition, with references followed.
        file: the schema file that has the definition.
        leaf: whether the schema does not distinguish what is below.
        path: the path that was followed; shorter than asked for where a leaf was met.
    """

    schema: Schema
    file: str
    leaf: bool
    path: Path


def walk(path: Path) -> SchemaPlace:
    """Follow a path of a document through the schemas."""
    schema, file = follow(load_file(ROOT), ROOT)
    for depth, part in enumerate(path):
        if _is_leaf(schema):
            return SchemaPlace(schema, file, True, path[:depth])
        step = _step(schema, file, part)
        if step is None:
            return SchemaPlace(schema, file, False, path[:depth])
        schema, file = step
    return SchemaPlace(schema, file, _is_leaf(schema), path)


def _is_leaf(schema: Schema) -> bool:
    return "anyOf" in schema and "x-object" not in schema and "properties" not in schema


def _step(schema: Schema, file: str, part: str | int) -> tuple[Schema, str] | None:
    for candidate, origin in branches(schema, file):
        if isinstance(part, int):
            if isinstance(candidate.get("items"), dict):
                return follow(candidate["items"], origin)
            continue
        if part in candidate.get("properties", {}):
            return follow(candidate["properties"][part], origin)
        for pattern, below in candidate.get("patternProperties", {}).items():
            if isinstance(below, dict) and re.search(pattern, part):
                return follow(below, origin)
        if isinstance(candidate.get("additionalProperties"), dict):
            return follow(candidate["additionalProperties"], origin)
    return None


def branches(schema: Schema, file: str) -> list[tuple[Schema, str]]:
    """A schema and the schemas under its `then` and `else`, each with its file."""
    found = [(schema, file)]
    for key in ("then", "else"):
        if isinstance(schema.get(key), dict):
            found += branches(*follow(schema[key], file))
    return found


def enumerated_words(schema: Schema, file: str) -> list[str]:
    """All texts that an enumeration in the schema allows."""
    schema, file = follow(schema, file)
    words = [w for w in schema.get("enum", ()) if isinstance(w, str)]
    for key in ("anyOf", "then", "else"):
        below = schema.get(key, ())
        for part in below if isinstance(below, list) else [below]:
            if isinstance(part, dict):
                words += enumerated_words(part, file)
    return words


def value_at(document: Any, path: Path) -> Any:
    """The value at a path."""
    for part in path:
        document = document[part]
    return document


def key_span_at(document: LocatedDict, path: Path) -> Span:
    """The location of a mapping's key; in a list, of its first character."""
    if path and isinstance(path[-1], int):
        return locate(document, path, document.span)
    return locate(document, path, document.span, key=True)
