"""Expansion of params, blocks, `repeat` and `${...}` to a document without them.

What comes out of a block keeps its location in the block and, in `Span.via`, that of the use.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .conditions import take_conditions
from .declarations import find_declarations
from .expand import Expansion, expand, recheck

if TYPE_CHECKING:
    from .each import CATEGORIES, input_name
    from .later_values import TRIED, check_values, is_later, stays_expression
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "each": "CATEGORIES input_name",
            "later_values": "TRIED check_values is_later stays_expression",
        },
    )
