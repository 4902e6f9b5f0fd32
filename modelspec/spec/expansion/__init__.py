"""Params, blocks, `repeat` and `${...}` written out: a document that has none of them any more.

What comes out of a block keeps the place in the block and, in `Span.via`, the place of its use.
"""

from .declarations import find_declarations
from .expand import Expansion, expand, recheck

__all__ = [
    "Expansion",
    "expand",
    "find_declarations",
    "recheck",
]
