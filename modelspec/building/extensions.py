"""The extensions of a spec: their modules imported, their classes and functions checked."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, did_you_mean, join_words, nearest
from modelspec.document import value_span
from modelspec.framework import start_keras
from modelspec.spec import Spec
from modelspec.spec.data import DataSpec, Source, Split
from modelspec.spec.extensions import (
    extension_modules,
    extension_objects,
    importable_sources,
    module_and_name,
)
from modelspec.spec.model import KerasObject

from .extension_modules import import_module, module_folders, registered_objects
from .objects import make_value


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
        import_module(name, module_folders(spec, span), span, findings)
    if findings.error_count == before:
        registered = registered_objects(spec)
        for item in extension_objects(spec):
            _check_object(item, registered, findings)
    return _bind_functions(spec, findings)


def _check_object(item: KerasObject, registered: Mapping[str, Any], findings: Findings) -> None:
    import keras

    found = registered.get(item.class_name)
    if found is None:
        known = sorted(registered)
        message = (
            f"no extension registers `{item.class_name}`{did_you_mean(item.class_name, known)}"
        )
        hint = f"registered are {join_words(known)}" if known else "nothing is registered"
        findings.error(item.span, "unknown-extension-class", message, hint=hint)
    elif item.kind == "trainer":
        _check_trainer(item, found, findings)
    elif item.kind == "layer" and not (inspect.isclass(found) and issubclass(found, keras.Layer)):
        message = f"`{item.class_name}` is not a layer: it is not a subclass of keras.Layer"
        findings.error(item.span, "not-a-layer", message)
    elif inspect.isclass(found):
        _check_arguments(item, found, findings)


GIVEN_TO_TRAINERS = ("inputs", "outputs", "name")
"""Arguments that the class of a trainer gets beside those that the spec has for it."""

STEPS = ("train_step", "compute_loss", "compute_metrics", "test_step")
"""Methods of `keras.Model` that make another training of it."""


def _check_trainer(item: KerasObject, found: Any, findings: Findings) -> None:
    """A trainer is a functional model with a training of its class."""
    import keras

    name = item.class_name
    if not (inspect.isclass(found) and issubclass(found, keras.Model)):
        message = f"`{name}` is not a trainer: it is not a subclass of keras.Model"
        hint = "write `class NAME(keras.Model):` with a `train_step`"
        findings.error(item.span, "not-a-trainer", message, hint=hint)
        return
    if all(getattr(found, step) is getattr(keras.Model, step) for step in STEPS):
        message = f"`{name}` is not a trainer: it has no `train_step`, so it would train as Keras"
        hint = "define `def train_step(self, data):` in it, or remove `trainer`"
        findings.error(item.span, "not-a-trainer", message, hint=hint)
        return
    for key in GIVEN_TO_TRAINERS:
        if key in item.args:
            message = f"`{name}` is given `{key}`: a trainer gets that of the spec's model"
            hint = f"remove `{key}`"
            findings.error(item.arg_spans[key], "wrong-value", message, hint=hint)
    _check_arguments(item, found, findings, GIVEN_TO_TRAINERS)


def _check_arguments(
    item: KerasObject, found: type, findings: Findings, given: Sequence[str] = ()
) -> None:
    """Check the names of arguments; `given` are those that a spec does not write."""
    known, required, complete = _parameters(found)
    known = [key for key in known if key not in given]
    required = [key for key in required if key not in given]
    for key, span in item.arg_spans.items():
        if complete and key not in known and key not in given:
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
    """The parameters of a class's `__init__`, the required ones, and whether the list is complete.

    `**kwargs` is followed to the base classes. Where it is read by name, the names are found
    among the constants of the function; where it is passed on unseen, the list is incomplete.
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


FOLDER = "folder"
"""The parameter that gets the folder of the spec where `args` have nothing for it."""


def _bind_functions(spec: Spec, findings: Findings) -> Spec:
    """The spec whose `python` sources have their functions; call it when its modules are imported.

    Args:
        spec: the spec.
        findings: takes modules that `extensions` does not list, functions that are not there, and
            arguments that they do not take.
    """
    made = {
        id(source): _bind_function(source, findings)
        for source in importable_sources(spec, findings)
    }
    if spec.data is None or not any(made.values()):
        return spec
    return replace(spec, data=_bind_sources(spec.data, made))


def _bind_sources(data: DataSpec, made: Mapping[int, Any]) -> DataSpec:
    def whole(source: Source) -> Source:
        return replace(source, make=made.get(id(source)))

    def part(split: Split | None) -> Split | None:
        if split is None or split.source is None:
            return split
        return replace(split, source=whole(split.source))

    return replace(
        data, train=whole(data.train), validation=part(data.validation), test=part(data.test)
    )


def _bind_function(source: Source, findings: Findings) -> Callable[[Path], Any] | None:
    """From the spec's folder to what the function returns; None with findings."""
    module, name = module_and_name(source)
    place = source.place("function")
    if module not in sys.modules:  # its import has failed, which was reported
        return None
    known = vars(sys.modules[module])
    function = known.get(name)
    if not callable(function):
        names = sorted(n for n, item in known.items() if inspect.isfunction(item) and n[0] != "_")
        message = f"the module `{module}` has no function `{name}`{did_you_mean(name, names)}"
        hint = f"its functions are {join_words(f'`{n}`' for n in names)}" if names else ""
        findings.error(place, "unknown-function", message, hint=hint)
        return None
    args = make_value(source.options["args"])
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # of something that is not written in Python
        return partial(_call, function, args, takes_folder=False)
    before = findings.error_count
    takes_folder = FOLDER in parameters and FOLDER not in args
    _check_call(source, [*args, *([FOLDER] if takes_folder else [])], parameters, findings)
    if findings.error_count > before:
        return None
    return partial(_call, function, args, takes_folder=takes_folder)


def _call(
    function: Callable[..., Any], args: Mapping[str, Any], folder: Path, *, takes_folder: bool
) -> Any:
    return function(**args, **({FOLDER: folder.resolve()} if takes_folder else {}))


def _check_call(
    source: Source,
    given: list[str],
    parameters: Mapping[str, inspect.Parameter],
    findings: Findings,
) -> None:
    """Findings for arguments that are unknown, and for those that are needed and not there."""
    name = source.options["function"]
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    known = {key: one for key, one in parameters.items() if one.kind in kinds}
    takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    for key in given if not takes_all else ():
        if key not in known:
            message = f"`{name}` has no parameter `{key}`{did_you_mean(key, list(known))}"
            hint = f"it takes {join_words(f'`{k}`' for k in known)}" if known else "it takes none"
            place = value_span(source.options["args"], key, source.place("function"))
            findings.error(place, "unknown-argument", message, hint=hint)
    missing = [k for k, one in known.items() if one.default is one.empty and k not in given]
    if missing:
        names = join_words(f"`{k}`" for k in missing)
        hint = f"write `args: {{{missing[0]}: …}}` beside `function`"
        place = source.place("function")
        findings.error(place, "missing-key", f"`{name}` needs {names}", hint=hint)
