"""Importing the modules of `extensions`, and holding the use of their classes to their signatures.

Called only where the user allows extensions. A module is looked for in the folder of the file that
names it, then among the installed packages, as Python does for a script.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from modelspec.diagnostics import Findings, did_you_mean, join_words, nearest
from modelspec.framework import start_keras
from modelspec.spec import Spec
from modelspec.spec.extensions import extension_modules, extension_objects
from modelspec.spec.model import KerasObject

from .extension_functions import with_functions
from .extension_modules import folders_of, import_module, registered_by


def import_extensions(spec: Spec, findings: Findings) -> Spec:
    """Import all extensions of a spec, and check how it uses their classes and functions.

    Args:
        spec: the spec.
        findings: takes failed imports, unknown classes and functions, and wrong arguments.

    Returns:
        The spec with the functions that make its data.

    Raises:
        CannotRunError: TensorFlow is missing.
    """
    start_keras()
    before = findings.error_count
    for name, span in extension_modules(spec):
        import_module(name, folders_of(spec, span), span, findings)
    if findings.error_count == before:
        registered = registered_by(spec)
        for item in extension_objects(spec):
            _check(item, registered, findings)
    return with_functions(spec, findings)


def _check(item: KerasObject, registered: Mapping[str, Any], findings: Findings) -> None:
    import keras

    found = registered.get(item.class_name)
    if found is None:
        known = sorted(registered)
        message = (
            f"no extension registers `{item.class_name}`{did_you_mean(item.class_name, known)}"
        )
        hint = f"registered are {join_words(known)}" if known else "nothing is registered"
        findings.error(item.span, "unknown-extension-class", message, hint=hint)
    elif item.kind == "layer" and not (inspect.isclass(found) and issubclass(found, keras.Layer)):
        message = f"`{item.class_name}` is no layer: it is no subclass of keras.Layer"
        findings.error(item.span, "not-a-layer", message)
    elif inspect.isclass(found):
        _check_arguments(item, found, findings)


def _check_arguments(item: KerasObject, found: type, findings: Findings) -> None:
    known, required, complete = _parameters(found)
    for key, span in item.arg_spans.items():
        if complete and key not in known:
            name = item.class_name
            message = f"`{name}` has no argument `{key}`{did_you_mean(key, known)}"
            own = [k for k in known if k not in _EVERYWHERE]
            hint = f"it takes {join_words(own, most=12)}" if own else "it takes none"
            findings.error(span, "unknown-argument", message, hint=hint)
    for key in required:
        if key not in item.args and nearest(key, [k for k in item.args if k not in known]) is None:
            message = f"`{item.class_name}` needs `{key}`"
            hint = f"write {item.class_name}: {{{key}: …}}"
            findings.error(item.span, "missing-key", message, hint=hint)


_EVERYWHERE = ("name", "trainable", "dtype", "autocast", "activity_regularizer")


def _parameters(found: type) -> tuple[list[str], list[str], bool]:
    """The parameters of a class's `__init__`, those without a default, and whether that is all.

    `**kwargs` is followed to the base classes. Where it is read by name, the names are found
    among the constants of the function; where it goes nobody knows where, nothing is complete.
    """
    known: dict[str, None] = {}
    required: dict[str, None] = {}
    for method in _constructors(found):
        parameters = list(inspect.signature(method).parameters.values())[1:]
        rest = any(p.kind is p.VAR_KEYWORD for p in parameters)
        for parameter in parameters:
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                new = parameter.name not in known
                known[parameter.name] = None
                if new and parameter.default is parameter.empty and method is _first(found):
                    required[parameter.name] = None
        if not rest:
            return list(known), list(required), True
        if method.__module__.startswith("keras."):
            return list(known), list(required), True
        constants = getattr(getattr(method, "__code__", None), "co_consts", ())
        known.update(dict.fromkeys(c for c in constants if isinstance(c, str) and c.isidentifier()))
    return list(known), list(required), False


def _first(found: type) -> Any:
    return next(_constructors(found), None)


def _constructors(found: type) -> Iterator[Any]:
    """The `__init__` of a class and of its bases, in the order in which they call each other."""
    for cls in found.__mro__:
        if cls is not object and "__init__" in vars(cls):
            yield vars(cls)["__init__"]
