"""Expansion of params, blocks, `repeat` and `${...}` to a document without them.

What comes out of a block keeps its location in the block and, in `Span.via`, that of the use.
"""

from .declarations import find_declarations
from .each import CATEGORIES, input_name
from .expand import Expansion, expand, recheck
