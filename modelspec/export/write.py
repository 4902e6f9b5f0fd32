"""Writing a file so that no reader ever sees half of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from modelspec.diagnostics import CannotRunError, UsageError

from .formats import FORMATS


def write_model(model: Any, form: str, path: Path, *, force: bool = False) -> Path:
    """Write a Keras model in one of the `FORMATS`.

    Args:
        model: the model.
        form: the format's name.
        path: the file; it must have the format's ending.
        force: overwrite the file.

    Raises:
        UsageError: the file exists, or has another ending.
        CannotRunError: the file cannot be written.
    """
    suffix = FORMATS[form].suffix
    if path.suffix != suffix:
        raise UsageError(f"a file of the format {form} ends in {suffix}, got {path}")
    if path.exists() and not force:
        raise UsageError(f"{path} exists; --force overwrites it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            made = Path(folder, path.name)
            FORMATS[form].write(model, made)
            made.replace(path)
    except OSError as error:
        raise CannotRunError(f"{path} cannot be written: {error.strerror or error}") from error
    return path
