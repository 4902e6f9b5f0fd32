"""Examples to `tf.data`: order, batches, structure, and layers that adapt to data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .adaptation import adapt
    from .batches import Batches, Feed, Position
    from .structure import Structure, structure_of

__all__ = [
    "Batches",
    "Feed",
    "Position",
    "Structure",
    "adapt",
    "structure_of",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "adapt": "adaptation",
            "Batches": "batches",
            "Feed": "batches",
            "Position": "batches",
            "Structure": "structure",
            "structure_of": "structure",
        },
    )
