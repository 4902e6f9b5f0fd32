"""All schema files as one schema, cut down to the names that a document uses.

A validator compiles what it is given. The whole of Keras is several hundred classes, a document
uses ten: cutting the tables of classes to the keys that stand in the document leaves the answer
the same and the compilation short. A section that is not in the document is cut too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from .files import ROOT, Schema, definition, load_file, target

EXPRESSION = r"\$\{"
"""The pattern of a text with an expression, alone or as one branch of a longer pattern."""

NOTHING = "(?!)"
"""The pattern that no text has."""

WHOLE = "x-whole"
"""The keyword that a schema of integers gets: JSON Schema calls 3.0 an integer, and Keras does not.
A number written as 3.0 is a float wherever it stands, and goes where Keras takes a float."""


def bundle(used: frozenset[str] | None = None, *, expressions: bool = True) -> Schema:
    """One self-contained schema.

    Args:
        used: the mapping keys of a document; classes and sections that are not among them are
            left out. None keeps all.
        expressions: whether a text with `${` may stand for a value of another type, as it may
            until expressions are evaluated.
    """
    return _Bundler(used, expressions).run()


@cache
def cut_names() -> frozenset[str]:
    """The names in the tables of classes, and of sections: they decide what a schema is cut to."""
    return frozenset(_table_names(load_file(TABLES), in_kind=False)) | _sections()


@cache
def _sections() -> frozenset[str]:
    """The keys of a spec whose schema is a file."""
    keys = load_file(ROOT)["properties"]
    return frozenset(key for key, schema in keys.items() if not schema["$ref"].startswith("#"))


TABLES = "keras.json"
"""The file that has all tables of classes; a test looks for others."""


def _table_names(schema: Any, *, in_kind: bool) -> Iterator[str]:
    """The keys of all `properties` inside of what is marked `x-object`."""
    if isinstance(schema, list):
        for item in schema:
            yield from _table_names(item, in_kind=in_kind)
    elif isinstance(schema, dict):
        in_kind = in_kind or "x-object" in schema
        for key, value in schema.items():
            if key == "properties" and in_kind:
                yield from value
            elif key not in ("enum", "default", "const"):
                yield from _table_names(value, in_kind=in_kind)


class _Bundler:
    def __init__(self, used: frozenset[str] | None, expressions: bool) -> None:
        self.used = used
        self.expressions = expressions
        self.definitions: dict[str, Schema] = {}
        self.waiting: list[tuple[str, str]] = []
        self.names: dict[tuple[str, str], str] = {}

    def run(self) -> Schema:
        root = {key: value for key, value in load_file(ROOT).items() if key != "$defs"}
        if self.used is not None:
            gone = _sections() - self.used
            keys = root["properties"].items()
            root["properties"] = {key: schema for key, schema in keys if key not in gone}
        out: Schema = self.rewrite(root, ROOT, in_kind=False)
        while self.waiting:
            file, name = self.waiting.pop()
            found = {key: v for key, v in definition(file, name).items() if key != "$defs"}
            rewritten = self.rewrite(found, file, in_kind="x-object" in found)
            self.definitions[self.names[file, name]] = rewritten
        out["$defs"] = self.definitions
        return out

    def reference(self, reference: str, origin: str) -> str:
        file, name = target(reference, origin)
        if (file, name) not in self.names:
            stem = file.replace(".schema.json", "").replace(".json", "").replace("/", ".")
            self.names[file, name] = f"{stem}.{name}" if name else stem
            self.waiting.append((file, name))
        return f"#/$defs/{self.names[file, name]}"

    def rewrite(self, value: Any, origin: str, *, in_kind: bool) -> Any:
        if isinstance(value, list):
            return [self.rewrite(item, origin, in_kind=in_kind) for item in value]
        if not isinstance(value, dict):
            return value
        out: dict[str, Any] = {}
        for key, item in value.items():
            if key == "$ref":
                out[key] = self.reference(item, origin)
            elif key in ("default", "enum", "const"):
                out[key] = item
            elif key == "pattern" and not self.expressions and isinstance(item, str):
                out[key] = item.replace(EXPRESSION, NOTHING)
            elif key.startswith("x-") and self.used is not None:
                continue
            elif key == "properties":
                cut = in_kind and self.used is not None
                names = [name for name in self.used or () if name in item] if cut else list(item)
                out[key] = {n: self.rewrite(item[n], origin, in_kind=False) for n in names}
            else:
                out[key] = self.rewrite(item, origin, in_kind=in_kind)
        if self.used is not None and _takes_integers(value.get("type")):
            out[WHOLE] = True
        return out


def _takes_integers(types: Any) -> bool:
    """Whether the numbers of a schema's `type` are integers. A property called `type` is none."""
    if isinstance(types, (str, list)):
        return "integer" in types and "number" not in types
    return False
