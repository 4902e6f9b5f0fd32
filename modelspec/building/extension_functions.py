"""Functions of extensions that make data: found in their modules, and held to their parameters."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, did_you_mean, join_words
from modelspec.document import value_span
from modelspec.spec import Spec
from modelspec.spec.data import DataSpec, Source, Split
from modelspec.spec.extensions import importable_sources, module_and_name

from .objects import make_value

FOLDER = "folder"
"""The parameter that gets the folder of the spec where `args` have nothing for it."""


def with_functions(spec: Spec, findings: Findings) -> Spec:
    """The spec whose `python` sources have their functions; call it when its modules are imported.

    Args:
        spec: the spec.
        findings: takes modules that `extensions` does not list, functions that are not there, and
            arguments that they do not take.
    """
    made = {id(source): _maker(source, findings) for source in importable_sources(spec, findings)}
    if spec.data is None or not any(made.values()):
        return spec
    return replace(spec, data=_with(spec.data, made))


def _with(data: DataSpec, made: Mapping[int, Any]) -> DataSpec:
    def whole(source: Source) -> Source:
        return replace(source, make=made.get(id(source)))

    def part(split: Split | None) -> Split | None:
        if split is None or split.source is None:
            return split
        return replace(split, source=whole(split.source))

    return replace(
        data, train=whole(data.train), validation=part(data.validation), test=part(data.test)
    )


def _maker(source: Source, findings: Findings) -> Callable[[Path], Any] | None:
    """From the spec's folder to what the function returns; None with findings."""
    module, name = module_and_name(source)
    place = source.place("function")
    if module not in sys.modules:  # its import has failed, which was said
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
    _check(source, [*args, *([FOLDER] if takes_folder else [])], parameters, findings)
    if findings.error_count > before:
        return None
    return partial(_call, function, args, takes_folder=takes_folder)


def _call(
    function: Callable[..., Any], args: Mapping[str, Any], folder: Path, *, takes_folder: bool
) -> Any:
    return function(**args, **({FOLDER: folder.resolve()} if takes_folder else {}))


def _check(
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
