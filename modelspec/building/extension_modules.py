"""Importing the modules of `extensions`, and the classes that each of them registers.

Keras has one register for the whole process, where the last of two classes of one name wins. So
what each module registered is recorded here, and a spec is built with the classes of its own
modules only: what was built before makes no difference.
"""

from __future__ import annotations

import filecmp
import importlib
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.spec import Spec
from modelspec.spec.extensions import extension_modules, extensions_allowed


@dataclass(frozen=True, slots=True)
class ImportedExtension:
    """A module that a spec had imported.

    Attributes:
        objects: registered name to class or function.
        modules: the modules that came with it, itself included.
    """

    objects: Mapping[str, Any]
    modules: tuple[str, ...]


_IMPORTED: dict[tuple[str, Path | None], ImportedExtension] = {}
"""By module name and the file beside the spec; None where the module is an installed one."""

_IN_SCOPE: ContextVar[Mapping[str, Any]] = ContextVar("classes of extensions")


def extension_class(name: str) -> Any:
    """What the spec that is being built has registered under `package>Name`; None for nothing."""
    return _IN_SCOPE.get({}).get(name)


@contextmanager
def extension_scope(spec: Spec) -> Iterator[None]:
    """Where objects are made, or loaded, with the classes of a spec's own extensions."""
    import keras

    objects = registered_objects(spec)
    token = _IN_SCOPE.set(objects)
    try:
        with keras.saving.custom_object_scope(dict(objects)):
            yield
    finally:
        _IN_SCOPE.reset(token)


def registered_objects(spec: Spec) -> dict[str, Any]:
    """Registered name to class, of a spec's modules that were imported; {} where none may be."""
    found: dict[str, Any] = {}
    for name, span in extension_modules(spec) if extensions_allowed() else ():
        imported = _IMPORTED.get((name, find_module_file(name, module_folders(spec, span))))
        found.update(imported.objects if imported is not None else {})
    return found


def module_folders(spec: Spec, span: Span) -> list[Path]:
    """Where a module is looked for: beside the file that names it, then beside the spec."""
    found = [Path(span.file).parent] if Path(span.file).is_file() else []
    found.append(spec.path.parent if spec.path is not None else Path.cwd())
    return list(dict.fromkeys(folder.resolve() for folder in found))


def find_module_file(name: str, folders: Sequence[Path]) -> Path | None:
    """The file of a module in one of some folders."""
    parts = name.split(".")
    for folder in folders:
        module = folder.joinpath(*parts[:-1], parts[-1] + ".py")
        package = folder.joinpath(*parts, "__init__.py")
        for path in (module, package):
            if path.is_file():
                return path.resolve()
    return None


def extension_files(spec: Spec) -> dict[str, Path]:
    """The Python files beside a spec that its extensions were imported from, by their paths from
    there: the modules, and what they import of their neighbours."""
    found: dict[str, Path] = {}
    for name, span in extension_modules(spec) if extensions_allowed() else ():
        file = find_module_file(name, module_folders(spec, span))
        if file is None:
            continue
        top = file.parents[len(_parts(name, file)) - 1]
        for path in _files(_IMPORTED.get((name, file)), file, top):
            found[path.relative_to(top).as_posix()] = path
    return found


def _files(imported: ImportedExtension | None, file: Path, top: Path) -> Iterator[Path]:
    yield file
    for module in imported.modules if imported is not None else ():
        place = getattr(sys.modules.get(module), "__file__", None)
        path = None if place is None else Path(place).resolve()
        if path is None or path.suffix != ".py" or not path.is_relative_to(top):
            continue
        if "site-packages" not in path.relative_to(top).parts:  # of an environment there
            yield path


def import_module(name: str, folders: Sequence[Path], span: Span, findings: Findings) -> None:
    """Import a module, which runs it, and note what it registers. A finding where that fails."""
    import keras

    file = find_module_file(name, folders)
    if not _can_import(name, file, span, findings):
        return
    before, there = dict(keras.saving.get_custom_objects()), set(sys.modules)
    path = None if file is None else str(file.parents[len(_parts(name, file)) - 1])
    if path is not None:
        sys.path.insert(0, path)
    try:
        importlib.invalidate_caches()
        module = importlib.import_module(name)
    except (Exception, SystemExit) as error:
        _report_failure(name, folders[-1], error, span, findings)
        return
    finally:
        if path is not None and path in sys.path:
            sys.path.remove(path)
    known = _IMPORTED.get((name, file))
    objects = dict(known.objects) if known is not None else {}
    now = keras.saving.get_custom_objects()
    objects.update({key: item for key, item in now.items() if before.get(key) is not item})
    objects.update(_objects_in(module))
    came = (*(known.modules if known is not None else (name,)), *(set(sys.modules) - there))
    _IMPORTED[(name, file)] = ImportedExtension(objects, tuple(dict.fromkeys(came)))


def _parts(name: str, file: Path) -> tuple[str, ...]:
    parts = tuple(name.split("."))
    return (*parts, "__init__") if file.name == "__init__.py" else parts


def _objects_in(module: Any) -> dict[str, Any]:
    """What a module holds of registered classes and functions, its own or others'."""
    import keras

    found = {}
    for item in list(vars(module).values()):
        if callable(item) and hasattr(item, "__name__"):
            name = keras.saving.get_registered_name(item)
            if ">" in name:
                found[name] = item
    return found


def _can_import(name: str, file: Path | None, span: Span, findings: Findings) -> bool:
    """Whether the module can be imported: one of the same name from another spec's folder is
    forgotten (what was built of it stays), one that the program itself loaded is in the way."""
    loaded = getattr(sys.modules.get(name), "__file__", None)
    if file is None or loaded is None or Path(loaded).resolve() == file:
        return True
    ours = [key for key in _IMPORTED if key[0] == name]
    same = file.name != "__init__.py" and filecmp.cmp(loaded, file, shallow=False)
    if not ours and same:  # the program uses what a run folder has a copy of
        return True
    if not ours:
        message = f"the extension `{name}` is {file}, but another `{name}` is loaded: {loaded}"
        findings.error(span, "extension-clash", message, hint="give one of them another name")
        return False
    folder = Path(loaded).resolve().parent
    for module in _IMPORTED[ours[-1]].modules:
        place = getattr(sys.modules.get(module), "__file__", None)
        if place is not None and Path(place).resolve().is_relative_to(folder):
            del sys.modules[module]
    return True


def _report_failure(
    name: str, folder: Path, error: BaseException, span: Span, findings: Findings
) -> None:
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    if missing is not None and (name == missing or name.startswith(f"{missing}.")):
        message = f"there is no module `{name}`, neither in {folder} nor among what is installed"
        file = name.removesuffix(".py")
        hint = "" if file == name else f"write the module without its ending: {file}"
        findings.error(span, "extension-failed", message, hint=hint)
        return
    text = " ".join(str(error).split())
    kind = type(error).__name__
    message = f"importing the extension `{name}` failed: {kind}{': ' if text else ''}{text}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "importlib" not in f.filename]
    own = [frame for frame in frames if frame.filename != __file__]
    hint = f"at {own[-1].filename}:{own[-1].lineno}" if own else ""
    findings.error(span, "extension-failed", message, hint=hint)
