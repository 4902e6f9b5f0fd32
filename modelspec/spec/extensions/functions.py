"""Functions of extensions, `module.function`, that make the data of a spec."""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.diagnostics import Findings, join_words
from modelspec.spec.data import PYTHON, Source, sources_of
from modelspec.spec.spec import Spec

from .extensions import FLAG, extension_modules, extensions_allowed


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
            f"lists {join_words(f'`{m}`' for m in modules)} alone" if modules else "is not there"
        )
        message = f"`{name}` is to come from the module `{module}`, and `extensions` {known}"
        hint = f"write `extensions: {[*modules, module]}`".replace("'", "")
        findings.error(source.place("function"), "no-extension", message, hint=hint)


def report_functions(spec: Spec, findings: Findings) -> None:
    """A note for each function that is not called; an error where its module is not listed."""
    for source in importable_sources(spec, findings):
        module, _ = module_and_name(source)
        name = source.options["function"]
        message = f"`{name}` is a function of an extension: its data are taken on trust, unchecked"
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
