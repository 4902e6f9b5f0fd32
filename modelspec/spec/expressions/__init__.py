"""`${...}`: a small language of numbers and names, parsed and evaluated without running Python.

`scalars.py` tells whether a text has any, `parser.py` turns text into a tree (`tree.py`),
`evaluate.py` evaluates it, `operations.py` has the operators and functions. Every step is bounded:
the length of the text, the depth of the tree, the size of each result.
"""

from .errors import ExpressionError
from .operations import UNKNOWN, format_value
from .scalars import RESERVED, escaped, has_expression, names_in, value_of, words_in
