"""Every default fits its type: the test that the tables of types do not promise nonsense."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

BASE = "https://modelspec.invalid/schemas/"
"""The files have no identifier of their own; a validator needs one to resolve `../`."""


def check_defaults(folder: Path, contents: dict[str, dict[str, Any]]) -> list[str]:
    """Faults of all defaults in generated files."""
    files = dict(contents)
    for path in folder.glob("*.json"):
        if path.name not in files:
            files[path.name] = json.loads(path.read_text(encoding="utf-8"))
    registry = registry_of(files)
    faults = []
    for file, name, argument, schema in _arguments(contents):
        target = BASE + _joined(file, schema["$ref"])
        try:
            if "default" not in schema:
                registry.resolver().lookup(target)
                continue
            validator = Draft202012Validator({"$ref": target}, registry=registry)
            faults += [
                f"{file}: {name}({argument}) has the default {schema['default']!r}, "
                f"which is not of its type {schema['$ref'].rpartition('/')[2]}"
                for _ in list(validator.iter_errors(schema["default"]))[:1]
            ]
        except Exception as fault:
            faults.append(f"{file}: {name}({argument}): {type(fault).__name__}: {fault}")
    return faults


def registry_of(files: dict[str, dict[str, Any]]) -> Registry[Any]:
    """All schema files under one base address, so that relative references resolve."""
    resources = [(BASE + name, DRAFT202012.create_resource(c)) for name, c in files.items()]
    registry: Registry[Any] = Registry()
    return registry.with_resources(resources)


def _arguments(
    contents: dict[str, dict[str, Any]],
) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for file, content in contents.items():
        if file == "keras.json":
            continue
        for name, entry in content["$defs"].items():
            for argument, schema in entry["properties"].items():
                yield file, name, argument, schema


def _joined(file: str, reference: str) -> str:
    return reference.removeprefix("../") if "/" in file else reference
