"""`${...}`: a small language of numbers and names, read and evaluated without Python's own.

Text becomes tokens (`tokens.py`), tokens a tree (`grammar.py`), a tree a value (`evaluate.py`,
`operators.py`, `functions.py`); `interpolate.py` finds the expressions in a scalar. Every step is
bounded: the length of the text, the depth of the tree, the size of each result.
"""

from .fault import ExpressionError
from .interpolate import escaped, has_expression, names_in, value_of
from .values import UNKNOWN, format_value

__all__ = [
    "UNKNOWN",
    "ExpressionError",
    "escaped",
    "format_value",
    "has_expression",
    "names_in",
    "value_of",
]
