"""Writing a file, or a folder, so that no reader ever sees half of it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.graph import Graph
from modelspec.spec import Spec

from .formats import FORMATS

REJECTED, CHECK = ".rejected", ".check.json"


def write_spec(spec: Spec, graph: Graph, form: str, path: Path, *, force: bool = False) -> Path:
    """Write a spec in one of the `FORMATS` that take one.

    Args:
        spec: the spec.
        graph: of its model.
        form: the format's name.
        path: the file; it must have the format's ending.
        force: overwrite the file.

    Raises:
        UsageError: the file exists, or has another ending.
        CannotRunError: the file cannot be written.
    """
    write = FORMATS[form].write_spec
    assert write is not None, f"{form} is written from a Keras model"
    check_path(path, form, force=force)
    return write_file(path, lambda draft: write(spec, graph, draft), force=force)


def check_path(path: Path, form: str, *, force: bool) -> None:
    """Refuse a path before any work is done for it.

    Raises:
        UsageError: it exists, or has another ending than the format's files.
    """
    suffix = FORMATS[form].suffix
    if not FORMATS[form].is_folder and not path.name.endswith(suffix):
        raise UsageError(f"a file of the format {form} ends in {suffix}, got {path}")
    _refuse_existing(path, force)


def _refuse_existing(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise UsageError(f"{path} exists; --force overwrites it")


def write_file(
    path: Path,
    write: Callable[[Path], object],
    *,
    force: bool = False,
    accept: Callable[[Path], bool] | None = None,
) -> Path:
    """Let `write` fill a draft of the same name, then put it in the place of the file.

    Args:
        path: a file, or a folder.
        write: writes the draft.
        force: overwrite what is there.
        accept: what is called with the whole draft; where it says no, the draft gets the name of
            the file with `.rejected` behind it, and what is at `path` stays.

    Returns:
        Where the draft went.

    Raises:
        UsageError: the file exists, and `force` is false.
        CannotRunError: the file cannot be written.
    """
    _refuse_existing(path, force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            made = Path(folder, path.name)
            write(made)
            if accept is not None and not accept(made):
                path = path.with_name(path.name + REJECTED)
            if path.is_dir():  # a folder cannot be put over another
                shutil.move(path, Path(folder, "replaced"))
            made.replace(path)
    except OSError as error:
        raise CannotRunError(f"{path} cannot be written: {error.strerror or error}") from error
    return path


def write_text(path: Path, text: str, *, force: bool = False) -> Path:
    """Write a text as UTF-8; raises as `write_file` does."""
    return write_file(path, lambda draft: draft.write_text(text, encoding="utf-8"), force=force)


def write_check(path: Path, found: dict[str, object]) -> None:
    """Write what a check found beside what it is about: `PATH.check.json`."""
    text = json.dumps(found, indent=1) + "\n"
    write_text(path.with_name(path.name + CHECK), text, force=True)
