"""A spec's model as a graph: which layer is called on which tensors, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .build import build_graph
from .graph import Call, Graph, TensorRef, flatten
from .order import sort_by_sources

if TYPE_CHECKING:
    from .conversion import FORMS, convert, move_paths

__all__ = [
    "FORMS",
    "Call",
    "Graph",
    "TensorRef",
    "build_graph",
    "convert",
    "flatten",
    "move_paths",
    "sort_by_sources",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "FORMS": "conversion",
            "convert": "conversion",
            "move_paths": "conversion",
        },
    )
