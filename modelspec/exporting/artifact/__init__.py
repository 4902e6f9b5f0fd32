"""An exported file, opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .artifact import open_artefact, read_metadata

__all__ = [
    "open_artefact",
    "read_metadata",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "open_artefact": "artifact",
            "read_metadata": "artifact",
        },
    )
