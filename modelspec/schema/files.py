"""The schema files: where they lie, and how their references lead from one to another."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

Schema = dict[str, Any]
ROOT = "modelspec.schema.json"

_PACKAGE = Path(__file__).parent.parent


@cache
def folder() -> Path:
    """`modelspec/schemas` in an installed wheel, `schemas/` beside the package in a checkout."""
    installed = _PACKAGE / "schemas"
    return installed if installed.is_dir() else _PACKAGE.parent / "schemas"


@cache
def load_file(name: str) -> Schema:
    """One schema file by its path below the folder, such as `layers/core.json`."""
    with (folder() / name).open("rb") as file:
        loaded: Schema = json.load(file)
    return loaded


@cache
def target(reference: str, origin: str) -> tuple[str, str]:
    """The file and the definition that `$ref: reference` in the file `origin` leads to.

    The definition is "" for the root of the file.
    """
    name, _, pointer = reference.partition("#")
    file = origin if not name else _normal(PurePosixPath(origin).parent / name)
    return file, pointer.removeprefix("/$defs/").strip("/")


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def definition(file: str, name: str) -> Schema:
    """A definition of a file, or its root."""
    loaded = load_file(file)
    found: Schema = loaded["$defs"][name] if name else loaded
    return found


def follow(schema: Schema, origin: str) -> tuple[Schema, str]:
    """`schema` with its `$ref` followed, and the file that the result stands in."""
    while "$ref" in schema:
        file, name = target(schema["$ref"], origin)
        schema, origin = definition(file, name), file
    return schema, origin
