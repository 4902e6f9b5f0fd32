"""All schema files as one schema, cut down to the names that a document uses.

A validator compiles what it is given. The whole of Keras is several hundred classes, a document
uses ten: cutting the tables of classes to the keys that stand in the document leaves the answer
the same and the compilation short.
"""

from __future__ import annotations

from typing import Any

from .files import ROOT, Schema, definition, load_file, target


def bundle(used: frozenset[str] | None = None) -> Schema:
    """One self-contained schema.

    Args:
        used: the mapping keys of a document; classes that are not among them are left out of
            the tables of classes. None keeps all.
    """
    return _Bundler(used).run()


class _Bundler:
    def __init__(self, used: frozenset[str] | None) -> None:
        self.used = used
        self.definitions: dict[str, Schema] = {}
        self.waiting: list[tuple[str, str]] = []
        self.names: dict[tuple[str, str], str] = {}

    def run(self) -> Schema:
        root = {key: value for key, value in load_file(ROOT).items() if key != "$defs"}
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
            elif key.startswith("x-") and self.used is not None:
                continue
            elif key == "properties" and in_kind and self.used is not None:
                kept = {name: item[name] for name in self.used if name in item}
                out[key] = self.rewrite(kept, origin, in_kind=False)
            else:
                out[key] = self.rewrite(item, origin, in_kind=in_kind)
        return out
