"""Keras models as specs: their configs are converted, their weights extracted; no code is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .model_files import ImportResult, from_keras, import_file

__all__ = [
    "ImportResult",
    "from_keras",
    "import_file",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "ImportResult": "model_files",
            "from_keras": "model_files",
            "import_file": "model_files",
        },
    )
