"""Which schema files there are, their text, and their comparison with the disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras

from .applications import application_entries
from .checks import check_defaults
from .classes import activation_entries, class_entries
from .descriptions import describe
from .kinds import keras_file
from .namespaces import Catalogue, read_catalogue
from .operations import operation_entries

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Entries = dict[str, dict[str, Any]]


class GeneratorError(Exception):
    """The tables of the generator and the installed Keras do not agree."""


def generate(folder: Path) -> dict[str, str]:
    """All generated files.

    Args:
        folder: where the hand-written `types.json` stands.

    Returns:
        The text of each file by its path within the folder.

    Raises:
        GeneratorError: an argument has no type, a default does not fit its type, or a public
            name of Keras is neither described nor refused.
    """
    catalogue = read_catalogue()
    faults: list[str] = []
    contents = {name: _page(name, e) for name, e in _entries(catalogue, faults).items()}
    contents["keras.json"] = keras_file(catalogue, contents, faults)
    faults += check_defaults(folder, contents)
    if faults:
        raise GeneratorError("\n".join(sorted(set(faults))))
    return {name: dump(content) for name, content in contents.items()}


def _entries(catalogue: Catalogue, faults: list[str]) -> dict[str, Entries]:
    pages: dict[str, Entries] = {}
    for kind, classes in catalogue.classes.items():
        for page, name, entry in class_entries(kind, classes, faults):
            pages.setdefault(page, {})[name] = entry
    pages["activations.json"] = activation_entries(catalogue.functions["activation"], faults)
    pages["ops.json"] = operation_entries(catalogue.functions["op"], faults)
    pages["applications.json"] = application_entries(catalogue.functions["application"], faults)
    for page, entries in pages.items():
        for name, entry in entries.items():
            entries[name] = describe(page, name, entry, faults)
    return pages


def _page(name: str, entries: Entries) -> dict[str, Any]:
    family = name.removesuffix(".json").rpartition("/")[2].replace("_", " ")
    return {
        "$schema": DIALECT,
        "title": f"Keras: {family}",
        "x-keras-version": keras.__version__,
        "$defs": {key: entries[key] for key in sorted(entries)},
    }


def dump(content: dict[str, Any]) -> str:
    """The text of a schema file: UTF-8, indented by one space, one newline at the end."""
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write(folder: Path, generated: dict[str, str]) -> None:
    """Write the files and remove generated ones that are no longer made."""
    for name, text in generated.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in (folder / "layers").glob("*.json"):
        if f"layers/{path.name}" not in generated:
            path.unlink()


def outdated(folder: Path, generated: dict[str, str]) -> list[str]:
    """Names of files that differ from the generated ones, are missing, or are left over."""
    wrong = []
    for name, text in generated.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            wrong.append(name)
    extra = {f"layers/{path.name}" for path in (folder / "layers").glob("*.json")}
    return sorted({*wrong, *(extra - set(generated))})
