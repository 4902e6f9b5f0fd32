"""From the `data` section to examples in memory, and from these to `tf.data`.

A name is imported when it is asked for: what checks data without numpy lies here, too.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .adapting import adapt
    from .assemble import Reading
    from .examples import Examples
    from .fingerprints import fingerprint
    from .fresh import read_fresh, reading_again
    from .held import naming_files
    from .lazy import Lazy
    from .learned import Learned
    from .load import Data, load_data, load_synthetic
    from .needs import Plan
    from .pieces import Piece, open_fresh
    from .pipeline import Batches, Feed, Position
    from .structure import Structure, functional_of, structure_of

_WHERE = {
    "adapt": "adapting",
    "Reading": "assemble",
    "Examples": "examples",
    "fingerprint": "fingerprints",
    "read_fresh": "fresh",
    "reading_again": "fresh",
    "naming_files": "held",
    "Lazy": "lazy",
    "Learned": "learned",
    "Data": "load",
    "load_data": "load",
    "load_synthetic": "load",
    "Plan": "needs",
    "Piece": "pieces",
    "open_fresh": "pieces",
    "Batches": "pipeline",
    "Feed": "pipeline",
    "Position": "pipeline",
    "Structure": "structure",
    "functional_of": "structure",
    "structure_of": "structure",
}
"""Public name to the module that it comes from."""

__all__ = [
    "Batches",
    "Data",
    "Examples",
    "Feed",
    "Lazy",
    "Learned",
    "Piece",
    "Plan",
    "Position",
    "Reading",
    "Structure",
    "adapt",
    "fingerprint",
    "functional_of",
    "load_data",
    "load_synthetic",
    "naming_files",
    "open_fresh",
    "read_fresh",
    "reading_again",
    "structure_of",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_WHERE[name]}", __name__), name)
