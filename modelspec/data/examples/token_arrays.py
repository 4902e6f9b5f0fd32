"""Text to the numbers of its tokens, as an input or as a target."""

from __future__ import annotations

import numpy as np

from modelspec.data.table import Array, RowSelection, as_text, distinct_words
from modelspec.data.tokens import Tokenizer
from modelspec.spec.data import FIRST, LAST, Columns


def token_array(
    columns: Columns, tokenizer: Tokenizer, rows: RowSelection, dtype: str = "int32"
) -> Array | None:
    """The numbers of tokens [n, steps]; None with a finding where a value is not one text.

    Args:
        columns: one column, and which token is left out.
        tokenizer: what training learned.
        rows: the texts, and where findings go.
        dtype: of the array.

    Raises:
        CannotRunError: a package that the tokenizer needs is missing.
    """
    name = columns.columns[0]
    column = rows.columns[name]
    if column.values.ndim != 1:
        shape = list(column.values.shape[1:])
        message = f"`{name}` has shape {shape} for each example; a tokenizer takes one text"
        rows.findings.error(columns.span, "column-shape", message)
        return None
    if column.codes is None:
        ids = tokenizer.encode(as_text(column).tolist())
    else:
        words, positions = distinct_words(column)
        ids = tokenizer.encode(words)[positions]
    if columns.drop is not None:
        ids = ids[:, {FIRST: slice(1, None), LAST: slice(-1)}[columns.drop]]
    return np.ascontiguousarray(ids, dtype=dtype)
