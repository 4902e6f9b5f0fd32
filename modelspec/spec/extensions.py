"""Classes (`package>ClassName`) and functions (`module.function`) of extensions: which a spec uses.

Reading a spec never imports the modules that it lists under `extensions`. Building does, and only
where the user allows it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from modelspec.diagnostics import Findings, Span, join_words
from modelspec.document import LocatedList
from modelspec.schema import UNKNOWN_LAYER
from modelspec.spec.data import PYTHON, Source, sources_of
from modelspec.spec.model import KerasObject, objects_in
from modelspec.spec.spec import Spec

ALLOW_EXTENSIONS = "MODELSPEC_ALLOW_EXTENSIONS"
"""The environment variable that allows extensions where it is 1; --allow-extensions sets it."""

FLAG = "--allow-extensions"


def extensions_allowed() -> bool:
    """Whether modules that a spec names may be imported, and so run."""
    return os.environ.get(ALLOW_EXTENSIONS) == "1"


@contextmanager
def permit_extensions(allowed: bool) -> Iterator[None]:
    """Where extensions are allowed, in this process and those that it starts.

    False leaves what the environment says.
    """
    before = os.environ.get(ALLOW_EXTENSIONS)
    if allowed:
        os.environ[ALLOW_EXTENSIONS] = "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(ALLOW_EXTENSIONS, None)
        else:
            os.environ[ALLOW_EXTENSIONS] = before


def extension_modules(spec: Spec) -> list[tuple[str, Span]]:
    """The modules under `extensions`, each with its place."""
    section = spec.document.get("extensions")
    if not isinstance(section, LocatedList):
        return []
    return list(zip(section, section.item_spans, strict=True))


def extension_objects(spec: Spec) -> list[KerasObject]:
    """All objects of extension classes in a spec: layers, losses, optimizers ..."""
    return [*_extended(spec.model), *_extended(spec.training)]


def _extended(part: Any) -> list[KerasObject]:
    return [
        item
        for item in objects_in(part)
        if ">" in item.class_name and item.class_name != UNKNOWN_LAYER
    ]


def refuse_extensions(spec: Spec, part: Any, findings: Findings) -> bool:
    """Whether a part of a spec needs extensions that are not allowed, for what is about to run.

    Args:
        spec: the spec.
        part: its model or its training.
        findings: takes one error for each class.
    """
    if extensions_allowed():
        return False
    objects = _extended(part)
    modules = join_words([f"`{name}`" for name, _ in extension_modules(spec)])
    for name, item in {item.class_name: item for item in reversed(objects)}.items():
        message = f"`{name}` is a class of an extension, and the code of {modules} may not run"
        hint = f"where you trust it, add {FLAG}, or in Python allow_extensions=True"
        findings.error(item.span, "extension-not-allowed", message, hint=hint)
    return bool(objects)


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
            message = f"`{name}` is a class of an extension and is not checked"
            hint = f"{FLAG} imports {join_words(modules)} and checks its arguments"
            findings.note(item.span, "extension-on-trust", message, hint=hint)
        else:
            message = f"`{name}` is a class of an extension, and the spec names no extension"
            hint = "write `extensions: [my_module]`, the Python module that registers it"
            findings.error(item.span, "no-extension", message, hint=hint)


def function_sources(spec: Spec) -> list[Source]:
    """The `python` sources of a spec."""
    return [] if spec.data is None else [s for s in sources_of(spec.data).values() if is_made(s)]


def is_made(source: Source) -> bool:
    """Whether a function makes the examples of a source."""
    return source.kind == PYTHON


def module_and_name(source: Source) -> tuple[str, str]:
    """The module of a source's function, and the function's name there."""
    module, _, name = str(source.options["function"]).rpartition(".")
    return module, name


def importable_sources(spec: Spec, findings: Findings) -> Iterator[Source]:
    """The `python` sources whose module `extensions` lists; an error for each other one."""
    modules = [name for name, _ in extension_modules(spec)]
    for source in function_sources(spec):
        module, name = module_and_name(source)
        if module in modules:
            yield source
            continue
        known = (
            f"`extensions` lists only {join_words(f'`{m}`' for m in modules)}"
            if modules
            else "the spec has no `extensions`"
        )
        message = f"`{name}` belongs to the module `{module}`, but {known}"
        hint = f"write `extensions: {[*modules, module]}`".replace("'", "")
        findings.error(source.place("function"), "no-extension", message, hint=hint)


def report_functions(spec: Spec, findings: Findings) -> None:
    """A note for each function that is not called; an error where its module is not listed."""
    for source in importable_sources(spec, findings):
        module, _ = module_and_name(source)
        name = source.options["function"]
        message = f"`{name}` is a function of an extension: its data is not checked"
        hint = f"{FLAG} imports {module} and checks the arguments, `validate --data` then the data"
        findings.note(source.place("function"), "extension-on-trust", message, hint=hint)


def refuse_functions(spec: Spec, findings: Findings) -> None:
    """An error for each function that what is about to run would call, where that is not allowed.

    Args:
        spec: the spec.
        findings: takes the errors.
    """
    if not extensions_allowed():
        for source in function_sources(spec):
            refuse_function(source, findings)


def refuse_function(source: Source, findings: Findings) -> None:
    """The error for a source whose function may not be called."""
    name, (module, _) = source.options["function"], module_and_name(source)
    message = f"`{name}` is a function of an extension, and the code of `{module}` may not run"
    hint = f"where you trust it, add {FLAG}, or in Python allow_extensions=True"
    findings.error(source.place("function"), "extension-not-allowed", message, hint=hint)
