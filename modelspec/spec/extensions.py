"""Classes of extensions, `package>ClassName`: which a spec uses, and what is taken on trust.

Reading a spec never imports what it names under `extensions`. That is done on floor 9, and only
where the user allows it.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from typing import Any

from modelspec.diagnostics import Findings, Span, listed
from modelspec.document import LocatedList
from modelspec.schema import UNKNOWN_LAYER

from .objects import KerasObject
from .spec import Spec

ALLOW_EXTENSIONS = "MODELSPEC_ALLOW_EXTENSIONS"
"""The environment variable that allows extensions where it is 1; --allow-extensions sets it."""

FLAG = "--allow-extensions"


def extensions_allowed() -> bool:
    """Whether modules that a spec names may be imported, and so run."""
    return os.environ.get(ALLOW_EXTENSIONS) == "1"


def extension_modules(spec: Spec) -> list[tuple[str, Span]]:
    """The modules under `extensions`, each with its place."""
    section = spec.document.get("extensions")
    if not isinstance(section, LocatedList):
        return []
    return list(zip(section, section.item_spans, strict=True))


def extension_objects(spec: Spec) -> list[KerasObject]:
    """All objects of extension classes in a spec: layers, losses, optimizers ..."""
    return [
        item
        for item in (*_objects(spec.model), *_objects(spec.training))
        if ">" in item.class_name and item.class_name != UNKNOWN_LAYER
    ]


def report_trust(spec: Spec, objects: list[KerasObject], findings: Findings) -> None:
    """One note for each class that is taken on trust; an error where no module can register any.

    Args:
        spec: the spec.
        objects: what `extension_objects` gave.
        findings: takes the notes.
    """
    modules = [name for name, _ in extension_modules(spec)]
    first = {item.class_name: item for item in reversed(objects)}
    for name, item in first.items():
        if modules:
            message = f"`{name}` is a class of an extension: it is taken on trust, unchecked"
            hint = f"{FLAG} imports {listed(modules)} and checks its arguments"
            findings.note(item.span, "extension-on-trust", message, hint=hint)
        else:
            message = f"`{name}` is a class of an extension, and the spec names no extension"
            hint = "write `extensions: [my_module]`, the Python module that registers it"
            findings.error(item.span, "no-extension", message, hint=hint)


def _objects(value: Any) -> Iterator[KerasObject]:
    """All Keras objects of a part of a typed spec."""
    if isinstance(value, KerasObject):
        yield value
        yield from _objects(value.args)
        yield from _objects(value.model)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _objects(item)
    elif isinstance(value, (list, tuple)) and not isinstance(value, Span):
        for item in value:
            yield from _objects(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _objects(getattr(value, field.name))
