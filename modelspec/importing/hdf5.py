"""HDF5 files, read by h5py. Links that lead to other files are not followed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from modelspec.diagnostics import CannotRunError, Findings, Span

_NAMES = ("model_config", "training_config", "keras_version", "backend")


def load_h5py() -> Any:
    """The h5py package.

    Raises:
        CannotRunError: it is not installed.
    """
    try:
        import h5py
    except ImportError as error:
        message = "reading HDF5 needs h5py: pip install 'keras-modelspec[tensorflow]'"
        raise CannotRunError(message) from error
    return h5py


def read_attributes(path: Path, span: Span, findings: Findings) -> dict[str, str] | None:
    """The texts that Keras keeps at the root of a whole model; None with a finding."""
    h5py = load_h5py()
    try:
        with h5py.File(path, "r") as file:
            return {
                name: text for name in _NAMES if (text := _text(file.attrs.get(name))) is not None
            }
    except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        findings.error(span, "cannot-read", f"the file cannot be read as HDF5: {error}")
        return None


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value
    inner = getattr(value, "item", None)  # some versions of h5py give a numpy array of one text
    if inner is not None and getattr(value, "size", 0) == 1:
        return _text(inner())
    return None
