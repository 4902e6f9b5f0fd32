"""`${...}`: a small language of numbers and names, parsed and evaluated without running Python.

`scalars.py` tells whether a text has any, `parser.py` turns text into a tree (`tree.py`),
`evaluate.py` evaluates it, `operations.py` has the operators and functions. Every step is bounded:
the length of the text, the depth of the tree, the size of each result.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .errors import ExpressionError
from .operations import UNKNOWN, format_value
from .scalars import JOB_NAMES, RESERVED, escaped, has_expression, names_in, value_of, words_in

if TYPE_CHECKING:
    from .columns import NUMBER, column_of, columns_in, row_value, with_params
    from .evaluate import parsed_names, tree_of
    from .tree import (
        Binary,
        ComparisonExpression,
        Conditional,
        Expression,
        FunctionCall,
        Literal,
        Unary,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "columns": "NUMBER column_of columns_in row_value with_params",
            "evaluate": "parsed_names tree_of",
            "tree": "Binary ComparisonExpression Conditional Expression FunctionCall Literal Unary",
        },
    )
