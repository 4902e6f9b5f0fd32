"""`${...}`: a small language of numbers and names, parsed and evaluated without running Python.

`parser.py` turns text into a tree (`tree.py`), `evaluate.py` finds the expressions of a scalar
and evaluates them, `operations.py` has the operators and functions. Every step is bounded: the
length of the text, the depth of the tree, the size of each result.
"""

from .evaluate import RESERVED, escaped, has_expression, names_in, value_of, words_in
from .operations import UNKNOWN, format_value
from .tree import ExpressionError
