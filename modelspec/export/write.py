"""Writing a file so that no reader ever sees half of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.graph import Graph
from modelspec.spec import Spec

from .formats import FORMATS


def write_model(model: Any, form: str, path: Path, *, force: bool = False) -> Path:
    """Write a Keras model in one of the `FORMATS` that take one.

    Args:
        model: the model.
        form: the format's name.
        path: the file; it must have the format's ending.
        force: overwrite the file.

    Raises:
        UsageError: the file exists, or has another ending.
        CannotRunError: the file cannot be written.
    """
    write = FORMATS[form].write
    assert write is not None, f"{form} is written from a spec"
    _check_suffix(path, form)
    return write_file(path, lambda draft: write(model, draft), force=force)


def write_spec(spec: Spec, graph: Graph, form: str, path: Path, *, force: bool = False) -> Path:
    """Write a spec in one of the `FORMATS` that take one; raises as `write_model` does."""
    write = FORMATS[form].write_spec
    assert write is not None, f"{form} is written from a Keras model"
    _check_suffix(path, form)
    return write_file(path, lambda draft: write(spec, graph, draft), force=force)


def _check_suffix(path: Path, form: str) -> None:
    suffix = FORMATS[form].suffix
    if path.suffix != suffix:
        raise UsageError(f"a file of the format {form} ends in {suffix}, got {path}")


def write_file(path: Path, write: Callable[[Path], object], *, force: bool = False) -> Path:
    """Let `write` fill a draft of the same name, then put it in the place of the file.

    Raises:
        UsageError: the file exists, and `force` is false.
        CannotRunError: the file cannot be written.
    """
    if path.exists() and not force:
        raise UsageError(f"{path} exists; --force overwrites it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            made = Path(folder, path.name)
            write(made)
            made.replace(path)
    except OSError as error:
        raise CannotRunError(f"{path} cannot be written: {error.strerror or error}") from error
    return path


def write_text(path: Path, text: str, *, force: bool = False) -> Path:
    """Write a text as UTF-8; raises as `write_file` does."""
    return write_file(path, lambda draft: draft.write_text(text, encoding="utf-8"), force=force)
